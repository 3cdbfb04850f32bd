package floor

import (
	"time"

	"mediasrv/routing/fact"
)

// restarted is what the history says of agents who were ringing or talking when the server ended.
const restarted = "server restarted"

// Row is an agent as the floor goes on from it after a restart.
func (v AgentView) Row() fact.Agent {
	r := fact.Agent{
		User: v.User, Status: v.Status, Activity: v.Activity, Missed: v.Missed, Since: v.Since, IdleFrom: v.IdleFrom, Call: v.Call, Queue: v.Queue,
	}
	if w := v.WrapUp; w != nil {
		r.WrapUpBegan, r.WrapUpUntil, r.WrapUpMore = w.Began, w.Until, w.Extend
	}
	return r
}

// Kept are the calls of before the start that agents wrap up. It is for the time before Run.
func (f *Floor) Kept() []fact.CallID {
	var all []fact.CallID
	for _, user := range f.core.users {
		if a := f.core.agents[user]; a.wrapUp != nil {
			all = append(all, a.wrapUp.Call)
		}
	}
	return all
}

// restore brings agents back to what they were. Statuses, missed offers, since when they are idle, and the ends of wrap-ups stay as they were; phones
// have to register again. A phone that rang doesn't any more, through nobody's fault. The call of an agent who talked was cut off: wrap-up begins
// now, as after any other call.
func (c *core) restore(rows []fact.Agent, now time.Time) {
	for _, r := range rows {
		if a := c.agents[r.User]; a != nil {
			c.restoreAgent(a, r, now)
		}
	}
}

func (c *core) restoreAgent(a *agent, r fact.Agent, now time.Time) {
	status, ok := ParseStatus(r.Status)
	if !ok {
		return
	}
	a.state = AgentState{Status: status, Missed: uint8(max(0, min(r.Missed, missesAllowed)))}
	a.since, a.idleFrom = notAfter(r.Since, now), notAfter(r.IdleFrom, now)
	switch r.Activity {
	case Ringing.String():
		a.since, a.reason = now, restarted
	case Talking.String(), onHold:
		a.since, a.idleFrom, a.reason = now, now, restarted
		if wrapUp := c.cfg.WrapUpFor(r.Queue, a.user); wrapUp.Time > 0 {
			c.restoreWrapUp(a, r, now, now.Add(wrapUp.Time), wrapUp.Extend)
		}
	case WrappingUp.String():
		c.restoreWrapUp(a, r, r.WrapUpBegan, r.WrapUpUntil, r.WrapUpMore)
	}
}

func (c *core) restoreWrapUp(a *agent, r fact.Agent, began, until time.Time, extend bool) {
	a.state.Activity = WrappingUp
	a.offer = Offer{Call: r.Call, User: a.user, Queue: r.Queue}
	a.wrapUp = c.wrapUpView(Offer{Call: r.Call, Queue: r.Queue}, began, until, extend)
}

// notAfter is t, or now if the clock has been set back since.
func notAfter(t, now time.Time) time.Time {
	if t.IsZero() || t.After(now) {
		return now
	}
	return t
}
