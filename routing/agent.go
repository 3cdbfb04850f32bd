package routing

import (
	"mediasrv/routing/callback"
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
	"mediasrv/routing/stats"
)

// Watch delivers what a user's page shows: now and after each change; a view that was not taken is replaced by a newer one. The
// function ends it; a closed channel means that the server shuts down.
func (c *Centre) Watch(user string) (<-chan fact.DeskView, func()) { return c.desk.watch(user) }

// SetStatus is an agent's choice: available, busy, away or offline. During a call it has its effect after the call. Errors of this and of
// the next methods are Refusals: sentences for the agent.
func (c *Centre) SetStatus(user, status string) error { return c.floor.SetStatus(user, status) }

// ExtendWrapUp adds 10 s to an agent's wrap-up, if that is allowed.
func (c *Centre) ExtendWrapUp(user string) error { return c.floor.Extend(user) }

// FinishWrapUp ends an agent's wrap-up.
func (c *Centre) FinishWrapUp(user string, r fact.WrapUpResult) error {
	switch {
	case r.Status != "" && !conversationStates[r.Status]:
		return ErrUnknownOutcome
	case r.LineRating < 0 || r.LineRating > 5:
		return ErrUnknownRating
	}
	return c.floor.Finish(user, r)
}

// LoggedOut says that a user's last login has ended: the user is offline.
func (c *Centre) LoggedOut(user string) { c.floor.LoggedOut(user) }

// Stats is what happens now.
type Stats struct {
	Calls  map[Stage]int
	Queues []fact.QueueView // by name
	Agents []fact.AgentView // by user
	Out    dialout.Stats
	Back   callback.Stats
	Asks   Asks
	Since  []stats.Queue // what has happened in queues since the start, by name
}

// Stats is for metrics; it is plain values and waits for nobody.
func (c *Centre) Stats() Stats {
	s := Stats{Calls: make(map[Stage]int), Out: c.gate.Stats(), Back: c.back.Stats(), Asks: c.asks.stats(), Since: c.tally.Queues()}
	c.mu.Lock()
	for _, call := range c.calls {
		s.Calls[call.stage]++
	}
	c.mu.Unlock()
	s.Queues, s.Agents = c.desk.all()
	return s
}
