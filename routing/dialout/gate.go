package dialout

import (
	"maps"
	"sync"
	"time"

	"mediasrv/config"
)

// Who wants to call: a user, or whoever calls through by a trunk.
type Who struct {
	User  string
	Trunk string // that the call came in by
}

// Gate counts calls out and lets through what may be. It may be used from any goroutine.
type Gate struct {
	mu        sync.Mutex
	cfg       *config.Config
	own       map[Who]int
	all       int
	refused   map[Reason]uint64
	emergency uint64
}

// New makes a gate by the rules of a file.
func New(cfg *config.Config) *Gate {
	return &Gate{cfg: cfg, own: map[Who]int{}, refused: map[Reason]uint64{}}
}

// Apply takes the rules of a new file; calls that were let through go on.
func (g *Gate) Apply(cfg *config.Config) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cfg = cfg
}

// Pass is a call out that is let through. Done must be called when it is over.
type Pass struct {
	Ways      []string // trunks, the first choice first
	Emergency bool
	Longest   time.Duration // from the answer on; 0: no limit

	gate *Gate
	who  Who
	once sync.Once
}

// Ask lets a call through, and counts it; nil and why if it may not be. given: the file names the number, or what it begins with. trunk: the
// way that the file names; empty: as routes say.
func (g *Gate) Ask(who Who, number, trunk string, given bool) (*Pass, Reason) {
	g.mu.Lock()
	defer g.mu.Unlock()
	v, ways := g.decide(who, number, trunk, given)
	if v.Why != "" {
		g.refused[v.Why]++
		return nil, v.Why
	}
	if v.Emergency {
		g.emergency++
	}
	g.own[who]++
	g.all++
	return &Pass{Ways: ways, Emergency: v.Emergency, Longest: v.Longest, gate: g, who: who}, ""
}

// May says why a call would not be let through now; empty: it would. It counts nothing.
func (g *Gate) May(who Who, number string) Reason {
	g.mu.Lock()
	defer g.mu.Unlock()
	v, _ := g.decide(who, number, "", false)
	return v.Why
}

// decide asks the rules and the routes. g.mu is held.
func (g *Gate) decide(who Who, number, trunk string, given bool) (v Verdict, ways []string) {
	v = Decide(g.cfg.DialOutOf(who.User, who.Trunk), g.cfg.Company.DialOut.Calls, Ask{
		Number: number, Given: given, Emergency: g.cfg.IsEmergency(number), Own: g.own[who], All: g.all,
	})
	ways = []string{trunk}
	if trunk == "" {
		ways = g.cfg.WaysTo(number)
	}
	if v.Why == "" && len(ways) == 0 {
		v.Why = NoRoute
	}
	return v, ways
}

// Done counts the call out. Calling it again, and on a nil pass, does nothing.
func (p *Pass) Done() {
	if p == nil {
		return
	}
	p.once.Do(func() {
		g := p.gate
		g.mu.Lock()
		defer g.mu.Unlock()
		g.all--
		if g.own[p.who]--; g.own[p.who] <= 0 {
			delete(g.own, p.who)
		}
	})
}

// Stats are the figures since the start.
type Stats struct {
	Calls     int // out now
	Refused   map[Reason]uint64
	Emergency uint64
}

// Stats waits for nobody.
func (g *Gate) Stats() Stats {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Stats{Calls: g.all, Refused: maps.Clone(g.refused), Emergency: g.emergency}
}
