package floor

import "time"

// Candidate is an agent who can be offered a call now: available, idle, with a phone.
type Candidate struct {
	User     string
	Queues   []string
	Open     int       // conversations that are not closed
	IdleFrom time.Time // idle since
	FreeFrom time.Time // could be offered calls since
}

// Match is a call and the agent who is to be offered it.
type Match struct {
	Call int // index in waiting
	User int // index in agents
}

// Picker decides who is offered which call. It is pure and sees all queues at once, since they share agents. waiting holds the calls that no
// agent is being offered, in the order in which they are to be served. No call and no agent may be in two matches.
type Picker interface {
	Pick(waiting []Waiting, agents []Candidate) []Match
}

// RingOne rings one agent at a time, each once per round: newcomers first, then who has the fewest conversations that are not
// closed, then who has been idle for longest.
type RingOne struct{}

// Pick implements Picker.
func (RingOne) Pick(waiting []Waiting, agents []Candidate) []Match {
	free := make(map[string][]int) // by queue
	for i, a := range agents {
		for _, q := range a.Queues {
			free[q] = append(free[q], i)
		}
	}
	taken := make([]bool, len(agents))
	var matches []Match
	for i, w := range waiting {
		if len(matches) == len(agents) {
			break
		}
		best := -1
		for _, k := range free[w.Queue] {
			if taken[k] || w.Rung[agents[k].User] {
				continue
			}
			if best < 0 || w.prefers(agents[k], agents[best]) {
				best = k
			}
		}
		if best >= 0 {
			taken[best] = true
			matches = append(matches, Match{Call: i, User: best})
		}
	}
	return matches
}

// prefers says whether agent a is rung before agent b.
func (w Waiting) prefers(a, b Candidate) bool {
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
