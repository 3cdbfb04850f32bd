package sip

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	chance "math/rand/v2"
	"net/netip"
	"strings"

	"mediasrv/config"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
	"mediasrv/sip/identity"
	"mediasrv/sip/resolve"
	"mediasrv/sip/transaction"
	"mediasrv/sip/uplink"

	"github.com/emiago/sipgo/sip"
)

var _ routing.Dialer = (*Stack)(nil)

// Dial calls a user's newest phone (routing.Dialer): a browser by WebRTC with Opus, a desk phone by RTP with G.711; or a number behind a trunk.
func (s *Stack) Dial(to routing.Target, from routing.Caller, in routing.Room, events routing.Sink) (routing.Leg, error) {
	switch {
	case to.Leg != "":
		return s.dialOwn(to, from, in, events)
	case to.Trunk != "":
		return s.dialTrunk(to, from, in, events)
	}
	b, ok := s.phones.Newest(to.User, to.Phone)
	if !ok {
		return nil, fmt.Errorf("sip: dial %s: %w", to.User, routing.ErrUnreachable)
	}
	o := outbound{
		flow: b.Flow, target: b.Contact, first: dialog.Hop{Routes: b.Path}, medium: phoneMedium(b.Browser), manners: phoneManners(),
		party: fact.Party{User: to.User, Name: s.nameOf(to.User)},
		to:    dialog.Party{URI: sip.Uri{Scheme: "sip", User: to.User, Host: realm}},
		from:  callerParty(from),
	}
	if from.Call != "" {
		o.headers = append(o.headers, sip.NewHeader("X-Mediasrv-Call", string(from.Call)))
	}
	o.headers = append(o.headers, again(from)...)
	l, err := s.begin(o, in, events)
	if err != nil {
		return nil, err
	}
	return l, nil
}

func (s *Stack) nameOf(user string) string {
	if u := s.file().Users[user]; u != nil {
		return u.Name
	}
	return ""
}

// callerParty is the From of a call to an agent's phone.
func callerParty(c routing.Caller) dialog.Party {
	if c.Number == "" {
		return dialog.Party{Name: "Anonymous", URI: sip.Uri{Scheme: "sip", User: "anonymous", Host: "anonymous.invalid"}}
	}
	return dialog.Party{Name: identity.Quote(c.Name), URI: sip.Uri{Scheme: "sip", User: identity.Escape(c.Number), Host: realm}}
}

// CallOptions says whom to call, and as whom.
type CallOptions struct {
	URI      string // sip:+81312345678@127.0.0.1:5060;transport=tcp
	From     string // number or user that the call is from; empty: anonymous
	Name     string // display name; empty: none
	Username string // digest login for 401 and 407; empty: none
	Password string
	Codecs   []string // PCMU, PCMA in order of preference; empty: both
	SRTP     string   // off, optional, required; empty: off
	Manners  dialog.Manners
	Heard    func() // called once, at the first response of any kind; nil: not wanted
}

// Call calls any SIP URI, by a listener of its transport. It returns with a leg that is calling; only the look-up of a host name may take
// time, and ctx bounds it.
func (s *Stack) Call(ctx context.Context, o CallOptions, in routing.Room, events routing.Sink) (routing.Leg, error) {
	var target sip.Uri
	if err := sip.ParseUri(o.URI, &target); err != nil || target.Host == "" {
		return nil, fmt.Errorf("sip: call %q: not a SIP URI", o.URI)
	}
	flow, err := s.flowTo(ctx, target)
	if err != nil {
		return nil, fmt.Errorf("sip: call %s: %w", o.URI, err)
	}
	out := outbound{
		flow: flow, target: target, medium: medium{codecs: codecs(o.Codecs), srtp: policy(o.SRTP)}, manners: o.Manners, heard: o.Heard, party: fact.Party{Number: target.User},
		to:   dialog.Party{URI: sip.Uri{Scheme: "sip", User: target.User, Host: target.Host, Port: target.Port}},
		from: dialog.Party{Name: identity.Quote(o.Name), URI: sip.Uri{Scheme: "sip", User: identity.Escape(o.From), Host: s.place(flow).Host}},
	}
	if o.From == "" {
		out.from = callerParty(routing.Caller{})
	}
	if o.Username != "" {
		out.login = &dialog.Login{Username: o.Username, Password: o.Password}
		out.contact = o.Username
	}
	l, err := s.begin(out, in, events)
	if err != nil {
		return nil, err
	}
	return l, nil
}

var errTransport = errors.New("no listener of this transport")

// flowTo is the way to what a URI names (RFC 3263): the first address of the first record.
func (s *Stack) flowTo(ctx context.Context, target sip.Uri) (transaction.Flow, error) {
	server := resolve.Server{Host: strings.Trim(target.Host, "[]"), Port: target.Port, Transport: strings.ToLower(target.UriParams.GetOr("transport", ""))}
	records, err := s.links.cache.Lookup(ctx, server)
	if err != nil {
		return transaction.Flow{}, err
	}
	for _, t := range resolve.Order(records, chance.IntN) {
		if f, ok := s.flow("", t, server.Host); ok {
			return f, nil
		}
		err = fmt.Errorf("%w: %s", errTransport, t.Transport)
	}
	return transaction.Flow{}, err
}

// outbound is a call that we begin.
type outbound struct {
	flow     transaction.Flow
	target   sip.Uri
	medium   medium
	manners  dialog.Manners
	party    fact.Party
	from, to dialog.Party
	headers  []sip.Header
	edit     func(*sip.Request) // the last hand on the INVITE; nil: none
	login    *dialog.Login
	contact  string // user part of our Contact; empty: From's
	heard    func()
	trunk    *config.Trunk // whose call it counts as, counted already; nil: none
	hops     int
	others   []dialog.Hop
	first    dialog.Hop     // the target's, of a trunk
	link     *uplink.Uplink // the trunk's; nil: none
	redirect func([]sip.Uri, func([]dialog.Hop))
	empty    func(netip.AddrPort) bool
}

func (s *Stack) begin(o outbound, in routing.Room, events routing.Sink) (*Leg, error) {
	end, err := newEndpoint(in, o.medium.webrtc, o.flow.Remote.Addr())
	if err != nil {
		s.giveBack(o.trunk)
		return nil, fmt.Errorf("sip: dial: %w", err)
	}
	l := &Leg{
		trunk: o.trunk,
		stack: s, id: newLegID(), party: o.party, sipID: rand.Text() + "@" + realm, browser: o.medium.webrtc,
		sink: events, flowID: o.flow.ID, room: in,
	}
	if o.link != nil {
		l.attempt = o.link.Attempt()
	}
	l.session = newSession(end, o.medium, l.held)
	l.sit(end)
	l.log = s.log.With("leg", string(l.id), "sip", l.sipID)
	tag := rand.Text()[:16]
	place := s.place(o.flow)
	place.User = o.contact
	queue := s.table.Hold(l.sipID)
	queue.Do(func() { // nothing happens before the leg is complete
		l.log.Info("calling", "user", o.party.User, "number", o.party.Number, "flow", o.flow.ID)
	})
	l.dialog = dialog.Dial(dialog.Config{
		Queue: queue, Session: l.session, Owner: owner{l}, Place: place, Headers: o.headers, Edit: o.edit, Login: o.login, Manners: o.manners,
		Hops: o.hops, Others: o.others, Routes: o.first.Routes, Doubtful: o.first.Doubtful, Report: o.first.Report, Redirect: o.redirect,
		Retag: func(old, tag string) { s.rename(l, old, tag) }, Empty: o.empty, KnowHop: func(f transaction.Flow) func() { return s.table.Know(f.Remote.Addr()) }, Know: s.knower(o.flow), Heard: o.heard, Log: l.log,
	}, l.sipID, tag, o.from, o.to, o.target, o.flow)
	if err := s.keep(l, tag); err != nil {
		l.sink = nil
		l.Hangup(fact.EndShutdown)
		l.dialog.Start()
		return nil, err
	}
	l.dialog.Start()
	return l, nil
}
