package transaction

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/emiago/sipgo/sip"
)

// ErrFlowGone means that the connection that a peer opened is closed; it is never dialled (RFC 5626: 430).
var ErrFlowGone = errors.New("transaction: the peer's connection is gone")

// Flow is the way to a peer: the socket of ours that it uses, and the address that it has there. It is a value; two flows are the
// same if their IDs are.
type Flow struct {
	ID        string
	Transport string // UDP, TCP, TLS, WS, WSS
	Remote    netip.AddrPort
	NoDial    bool   // a connection that the peer opened: if it is gone, so is the way
	Trunk     string // TLS that we dial: whose certificates and authorities are used; empty: those of the address's trunk
	Host      string // TLS that we dial: the name that the server's certificate must be for; empty: its address

	spare    netip.AddrPort // where to dial when the connection that the peer opened is gone
	listener *Listener
	conn     Conn // WS, WSS
}

// Conn is a connection that reads by itself.
type Conn interface {
	sip.Connection
	Gone() bool
}

// NewFlow is a flow over a connection of its own; messages come in by Table.Receive.
func NewFlow(id, transport string, remote netip.AddrPort, conn Conn) Flow {
	return Flow{ID: id, Transport: transport, Remote: remote, NoDial: true, conn: conn}
}

// Flow is the way from this listener to an address.
func (l *Listener) Flow(remote netip.AddrPort) Flow {
	remote = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	return Flow{
		ID:        l.name + remote.String(),
		Transport: l.transport, Remote: remote, listener: l,
	}
}

// Secure is Flow over TLS to a trunk's server: host is the name that its certificate must be for (RFC 5922). On a listener without TLS
// it is Flow.
func (l *Listener) Secure(remote netip.AddrPort, trunk, host string) Flow {
	f := l.Flow(remote)
	if l.transport != "TLS" {
		return f
	}
	f.Trunk, f.Host = trunk, host
	f.ID += "/" + trunk + "/" + host
	return f
}

// To is the same socket's way to another address.
func (f Flow) To(remote netip.AddrPort) Flow {
	remote = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	if f.listener == nil {
		return f
	}
	if remote == f.Remote {
		f.spare = netip.AddrPort{}
		return f
	}
	to := f.listener.Secure(remote, f.Trunk, f.Host)
	to.NoDial = f.NoDial
	return to
}

// Or is the flow, and where to reach the peer when the connection that it opened is gone: dialogs outlive connections.
func (f Flow) Or(remote netip.AddrPort) Flow {
	if f.listener != nil && f.Reliable() && !f.NoDial {
		f.spare = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	}
	return f
}

// Pinned is the flow without the right to dial.
func (f Flow) Pinned() Flow { f.NoDial = true; return f }

// Local is the address of our socket; nil for WebSocket.
func (f Flow) Local() net.Addr {
	if f.listener == nil {
		return nil
	}
	return f.listener.Addr()
}

// WebSocket says whether a browser is at the other end.
func (f Flow) WebSocket() bool { return f.conn != nil }

// Reliable says whether the transport repeats by itself.
func (f Flow) Reliable() bool { return f.Transport != "UDP" }

// Verified is the name of the trunk that the peer's TLS certificate was found to be good for; empty: none.
func (f Flow) Verified() string {
	if f.listener == nil || !f.Reliable() {
		return ""
	}
	if s := f.listener.streams.find(f); s != nil {
		return s.trunk
	}
	return ""
}

// Gone says that a request by this flow would fail: the connection is closed and may not be dialled.
func (f Flow) Gone() bool {
	switch {
	case f.conn != nil:
		return f.conn.Gone()
	case f.listener == nil:
		return true
	case !f.Reliable() || !f.NoDial:
		return false
	}
	return !f.connected()
}

// Connected says whether the connection that the flow names is there; of UDP it is always true.
func (f Flow) Connected() bool {
	return f.listener != nil && f.connected() || f.conn != nil && !f.conn.Gone()
}

// connected says that using the flow takes no dialling.
func (f Flow) connected() bool {
	return f.conn != nil || !f.Reliable() || f.listener.streams.find(f) != nil
}

// answer is the connection that responses go by.
func (f Flow) answer() (sip.Connection, error) {
	switch {
	case f.conn != nil && f.conn.Gone():
		return nil, ErrFlowGone
	case f.conn != nil:
		return f.conn, nil
	case !f.Reliable():
		return packet{f.listener, f.Remote}, nil
	}
	if s := f.listener.streams.find(f); s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("%w: %s", ErrFlowGone, f.ID)
}

// ask is the connection that a request goes by; it may dial and so block.
func (f Flow) ask(ctx context.Context, req *sip.Request) (sip.Connection, error) {
	req.SetTransport(f.Transport)
	req.SetDestination(f.Remote.String())
	if f.conn != nil || !f.Reliable() {
		return f.answer()
	}
	if s := f.listener.streams.find(f); s != nil {
		return s, nil
	}
	if f.NoDial {
		return nil, fmt.Errorf("%w: %s", ErrFlowGone, f.ID)
	}
	if f.spare.IsValid() && f.spare != f.Remote {
		f = f.listener.Secure(f.spare, f.Trunk, f.Host)
		req.SetDestination(f.Remote.String())
	}
	s, err := f.listener.streams.dial(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("transaction: connect to %s: %w", f.Remote, err)
	}
	return s, nil
}
