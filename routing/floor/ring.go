package floor

import (
	"slices"
	"time"

	"mediasrv/config"
)

// ringMost is how many phones ring for one call at once: each has a place in the call's room, and the caller and a supervisor need theirs too.
const ringMost = 5

// wants is what the picker sees of a call; false: it wants nobody more now.
func (c *core) wants(e *entry) (Waiting, bool) {
	q := c.cfg.Queues[e.Queue]
	w := e.Waiting
	w.Ring, w.Order, w.Rings = q.Ring, q.Agents, len(e.offers)
	if e.Ghost.Callback != "" && q.Ring == config.RingAll { // nobody waits: one phone is enough
		w.Ring = config.RingOne
	}
	return w, w.Rings == 0 || w.Ring == config.RingAll && w.Rings < ringMost
}

// answeredElsewhere stops the other phones that ring for a call which an agent has got.
func (c *core) answeredElsewhere(e *entry, by *agent, now time.Time) {
	for len(e.offers) > 0 {
		o := e.offers[0]
		c.endOffer(e, o, LostOffer, now)
		c.out(Notice{Kind: Withdrawn, At: now, Call: e.Call, Offer: *o, Why: "answered by " + by.user})
	}
}

func without(offers []*Offer, o *Offer) []*Offer {
	return slices.DeleteFunc(offers, func(other *Offer) bool { return other == o })
}
