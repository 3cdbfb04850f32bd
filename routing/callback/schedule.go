package callback

import (
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/routing/hours"
)

// hops bounds the search for a time that is good for both, the queue and the customer.
const hops = 100

// consider does what is to be done with a callback now, and notes when to look again.
func (c *core) consider(it *item, now time.Time) {
	it.wake = time.Time{}
	if !it.row.Open() {
		return
	}
	if it.row.State == fact.CallbackActive {
		c.overdue(it, now)
		return
	}
	c.toAnyone(it, now)
	if !it.row.Automatic || it.held != "" || c.drain || it.row.State == fact.CallbackAssigned {
		c.leave(it)
		return
	}
	from := c.when(it.row, later(now, it.row.Due))
	switch {
	case from.IsZero(): // never, or its queue has left the file: it stays in the list
		c.stop(it)
		return
	case from.After(now):
		c.stop(it)
		it.wake = sooner(it.wake, from)
		return
	}
	if it.call == "" {
		it.call = fact.CallID(c.newID())
		c.calls[it.call] = it
		c.world.Enter(c.place(it))
		c.count(it.row.Queue, 0)
	}
	it.wake = sooner(it.wake, c.until(it.row, now))
}

// stop takes a callback whose time is not now out of the line. An agent whose phone rings for it is free.
func (c *core) stop(it *item) {
	if it.begun {
		c.world.End(it.call)
		return
	}
	c.leave(it)
}

// place is a callback as the line and its call have to know it.
func (c *core) place(it *item) Place {
	plan := c.plan(it.row)
	return Place{
		Row: it.row, Call: it.call, Last: it.row.Automatic && !plan.KeepsPlace,
		Dials: it.row.Automatic && plan.CustomerFirst && it.row.For() == "",
	}
}

// overdue ends an attempt of which nothing is heard any more.
func (c *core) overdue(it *item, now time.Time) {
	if now.Before(it.row.Lease) {
		it.wake = it.row.Lease
		return
	}
	it.wake = now.Add(endTime)
	if it.call != "" && c.world.End(it.call) {
		return // its end will be told; before that nobody calls again
	}
	delete(c.calls, it.call)
	it.call, it.begun = "", false
	it.row.Due = now.Add(c.plan(it.row).Delay)
	c.move(it, Unanswered, now, "its call is lost")
}

// toAnyone gives a personal callback whose owner isn't there to the others.
func (c *core) toAnyone(it *item, now time.Time) {
	row := &it.row
	if row.For() == "" || row.State == fact.CallbackAssigned {
		return
	}
	if at := row.Due.Add(ownerTime); now.Before(at) {
		it.wake = at
		return
	}
	if c.world.Present(row.Owner) {
		it.wake = now.Add(ownerLook)
		return
	}
	row.Anyone = true
	c.save(it, now)
	c.note(*row, fact.CallbackToAnyone, now, row.Owner+" is not there")
	c.stop(it) // it comes back for everybody
}

// when is the first time, not before at, when the queue's agents work and the customer may be called; zero: not within a year.
func (c *core) when(row fact.Callback, at time.Time) time.Time {
	queue := c.cfg.Queues[row.Queue]
	if queue == nil {
		return time.Time{}
	}
	w := windowOf(c.plan(row).Hours, row.Number, c.cfg.Company.TimeZone)
	for range hops {
		if until := c.world.Closed(row.Queue, at); until.After(at) {
			at = until
			continue
		}
		if !hours.Open(queue.Hours, at) {
			if at = hours.Next(queue.Hours, at); at.IsZero() {
				return at
			}
			continue
		}
		next := w.next(at)
		if !next.After(at) {
			return at
		}
		at = next
	}
	return time.Time{}
}

// until is when a time that is good now ends; zero: never.
func (c *core) until(row fact.Callback, now time.Time) time.Time {
	w := windowOf(c.plan(row).Hours, row.Number, c.cfg.Company.TimeZone)
	return sooner(w.until(now), hours.Next(c.cfg.Queues[row.Queue].Hours, now))
}

// apply looks at all callbacks by a new file. Whose entry has left it is called by the usual rules, and whose queue has left it waits in the list.
func (c *core) apply(cfg *config.Config, now time.Time) {
	c.cfg = cfg
	for queue := range cfg.Queues {
		c.count(queue, 0)
	}
	for _, it := range c.open {
		it.wake = now
	}
	c.tick(now)
}
