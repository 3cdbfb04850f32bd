package floor

import (
	"slices"
	"time"

	"mediasrv/config"
)

// Candidate is an agent who can be offered a call now: available, idle, with a phone.
type Candidate struct {
	User     string
	Queues   []string
	Skills   map[string]int // borrowed, read only
	Open     int            // conversations that are not closed
	IdleFrom time.Time      // idle since
	FreeFrom time.Time      // could be offered calls since
}

// Match is a call and the agent who is to be offered it.
type Match struct {
	Call int // index in waiting
	User int // index in agents
}

// Picker decides who is offered which call. It is pure and sees all queues at once, since they share agents. waiting holds the calls that want
// an agent, in the order in which they are to be served. No agent may be in two matches, and a call only if its queue rings all.
type Picker interface {
	Pick(waiting []Waiting, agents []Candidate) []Match
}

// Rounds rings each agent once per round, as the call's queue says: one at a time (newcomers first, then who has the fewest conversations that are
// not closed, then who has been idle for longest), from the top of the queue's list down, or all at once.
type Rounds struct{}

// picking is one decision.
type picking struct {
	waiting []Waiting
	agents  []Candidate
	free    map[string][]int // by queue
	taken   []bool
	matches []Match
}

// Pick implements Picker. Each call gets one agent before any rings a second one.
func (Rounds) Pick(waiting []Waiting, agents []Candidate) []Match {
	p := picking{waiting: waiting, agents: agents, free: make(map[string][]int), taken: make([]bool, len(agents))}
	for i, a := range agents {
		for _, q := range a.Queues {
			p.free[q] = append(p.free[q], i)
		}
	}
	rings := make([]int, len(waiting))
	for i, w := range waiting {
		rings[i] = w.Rings
		if w.Rings == 0 && p.match(i) {
			rings[i]++
		}
	}
	for i, w := range waiting {
		for w.Ring == config.RingAll && rings[i] > 0 && rings[i] < ringMost && p.match(i) {
			rings[i]++
		}
	}
	return p.matches
}

// match finds an agent for a call; false: there is none.
func (p *picking) match(call int) bool {
	if len(p.matches) == len(p.agents) {
		return false
	}
	w := p.waiting[call]
	best := -1
	for _, k := range p.free[w.Queue] {
		if p.taken[k] || w.Rung[p.agents[k].User] || !w.suits(p.agents[k].Skills) || w.Ghost.bars(p.agents[k].User) {
			continue
		}
		if best < 0 || w.prefers(p.agents[k], p.agents[best]) {
			best = k
		}
	}
	if best < 0 {
		return false
	}
	p.taken[best] = true
	p.matches = append(p.matches, Match{Call: call, User: best})
	return true
}

// prefers says whether agent a is rung before agent b.
func (w Waiting) prefers(a, b Candidate) bool {
	if w.Ring == config.RingTopDown {
		return slices.Index(w.Order, a.User) < slices.Index(w.Order, b.User)
	}
	if x, y := a.FreeFrom.After(w.Round), b.FreeFrom.After(w.Round); x != y {
		return x
	}
	switch {
	case a.Open != b.Open:
		return a.Open < b.Open
	case !a.IdleFrom.Equal(b.IdleFrom):
		return a.IdleFrom.Before(b.IdleFrom)
	default:
		return a.User < b.User
	}
}
