package webrtc

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// maxRecords is how many DTLS datagrams may wait for the handshake; a flight of the largest certificate chain is smaller.
const maxRecords = 16

// pipe is the net.PacketConn that the DTLS library sees: the worker pushes datagrams in, and what is written leaves by the worker's socket.
type pipe struct {
	in     chan []byte
	closed <-chan struct{}
	send   func([]byte) // must not block
	local  netip.AddrPort
	read   deadline
}

func newPipe(closed <-chan struct{}, local netip.AddrPort, send func([]byte)) *pipe {
	return &pipe{in: make(chan []byte, maxRecords), closed: closed, send: send, local: local, read: newDeadline()}
}

// push copies a datagram for the reader; false if it is full. Called by one goroutine.
func (p *pipe) push(b []byte) bool {
	if len(p.in) == cap(p.in) {
		return false // before copying: a flood costs nothing
	}
	p.in <- append([]byte(nil), b...) // can't block: nobody else pushes
	return true
}

// ReadFrom waits for a datagram, the deadline or the end, which is io.EOF: the DTLS library takes it for an orderly one.
func (p *pipe) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case <-p.closed: // before a waiting datagram
		return 0, nil, io.EOF
	case <-p.read.done():
		return 0, nil, os.ErrDeadlineExceeded
	default:
	}
	select {
	case datagram := <-p.in:
		return copy(b, datagram), p.RemoteAddr(), nil
	case <-p.closed:
		return 0, nil, io.EOF
	case <-p.read.done():
		return 0, nil, os.ErrDeadlineExceeded
	}
}

// WriteTo sends to wherever the peer is now. A full socket loses the datagram, as the network may: DTLS repeats it.
func (p *pipe) WriteTo(b []byte, _ net.Addr) (int, error) {
	p.send(b)
	return len(b), nil
}

// Close does nothing: the transport ends the pipe.
func (p *pipe) Close() error { return nil }

// LocalAddr is the worker's socket.
func (p *pipe) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(p.local) }

// RemoteAddr stands for the peer, whose address may change at any time.
func (p *pipe) RemoteAddr() net.Addr { return &net.UDPAddr{} }

// SetDeadline sets the read deadline; writing never waits.
func (p *pipe) SetDeadline(t time.Time) error { return p.SetReadDeadline(t) }

// SetReadDeadline interrupts a ReadFrom that waits, too.
func (p *pipe) SetReadDeadline(t time.Time) error {
	p.read.set(t)
	return nil
}

// SetWriteDeadline does nothing: writing never waits.
func (p *pipe) SetWriteDeadline(time.Time) error { return nil }

// deadline closes a channel when its time has come, and may be set again and again.
type deadline struct{ s *deadlineState }

type deadlineState struct {
	mu    sync.Mutex
	timer *time.Timer
	ch    chan struct{}
}

func newDeadline() deadline { return deadline{&deadlineState{ch: make(chan struct{})}} }

func (d deadline) done() <-chan struct{} {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	return d.s.ch
}

func (d deadline) set(t time.Time) {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	fired := false
	if d.s.timer != nil && !d.s.timer.Stop() {
		<-d.s.ch // its function runs or ran; it takes no lock
	}
	d.s.timer = nil
	select {
	case <-d.s.ch:
		fired = true
	default:
	}
	if t.IsZero() || time.Until(t) > 0 {
		if fired {
			d.s.ch = make(chan struct{})
		}
		if !t.IsZero() {
			ch := d.s.ch
			d.s.timer = time.AfterFunc(time.Until(t), func() { close(ch) })
		}
		return
	}
	if !fired {
		close(d.s.ch)
	}
}
