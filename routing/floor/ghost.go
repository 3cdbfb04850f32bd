package floor

import (
	"slices"
	"time"

	"mediasrv/routing/fact"
)

// Ghost is what stands in the line without a caller: somebody who is to be called back.
type Ghost struct {
	Callback fact.CallbackID // empty: there is a caller
	Last     bool            // behind every caller, whatever the priority
	Only     string          // the one agent who may have it; empty: any of the queue
	// Dials: the customer is called first. No agent is offered it, but Launched says when one is free, and as many are called at once as there
	// are agents free for them. Whoever has answered is enqueued anew, as a caller.
	Dials bool
}

// bars says that an agent may not have it.
func (g Ghost) bars(user string) bool { return g.Only != "" && g.Only != user }

// launch has the customers called who are to be called first, while there are agents for them.
func (c *core) launch(now time.Time) {
	for _, e := range c.line {
		if e.Ghost.Dials && !e.launched && c.spare(e.Queue) > 0 {
			e.launched = true
			c.out(Notice{Kind: Launched, At: now, Call: e.Call, Offer: Offer{Call: e.Call, Queue: e.Queue, Callback: e.Ghost.Callback}})
		}
	}
}

// spare is how many agents of a queue are free and not needed for customers who are being called already. It never counts too many: each of
// those may need one of this queue's agents, if it can.
func (c *core) spare(queue string) int {
	free := 0
	for _, user := range c.cfg.Queues[queue].Agents {
		if a := c.agents[user]; a != nil && a.state.Free() && a.phones > 0 {
			free++
		}
	}
	for _, e := range c.line {
		if e.launched && c.share(e.Queue, queue) {
			free--
		}
	}
	return free
}

// share says that two queues have an agent in common.
func (c *core) share(a, b string) bool {
	return a == b || slices.ContainsFunc(c.cfg.Queues[a].Agents, func(user string) bool {
		return slices.Contains(c.cfg.Queues[b].Agents, user)
	})
}
