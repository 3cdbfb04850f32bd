package certify

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
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
type machine struct{}

func (machine) ListenPacket(at netip.AddrPort) (net.PacketConn, error) {
	return net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
}

func (machine) Dial(ctx context.Context, transport string, from netip.Addr, to netip.AddrPort, name string) (net.Conn, error) {
	d := &net.Dialer{Timeout: dialTimeout, LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))}
	if transport != "tls" {
		return d.DialContext(ctx, "tcp", to.String())
	}
	t := &tls.Dialer{NetDialer: d, Config: &tls.Config{
		ServerName: name, MinVersion: tls.VersionTLS10, InsecureSkipVerify: true, //nolint:gosec // judged by the step tls
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
