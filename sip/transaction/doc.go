// Package transaction is mediasrv's transaction table (RFC 3261, 17) over sipgo's transports, parser, ClientTx and ServerTx. It replaces
// sipgo's TransactionLayer, which starts a goroutine per message and so loses and reorders messages.
//
// Every Call-ID has one Queue while anything of it lives: messages, timers and commands of a call run on it in order, one at a
// time. A Listener is one listen address with a TransportLayer of its own, so that answers leave by the socket that was asked.
package transaction
