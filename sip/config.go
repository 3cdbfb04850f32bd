package sip

import (
	"log/slog"
	"net"

	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip/resolve"
	"mediasrv/sip/transaction"
)

// Config is what a stack needs.
type Config struct {
	File    *config.Config
	Media   Rooms
	Handler Handler // nil: every call is refused with 404 (a stack that only calls out)
	Log     *slog.Logger

	Names resolve.Asker // who knows where trunks' servers are; nil: the name servers of the file, or of the system

	// Packets, Streams and Secure (TLS) replace the listeners that File.Listen.SIP asks for, if any is set. The stack closes them.
	Packets []net.PacketConn
	Streams []net.Listener
	Secure  []net.Listener
	Dial    transaction.Dialer // of TCP and TLS; nil: the system's
}

// Rooms opens the room of a call; *media.Engine does.
type Rooms interface {
	Open(log *slog.Logger) (*media.Room, error)
}

// Handler takes the calls that come in. Its methods return at once and may be called from any goroutine.
type Handler interface {
	// Handle takes a call: leg and room belong to the handler from then on. It returns the call's inbox.
	Handle(leg routing.Leg, room routing.Room, in fact.Invite) routing.Sink
	// Reachable says how many phones a user has now, after every change.
	Reachable(user string, phones int)
}
