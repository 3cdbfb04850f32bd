// Package sip is the only room that speaks SIP: it listens, finds out who an INVITE is from, registers phones, and turns every party
// into a routing.Leg. Messages are dispatched in arrival order by Call-ID; everything about one call happens on that call's queue
// (transaction.Queue), so dialogs and legs need no locks.
package sip
