package certify

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// errNoPort means that every port for media is taken.
var errNoPort = errors.New("certify: no free port for media in the file's range")

// mediaPort binds an even port of the file's range, which firewalls let through; the next one after the last that was used, so that what
// still comes for an earlier call isn't heard in a later one.
func (a *Agent) mediaPort() (net.PacketConn, netip.AddrPort, error) {
	first, last := int(a.file.Listen.RTPMin), int(a.file.Listen.RTPMax)
	for range (last-first)/2 + 1 {
		if a.nextPort < first || a.nextPort > last {
			a.nextPort = first
		}
		port := uint16(a.nextPort) //nolint:gosec // a port
		a.nextPort += 2
		conn, err := a.net.ListenPacket(netip.AddrPortFrom(a.own, port))
		if err == nil {
			return conn, netip.AddrPortFrom(a.shown, port), nil
		}
	}
	return nil, netip.AddrPort{}, fmt.Errorf("%w: %d to %d", errNoPort, first, last)
}
