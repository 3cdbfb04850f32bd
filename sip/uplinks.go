package sip

import (
	"bytes"
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"mediasrv/config"
	"mediasrv/sip/resolve"
	"mediasrv/sip/transaction"
	"mediasrv/sip/uplink"

	"github.com/emiago/sipgo/sip"
)

// uplinks are those of all trunks, and the cache of where their servers are. A reload makes and ends some.
type uplinks struct {
	cache   *resolve.Cache
	network uplink.Network
	set     atomic.Pointer[linkSet]

	mu      sync.Mutex
	ctx     context.Context //nolint:containedctx // of run; nil: it has not begun
	running sync.WaitGroup
	lives   map[*uplink.Uplink]life
	leaving map[*uplink.Uplink]struct{} // of trunks that are gone or changed: they still give their registrations up
}

// linkSet is the uplinks of one file. It is immutable.
type linkSet struct {
	all    []*uplink.Uplink // by name
	tokens map[string]*uplink.Uplink
}

// life is an uplink that runs.
type life struct {
	end  context.CancelFunc
	done chan struct{}
}

func (l *uplinks) now() *linkSet { return l.set.Load() }

// uplink makes the uplinks of the file. The listeners are there.
func (s *Stack) uplink(ask resolve.Asker) {
	s.links.lives, s.links.leaving = map[*uplink.Uplink]life{}, map[*uplink.Uplink]struct{}{}
	s.links.network = uplink.Network{
		Records: func(r resolve.Server) []resolve.Record { return s.links.cache.Records(r) },
		Flow:    s.flow, Place: s.place, Hold: s.table.Hold, Know: s.table.Know,
	}
	set := newLinkSet(s.file(), nil, s.links.network, s.log)
	s.links.set.Store(set)
	s.links.cache = resolve.New(ask, set.servers(), s.transports(), s.links.changed, s.log)
}

// newLinkSet makes the uplinks of a file; those of trunks that have stayed the same are kept.
func newLinkSet(file *config.Config, old *linkSet, network uplink.Network, log *slog.Logger) *linkSet {
	set := &linkSet{tokens: map[string]*uplink.Uplink{}}
	for _, t := range file.Trunks {
		u := old.of(t.Name)
		if u == nil || !config.Same(u.Trunk(), t) {
			u = uplink.New(t, network, log)
		}
		set.all = append(set.all, u)
		if token := u.Token(); token != "" {
			set.tokens[token] = u
		}
	}
	slices.SortFunc(set.all, func(a, b *uplink.Uplink) int { return strings.Compare(a.Trunk().Name, b.Trunk().Name) })
	return set
}

func (l *linkSet) servers() []resolve.Server {
	var all []resolve.Server
	for _, u := range l.all {
		all = append(all, u.Servers()...)
	}
	return all
}

func (l *linkSet) of(trunk string) *uplink.Uplink {
	if l == nil {
		return nil
	}
	for _, u := range l.all {
		if u.Trunk().Name == trunk {
			return u
		}
	}
	return nil
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

func (l *uplinks) of(trunk string) *uplink.Uplink { return l.now().of(trunk) }

func (l *uplinks) changed() {
	for _, u := range l.now().all {
		u.Changed()
	}
}

// run probes and registers until ctx ends, and then gives the registrations up. It blocks.
func (l *uplinks) run(ctx context.Context) {
	l.mu.Lock()
	l.ctx = ctx
	for _, u := range l.now().all {
		l.begin(u, nil)
	}
	l.mu.Unlock()
	<-ctx.Done()
	l.mu.Lock()   // apply begins none from now on
	l.mu.Unlock() //nolint:staticcheck // it has passed
	l.running.Wait()
}

// begin runs an uplink, after the one in whose place it comes has given its registration up. l.mu is held.
func (l *uplinks) begin(u *uplink.Uplink, after <-chan struct{}) {
	if l.ctx == nil || l.ctx.Err() != nil {
		return
	}
	ctx, end := context.WithCancel(l.ctx)
	done := make(chan struct{})
	l.lives[u] = life{end: end, done: done}
	l.running.Go(func() {
		defer close(done)
		defer end()
		if after != nil {
			<-after
		}
		u.Run(ctx)
		l.left(u)
	})
}

// left forgets an uplink that has given its registration up, and where its servers are.
func (l *uplinks) left(u *uplink.Uplink) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, leaves := l.leaving[u]; leaves {
		delete(l.leaving, u)
		l.want(l.now())
	}
}

// want keeps an eye on the servers of a set, and of those that are leaving. l.mu is held.
func (l *uplinks) want(set *linkSet) {
	all := set.servers()
	for u := range l.leaving {
		all = append(all, u.Servers()...)
	}
	l.cache.Want(all)
}

// apply takes the uplinks of a new file: registrations of trunks that are gone or changed end, others begin. It returns at once.
func (l *uplinks) apply(file *config.Config, log *slog.Logger) {
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.now()
	set := newLinkSet(file, old, l.network, log)
	var ends []context.CancelFunc
	for _, u := range old.all {
		if of, runs := l.lives[u]; runs && set.of(u.Trunk().Name) != u {
			l.leaving[u] = struct{}{}
			ends = append(ends, of.end)
		}
	}
	l.want(set)
	l.set.Store(set)
	for _, end := range ends {
		end()
	}
	for _, u := range set.all {
		before := old.of(u.Trunk().Name)
		if before == u {
			continue
		}
		l.begin(u, l.lives[before].done)
	}
	for u := range l.lives {
		if set.of(u.Trunk().Name) != u {
			delete(l.lives, u)
		}
	}
}

// at says whether an address is that of a server that we are registered with.
func (l *uplinks) at(addr netip.Addr) bool {
	return slices.ContainsFunc(l.now().all, func(u *uplink.Uplink) bool { return u.At(addr) })
}

// from is the trunk whose registrar sends an INVITE: by the token of our Contact, which only the registrar has seen, and which tells trunks behind one proxy
// apart; or, if that was lost on the way, by the address, and by our name if several trunks share that.
func (l *uplinks) from(req *sip.Request, addr netip.Addr) *config.Trunk {
	if line, ok := req.Recipient.UriParams.Get("line"); ok {
		if u := l.now().tokens[line]; u != nil {
			return u.Trunk()
		}
	}
	var there []*config.Trunk
	for _, u := range l.now().all {
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
	if len(l.now().tokens) == 0 {
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
	return l.now().tokens[string(rest)] != nil
}
