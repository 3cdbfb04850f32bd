package uplink

import (
	"context"
	"net/netip"
	"strings"

	"mediasrv/sip/dialog"
	"mediasrv/sip/resolve"

	"github.com/emiago/sipgo/sip"
)

// Policies of 3xx, as the file names them.
const (
	redirectRefuse = "refuse"
	redirectFollow = "follow"
)

// Redirects says whether the trunk's 3xx are looked at.
func (u *Uplink) Redirects() bool { return u.trunk.Uplink.Redirect != redirectRefuse }

// Redirect finds the hops that the Contacts of a 3xx lead to (RFC 3261, 8.1.3.4), as the file allows: by itself a trunk may only send a call to another address of
// its own for the same number, since all else costs money that nobody agreed to. done is called once, on any goroutine, when the DNS has answered or 2 s are over.
func (u *Uplink) Redirect(user string, contacts []sip.Uri, lookup func(context.Context, resolve.Server) ([]resolve.Record, error), done func([]dialog.Hop)) {
	var hops []dialog.Hop
	var asked []sip.Uri
	for _, c := range contacts {
		switch ways := u.leads(c); {
		case c.Scheme != "sip" && c.Scheme != "sips":
		case len(ways) > 0 && (c.User == user || u.trunk.Uplink.Redirect == redirectFollow):
			hops = append(hops, u.redirected(c, ways)...)
		case u.trunk.Uplink.Redirect == redirectFollow:
			asked = append(asked, c)
		default:
			u.log.Warn("a redirection is refused (redirect)", "to", c.String())
		}
	}
	if len(asked) == 0 {
		done(hops)
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		for _, c := range asked {
			server := u.named(c)
			records, err := lookup(ctx, server.what)
			if err != nil {
				u.log.Warn("a redirection leads nowhere", "to", c.String(), "err", err)
				continue
			}
			var ways []way
			for _, t := range resolve.Order(records, chance) {
				ways = append(ways, way{server: server, target: t})
			}
			hops = append(hops, u.redirected(c, ways)...)
		}
		done(hops)
	}()
}

// named is a Contact as a server.
func (u *Uplink) named(c sip.Uri) server {
	transport := strings.ToLower(c.UriParams.GetOr("transport", said(u.trunk.Transport)))
	host := strings.Trim(c.Host, "[]")
	return server{text: host, what: resolve.Server{Host: host, Port: c.Port, Transport: transport}}
}

// leads are the trunk's own addresses that a Contact names.
func (u *Uplink) leads(c sip.Uri) []way {
	s := u.named(c)
	addr, isAddr := s.what.Addr()
	var out []way
	for _, w := range u.known() {
		port := c.Port
		if port == 0 {
			port = resolve.DefaultPort(w.target.Transport)
		}
		switch {
		case c.UriParams.Has("transport") && s.what.Transport != w.target.Transport:
		case isAddr && w.target.Addr == netip.AddrPortFrom(addr, uint16(port)): //nolint:gosec // the parser bounds it
			out = append(out, w)
		case !isAddr && strings.EqualFold(w.server.what.Host, s.what.Host) && (c.Port == 0 || c.Port == w.server.what.Port):
			out = append(out, w)
		}
	}
	return out
}

func (u *Uplink) redirected(c sip.Uri, ways []way) []dialog.Hop {
	target := *c.Clone()
	target.Headers = nil
	var out []dialog.Hop
	for _, w := range ways {
		if flow, ok := u.net.Flow(u.trunk.Name, w.target, w.server.what.Host); ok {
			out = append(out, u.hop(w, target, nil, flow))
		}
	}
	return out
}
