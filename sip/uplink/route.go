package uplink

import (
	"net/netip"
	"strings"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
	"mediasrv/sip/resolve"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// preloaded are the Route headers of requests outside of a dialog: the outbound proxy (RFC 3261, 8.1.2).
func (u *Uplink) preloaded() []sip.Uri {
	if u.proxy == nil {
		return nil
	}
	r := sip.Uri{Scheme: "sip", Host: u.proxy.what.Host, Port: u.proxy.what.Port, UriParams: sip.NewParams()}
	if t := u.proxy.what.Transport; t != "" && t != "udp" {
		r.UriParams.Add("transport", t)
	}
	r.UriParams.Add("lr", "")
	return []sip.Uri{r}
}

// routes are those of calls out to an address: the Service-Route of the registration with it (RFC 3608, 5), or the proxy; and the flow to the first of them.
func (u *Uplink) routes(w way, flow transaction.Flow) ([]sip.Uri, transaction.Flow) {
	u.mu.Lock()
	learnt := u.standing.routes
	if u.standing.at != w.target || !u.standing.good(time.Now()) {
		learnt = nil
	}
	u.mu.Unlock()
	if len(learnt) == 0 {
		return u.preloaded(), flow
	}
	if addr, err := netip.ParseAddr(strings.Trim(learnt[0].Host, "[]")); err == nil && addr.Unmap() != flow.Remote.Addr() {
		port := learnt[0].Port
		if port == 0 {
			port = resolve.DefaultPort(w.target.Transport)
		}
		flow = flow.To(netip.AddrPortFrom(addr, uint16(port))) //nolint:gosec // the parser bounds it
	}
	return learnt, flow
}

// serviceRoute reads the header of a 200 to REGISTER.
func serviceRoute(res *sip.Response) []sip.Uri {
	var out []sip.Uri
	for _, h := range res.GetHeaders("Service-Route") {
		for _, one := range elements(h.Value()) {
			var uri sip.Uri
			params := sip.NewParams()
			if _, err := sip.ParseAddressValue(one, &uri, &params); err == nil && uri.Host != "" {
				out = append(out, uri)
			}
		}
	}
	return out
}

// callees are the addresses that a call tries: where there is a Service-Route, the one that gave it comes first.
func (u *Uplink) callees() []way {
	u.mu.Lock()
	learnt := len(u.standing.routes) > 0
	u.mu.Unlock()
	if learnt {
		return u.registrars()
	}
	return u.ways(chance)
}

// Hops are the ways of a call, in the order in which they are tried; the number in their Targets is the caller's to write.
func (u *Uplink) Hops() []dialog.Hop {
	var out []dialog.Hop
	for _, w := range u.callees() {
		flow, ok := u.net.Flow(u.trunk.Name, w.target, w.server.what.Host)
		if !ok {
			continue
		}
		target := sip.Uri{Scheme: "sip", Host: w.server.what.Host, Port: w.server.what.Port}
		if u.proxy != nil {
			target.Host, target.Port = u.domain(), 0
			if u.trunk.Register.Domain == "" && len(u.servers) > 0 {
				target.Port = u.servers[0].what.Port
			}
		}
		if w.target.Transport != resolve.UDP {
			target.UriParams = sip.HeaderParams{{K: "transport", V: w.target.Transport}}
		}
		routes, flow := u.routes(w, flow)
		out = append(out, u.hop(w, target, routes, flow))
	}
	return out
}

func (u *Uplink) hop(w way, target sip.Uri, routes []sip.Uri, flow transaction.Flow) dialog.Hop {
	u.mu.Lock()
	h := u.health[w.target]
	doubtful := h != nil && h.state == fact.TargetDown
	u.mu.Unlock()
	return dialog.Hop{
		Target: target, Routes: routes, Flow: flow, Place: u.net.Place(flow), Doubtful: doubtful,
		Report: func(r dialog.Report) { u.reported(w, r) },
	}
}

// reported takes what came of an INVITE.
func (u *Uplink) reported(w way, r dialog.Report) {
	switch {
	case r.Err != nil:
		u.happened(w, Failed, "INVITE: "+r.Err.Error(), 0, 0)
	case r.Status == sip.StatusServiceUnavailable:
		u.happened(w, NoRoom, "INVITE: "+r.Text, r.Retry, 0)
	case r.Status == sip.StatusRequestTimeout || r.Status >= 500 && r.Status < 600:
		u.happened(w, Erred, "INVITE: "+r.Text, r.Retry, 0)
	default:
		u.happened(w, Answered, "", 0, r.After)
	}
}
