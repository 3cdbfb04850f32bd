package testcall

import (
	"net"
	"net/netip"
	"time"
)

// knock sends a keep-alive (RFC 5626, 4.4.1) from a socket of its own that is connected, since only such a one hears that nobody listens
// at the address (ICMP). The error comes by the channel.
func knock(server netip.AddrPort) (*net.UDPConn, <-chan error, error) {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(server))
	if err != nil {
		return nil, nil, err
	}
	refused := make(chan error, 1)
	_ = c.SetReadDeadline(time.Now().Add(patience))
	go func() {
		if _, err := c.Write([]byte("\r\n\r\n")); err != nil {
			refused <- err
			return
		}
		_, err := c.Read(make([]byte, 64))
		if err == nil {
			return
		}
		if n, ok := err.(net.Error); ok && n.Timeout() { //nolint:errorlint // net returns it bare
			return
		}
		if !isClosed(err) {
			refused <- err
		}
	}()
	return c, refused, nil
}
