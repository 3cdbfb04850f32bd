package routing

import (
	"math"
	"time"

	"mediasrv/media"
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// clearWithin is how long the keeper may take to say that the dial is in the books; its own limit is shorter.
const clearWithin = 10 * time.Second

// callback is the stage of a call that we begin because a customer is to be called back: an agent's phone rings, and the customer is called when it
// has been answered; or the other way round.
func (s *script) callback(sit Situation) Situation {
	if s.back.Dials {
		return s.customerFirst(sit)
	}
	next, why := s.agentFirst(sit, !s.back.Row.Automatic)
	if why != fact.EndUnset {
		return sit.over(why)
	}
	return s.callCustomer(next)
}

// agentFirst lets an agent's phone ring, or that of one after the other, until it has been picked up. EndUnset: it has. own: the agent has asked for it, and
// nobody else's phone rings.
func (s *script) agentFirst(sit Situation, own bool) (Situation, fact.EndReason) {
	w := &waiter{script: s, sit: sit, queue: s.cfg.Queues[sit.Target.Queue]}
	for {
		if w.offered && len(s.ringers) == 0 && own {
			return sit, fact.EndNoAnswer
		}
		switch e := s.await(w.ringUntil(), verbHangup); e.kind { //nolint:exhaustive // the others are of callers
		case over:
			return sit, e.why
		case noticed:
			if next, done := w.noticed(e.notice); done {
				return next, fact.EndUnset
			}
		case agentAnswered:
			w.claim(s.ringerOf(e.who))
		case agentGone:
			w.gone(e)
		case commanded:
			e.cmd.answer <- w.refuse(e.cmd.user)
		case timeUp:
			w.ringOut(s.c.clock.Now())
		default:
		}
	}
}

// ghost is what the floor has to know of a callback that waits for an agent. A customer who has answered is a caller like others.
func (s *script) ghost() floor.Ghost {
	if s.back == nil || s.customer != nil {
		return floor.Ghost{}
	}
	return inLine(*s.back).Ghost
}

// callCustomer calls the customer for the agent who has answered.
func (s *script) callCustomer(sit Situation) Situation {
	s.c.back.Assigned(s.row.ID, sit.Offer.User)
	s.talked = !s.back.Row.Automatic // who has called by will notes what became of it, also if nobody has answered
	if why := s.dialCustomer(sit.Offer.User); why != fact.EndUnset {
		return sit.over(why)
	}
	return sit
}

// customerFirst calls the customer, who then is the first of all who wait.
func (s *script) customerFirst(sit Situation) Situation {
	if why := s.dialCustomer(""); why != fact.EndUnset {
		return sit.over(why)
	}
	s.c.floor.Leave(s.row.ID)
	sit.Stage, sit.Priority, sit.Front, sit.Greeted = StageWait, math.MaxInt32, true, true
	return sit
}

// dialCustomer calls the customer, once that is in the books; EndUnset: the customer has answered.
func (s *script) dialCustomer(user string) fact.EndReason {
	if why := s.untilCleared(); why != fact.EndUnset {
		return why
	}
	to := Target{Number: s.back.Row.Number, Trunk: s.cfg.WayShowing(s.back.Row.Entry)}
	pass, why := s.mayDial(dialout.Who{User: user}, to)
	if why != fact.EndUnset {
		return why
	}
	s.passes = append(s.passes, pass)
	return s.callOutside(pass, to)
}

// callOutside calls a customer who is not in the call yet; EndUnset: the customer has answered.
func (s *script) callOutside(pass *dialout.Pass, to Target) fact.EndReason {
	s.ringAgent()
	s.showDialling()
	switch e := s.reach(pass, to); e.kind { //nolint:exhaustive // the others don't end the ringing
	case guestAnswered:
	case timeUp:
		return fact.EndNoAnswer
	case agentGone:
		return fact.EndAgentHungUp
	default:
		if e.why == fact.EndCallerHungUp { // from the far leg's side; it never talked
			return fact.EndRefused
		}
		return e.why
	}
	s.customer, s.guest = s.guest, nil
	s.customer.row.Seat = fact.SeatCustomer
	s.keep(s.customer)
	s.row.Answered, s.row.Trunk = s.customer.row.Answered, s.customer.row.Party.Trunk
	s.c.save(s.row)
	s.event(fact.Event{Kind: fact.CallAnswered, Leg: s.customer.row.ID})
	if pass.Longest > 0 {
		s.longest = s.c.clock.AfterFunc(pass.Longest, func() { s.box.Put(order{why: fact.EndLongestCall}) })
	}
	return fact.EndUnset
}

// untilCleared waits until it is on the disk that the customer is about to be called: whatever happens then, nobody calls a second time at once.
func (s *script) untilCleared() fact.EndReason {
	s.c.back.Dial(s.row.ID)
	for until := s.c.clock.Now().Add(clearWithin); ; {
		switch e := s.await(until, verbHangup); e.kind { //nolint:exhaustive // nothing else matters now
		case over:
			return e.why
		case agentGone:
			return fact.EndAgentHungUp
		case commanded:
			e.cmd.answer <- nil
			return fact.EndAgentHungUp
		case timeUp:
			s.log.Error("the customer is not called: the keeper of callbacks does not answer")
			return fact.EndInternal
		case noticed:
			if e.notice.Kind != floor.Cleared {
				continue
			}
			if e.notice.Why != "" {
				s.log.Error("the customer is not called: that could not be kept", "error", e.notice.Why)
				return fact.EndInternal
			}
			return fact.EndUnset
		default:
		}
	}
}

// ringAgent lets the agent hear that the customer's phone is being called.
func (s *script) ringAgent() {
	if s.agent == nil {
		return
	}
	var plan media.Plan
	plan.Rows[s.agent.leg.Endpoint()] = media.Row{Music: media.Play{Token: s.nextToken(), Audio: s.prompts.Ringback, Loop: true}}
	s.room.Set(plan)
}

// agentHears lets the agent hear the network's early media.
func (s *script) agentHears() {
	if s.agent == nil {
		return
	}
	var plan media.Plan
	plan.Rows[s.agent.leg.Endpoint()] = media.Row{Hears: media.Of(s.guest.leg.Endpoint())}
	s.room.Set(plan)
}

// dialVerbs are the commands that a call takes while it calls somebody: of the agent who waits for that, if there is one.
func (s *script) dialVerbs() []verb {
	if s.agent == nil {
		return nil
	}
	return []verb{verbHangup}
}

// isHere keeps the caller, who begins to wait, from being called back meanwhile.
func (s *script) isHere() {
	if s.back == nil && s.row.From != "" {
		s.asked = true
		s.c.back.Waits(s.row.ID, s.row.From)
	}
}

// kind is how an agent's card names the call.
func (s *script) kind() string {
	switch {
	case s.out != nil:
		return kindOutbound
	case s.back == nil:
		return ""
	case s.back.Row.For() != "":
		return "personal-callback"
	}
	return "callback"
}

// endCallback says that the call is over, to whom it matters: no leg of it is left.
func (s *script) endCallback(why fact.EndReason) {
	s.givePasses(0)
	if s.longest != nil {
		s.longest.Stop()
	}
	if s.back != nil {
		s.c.back.Over(s.row.ID, why)
	}
	if s.asked {
		s.c.back.Ended(s.row.ID)
	}
}
