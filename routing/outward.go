package routing

import (
	"mediasrv/routing/fact"
)

// kindOutbound is how an agent's card names a call that the agent makes.
const kindOutbound = "outbound"

// outward is the stage of a call that an agent makes: the agent's phone is picked up, and then the number is called. From then on the agent has wrap-up
// after it, whatever becomes of it.
func (s *script) outwards(sit Situation) Situation {
	own := (*script).ringOwn
	if s.out.phone != nil {
		own = (*script).ownPhone
	}
	next, why := own(s, sit)
	if why != fact.EndUnset {
		return sit.over(why)
	}
	s.talked = true
	detail := s.row.From
	if s.row.Entry != "" {
		detail += ", shown " + s.row.Entry
	}
	s.event(fact.Event{Kind: fact.OutwardBegan, Agent: s.out.user, Queue: s.row.Queue, Detail: detail})
	s.log.Info("agent calls out", "agent", s.out.user, "number", s.row.From, "shown", s.row.Entry, "queue", s.row.Queue)
	if s.out.pass.Emergency {
		s.event(fact.Event{Kind: fact.EmergencyDialled, Agent: s.out.user, Detail: s.row.From})
		s.log.Warn("EMERGENCY call goes out", "number", s.row.From, "agent", s.out.user)
	}
	if why := s.callOutside(s.out.pass, Target{Number: s.row.From}); why != fact.EndUnset {
		s.event(fact.Event{Kind: fact.OutwardFailed, Agent: s.out.user, Queue: s.row.Queue, Detail: why.String()})
		return next.over(why)
	}
	s.answerPhone()
	return next
}

// ringOwn lets the phone of the agent who calls ring; nobody else's does.
func (s *script) ringOwn(sit Situation) (Situation, fact.EndReason) { return s.agentFirst(sit, true) }

// showDialling tells the agent's page that somebody is being called.
func (s *script) showDialling() {
	if s.agent == nil {
		return
	}
	called := fact.PartyView{Role: "customer", State: "ringing", Number: s.row.From, Name: s.in.From.Name, Hears: []fact.LegID{}}
	if s.guest != nil {
		called.Leg = s.guest.row.ID
	}
	s.showParties([]fact.PartyView{called, s.partyView(s.agent, "agent", "talking", 0)})
}

// tellOutward says in the time line how far a call out has got, each thing once.
func (s *script) tellOutward(kind fact.EventKind) {
	if s.out == nil || s.out.told == kind {
		return
	}
	s.out.told = kind
	s.event(fact.Event{Kind: kind, Agent: s.out.user, Queue: s.row.Queue})
}
