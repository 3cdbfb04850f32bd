package sip

import (
	"bytes"
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"mediasrv/config"
	"mediasrv/sip/resolve"
	"mediasrv/sip/transaction"
	"mediasrv/sip/uplink"

	"github.com/emiago/sipgo/sip"
)

// uplinks are those of all trunks, and the cache of where their servers are.
type uplinks struct {
	cache  *resolve.Cache
	all    []*uplink.Uplink // by name
	tokens map[string]*uplink.Uplink
}

// uplink makes the uplinks of the file. The listeners are there.
func (s *Stack) uplink(ask resolve.Asker) {
	s.links.tokens = map[string]*uplink.Uplink{}
	network := uplink.Network{
		Records: func(r resolve.Server) []resolve.Record { return s.links.cache.Records(r) },
		Flow:    s.flow, Place: s.place, Hold: s.table.Hold, Know: s.table.Know,
	}
	var servers []resolve.Server
	for _, t := range s.file.Trunks {
		u := uplink.New(t, network, s.log)
		s.links.all = append(s.links.all, u)
		servers = append(servers, u.Servers()...)
		if token := u.Token(); token != "" {
			s.links.tokens[token] = u
		}
	}
	slices.SortFunc(s.links.all, func(a, b *uplink.Uplink) int { return strings.Compare(a.Trunk().Name, b.Trunk().Name) })
	s.links.cache = resolve.New(ask, servers, s.transports(), s.links.changed, s.log)
}

// transports are those that we have listeners of, the usual one first.
func (s *Stack) transports() []string {
	var out []string
	for _, t := range []string{resolve.UDP, resolve.TCP, resolve.TLS} {
		if s.listener(strings.ToUpper(t)) != nil {
			out = append(out, t)
		}
	}
	return out
}

func (s *Stack) listener(transport string) *transaction.Listener {
	for _, l := range s.listeners {
		if l.Transport() == transport {
			return l
		}
	}
	return nil
}

// flow is the way to an address for a trunk; false: there is no listener of its transport.
func (s *Stack) flow(trunk string, t resolve.Target, host string) (transaction.Flow, bool) {
	l := s.listener(strings.ToUpper(t.Transport))
	if l == nil {
		return transaction.Flow{}, false
	}
	return l.Secure(t.Addr, trunk, host), true
}

func (l *uplinks) of(trunk string) *uplink.Uplink {
	for _, u := range l.all {
		if u.Trunk().Name == trunk {
			return u
		}
	}
	return nil
}

func (l *uplinks) changed() {
	for _, u := range l.all {
		u.Changed()
	}
}

// run probes and registers until ctx ends, and then gives the registrations up. It blocks.
func (l *uplinks) run(ctx context.Context) {
	var running sync.WaitGroup
	for _, u := range l.all {
		running.Go(func() { u.Run(ctx) })
	}
	running.Wait()
}

// at says whether an address is that of a server that we are registered with.
func (l *uplinks) at(addr netip.Addr) bool {
	return slices.ContainsFunc(l.all, func(u *uplink.Uplink) bool { return u.At(addr) })
}

// from is the trunk whose registrar sends an INVITE: by the token of our Contact, which only the registrar has seen, and which tells trunks behind one proxy
// apart; or, if that was lost on the way, by the address, and by our name if several trunks share that.
func (l *uplinks) from(req *sip.Request, addr netip.Addr) *config.Trunk {
	if line, ok := req.Recipient.UriParams.Get("line"); ok {
		if u := l.tokens[line]; u != nil {
			return u.Trunk()
		}
	}
	var there []*config.Trunk
	for _, u := range l.all {
		if u.At(addr) {
			there = append(there, u.Trunk())
		}
	}
	if len(there) == 1 {
		return there[0]
	}
	for _, t := range there {
		if name := t.Login.Username; req.Recipient.User == name || req.To() != nil && req.To().Address.User == name {
			return t
		}
	}
	return nil
}

// line is the mark of our Contact's token in a URI.
const line = ";line="

// names says whether the first line of a message that isn't parsed yet has a token of ours.
func (l *uplinks) names(data []byte) bool {
	if len(l.tokens) == 0 {
		return false
	}
	first, _, _ := bytes.Cut(data, []byte("\r\n"))
	_, rest, ok := bytes.Cut(first, []byte(line))
	if !ok {
		return false
	}
	if end := bytes.IndexAny(rest, "; ?"); end >= 0 {
		rest = rest[:end]
	}
	return l.tokens[string(rest)] != nil
}
