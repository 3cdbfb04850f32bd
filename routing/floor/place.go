package floor

import (
	"time"

	"mediasrv/routing/fact"
)

// paceKept is how many answers of a queue an estimate looks back on, and paceFor how far.
const (
	paceKept = 20
	paceFor  = time.Hour
)

// handling is what a call is thought to take, wrap-up included, until the queue's own calls have shown it.
const handling = 3 * time.Minute

// Place is where a waiting call stands.
type Place struct {
	Position int           // in its queue; 1 is next
	Wait     time.Duration // how long it will probably be; negative: nobody is there to answer
}

// pace is how fast the callers of a queue have been answered lately.
type pace struct {
	spent []time.Duration // by an agent on each of the latest calls, wrap-up included
	ended []time.Time     // when
}

// handled notes what an agent has spent on a call.
func (p *pace) handled(spent time.Duration, now time.Time) {
	p.spent, p.ended = append(p.spent, spent), append(p.ended, now)
	for len(p.ended) > paceKept || len(p.ended) > 0 && now.Sub(p.ended[0]) > paceFor {
		p.spent, p.ended = p.spent[1:], p.ended[1:]
	}
}

// average is what a call takes; with few of them it leans on what is usual.
func (p *pace) average() time.Duration {
	const usual = 3 // as many calls of the usual length are thought to have been before
	sum := usual * handling
	for _, d := range p.spent {
		sum += d
	}
	return sum / time.Duration(usual+len(p.spent))
}

// place says where a call stands; false: it doesn't wait.
func (c *core) place(call fact.CallID) (Place, bool) {
	e := c.calls[call]
	if e == nil {
		return Place{}, false
	}
	at := Place{Position: 1}
	for _, other := range c.line {
		if other == e {
			break
		}
		if other.Queue == e.Queue {
			at.Position++
		}
	}
	at.Wait = c.estimate(e.Queue, at.Position)
	return at, true
}

// estimate is how long the caller at a position will wait: each agent who is at work answers one caller after the other, and those who are free
// answer at once.
func (c *core) estimate(queue string, position int) time.Duration {
	free, working := 0, 0
	for _, user := range c.cfg.Queues[queue].Agents {
		a := c.agents[user]
		switch {
		case a.phones == 0 || a.state.Status == Offline:
		case a.state.Free() || a.state.Activity == Ringing:
			free++
			working++
		case a.state.Activity != Idle:
			working++
		}
	}
	switch {
	case working == 0:
		return -1
	case position <= free:
		return 0
	}
	ahead := position - free // of callers who must wait until an agent's call ends; the first one for half of it, on average
	return c.pace(queue).average() * time.Duration(2*ahead-1) / time.Duration(2*working)
}

func (c *core) pace(queue string) *pace {
	p := c.paces[queue]
	if p == nil {
		p = &pace{}
		c.paces[queue] = p
	}
	return p
}

// spent notes how long an agent's call has taken, when it is over for the agent.
func (c *core) spent(a *agent, now time.Time) {
	if !a.answered.IsZero() {
		c.pace(a.offer.Queue).handled(now.Sub(a.answered), now)
	}
	a.answered = time.Time{}
}
