package routing

import (
	"time"

	"mediasrv/media"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// talk is the conversation of caller and agent, until one of them leaves.
func (s *script) talk(sit Situation) Situation {
	if why := s.pickUp(); why != fact.EndUnset {
		return sit.over(why)
	}
	if s.agent == nil { // gone while the caller was being answered
		return s.bringBack(sit, "the agent was gone when the caller was answered")
	}
	s.join(s.agent, s.recordAgent(*sit.Offer), media.Row{Digits: true})
	s.talked = true
	s.assign(*sit.Offer)
	e := s.untilSomebodyLeaves(sit.Offer.User)
	s.room.Set(media.Plan{})
	s.stopRecording()
	switch {
	case e.kind == over:
		return sit.over(e.why)
	case e.lost:
		return s.bringBack(sit, e.text)
	}
	return sit.over(fact.EndAgentHungUp)
}

func (s *script) untilSomebodyLeaves(user string) event {
	for {
		switch e := s.await(time.Time{}, verbHangup); e.kind {
		case over, agentGone:
			return e
		case commanded:
			if e.cmd.user != user {
				e.cmd.answer <- ErrNoCall
				continue
			}
			e.cmd.answer <- nil
			return event{kind: agentGone, why: fact.EndAgentHungUp}
		case timeUp, callerAnswered, agentAnswered, played, pressed, noticed, guestRings, guestEarly, guestAnswered, guestGone, transferAsked, moved, nextRings, nextAnswered, nextGone, voice, adviceCame:
		}
	}
}

// join lets the caller and somebody else hear each other, and the tap both; like is what else holds for both.
func (s *script) join(other *party, tap *media.Tap, like media.Row) {
	caller, far := s.customer.leg.Endpoint(), other.leg.Endpoint()
	var plan media.Plan
	plan.Rows[caller], plan.Rows[far] = like, like
	plan.Rows[caller].Hears, plan.Rows[far].Hears = media.Of(far), media.Of(caller)
	if tap != nil {
		plan.Taps[0] = media.TapRow{Tap: tap, Of: caller, Channel: 0}
		plan.Taps[1] = media.TapRow{Tap: tap, Of: far, Channel: 1}
	}
	s.room.Set(plan)
}

// assign gives call and conversation to the agent.
func (s *script) assign(o floor.Offer) {
	now := time.Now().UTC()
	if s.row.Talked.IsZero() {
		s.row.Talked = now
	}
	s.row.Agent, s.row.Queue = o.User, o.Queue
	s.c.save(s.row)
	conv, before := s.c.conversations.assign(s.row.Conversation, o.User, o.Queue, now)
	if conv.ID == "" { // closed by somebody while it rang
		return
	}
	s.c.opt.Store.Append(conv)
	for _, user := range []string{before, o.User} {
		if user != "" {
			s.c.floor.Load(user, s.c.conversations.load(user))
		}
	}
}

// bringBack takes a caller whose agent was lost to the head of the queue.
func (s *script) bringBack(sit Situation, why string) Situation {
	s.talked = false
	s.event(fact.Event{Kind: fact.OfferFailed, Agent: sit.Offer.User, Queue: sit.Offer.Queue, Detail: "agent lost: " + why})
	s.log.Warn("agent lost, caller goes back to the queue", "agent", sit.Offer.User, "text", why)
	return sit.back()
}
