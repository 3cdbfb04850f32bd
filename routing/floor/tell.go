package floor

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"mediasrv/routing/fact"
)

// flush tells the views of queues that have changed.
func (c *core) flush(now time.Time) {
	c.release(now)
	if len(c.dirty) == 0 {
		return
	}
	views := make(map[string]*fact.QueueView, len(c.dirty))
	for name := range c.dirty {
		if c.gone(name) {
			c.out(Notice{Kind: QueueGone, At: now, Queue: fact.QueueView{Name: name}})
			continue
		}
		views[name] = &fact.QueueView{Name: name}
	}
	for _, e := range c.line {
		if v := views[e.Queue]; v != nil && e.Ghost.Callback == "" {
			v.Waiting++
			if v.Longest == nil || e.Since.Before(*v.Longest) {
				since := e.Since
				v.Longest = &since
			}
		}
	}
	clear(c.dirty)
	for _, v := range slices.SortedFunc(maps.Values(views), func(a, b *fact.QueueView) int { return cmp.Compare(a.Name, b.Name) }) {
		c.out(Notice{Kind: QueueChanged, At: now, Queue: *v})
	}
}

// introduce tells the view of everybody.
func (c *core) introduce(now time.Time) {
	for _, user := range c.users {
		a := c.agents[user]
		c.out(Notice{Kind: AgentChanged, At: now, Call: a.offer.Call, Agent: a.view(), Moved: a.reason == restarted})
		if a.reason == restarted && a.wrapUp != nil {
			c.out(Notice{Kind: WrapUpBegan, At: now, Call: a.offer.Call, Agent: a.view()})
		}
	}
	for name := range c.cfg.Queues {
		c.dirty[name] = true
	}
	c.flush(now)
}
