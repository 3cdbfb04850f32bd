package media

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// localAddr is what we tell a peer that we are reached at: the public address, the address that we are bound to, the one that routes to the
// peer, the first that isn't loopback.
func localAddr(cfg Config, peer netip.Addr) netip.Addr {
	switch {
	case cfg.PublicAddress.IsValid():
		return cfg.PublicAddress
	case cfg.Bind.IsValid() && !cfg.Bind.IsUnspecified():
		return cfg.Bind
	}
	if peer.IsValid() && !peer.IsUnspecified() {
		if a, ok := cfg.routes.to(peer); ok {
			return a
		}
	}
	return firstAddr()
}

// routes remembers what routeTo said, for a while: asking takes three system calls, at each leg of each call.
type routes struct {
	mu    sync.Mutex
	known map[netip.Addr]netip.Addr
	until time.Time
}

const (
	routesLast = 5 * time.Second
	maxRoutes  = 1000
)

// to is routeTo; of a nil routes, the kernel is asked each time.
func (r *routes) to(peer netip.Addr) (netip.Addr, bool) {
	if r == nil {
		return routeTo(peer)
	}
	now := time.Now()
	r.mu.Lock()
	if now.After(r.until) || len(r.known) >= maxRoutes {
		r.known, r.until = map[netip.Addr]netip.Addr{}, now.Add(routesLast)
	}
	own, ok := r.known[peer]
	r.mu.Unlock()
	if ok {
		return own, true
	}
	if own, ok = routeTo(peer); ok {
		r.mu.Lock()
		r.known[peer] = own
		r.mu.Unlock()
	}
	return own, ok
}

// routeTo asks the kernel which of our addresses packets to a peer would have. Connecting a UDP socket sends nothing.
func routeTo(peer netip.Addr) (netip.Addr, bool) {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(peer, 9)))
	if err != nil {
		return netip.Addr{}, false
	}
	defer func() { _ = c.Close() }()
	a, ok := c.LocalAddr().(*net.UDPAddr)
	if !ok {
		return netip.Addr{}, false
	}
	return a.AddrPort().Addr().Unmap().WithZone(""), true
}

// assigned says whether an address is this machine's own, not that of a NAT before it.
func assigned(a netip.Addr) bool {
	if !a.IsValid() {
		return false
	}
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, 0)))
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// firstAddr is the first IPv4 address of an interface that is up; loopback if there is none.
func firstAddr() netip.Addr {
	addrs, err := net.InterfaceAddrs()
	if err == nil {
		for _, a := range addrs {
			if n, ok := a.(*net.IPNet); ok {
				if ip, ok := netip.AddrFromSlice(n.IP); ok && ip.Unmap().Is4() && !ip.IsLoopback() && !ip.Unmap().IsLinkLocalUnicast() {
					return ip.Unmap()
				}
			}
		}
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}
