package dialog

import (
	"net/netip"
	"strings"

	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// request makes a request within the dialog (RFC 3261, 12.2.1.1). ACK keeps the CSeq of its INVITE.
func (d *Dialog) request(method sip.RequestMethod, body []byte) *sip.Request {
	d.lastOur++
	return d.build(method, d.lastOur, body)
}

func (d *Dialog) build(method sip.RequestMethod, seq uint32, body []byte) *sip.Request {
	return d.buildFor(d.remote, d.target, d.routes, method, seq, body)
}

func (d *Dialog) buildFor(remote party, target sip.Uri, routes []sip.Uri, method sip.RequestMethod, seq uint32, body []byte) *sip.Request {
	uri, routes := routeSet(target, routes)
	req := sip.NewRequest(method, *uri.Clone())
	req.AppendHeader(d.via())
	for _, r := range routes {
		req.AppendHeader(&sip.RouteHeader{Address: r})
	}
	maxForwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&maxForwards)
	from := &sip.FromHeader{DisplayName: d.local.name, Address: *d.local.uri.Clone(), Params: sip.NewParams()}
	from.Params.Add("tag", d.local.tag)
	req.AppendHeader(from)
	to := &sip.ToHeader{DisplayName: remote.name, Address: *remote.uri.Clone(), Params: sip.NewParams()}
	if remote.tag != "" {
		to.Params.Add("tag", remote.tag)
	}
	req.AppendHeader(to)
	id := sip.CallIDHeader(d.callID)
	req.AppendHeader(&id)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: seq, MethodName: method})
	if method != sip.BYE && method != sip.CANCEL && method != sip.ACK {
		req.AppendHeader(d.contact())
		d.introduce(req)
	}
	req.AppendHeader(sip.NewHeader("User-Agent", Agent))
	setBody(req, body)
	return req
}

// routeSet is the Request-URI and the Route headers, for loose and for strict routers (RFC 3261, 12.2.1.1).
func routeSet(target sip.Uri, routes []sip.Uri) (sip.Uri, []sip.Uri) {
	if len(routes) == 0 || routes[0].UriParams.Has("lr") {
		return target, routes
	}
	return routes[0], append(append([]sip.Uri{}, routes[1:]...), target)
}

func (d *Dialog) via() *sip.ViaHeader {
	via := &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: d.flow.Transport,
		Host: d.cfg.Place.Host, Port: d.cfg.Place.Port, Params: sip.NewParams(),
	}
	via.Params.Add("branch", sip.GenerateBranch())
	if !d.flow.WebSocket() {
		via.Params.Add("rport", "")
	}
	return via
}

func (d *Dialog) contact() *sip.ContactHeader {
	user := d.cfg.Place.User
	if user == "" {
		user = d.local.uri.User
	}
	return &sip.ContactHeader{Address: sip.Uri{
		Scheme: "sip", User: user, Host: d.cfg.Place.Host, Port: d.cfg.Place.Port, UriParams: d.cfg.Place.Params.Clone(),
	}}
}

// dress gives a response what the dialog puts into every one.
func (d *Dialog) dress(res *sip.Response, body []byte) *sip.Response {
	res.AppendHeader(d.contact())
	d.introduce(res)
	res.AppendHeader(sip.NewHeader("Server", Agent))
	setBody(res, body)
	return res
}

type bodied interface {
	AppendHeader(h sip.Header)
	SetBody(b []byte)
}

func setBody(m bodied, body []byte) {
	if len(body) > 0 {
		ct := sip.ContentTypeHeader("application/sdp")
		m.AppendHeader(&ct)
	}
	m.SetBody(body)
}

// hop is the flow that requests to a target go by (RFC 3261, 8.1.2). A phone's own connection is always used; a target behind NAT is reached
// where its messages came from, and so is one that is named by a host name.
func hop(flow transaction.Flow, target sip.Uri, routes []sip.Uri) transaction.Flow {
	if flow.NoDial || flow.WebSocket() {
		return flow
	}
	next := target
	if len(routes) > 0 {
		next = routes[0]
	}
	port := next.Port
	if port == 0 {
		port = sip.DefaultPort(flow.Transport)
	}
	addr, err := netip.ParseAddr(strings.Trim(next.Host, "[]"))
	now := flow.Remote.Addr()
	if err != nil || addr.IsUnspecified() {
		return flow.Or(netip.AddrPortFrom(now, uint16(port))) //nolint:gosec // the parser bounds it
	}
	addr = addr.Unmap()
	switch {
	case addr != now && len(routes) == 0 && addr.IsPrivate() && !now.IsPrivate() && !now.IsLoopback():
		return flow.Or(netip.AddrPortFrom(now, uint16(port))) //nolint:gosec // the parser bounds it
	case addr == now && flow.Reliable() && !flow.Gone():
		return flow.Or(netip.AddrPortFrom(addr, uint16(port))) //nolint:gosec // the connection is there; if it ends, another is made
	}
	return flow.To(netip.AddrPortFrom(addr, uint16(port))) //nolint:gosec // the parser bounds it
}

// usable says whether requests can be sent to a Contact.
func usable(contact *sip.ContactHeader) bool {
	return contact != nil && !contact.Address.Wildcard && contact.Address.Host != ""
}

// learn takes the peer's Contact (RFC 3261, 12.2.1.2: every target refresh).
func (d *Dialog) learn(contact *sip.ContactHeader) {
	if !usable(contact) {
		return
	}
	d.target = *contact.Address.Clone()
	d.flow = hop(d.flow, d.target, d.routes)
}

// recordRoutes is the route set of a message: as it is for UAS, reversed for UAC.
func recordRoutes(m sip.Message, reversed bool) []sip.Uri {
	var out []sip.Uri
	for _, h := range m.GetHeaders("Record-Route") {
		if rr, ok := h.(*sip.RecordRouteHeader); ok {
			out = append(out, *rr.Address.Clone())
		}
	}
	if reversed {
		for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
			out[i], out[j] = out[j], out[i]
		}
	}
	return out
}
