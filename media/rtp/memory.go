package rtp

import (
	"fmt"
	"net/netip"
	"sync"
	"syscall"
)

// Network is a network in memory, for tests: sockets that are listened on in it reach each other at once, in order and without loss, and work inside
// a testing/synctest bubble. The zero value is ready.
type Network struct {
	mu    sync.Mutex
	next  uint16
	bound map[netip.AddrPort]*MemorySocket
}

// memoryQueue is how many packets wait in a memory socket; further ones are lost, as in a kernel.
const memoryQueue = 256

// Listen binds a socket; port 0 takes a free one. It is a Listen.
func (n *Network) Listen(addr netip.AddrPort) (Socket, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.bound == nil {
		n.bound = map[netip.AddrPort]*MemorySocket{}
	}
	if addr.Addr().IsUnspecified() {
		addr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), addr.Port())
	}
	if addr.Port() == 0 {
		addr = n.free(addr.Addr())
	}
	if n.bound[addr] != nil {
		return nil, fmt.Errorf("rtp: bind %v: %w", addr, syscall.EADDRINUSE)
	}
	s := &MemorySocket{net: n, local: addr}
	n.bound[addr] = s
	return s, nil
}

// free is the next free even port of an address. The caller holds mu.
func (n *Network) free(addr netip.Addr) netip.AddrPort {
	for {
		n.next += 2
		if a := netip.AddrPortFrom(addr, 1024+n.next%60000); n.bound[a] == nil {
			return a
		}
	}
}

func (n *Network) find(addr netip.AddrPort) *MemorySocket {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.bound[addr]
}

func (n *Network) forget(addr netip.AddrPort) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.bound, addr)
}

// MemorySocket is a socket of a Network.
type MemorySocket struct {
	net   *Network
	local netip.AddrPort

	mu     sync.Mutex
	queue  [memoryQueue]datagram
	head   int
	count  int
	closed bool
}

type datagram struct {
	from netip.AddrPort
	n    int
	b    [1500]byte
}

// Recv implements Socket.
func (s *MemorySocket) Recv(b []byte) (int, netip.AddrPort, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return 0, netip.AddrPort{}, ErrClosed
	case s.count == 0:
		return 0, netip.AddrPort{}, ErrWouldBlock
	}
	d := &s.queue[s.head]
	s.head = (s.head + 1) % memoryQueue
	s.count--
	return copy(b, d.b[:d.n]), d.from, nil
}

// Send implements Socket.
func (s *MemorySocket) Send(b []byte, to netip.AddrPort) error {
	return s.SendAs(b, s.local, to)
}

// SendAs sends with a forged source: for tests of what strangers can do.
func (s *MemorySocket) SendAs(b []byte, from, to netip.AddrPort) error {
	if s.isClosed() {
		return ErrClosed
	}
	if peer := s.net.find(to); peer != nil {
		peer.put(b, from)
	}
	return nil
}

func (s *MemorySocket) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func (s *MemorySocket) put(b []byte, from netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == memoryQueue || s.closed {
		return
	}
	d := &s.queue[(s.head+s.count)%memoryQueue]
	d.from, d.n = from, copy(d.b[:], b)
	s.count++
}

// Local implements Socket.
func (s *MemorySocket) Local() netip.AddrPort { return s.local }

// Close implements Socket.
func (s *MemorySocket) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.net.forget(s.local)
	return nil
}
