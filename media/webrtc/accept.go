package webrtc

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

const (
	maxPending     = 64 // connections without a valid check; then the oldest gives way
	maxPendingHost = 16 // of one address; then further ones are refused
	acceptPause    = 100 * time.Millisecond
)

// acceptor is the passive TCP candidate's listener and its connections.
type acceptor struct {
	ln      net.Listener
	stop    chan struct{}
	running sync.WaitGroup

	mu      sync.Mutex
	pending []*stream // oldest first; proven and ended ones leave at the next connection
	all     map[*stream]bool
	closed  bool
}

// ListenTCP makes passive TCP candidates (RFC 6544) on the UDP socket's address, and its port number if that is free. It starts goroutines, which Close ends.
// Before the first Add. Without it, or after an error, browsers are reached by UDP only.
func (m *Mux) ListenTCP() error {
	local := m.sock.Local()
	network := "tcp4"
	if local.Addr().Is6() {
		network = "tcp" // both families, as the UDP socket
	}
	ln, err := net.ListenTCP(network, net.TCPAddrFromAddrPort(local))
	if errors.Is(err, syscall.EADDRINUSE) {
		ln, err = net.ListenTCP(network, net.TCPAddrFromAddrPort(netip.AddrPortFrom(local.Addr(), 0)))
	}
	if err != nil {
		return fmt.Errorf("webrtc: listen for TCP: %w", err)
	}
	m.ServeTCP(ln)
	return nil
}

// ServeTCP accepts connections from ln, which Close closes. Once, before the first Add.
func (m *Mux) ServeTCP(ln net.Listener) {
	a := &acceptor{ln: ln, stop: make(chan struct{}), all: map[*stream]bool{}}
	m.tcp = a
	a.running.Go(func() { a.accept(m) })
}

// port is what TCP candidates say; 0: there are none.
func (a *acceptor) port() uint16 {
	if a == nil {
		return 0
	}
	return portOf(a.ln.Addr()).Port()
}

func portOf(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		ap := t.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	}
	return netip.AddrPort{}
}

// accept takes connections until close. Nobody who connects can keep it from the next.
func (a *acceptor) accept(m *Mux) {
	for {
		conn, err := a.ln.Accept()
		if err == nil {
			a.admit(m, conn)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		select { // no descriptor is free, perhaps; calls that end free some
		case <-a.stop:
			return
		case <-time.After(acceptPause):
		}
	}
}

// admit starts a connection's goroutines and shows it to the worker.
func (a *acceptor) admit(m *Mux, conn net.Conn) {
	s := newStream(conn, portOf(conn.RemoteAddr()))
	a.mu.Lock()
	if a.closed || !s.from.IsValid() || !a.enter(s) {
		a.mu.Unlock()
		m.count.turnedAway.Add(1)
		_ = conn.Close()
		return
	}
	a.all[s] = true
	a.mu.Unlock()
	m.count.streams.Add(1)
	a.running.Go(s.write)
	a.running.Go(func() {
		s.read(m)
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.all, s)
	})
	for {
		s.next = m.arrived.Load()
		if m.arrived.CompareAndSwap(s.next, s) {
			return
		}
	}
}

// enter puts a connection among those that have to prove themselves; false if its address has too many of them. a.mu is held.
func (a *acceptor) enter(s *stream) bool {
	kept, neighbours := a.pending[:0], 0
	for _, p := range a.pending {
		if p.proven.Load() || p.ended() {
			continue
		}
		if p.from.Addr() == s.from.Addr() {
			neighbours++
		}
		kept = append(kept, p)
	}
	clear(a.pending[len(kept):])
	a.pending = kept
	if neighbours >= maxPendingHost {
		return false
	}
	if len(kept) >= maxPending {
		kept[0].end()
		a.pending = append(kept[:0], kept[1:]...)
	}
	a.pending = append(a.pending, s)
	return true
}

// close ends everything and waits for it.
func (a *acceptor) close() {
	if a == nil {
		return
	}
	close(a.stop)
	_ = a.ln.Close()
	a.mu.Lock()
	a.closed = true
	for s := range a.all {
		s.end()
	}
	a.mu.Unlock()
	a.running.Wait()
}

// drainStreams takes what came by TCP, and forgets connections that have ended. Worker only.
func (m *Mux) drainStreams(now int64, deliver func(t *Transport, packet []byte)) {
	if m.arrived.Load() != nil {
		for s := m.arrived.Swap(nil); s != nil; {
			next := s.next
			s.next = nil
			m.streams = append(m.streams, s)
			s = next
		}
	}
	for i := 0; i < len(m.streams); {
		s := m.streams[i]
		ended := s.ended() // before draining: nothing comes behind it
		s.drain(m, now, deliver)
		if !ended {
			i++
			continue
		}
		m.cut(path{s.from, s})
		last := len(m.streams) - 1
		m.streams[i], m.streams[last] = m.streams[last], nil
		m.streams = m.streams[:last]
	}
}
