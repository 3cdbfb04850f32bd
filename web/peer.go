package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// peer says where a request really came from. A proxy is believed only if the port speaks plain HTTP and the proxy is on this host.
type peer struct {
	addr   netip.Addr // invalid: unknown
	secure bool       // the browser speaks TLS
	local  bool       // from this host, and not through a proxy
}

func (s *Server) peerOf(r *http.Request) peer {
	p := peer{secure: r.TLS != nil}
	if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		p.addr = ap.Addr().Unmap()
	}
	forwarded := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-Proto") != ""
	p.local = p.addr.IsLoopback() && !forwarded
	if r.TLS == nil && p.addr.IsLoopback() && forwarded {
		p.secure = strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
		if a, ok := lastForwarded(r.Header.Values("X-Forwarded-For")); ok {
			p.addr = a
		}
	}
	return p
}

// lastForwarded is the address that the nearest proxy saw: the last one, since all before it is the client's claim.
func lastForwarded(values []string) (netip.Addr, bool) {
	all := strings.Split(strings.Join(values, ","), ",")
	a, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1]))
	return a.Unmap(), err == nil
}

// localHost tells whether the Host header names this machine: a page of another site that resolves to a loopback address does not.
func localHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// sameOrigin tells whether a WebSocket's handshake comes from our own page. Clients that are no browsers send neither header.
func sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}
