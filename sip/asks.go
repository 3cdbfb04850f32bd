package sip

import (
	"mediasrv/routing"
	"mediasrv/sip/dialog"
	"mediasrv/sip/transaction"
)

// asks takes an INVITE of an agent's phone that is in a call of ours: the agent wants to ask somebody, so the new leg joins that call, which calls whom it names
// or hangs it up. false: the agent is in no call.
func (s *Stack) asks(tx *transaction.Server, user string) bool {
	old := s.talking(user)
	if old == nil {
		return false
	}
	mine := s.table.Hold(tx.Request.CallID().Value())
	old.dialog.Do(func() { // its state is its queue's
		up, sink := old.dialog.State() == dialog.Confirmed, old.sink
		mine.Do(func() {
			defer mine.Release()
			switch {
			case tx.Status() >= 200: // cancelled in the meantime
			case !up || sink == nil: // it ends at this moment
				s.phoneCallsOut(tx, user)
			default:
				if l := s.beside(tx, nil, user, old, sink); l != nil {
					whom := plainUser(tx.Request.Recipient.User)
					l.log.Info("an agent's phone asks somebody", "user", user, "whom", whom, "beside", old.id)
					sink(routing.LegEvent{Kind: routing.LegAsks, Leg: old.id, By: l, To: &routing.Target{Number: whom}})
				}
			}
		})
	})
	return true
}

// talking is the call that an agent's phone is in, the first if there are two; nil: none.
func (s *Stack) talking(user string) *Leg {
	s.mu.Lock()
	defer s.mu.Unlock()
	var first *Leg
	for _, l := range s.legs {
		if l.party.User == user && l.up.Load() && (first == nil || l.id < first.id) {
			first = l
		}
	}
	return first
}
