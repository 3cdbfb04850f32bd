package uplink

import (
	"context"
	"crypto/rand"
	"log/slog"
	mrand "math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
	"mediasrv/sip/resolve"
	"mediasrv/sip/transaction"
)

// mostWays bounds what one call tries: with 2 s of silence each nobody would wait for more.
const mostWays = 8

// Network is what an uplink needs of the stack. Its functions may be called from any goroutine and don't block.
type Network struct {
	Records func(resolve.Server) []resolve.Record // of the cache; nil: not known yet
	// Flow is the way to an address from our listener of its transport; host is the name that TLS certificates must be for. False: there is no such listener.
	Flow  func(trunk string, t resolve.Target, host string) (transaction.Flow, bool)
	Place func(transaction.Flow) dialog.Place
	Hold  func(callID string) *transaction.Queue
	Know  func(netip.Addr) (forget func())
}

// server is one that the file names.
type server struct {
	text   string
	what   resolve.Server
	weight int
}

// Uplink is one trunk's. Its methods may be called from any goroutine.
type Uplink struct {
	trunk   *config.Trunk
	net     Network
	log     *slog.Logger
	servers []server
	proxy   *server // nil: none
	token   string  // in our Contact
	wake    chan struct{}

	mu       sync.Mutex
	health   map[resolve.Target]*health
	figures  figures
	in, out  int
	standing standing
}

// New makes the uplink of a trunk. It does nothing before Run.
func New(t *config.Trunk, network Network, log *slog.Logger) *Uplink {
	u := &Uplink{
		trunk: t, net: network, log: log.With("trunk", t.Name), token: rand.Text(),
		wake: make(chan struct{}, 1), health: map[resolve.Target]*health{},
	}
	for _, text := range t.Servers {
		weight := t.Uplink.Weights[text]
		u.servers = append(u.servers, server{text: text, what: resolve.Parse(text, said(t.Transport)), weight: max(weight, 1)})
	}
	if t.Register.Proxy != "" {
		u.proxy = &server{text: t.Register.Proxy, what: resolve.Parse(t.Register.Proxy, said(t.Transport)), weight: 1}
	}
	if t.Register.On {
		u.standing.state, u.standing.since = fact.Registering, time.Now()
		u.standing.wake = make(chan struct{}, 1)
		u.standing.callID = rand.Text() + "@" + u.domain()
	}
	return u
}

// said is a transport as RFC 3263 takes it: nothing for auto.
func said(transport string) string {
	if transport == "auto" {
		return ""
	}
	return transport
}

// Servers are those whose addresses must be known.
func (u *Uplink) Servers() []resolve.Server {
	var out []resolve.Server
	for _, s := range u.asked() {
		out = append(out, s.what)
	}
	return out
}

// asked are the servers that requests go to first: the proxy, if there is one.
func (u *Uplink) asked() []server {
	if u.proxy != nil {
		return []server{*u.proxy}
	}
	return u.servers
}

// domain is the host of our address with the trunk.
func (u *Uplink) domain() string {
	switch {
	case u.trunk.Register.Domain != "":
		return u.trunk.Register.Domain
	case len(u.servers) > 0:
		return u.servers[0].what.Host
	}
	return u.trunk.Name + ".invalid"
}

// way is one address to try, and whose it is.
type way struct {
	server server
	target resolve.Target
}

// ways are the addresses in the order in which something that is to go out now tries them: those that are well first.
func (u *Uplink) ways(pick func(int) int) []way {
	var out []way
	for _, s := range u.order(pick) {
		for _, t := range resolve.Order(u.net.Records(s.what), pick) {
			if !slices.ContainsFunc(out, func(w way) bool { return w.target == t }) {
				out = append(out, way{server: s, target: t})
			}
		}
	}
	now := time.Now()
	u.mu.Lock()
	defer u.mu.Unlock()
	slices.SortStableFunc(out, func(a, b way) int { return u.rank(a.target, now) - u.rank(b.target, now) })
	return out[:min(len(out), mostWays)]
}

func (u *Uplink) rank(t resolve.Target, now time.Time) int {
	if h := u.health[t]; h != nil && !h.usable(now, u.trunk.Uplink.Probe > 0) {
		return 1
	}
	return 0
}

// order are the servers as the file stands, or by chance.
func (u *Uplink) order(pick func(int) int) []server {
	left := slices.Clone(u.asked())
	if u.trunk.Uplink.Order != "weight" {
		return left
	}
	var out []server
	for len(left) > 0 {
		sum := 0
		for _, s := range left {
			sum += s.weight
		}
		at, i := pick(sum), 0
		for ; at >= left[i].weight; i++ {
			at -= left[i].weight
		}
		out = append(out, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return out
}

// chance is for the order of a real call.
func chance(n int) int { return mrand.IntN(n) } //nolint:gosec // it spreads load

// first is for what people look at.
func first(int) int { return 0 }

// of is the health of an address; it is made if there is none. u.mu is held.
func (u *Uplink) of(t resolve.Target) *health {
	h := u.health[t]
	if h == nil {
		h = &health{state: fact.TargetUnknown}
		u.health[t] = h
	}
	return h
}

// happened takes an event of an address. A change is said once, and who waits for one is woken.
func (u *Uplink) happened(w way, e Event, why string, wait, rtt time.Duration) {
	u.mu.Lock()
	h := u.of(w.target)
	before := h.state
	changed := h.on(e, time.Now(), why, wait, rtt)
	after, since := h.state, h.err
	registrar := u.standing.at == w.target && u.standing.state == fact.Registered
	if changed && registrar { // it may have forgotten us; or another one has to take us
		u.standing.again = true
	}
	u.mu.Unlock()
	if !changed {
		return
	}
	switch {
	case after == fact.TargetDown:
		u.log.Warn("a server of the trunk is down", "server", w.server.text, "address", w.target.String(), "why", since)
	case before == fact.TargetDown:
		u.log.Info("a server of the trunk is back", "server", w.server.text, "address", w.target.String())
	default:
		u.log.Info("a server of the trunk answers", "server", w.server.text, "address", w.target.String())
	}
	u.Changed()
}

// Changed says that an address has become known or its health has changed.
func (u *Uplink) Changed() {
	for _, c := range []chan struct{}{u.wake, u.standing.wake} {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Run probes the addresses and keeps the registration until ctx ends; then it gives the registration up. It blocks.
func (u *Uplink) Run(ctx context.Context) {
	var running sync.WaitGroup
	if u.trunk.Uplink.Probe > 0 && len(u.servers) > 0 {
		running.Go(func() { u.probe(ctx) })
	}
	if u.trunk.Register.On {
		running.Go(func() { u.register(ctx) })
	}
	running.Wait()
}

// State is how the trunk is doing.
func (u *Uplink) State() fact.TrunkState {
	now := time.Now()
	ways := u.known()
	u.mu.Lock()
	defer u.mu.Unlock()
	sum := u.figures.sum(now)
	s := fact.TrunkState{
		Name: u.trunk.Name, Kind: u.trunk.Kind, In: u.in, Out: u.out, Registration: u.standing.fact(now),
		Window: window, Attempts: sum.attempts, Answered: sum.answered, Failures: sum.failures,
	}
	if sum.attempts > 0 {
		s.ASR = float64(sum.answered) / float64(sum.attempts)
	}
	if sum.rang > 0 {
		s.PDD = sum.waited / time.Duration(sum.rang)
	}
	for _, w := range ways {
		t := fact.TargetState{Server: w.server.text, Address: w.target.String(), Health: fact.TargetUnknown}
		if h := u.health[w.target]; h != nil {
			t.Health, t.Since, t.RTT, t.Error, t.ErrorAt = h.state, h.since, h.rtt, h.err, h.errAt
			if h.state == fact.TargetDown {
				t.Again = h.hold
				if u.trunk.Uplink.Probe > 0 && h.next.After(h.hold) {
					t.Again = h.next
				}
			}
		}
		s.Targets = append(s.Targets, t)
	}
	return s
}

// known are all addresses, in the order of the file and of the DNS.
func (u *Uplink) known() []way {
	var out []way
	for _, s := range u.asked() {
		for _, t := range resolve.Order(u.net.Records(s.what), first) {
			if !slices.ContainsFunc(out, func(w way) bool { return w.target == t }) {
				out = append(out, way{server: s, target: t})
			}
		}
	}
	return out
}

// At says whether the trunk is registered and an address is one of its servers': what comes from there may be its calls.
func (u *Uplink) At(addr netip.Addr) bool {
	u.mu.Lock()
	registered := u.standing.good(time.Now())
	u.mu.Unlock()
	if !registered {
		return false
	}
	for _, w := range u.known() {
		if w.target.Addr.Addr() == addr.Unmap() {
			return true
		}
	}
	return false
}

// Trunk is whose uplink it is.
func (u *Uplink) Trunk() *config.Trunk { return u.trunk }

// Token is in our Contact with the registrar, as its line parameter: who names it has it from there. Empty: the trunk isn't registered with.
func (u *Uplink) Token() string {
	if !u.trunk.Register.On {
		return ""
	}
	return u.token
}
