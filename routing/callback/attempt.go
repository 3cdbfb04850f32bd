package callback

import (
	"slices"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// noticed takes what the floor says about a callback in the line, or in a call.
func (c *core) noticed(n floor.Notice) {
	it := c.calls[n.Call]
	switch {
	case it == nil: // it has just ended
		c.world.Leave(n.Call)
	case it.begun:
		c.world.Tell(n.Call, n)
	case n.Kind == floor.Offered || n.Kind == floor.Launched:
		it.begun = true
		it.row.Call = n.Call
		c.world.Start(c.place(it), n)
	}
}

// assigned says that an agent has answered for a callback.
func (c *core) assigned(call fact.CallID, user string, now time.Time) {
	if it := c.calls[call]; it != nil {
		it.row.Agent = user
		c.move(it, Taken, now, "")
	}
}

// dial notes an attempt that is about to be made; the row is to be committed first. It is refused where the time isn't right any more.
func (c *core) dial(call fact.CallID, now time.Time) (fact.Callback, error) {
	it := c.calls[call]
	if it == nil || c.drain {
		return fact.Callback{}, ErrUnknown
	}
	if good := c.when(it.row, now); it.row.Automatic && !good.Equal(now) {
		return fact.Callback{}, ErrNotNow
	}
	it.cleared = false
	if !c.move(it, Dialled, now, "") {
		return fact.Callback{}, ErrUnknown
	}
	it.wake = it.row.Lease
	return it.row, nil
}

// cleared says that the dial is in the books, or why not.
func (c *core) cleared(call fact.CallID, err error) {
	switch it := c.calls[call]; {
	case err != nil:
	case it == nil || it.row.State != fact.CallbackActive: // the customer has got through meanwhile
		err = ErrUnknown
	default:
		it.cleared = true
	}
	n := floor.Notice{Kind: floor.Cleared, Call: call}
	if err != nil {
		n.Why = err.Error()
	}
	c.world.Tell(call, n)
}

// over says that the call of a callback has ended.
func (c *core) over(call fact.CallID, why fact.EndReason, now time.Time) {
	it := c.calls[call]
	if it == nil {
		return
	}
	delete(c.calls, call)
	it.call, it.begun = "", false
	plan := c.plan(it.row)
	switch it.row.State {
	case fact.CallbackActive:
		e, pause := Unanswered, plan.Delay
		switch {
		case !it.cleared:
			e, pause = Failed, busyPause
		case why == fact.EndShutdown:
			e = Crashed
		case ours(why):
			e = Failed
		}
		it.row.Due = now.Add(pause)
		c.move(it, e, now, why.String())
	case fact.CallbackAssigned:
		it.row.Due = later(it.row.Due, now.Add(shortPause))
		if it.row.Automatic {
			c.move(it, Released, now, why.String())
		} else {
			c.save(it, now) // the agent has it still
		}
	case fact.CallbackInQueue, fact.CallbackNoAnswer:
		it.row.Due = later(it.row.Due, now.Add(shortPause))
		c.save(it, now)
	case fact.CallbackCompleted, fact.CallbackExhausted, fact.CallbackCancelled:
	}
	it.cleared = false
	if it.row.Open() {
		c.consider(it, now)
	}
}

// ours says that the customer's phone never rang, by no fault of the number.
func ours(why fact.EndReason) bool {
	return slices.Contains([]fact.EndReason{
		fact.EndLimit, fact.EndCongestion, fact.EndUnreachable, fact.EndTransport, fact.EndInternal,
	}, why)
}
