package floor

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"mediasrv/config"
)

// full says why a call can't wait in a queue; empty: it can. Who has had a place or an agent always can, and who is rung for doesn't count,
// nor who keeps a place without being there.
func (c *core) full(w Waiting) string {
	most := c.cfg.Queues[w.Queue].MaxWaiting.Calls
	if most == 0 || w.Front || w.Again {
		return ""
	}
	wait := 0
	for _, e := range c.line {
		if e.Queue == w.Queue && len(e.offers) == 0 && e.Ghost.Callback == "" {
			wait++
		}
	}
	if wait < most {
		return ""
	}
	return fmt.Sprintf("%d wait already", wait)
}

// staffed says whether somebody is there for a queue, as its file sees it.
func (c *core) staffed(q *config.Queue) bool {
	for _, user := range q.Agents {
		a := c.agents[user]
		if a == nil || a.phones == 0 && a.state.Activity == Idle {
			continue
		}
		if a.state.Status == Available || a.state.Status != Offline && q.NoAgents.When != config.Unavailable {
			return true
		}
	}
	return false
}

// watchStaff notes since when nobody is there for queues that have something to do then.
func (c *core) watchStaff(now time.Time) {
	if !c.staffMoved {
		return
	}
	c.staffMoved = false
	for name, q := range c.cfg.Queues {
		switch {
		case q.NoAgents.Then.Empty() || c.staffed(q):
			delete(c.deserted, name)
		case c.deserted[name].IsZero():
			c.deserted[name] = now
		}
	}
}

// evict sends those away who wait where nobody has been for too long.
func (c *core) evict(now time.Time) {
	c.watchStaff(now)
	c.evictAt = time.Time{}
	for _, name := range slices.Sorted(maps.Keys(c.deserted)) {
		at := c.deserted[name].Add(c.cfg.Queues[name].NoAgents.After)
		switch {
		case !now.Before(at):
			c.evictFrom(name, now)
		case c.evictAt.IsZero() || at.Before(c.evictAt):
			c.evictAt = at
		}
	}
}

func (c *core) evictFrom(queue string, now time.Time) {
	var gone []*entry
	for _, e := range c.line {
		if e.Queue == queue && len(e.offers) == 0 && !e.Stays {
			gone = append(gone, e)
		}
	}
	for _, e := range gone {
		c.remove(e)
		c.out(Notice{Kind: Deserted, At: now, Call: e.Call, Offer: Offer{Queue: queue}, Why: c.explain(e, nil, now)})
	}
}
