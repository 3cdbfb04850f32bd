package certify

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

// Network is what certify needs of the machine; tests have one of channels.
type Network interface {
	// ListenPacket binds a UDP socket.
	ListenPacket(at netip.AddrPort) (net.PacketConn, error)
	// Dial connects by tcp or tls from an address of ours. A certificate that doesn't fit is no error: the step that looks at it says what is wrong with it.
	Dial(ctx context.Context, transport string, from netip.Addr, to netip.AddrPort, name string) (net.Conn, error)
	// Source is the address that the machine sends from.
	Source(to netip.AddrPort) (netip.Addr, error)
}

const dialTimeout = 5 * time.Second

// machine is the real network.
type machine struct{ shows *shown }

// shown is the certificate that servers are shown if they ask for one.
type shown struct {
	own   *tls.Certificate // nil: the file has none for the trunk
	asked atomic.Bool
}

func (s *shown) show(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	s.asked.Store(true)
	if s.own == nil {
		return &tls.Certificate{}, nil
	}
	return s.own, nil
}

// useMachine takes the real network, with the certificate that the file has for the trunk.
func (a *Agent) useMachine() error {
	a.shows = &shown{}
	if keys := a.trunk.TLS.Own; keys.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(keys.Certificate, keys.Key)
		if err != nil {
			return fmt.Errorf("%w: its tls.certificate %s: %w", ErrTrunk, keys.Certificate, err)
		}
		a.shows.own = &pair
	}
	a.net = machine{a.shows}
	return nil
}

func (machine) ListenPacket(at netip.AddrPort) (net.PacketConn, error) {
	return net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
}

func (m machine) Dial(ctx context.Context, transport string, from netip.Addr, to netip.AddrPort, name string) (net.Conn, error) {
	d := &net.Dialer{Timeout: dialTimeout, LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))}
	if transport != "tls" {
		return d.DialContext(ctx, "tcp", to.String())
	}
	t := &tls.Dialer{NetDialer: d, Config: &tls.Config{
		GetClientCertificate: m.shows.show,
		ServerName:           name, MinVersion: tls.VersionTLS10, InsecureSkipVerify: true, //nolint:gosec // judged by the step tls
	}}
	return t.DialContext(ctx, "tcp", to.String())
}

func (machine) Source(to netip.AddrPort) (netip.Addr, error) {
	c, err := net.Dial("udp", to.String()) // sends nothing
	if err != nil {
		return netip.Addr{}, fmt.Errorf("certify: no way to %s: %w", to.Addr(), err)
	}
	defer c.Close()
	own, err := netip.ParseAddrPort(c.LocalAddr().String())
	return own.Addr().Unmap(), err
}
