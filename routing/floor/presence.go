package floor

import "time"

// setStatus is an agent's choice. During a call it has its effect after the call.
func (c *core) setStatus(user, status string, now time.Time) error {
	a := c.agents[user]
	if a == nil {
		return ErrUnknownAgent
	}
	label := ""
	s, ok := ParseStatus(status)
	if !ok {
		s, ok = ParseStatus(c.cfg.Company.StatusAs(status))
		label = status
	}
	if !ok {
		return ErrUnknownStatus
	}
	renamed := a.label != label && a.state.Status == s
	a.label = label
	if renamed && a.state.Activity == Idle {
		a.since = now
	}
	c.move(a, choices[s], now)
	if renamed { // the history has it, though the status is the same
		c.out(Notice{Kind: AgentChanged, At: now, Call: a.offer.Call, Agent: a.view(), Moved: true})
	}
	return nil
}

var choices = [...]AgentEvent{Offline: ChoseOffline, Available: ChoseAvailable, Busy: ChoseBusy, Away: ChoseAway}

// loggedOut makes an agent offline; a phone that rings for the agent stops.
func (c *core) loggedOut(user string, now time.Time) {
	if a := c.agents[user]; a != nil {
		c.move(a, ChoseOffline, now)
		c.withdraw(a, "the agent logged out", now)
	}
}

// reachable says how many phones an agent has.
func (c *core) reachable(user string, phones int, now time.Time) {
	a := c.agents[user]
	if a == nil {
		return
	}
	had := a.phones > 0
	a.phones = max(phones, 0)
	if had == (a.phones > 0) {
		return
	}
	c.staffMoved = true
	a.settle(a.state, now)
	c.tell(a, now)
	if a.phones == 0 {
		c.withdraw(a, "the agent's phone is gone", now)
	}
}

// load says how many conversations of an agent are not closed.
func (c *core) load(user string, open int) {
	if a := c.agents[user]; a != nil {
		a.open = open
	}
}
