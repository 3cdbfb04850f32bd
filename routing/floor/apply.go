package floor

import (
	"maps"
	"slices"
	"time"

	"mediasrv/config"
)

// Apply takes a new file. Who waits, rings, talks or wraps up goes on: agents keep their states and deadlines. A queue that is gone serves the
// calls that wait in it, and QueueGone follows; an agent who is gone finishes call and wrap-up, and Dropped follows.
func (f *Floor) Apply(cfg *config.Config) {
	f.box.Put(func(c *core, now time.Time) { c.apply(cfg, now) })
}

func (c *core) apply(cfg *config.Config, now time.Time) {
	c.file = cfg
	c.cfg = withRetired(cfg, c.cfg)
	fresh := newAgents(c.cfg, now)
	for _, user := range c.users {
		a := c.agents[user]
		next := fresh[user]
		if next == nil {
			c.dismiss(a, now)
			continue
		}
		delete(fresh, user)
		slices.Sort(next.queues)
		changed := a.leaving || a.name != next.name || !slices.Equal(a.queues, next.queues)
		a.name, a.queues, a.skills, a.leaving = next.name, next.queues, next.skills, false
		if changed {
			c.tell(a, now)
		}
	}
	for user, a := range fresh {
		slices.Sort(a.queues)
		c.agents[user] = a
		c.tell(a, now)
	}
	c.users = slices.Sorted(maps.Keys(c.agents))
	for _, e := range c.line {
		e.told = false
		c.skills(e, now)
	}
	c.staffMoved = true
	c.showQueues(now)
}

// withRetired adds the queues of an older file that a new one doesn't have: calls which began with the older one may wait in them, or come.
func withRetired(cfg, old *config.Config) *config.Config {
	merged := *cfg
	merged.Queues = maps.Clone(cfg.Queues)
	for name, q := range old.Queues {
		if merged.Queues[name] == nil {
			retired := *q
			retired.Agents = slices.DeleteFunc(slices.Clone(q.Agents), func(user string) bool {
				u := cfg.Users[user]
				return u == nil || !u.Agent
			})
			merged.Queues[name] = &retired
		}
	}
	return &merged
}

// dismiss lets an agent go who is no longer in the file, as soon as nothing is left to finish.
func (c *core) dismiss(a *agent, now time.Time) {
	c.withdraw(a, "the agent is no longer in the file", now)
	a.leaving, a.queues, c.left = true, nil, true
	c.tell(a, now)
}

// release drops the agents who are no longer in the file and have nothing left to finish.
func (c *core) release(now time.Time) {
	if !c.left {
		return
	}
	c.left = false
	for _, user := range c.users {
		a := c.agents[user]
		switch {
		case !a.leaving:
		case a.state.Activity != Idle:
			c.left = true
		default:
			delete(c.agents, user)
			c.out(Notice{Kind: Dropped, At: now, Agent: a.view()})
		}
	}
	c.users = slices.Sorted(maps.Keys(c.agents))
}

// showQueues tells the views of all queues of the file, and drops those that are gone and empty.
func (c *core) showQueues(now time.Time) {
	for name := range c.cfg.Queues {
		c.dirty[name] = true
	}
	c.flush(now)
}

// gone says that a queue is no longer in the file and nobody waits in it.
func (c *core) gone(queue string) bool {
	return c.file != nil && c.file.Queues[queue] == nil && !slices.ContainsFunc(c.line, func(e *entry) bool { return e.Queue == queue })
}
