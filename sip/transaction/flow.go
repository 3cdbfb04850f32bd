package transaction

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// ErrFlowGone means that the connection that a peer opened is closed; it is never dialled (RFC 5626: 430).
var ErrFlowGone = errors.New("transaction: the peer's connection is gone")

// Flow is the way to a peer: the socket of ours that it uses, and the address that it has there. It is a value; two flows are the
// same if their IDs are.
type Flow struct {
	ID        string
	Transport string // UDP, TCP, WS, WSS
	Remote    netip.AddrPort
	NoDial    bool // a connection that the peer opened: if it is gone, so is the way

	listener *Listener
	conn     Conn // WS, WSS
}

// Conn is a connection that isn't one of sipgo's transports.
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
		ID:        strings.ToLower(l.transport) + "/" + l.Addr().String() + "/" + remote.String(),
		Transport: l.transport, Remote: remote, listener: l,
	}
}

// To is the same socket's way to another address.
func (f Flow) To(remote netip.AddrPort) Flow {
	if f.listener == nil {
		return f
	}
	to := f.listener.Flow(remote)
	to.NoDial = f.NoDial
	return to
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

// connected says that using the flow takes no dialling.
func (f Flow) connected() bool {
	if f.conn != nil || !f.Reliable() {
		return true
	}
	c, err := f.listener.layer.GetConnection(f.Transport, f.Remote.String())
	if err != nil {
		return false
	}
	_, _ = c.TryClose()
	return true
}

// answer is the connection that responses go by.
func (f Flow) answer() (sip.Connection, error) {
	if f.conn != nil {
		if f.conn.Gone() {
			return nil, ErrFlowGone
		}
		f.conn.Ref(1)
		return f.conn, nil
	}
	at := f.Remote.String()
	if !f.Reliable() {
		at = f.listener.Addr().String()
	}
	c, err := f.listener.layer.GetConnection(f.Transport, at)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFlowGone, f.ID, err)
	}
	return c, nil
}

// ask is the connection that a request goes by; it may dial TCP and so block.
func (f Flow) ask(ctx context.Context, req *sip.Request) (sip.Connection, error) {
	req.SetTransport(f.Transport)
	req.SetDestination(f.Remote.String())
	if f.conn != nil || f.NoDial && f.Reliable() {
		return f.answer()
	}
	if udp, ok := f.listener.Addr().(*net.UDPAddr); ok {
		req.Laddr = sip.Addr{IP: udp.IP, Port: udp.Port}
	}
	c, err := f.listener.layer.ClientRequestConnection(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("transaction: connect to %s: %w", f.Remote, err)
	}
	return c, nil
}
