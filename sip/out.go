package sip

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"

	"github.com/emiago/sipgo/sip"
)

// knockFor is how long the system has to say that nobody listens at an address.
const knockFor = 200 * time.Millisecond

// dialTrunk calls a number behind a trunk, by the ways that its uplink knows.
func (s *Stack) dialTrunk(to routing.Target, from routing.Caller, in routing.Room, events routing.Sink) (routing.Leg, error) {
	t := s.file().Trunks[to.Trunk]
	if t == nil || !t.Outbound {
		return nil, fmt.Errorf("sip: dial %s: the trunk carries no calls out: %w", to.Trunk, routing.ErrUnreachable)
	}
	link := s.links.of(t.Name)
	if link == nil { // a reload has just taken it away
		return nil, fmt.Errorf("sip: dial %s: the trunk is gone: %w", to.Trunk, routing.ErrUnreachable)
	}
	hops := link.Hops()
	if len(hops) == 0 {
		return nil, fmt.Errorf("sip: dial %s: none of its servers has a known address: %w", to.Trunk, routing.ErrUnreachable)
	}
	if why := s.leave(t, to.Emergency); why != "" {
		s.refusals.Add(1)
		return nil, fmt.Errorf("sip: dial %s: %s: %w", to.Trunk, why, routing.ErrLimit)
	}
	first := hops[0]
	o := outbound{
		flow: first.Flow, target: first.Target, first: first, others: hops[1:], link: link, medium: mediumOf(t, codecs(to.Codecs)), manners: manners(t), trunk: t, hops: from.Hops,
		party: fact.Party{Number: to.Number, Trunk: t.Name},
	}
	s.present(&o, t, to, from, first.Place.Host)
	o.headers = append(o.headers, transferHeaders(to)...)
	if link.Redirects() {
		o.redirect = func(contacts []sip.Uri, done func([]dialog.Hop)) {
			link.Redirect(o.target.User, contacts, s.links.cache.Lookup, done)
		}
	}
	if s.knocks {
		o.empty = empty
	}
	if t.Login.Username != "" {
		o.login = &dialog.Login{Username: t.Login.Username, Password: t.Login.Password}
	}
	l, err := s.begin(o, in, events)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// empty asks an address whether a socket is there: only one that is connected hears that it isn't (ICMP). It sends a keep-alive (RFC 5626, 4.4.1)
// and waits a moment.
func empty(remote netip.AddrPort) bool {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(remote))
	if err != nil {
		return false
	}
	defer c.Close() //nolint:errcheck // nothing is lost
	_ = c.SetDeadline(time.Now().Add(knockFor))
	if _, err = c.Write([]byte("\r\n\r\n")); err == nil {
		_, err = c.Read(make([]byte, 16))
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}
