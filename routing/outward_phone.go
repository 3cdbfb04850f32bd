package routing

import (
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// phoneCalls takes a call that an agent's phone makes: a desk phone, or a softphone that is not the desk's page. It is what CallOut is, but that the phone is in
// the call already: it hears the network until the number answers, and is answered then. Whom it may not call, it is refused by a status.
func (c *Centre) phoneCalls(leg Leg, room Room, in fact.Invite) Sink {
	refuse := func(why fact.EndReason, text string) Sink {
		c.opt.Log.Info("the call of an agent's phone is refused", "agent", in.User, "number", in.Dialled, "why", text)
		leg.Hangup(why)
		room.Close()
		return func(LegEvent) {}
	}
	o := fact.CallOut{Number: in.Dialled}
	look, pass, err := c.mayCallOut(in.User, &o)
	if err != nil {
		return refuse(fact.EndBarred, err.Error())
	}
	s, err := c.newOutward(in.User, o, look, room)
	if err != nil {
		pass.Done()
		return refuse(fact.EndShutdown, err.Error())
	}
	s.out.pass, s.out.phone = pass, leg
	s.passes = append(s.passes, pass)
	offer, err := c.floor.Direct(floor.Direct{Call: s.row.ID, User: in.User, Queue: o.Queue, Summon: true})
	if err != nil {
		c.giveUpOutward(s)
		return refuse(fact.EndBusy, ofOneself(err).Error())
	}
	c.people.note(look.Number, in.User, nil)
	s.out.offer = offer
	c.goOn(s)
	return s.fromLeg
}

// mayCallOut reads whom an agent wants to call, and lets the call through, which is counted from then on. Errors are Refusals.
func (c *Centre) mayCallOut(user string, o *fact.CallOut) (fact.CallOutLook, *dialout.Pass, error) {
	cfg := c.now.Load().cfg
	look, err := c.named(cfg, user, o)
	if err != nil {
		return look, nil, err
	}
	if err := c.blocked(cfg, user, look.Number); err != nil {
		return look, nil, err
	}
	pass, why := c.gate.Ask(dialout.Who{User: user}, look.Number, wayFor(cfg, look, o.From), false)
	if why != "" {
		c.opt.Log.Warn("call out refused", "number", look.Number, "why", why, "agent", user)
		return look, nil, Refusal(why.Text())
	}
	return look, pass, nil
}

// ownPhone gives the call to the agent whose phone makes it; EndUnset: the agent has it.
func (s *script) ownPhone(sit Situation) (Situation, fact.EndReason) {
	s.agent = s.seat(s.out.phone, fact.SeatAgent)
	o := s.out.offer
	s.c.floor.Claim(o)
	for {
		switch e := s.await(o.Lease, verbHangup); e.kind { //nolint:exhaustive // nothing else matters now
		case over:
			return sit, e.why
		case agentGone:
			s.c.floor.Report(o, floor.Failed, true)
			return sit, fact.EndAgentHungUp
		case commanded:
			e.cmd.answer <- nil
			return sit, fact.EndAgentHungUp
		case timeUp:
			return sit, fact.EndInternal
		case noticed:
			if e.notice.Offer.ID != o.ID {
				continue
			}
			if e.notice.Kind != floor.Granted {
				return sit, fact.EndElsewhere
			}
			if err := s.agent.leg.Ring(true); err != nil { // what the room plays, and then the network, is heard as early media
				s.log.Error("ring", "error", err)
			}
			s.event(fact.Event{At: e.notice.At, Kind: fact.AgentAnswered, Agent: o.User, Queue: o.Queue, Leg: s.agent.row.ID})
			sit.Stage, sit.Target, sit.Offer = StageTalk, Target{User: o.User}, &o
			return sit, fact.EndUnset
		default:
		}
	}
}

// answerPhone answers the phone that has made the call: the number has answered.
func (s *script) answerPhone() {
	if s.out.phone == nil || s.agent == nil || !s.agent.row.Answered.IsZero() {
		return
	}
	if err := s.agent.leg.Answer(); err != nil {
		s.log.Error("answer", "error", err)
	}
}
