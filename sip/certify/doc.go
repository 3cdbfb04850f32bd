// Package certify is the body of `mediasrv certify TRUNK`: a user agent that tries on a live trunk what carriers test before a trunk goes live, and
// says what the other side does right, oddly or wrongly.
//
// It speaks SIP by itself, message by message, over sipgo's parser: the dialogs and transactions of mediasrv forgive and hide what a peer does wrong,
// and here exactly that is looked for. A step is a straight-line function in a file of its own. Everything of a run but the sockets' readers and the
// sender of audio happens on one goroutine, which waits by Agent.until.
package certify
