package webrtc

import (
	"net/netip"
	"sync"

	"mediasrv/media/rtp"
)

func serverAddr() netip.AddrPort { return netip.MustParseAddrPort("127.0.0.1:7000") }

// memory is an rtp.Socket without a network: peers are functions, and what they send waits in the inbox.
type memory struct {
	mu    sync.Mutex
	inbox []datagram
	peers map[netip.AddrPort]func([]byte)
}

type datagram struct {
	b    []byte
	from netip.AddrPort
}

func newMemory() *memory { return &memory{peers: map[netip.AddrPort]func([]byte){}} }

func (s *memory) Recv(b []byte) (int, netip.AddrPort, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.inbox) == 0 {
		return 0, netip.AddrPort{}, rtp.ErrWouldBlock
	}
	d := s.inbox[0]
	s.inbox = s.inbox[1:]
	return copy(b, d.b), d.from, nil
}

func (s *memory) Send(b []byte, to netip.AddrPort) error {
	s.mu.Lock()
	peer := s.peers[to]
	s.mu.Unlock()
	if peer != nil {
		peer(append([]byte(nil), b...))
	}
	return nil
}

func (s *memory) Local() netip.AddrPort { return serverAddr() }
func (s *memory) Close() error          { return nil }

// put makes a datagram wait.
func (s *memory) put(b []byte, from netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inbox = append(s.inbox, datagram{append([]byte(nil), b...), from})
}

// join lets a peer at addr receive.
func (s *memory) join(addr netip.AddrPort, peer func([]byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.peers[addr] = peer
}
