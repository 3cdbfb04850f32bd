package routing

import (
	"cmp"
	"slices"

	"mediasrv/routing/fact"
)

// Everything that supervisors can do to the calls and agents of others. Whoever calls these has checked the role. What has succeeded is in the
// audit trail. Errors are Refusals.

// Supervise lets a supervisor hear a call in which an agent talks, by the supervisor's own phone, which rings; or changes how the supervisor takes part.
func (c *Centre) Supervise(by string, id fact.CallID, how fact.Supervision) error {
	return c.audited(c.toCall(id, verbSupervise, by, wish{mode: how}), fact.Audit{Who: by, What: fact.AuditKind(how), Call: id})
}

// Unsupervise lets a supervisor leave the call.
func (c *Centre) Unsupervise(by string, id fact.CallID) error {
	return c.audited(c.toCall(id, verbLeave, by, wish{}), fact.Audit{Who: by, What: fact.AuditLeave, Call: id})
}

// MoveCall takes a waiting call into another queue; into its own: to the head.
func (c *Centre) MoveCall(by string, id fact.CallID, queue string) error {
	err := c.toCall(id, verbMove, by, wish{to: fact.Destination{Queue: queue}})
	return c.audited(err, fact.Audit{Who: by, What: fact.AuditMove, Call: id, Detail: queue})
}

// SetStatusOf is SetStatus, by somebody else.
func (c *Centre) SetStatusOf(by, user, status string) error {
	return c.audited(c.floor.SetStatus(user, status), fact.Audit{Who: by, What: fact.AuditStatus, User: user, Detail: status})
}

// LogOut makes an agent offline, and says that somebody else has ended all of the agent's logins.
func (c *Centre) LogOut(by, user string) error {
	err := c.floor.SetStatus(user, "offline") // also tells whether there is such an agent
	if err == nil {
		c.floor.LoggedOut(user)
	}
	return c.audited(err, fact.Audit{Who: by, What: fact.AuditLogOut, User: user})
}

func (c *Centre) audited(err error, a fact.Audit) error {
	if err != nil {
		return err
	}
	a.ID, a.At = newID(), c.clock.Now().UTC()
	c.opt.Store.Append(a)
	c.opt.Log.Info("supervisor acts", "user", a.Who, "what", string(a.What), "call", a.Call, "agent", a.User, "detail", a.Detail)
	return nil
}

// Running are the calls that run now, the oldest first.
func (c *Centre) Running() []fact.RunningCall {
	c.mu.Lock()
	stages := make(map[fact.CallID]Stage, len(c.calls))
	for id, s := range c.calls {
		stages[id] = s.stage
	}
	c.mu.Unlock()
	return c.desk.running(stages)
}

func (d *desk) running(stages map[fact.CallID]Stage) []fact.RunningCall {
	all := make([]fact.RunningCall, 0, len(stages))
	d.mu.Lock()
	for id, stage := range stages {
		r := fact.RunningCall{ID: id, State: string(stage), Parties: []fact.PartyView{}}
		if k := d.cards[id]; k != nil {
			r.Began, r.Queue, r.Agent, r.Number, r.Name = k.call.Began, k.call.Queue, k.call.Agent, k.call.From, k.name
			r.Parties = append(r.Parties, k.parties...)
		}
		all = append(all, r)
	}
	d.mu.Unlock()
	slices.SortFunc(all, func(a, b fact.RunningCall) int { return cmp.Compare(a.ID, b.ID) }) // ids sort by time
	return all
}
