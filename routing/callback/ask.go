package callback

import (
	"slices"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// ask keeps a customer's wish. Who has one already for this queue gets no second; the first stays as it is.
func (c *core) ask(r Request, now time.Time) fact.Callback {
	if it := c.of[customer{r.Number, r.Queue}]; it != nil {
		c.hold(it, r.Call, now)
		c.note(fact.Callback{Conversation: r.Conversation, Call: r.Call, Queue: r.Queue}, fact.CallbackAgain, now, r.Number)
		return it.row
	}
	it := c.begin(r, c.plan(fact.Callback{Plan: r.Plan}), now)
	c.hold(it, r.Call, now)
	c.consider(it, now)
	return it.row
}

// enlist is ask for the list, whatever the file's rules are.
func (c *core) enlist(r Request, now time.Time) (fact.Callback, bool) {
	if c.of[customer{r.Number, r.Queue}] != nil {
		return c.ask(r, now), false
	}
	it := c.begin(r, &config.Callback{}, now)
	c.consider(it, now)
	return it.row, true
}

func (c *core) begin(r Request, plan *config.Callback, now time.Time) *item {
	it := c.add(fact.Callback{
		ID: fact.CallbackID(c.newID()), Conversation: r.Conversation, Plan: plan.Name, Automatic: plan.Automatic, State: fact.CallbackInQueue,
		Queue: r.Queue, Number: r.Number, Name: r.Name, Entry: r.Entry, Priority: r.Priority, Front: r.Front, Since: r.Since, Created: now,
		Due: later(now, r.Due), Owner: r.Owner, By: r.By, Call: r.Call,
	})
	c.save(it, now)
	c.note(it.row, fact.CallbackAsked, now, r.Number)
	return it
}

// promise keeps what an agent has promised a customer: a callback that there is already gets the new time.
func (c *core) promise(r Request, now time.Time) (fact.Callback, error) {
	if r.Due.Before(now) {
		return fact.Callback{}, ErrPast
	}
	it := c.of[customer{r.Number, r.Queue}]
	switch {
	case it == nil:
		it = c.begin(r, c.plan(fact.Callback{Plan: r.Plan}), now)
	case it.begun || it.row.State == fact.CallbackActive:
		return fact.Callback{}, ErrBeingMade
	default:
		c.leave(it)
		c.move(it, Released, now, "")
		row := &it.row
		row.Due, row.Since, row.Owner, row.By, row.Anyone, row.Conversation = r.Due, r.Since, r.Owner, r.By, false, r.Conversation
		plan := c.plan(fact.Callback{Plan: r.Plan})
		row.Plan, row.Automatic = plan.Name, plan.Automatic
		c.save(it, now)
		c.note(*row, fact.CallbackAgain, now, "promised for "+r.Due.UTC().Format(time.RFC3339)+" by "+r.By)
	}
	c.consider(it, now)
	return it.row, nil
}

// gotThrough completes the callback of a customer who has reached an agent. What an agent has promised for a later time holds.
func (c *core) gotThrough(call fact.CallID, number, queue, agent string, now time.Time) {
	it := c.calls[call]
	if it == nil {
		it = c.of[customer{number, queue}]
	}
	if it == nil || it.call != call && it.row.By != "" && it.row.Due.After(now) {
		return
	}
	how, other := Talked, fact.CallID("")
	if it.call != call {
		how = GotThrough
		if it.begun {
			other = it.call
		}
	}
	it.row.Call, it.row.Agent = call, agent
	c.move(it, how, now, "")
	if other != "" {
		c.world.End(other)
	}
}

// take gives one of the list to an agent, also one that a colleague has taken and not called.
func (c *core) take(user string, id fact.CallbackID, now time.Time) error {
	it, err := c.forAgent(user, id)
	if err != nil {
		return err
	}
	it.row.Agent = user
	c.move(it, Taken, now, "")
	return nil
}

// forAgent is a callback of the list that a user may have.
func (c *core) forAgent(user string, id fact.CallbackID) (*item, error) {
	it := c.open[id]
	switch {
	case it == nil:
		return nil, ErrUnknown
	case c.cfg.Queues[it.row.Queue] == nil || !slices.Contains(c.cfg.Queues[it.row.Queue].Agents, user):
		return nil, ErrNotYours
	case it.row.Automatic:
		return nil, ErrAutomatic
	case it.row.For() != "" && it.row.For() != user:
		return nil, ErrPersonal
	case it.begun:
		return nil, ErrTaken
	}
	return it, nil
}

// call begins an agent's own call of one of the list. The agent has it from now on.
func (c *core) call(user string, id fact.CallbackID, now time.Time) (Place, error) {
	if c.drain {
		return Place{}, ErrGone
	}
	if it := c.open[id]; it != nil && it.held != "" {
		return Place{}, ErrWithUs
	}
	if err := c.take(user, id, now); err != nil {
		return Place{}, err
	}
	it := c.open[id]
	it.call, it.begun = fact.CallID(c.newID()), true
	it.row.Call = it.call
	c.calls[it.call] = it
	return c.place(it), nil
}

// cancel ends a callback that nobody is to make any more.
func (c *core) cancel(id fact.CallbackID, why string, now time.Time) error {
	it := c.open[id]
	switch {
	case it == nil:
		return ErrUnknown
	case it.row.State == fact.CallbackActive:
		return ErrBeingMade
	}
	call, begun := it.call, it.begun
	c.move(it, Cancelled, now, why)
	if begun {
		c.world.End(call)
	}
	return nil
}
