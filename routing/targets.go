package routing

import (
	"cmp"
	"maps"
	"slices"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// Targets are those to whom an agent can give the call that the agent is in: agents, the available ones first, and queues.
func (c *Centre) Targets(user string) fact.Targets {
	cfg := c.now.Load().cfg
	c.desk.mu.Lock()
	defer c.desk.mu.Unlock()
	rule := cfg.TransferFor(c.desk.agents[user].Queue)
	t := fact.Targets{Agents: []fact.AgentTarget{}, Queues: []fact.QueueTarget{}, AnyNumber: rule.AnyNumber}
	for _, a := range c.desk.agents {
		if a.User == user || !rule.AnyAgent && !worksIn(cfg, c.desk.agents[user].Queue, a.User) {
			continue
		}
		t.Agents = append(t.Agents, fact.AgentTarget{
			User: a.User, Name: a.Name, Status: a.Status, Activity: a.Activity, Since: a.Since,
			Free: a.Status == "available" && a.Activity == "idle" && a.Phone,
		})
	}
	slices.SortFunc(t.Agents, func(a, b fact.AgentTarget) int {
		return cmp.Or(cmp.Compare(b2i(b.Free), b2i(a.Free)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.User, b.User))
	})
	for _, name := range slices.Sorted(maps.Keys(cfg.Queues)) {
		t.Queues = append(t.Queues, fact.QueueTarget{QueueView: c.queueView(name), Open: c.open(cfg, name)})
	}
	return t
}

// queueView is a queue as it is now. desk.mu is held.
func (c *Centre) queueView(name string) fact.QueueView {
	v := c.desk.queues[name]
	v.Name = name
	return v
}

func (c *Centre) open(cfg *config.Config, queue string) bool {
	open, _ := c.takes(cfg.Queues[queue], c.clock.Now(), cfg.Company.TimeZone)
	return open
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
