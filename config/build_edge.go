package config

import (
	"fmt"
	"net/netip"
	"slices"
)

func (b *builder) listen(n *node) {
	l := &b.cfg.Listen
	if sip := n.get("sip"); sip != nil {
		l.SIP = vals[SIPAddress](sip)
		if sip.kind == list && len(sip.items) == 0 {
			b.wrong(sip, "is empty: nobody could call; leave it out for [udp://:5060, tcp://:5060]")
		}
	}
	l.Web = val(n.get("web"), l.Web)
	ports := val(n.get("rtp"), portRange{from: l.RTPMin, to: l.RTPMax})
	l.RTPMin, l.RTPMax = ports.from, ports.to
	l.RTPRest = val(n.get("rtp_rest"), l.RTPRest)
	b.collisions(n)
	b.listenTLS(n)
}

// place is one address and port that is listened on.
type place struct {
	transport string
	host      string // empty: all
	port      int
	at        *node
}

func (p place) collides(other place) bool {
	anywhere := func(host string) bool { return host == "" || host == "0.0.0.0" || host == "::" }
	return p.port != 0 && p.port == other.port && (p.transport == "udp") == (other.transport == "udp") &&
		(p.host == other.host || anywhere(p.host) || anywhere(other.host))
}

// collisions refuses listeners that can't both be there.
func (b *builder) collisions(n *node) {
	var taken []place
	add := func(p place) {
		for _, before := range taken {
			if p.at != nil && p.collides(before) {
				b.wrong(p.at, fmt.Sprintf("%s port %d is already listened on", p.transport, p.port))
				return
			}
		}
		taken = append(taken, p)
	}
	if sip := n.get("sip"); sip != nil {
		for _, item := range sip.items {
			if a, ok := item.value.(SIPAddress); ok {
				add(place{transport: a.Transport, host: a.Host, port: a.Port, at: item})
			}
		}
	} else {
		for _, a := range b.cfg.Listen.SIP {
			add(place{transport: a.Transport, host: a.Host, port: a.Port})
		}
	}
	if host, port, err := hostPort(b.cfg.Listen.Web); err == nil {
		add(place{transport: "tcp", host: host, port: port, at: n.get("web")})
	}
	for _, p := range taken {
		if p.transport == "udp" && p.port >= int(b.cfg.Listen.RTPMin) && p.port <= int(b.cfg.Listen.RTPMax) {
			at := n.get("rtp")
			if at == nil {
				at = p.at
			}
			b.wrong(at, fmt.Sprintf("port %d of SIP over UDP is within the ports for media, %d-%d", p.port, b.cfg.Listen.RTPMin, b.cfg.Listen.RTPMax))
		}
	}
}

func (b *builder) trunks(n *node) {
	if n == nil {
		return
	}
	b.cfg.Trunks = map[string]*Trunk{}
	taken := map[netip.Prefix]string{}
	each(n, func(key, t *node) {
		trunk := &Trunk{
			Name:      key.text,
			Kind:      val(t.get("kind"), "byoc"),
			Codecs:    []string{"PCMU", "PCMA"},
			Username:  val(t.get("accept", "username"), ""),
			Password:  val(t.get("accept", "password"), ""),
			MaxCalls:  val(t.get("limits", "calls"), 0),
			MaxRate:   val(t.get("limits", "calls_per_second"), 0),
			Transport: val(t.get("transport"), "udp"),
			SRTP:      val(t.get("srtp"), "off"),
			Dialogs:   b.dialogs(t),
		}
		trunk.Login = b.ourLogin(trunk, t.get("login"))
		b.uplink(trunk, t)
		if codecs := t.get("codecs"); codecs != nil {
			trunk.Codecs = b.codecs(codecs)
		}
		if addresses := t.get("accept", "addresses"); addresses != nil {
			trunk.Addresses = vals[netip.Prefix](addresses)
			b.sources(key.text, addresses, taken)
		}
		b.secure(trunk, t)
		b.login(t.get("accept"))
		b.login(t.get("login"))
		b.directions(trunk, key, t)
		b.identity(trunk, t.get("identity"))
		b.spelling(trunk, t)
		b.headerRules(trunk, t.get("headers"))
		trunk.dialOut = dialOutChangeOf(t.get("dial_out"), 0)
		b.cfg.Trunks[key.text] = trunk
	})
}

func (b *builder) codecs(n *node) []string {
	b.noDoubles(n)
	if n.kind == list && len(n.items) == 0 {
		b.wrong(n, "is empty: expected PCMU, PCMA, G722 or opus")
	}
	return vals[string](n)
}

// ourLogin is what a trunk's servers are shown.
func (b *builder) ourLogin(t *Trunk, n *node) Login {
	if n.get("username") == nil {
		return Login{Username: t.Username, Password: t.Password}
	}
	return Login{Username: val(n.get("username"), ""), Password: val(n.get("password"), "")}
}

// sources refuses an address that would belong to two trunks.
func (b *builder) sources(trunk string, addresses *node, taken map[netip.Prefix]string) {
	b.noDoubles(addresses)
	for _, item := range addresses.items {
		p, ok := item.value.(netip.Prefix)
		if !ok {
			continue
		}
		if other, is := taken[p]; is && other != trunk {
			b.wrong(item, fmt.Sprintf("calls from %s already belong to the trunk %s", item.text, other))
			continue
		}
		taken[p] = trunk
	}
}

// login refuses half a login.
func (b *builder) login(n *node) {
	username, password := n.get("username"), n.get("password")
	switch {
	case username != nil && password == nil:
		b.wrong(username, "needs a password beside it: env:NAME or file:PATH")
	case username == nil && password != nil:
		b.wrong(password, "needs a username beside it")
	}
}

func (b *builder) directions(t *Trunk, key, n *node) {
	takes := n.get("accept", "addresses").holds() || n.get("accept", "username") != nil || t.Register.On
	places := n.get("servers").holds()
	at := n.get("directions")
	if at == nil {
		t.Inbound, t.Outbound = takes, places
		if !takes && !places && !b.mistaken(n) {
			b.wrong(key, "carries no calls: expected accept: {addresses: [192.0.2.0/24]}, a login there, or servers")
		}
		return
	}
	b.noDoubles(at)
	words := vals[string](at)
	t.Inbound, t.Outbound = slices.Contains(words, "inbound"), slices.Contains(words, "outbound")
	if t.Inbound && !takes {
		b.wrong(at, "inbound needs accept: {addresses: [192.0.2.0/24]}, a login there, or login: {register: true}")
	}
	if t.Outbound && !places {
		b.wrong(at, "outbound needs servers")
	}
	if at.kind == list && len(at.items) == 0 {
		b.wrong(at, "is empty: expected inbound, outbound or both")
	}
}

// mistaken is true if something at or below a place was a mistake, so that what follows from it need not be said.
func (b *builder) mistaken(n *node) bool {
	return slices.ContainsFunc(b.mistakes, func(m Mistake) bool {
		return m.Key == n.path || (len(m.Key) > len(n.path) && m.Key[:len(n.path)+1] == n.path+".")
	})
}
