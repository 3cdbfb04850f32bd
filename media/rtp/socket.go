// Package rtp is what a media worker needs of the wire: packets (RFC 3550), telephone-events (RFC 4733), the jitter buffer, ports and
// non-blocking sockets.
package rtp

import (
	"errors"
	"net/netip"
)

// ErrWouldBlock means that no packet waits (Recv) or that the send buffer is full (Send).
var ErrWouldBlock = errors.New("rtp: would block")

// ErrClosed means that a socket is closed.
var ErrClosed = errors.New("rtp: socket closed")

// ErrRefused means that nobody listens where packets went (ICMP); it may pass.
var ErrRefused = errors.New("rtp: nobody listens there")

// ErrUnfit means that a socket can't be connected.
var ErrUnfit = errors.New("rtp: the socket can't be connected")

// Connector is a Socket that the kernel can filter for: connected, it takes packets of one source only. The worker's goroutine calls it.
type Connector interface {
	Connect(to netip.AddrPort) error
	Disconnect() error
}

// Socket is a non-blocking UDP socket: raw descriptors in production, memory in tests. Recv and Send borrow b. Send may be called from several
// goroutines at once (the DTLS handshake writes beside the worker); Recv from one.
type Socket interface {
	Recv(b []byte) (n int, from netip.AddrPort, err error)
	Send(b []byte, to netip.AddrPort) error // to is ignored when the socket is connected
	Local() netip.AddrPort
	Close() error
}
