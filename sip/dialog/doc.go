// Package dialog is one SIP dialog (RFC 3261, 12) for both roles: it calls or is called, negotiates its session by offer and answer
// (RFC 3264), and ends once, with one reason. One state table, one verb per file. Everything runs on the dialog's queue.
package dialog
