package webrtc

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"
)

const (
	maxCandidates  = 16              // addresses; an SDP with more serves nobody
	interfacesLive = 5 * time.Second // how long the list of addresses is believed

	// Type preferences (RFC 8445, 5.1.2.2). TCP's is lower, so that every UDP pair comes before (RFC 6544, 4.2).
	typeHost    = 126
	typeHostTCP = 90
	passive     = 4 // direction preference of passive TCP candidates (RFC 6544, 4.2)
)

// interfaces is the machine's addresses at a time.
type interfaces struct {
	at    time.Time
	addrs []netip.Addr
}

// addresses lists what the machine's interfaces have, at most interfacesLive old.
func (m *Mux) addresses() []netip.Addr {
	if c := m.interfaces.Load(); c != nil && time.Since(c.at) < interfacesLive {
		return c.addrs
	}
	list, err := net.InterfaceAddrs()
	if err != nil {
		m.log.Warn("webrtc: can't list the interfaces' addresses", "err", err)
	}
	c := &interfaces{at: time.Now()}
	for _, a := range list {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			c.addrs = append(c.addrs, p.Addr())
		}
	}
	m.interfaces.Store(c)
	return c.addrs
}

// candidates writes the values of the a=candidate lines for a socket that is bound to local: the interfaces' own addresses first, in their order
// (IPv4 before IPv6), then the public address (a peer on our own network gains by the direct way), loopback last. The same in the same order by TCP if there is
// a port for it.
func candidates(local netip.AddrPort, tcp uint16, addrs []netip.Addr, public netip.Addr) []string {
	var v4, v6, loop []netip.Addr
	for _, a := range addrs {
		a = a.Unmap()
		switch {
		case !reachableOn(local.Addr(), a):
		case a.IsLoopback():
			loop = append(loop, a)
		case a.IsLinkLocalUnicast() || !a.IsGlobalUnicast():
		case a.Is4():
			v4 = append(v4, a)
		default:
			v6 = append(v6, a)
		}
	}
	if len(v4)+len(v6)+len(loop) == 0 && !local.Addr().IsUnspecified() {
		v4 = append(v4, local.Addr().Unmap()) // bound to an address that no interface names
	}
	list := slices.Concat(v4, v6)
	if public.IsValid() {
		list = append(list, public.Unmap())
	}
	list = distinct(append(list, loop...), maxCandidates)
	lines := make([]string, 0, 2*len(list))
	for n, a := range list {
		lines = append(lines, fmt.Sprintf("candidate:%d 1 udp %d %s %d typ host", n+1, priority(typeHost, 1<<16-1-n), a, local.Port()))
	}
	if tcp == 0 {
		return lines
	}
	for n, a := range list {
		lines = append(lines, fmt.Sprintf("candidate:%d 1 tcp %d %s %d typ host tcptype passive",
			len(list)+n+1, priority(typeHostTCP, passive<<13|(1<<13-1-n)), a, tcp))
	}
	return lines
}

// priority is RFC 8445, 5.1.2.1, for component 1.
func priority(kind, local int) int { return kind<<24 | local<<8 | 255 }

// distinct is the first n different ones of list.
func distinct(list []netip.Addr, n int) []netip.Addr {
	var kept []netip.Addr
	for _, a := range list {
		if len(kept) < n && !slices.Contains(kept, a) {
			kept = append(kept, a)
		}
	}
	return kept
}

// reachableOn says whether a datagram to a reaches a socket that is bound to bound.
func reachableOn(bound, a netip.Addr) bool {
	bound = bound.Unmap()
	if !bound.IsUnspecified() {
		return a == bound
	}
	return bound.Is6() || a.Is4() // an IPv6 wildcard takes both families
}
