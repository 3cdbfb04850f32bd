package certify

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// lan is a network of channels, so that reading it blocks durably in a bubble.
type lan struct {
	source netip.Addr // of the agent

	mu      sync.Mutex
	sockets map[netip.AddrPort]*socket
	next    uint16
}

var errTaken = errors.New("address in use")

func newLAN() *lan {
	return &lan{source: netip.MustParseAddr("127.0.0.1"), sockets: map[netip.AddrPort]*socket{}, next: 40000}
}

func (l *lan) ListenPacket(at netip.AddrPort) (net.PacketConn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at.Port() == 0 {
		l.next++
		at = netip.AddrPortFrom(at.Addr(), l.next)
	}
	if l.sockets[at] != nil {
		return nil, errTaken
	}
	s := &socket{lan: l, at: at, in: make(chan packet, 4000), closed: make(chan struct{})}
	l.sockets[at] = s
	return s, nil
}

func (l *lan) Dial(context.Context, string, netip.Addr, netip.AddrPort, string) (net.Conn, error) {
	return nil, errTaken
}

func (l *lan) Source(netip.AddrPort) (netip.Addr, error) { return l.source, nil }

type packet struct {
	from netip.AddrPort
	data []byte
}

// socket is a UDP socket of the lan.
type socket struct {
	lan    *lan
	at     netip.AddrPort
	in     chan packet
	once   sync.Once
	closed chan struct{}
}

func (s *socket) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case p := <-s.in:
		return copy(b, p.data), net.UDPAddrFromAddrPort(p.from), nil
	case <-s.closed:
		return 0, nil, net.ErrClosed
	}
}

func (s *socket) WriteTo(b []byte, to net.Addr) (int, error) {
	ap, err := netip.ParseAddrPort(to.String())
	if err != nil {
		return 0, err
	}
	s.lan.mu.Lock()
	other := s.lan.sockets[ap]
	s.lan.mu.Unlock()
	if other != nil {
		select {
		case other.in <- packet{s.at, append([]byte(nil), b...)}:
		default:
		}
	}
	return len(b), nil
}

func (s *socket) Close() error {
	s.once.Do(func() {
		close(s.closed)
		s.lan.mu.Lock()
		delete(s.lan.sockets, s.at)
		s.lan.mu.Unlock()
	})
	return nil
}

func (s *socket) LocalAddr() net.Addr              { return net.UDPAddrFromAddrPort(s.at) }
func (s *socket) SetDeadline(time.Time) error      { return nil }
func (s *socket) SetReadDeadline(time.Time) error  { return nil }
func (s *socket) SetWriteDeadline(time.Time) error { return nil }
