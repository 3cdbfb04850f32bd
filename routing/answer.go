package routing

import (
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// answerWithin is how long a leg may take to be up after we have answered it. It is longer than SIP's own limit (RFC 3261, 13.3.1.4: 32 s).
const answerWithin = 40 * time.Second

// withAgent is the queue's answer mode in which the caller is answered when an agent is.
const withAgent = "with-agent"

// begin opens the books of the call, and finds out where it goes.
func (s *script) begin() Situation {
	now := s.c.clock.Now().UTC()
	sit := Situation{Stage: StageAnswer, Since: now}
	number := s.cfg.Entry(s.in.To, s.in.Dialled)
	switch {
	case s.back != nil:
		sit.Stage, sit.Target = StageCallback, Target{Queue: s.back.Row.Queue}
		sit.Since, sit.Priority, sit.Front = s.back.Row.Since, s.back.Row.Priority, s.back.Row.Front
	case s.out != nil:
		sit.Stage, sit.Target = StageOutward, Target{Queue: s.row.Queue}
	case s.order != nil:
		sit.Stage, sit.Target = StagePlace, Target{Trunk: s.order.Trunk, Number: s.order.Number}
	case number == nil && s.cfg.IsEmergency(s.in.Dialled):
		sit.Stage, sit.Target = StageBridge, Target{Number: s.in.Dialled}
	case number == nil:
	case number.Bridge != nil:
		sit.Stage, sit.Target = StageBridge, s.wayOut(number.Bridge, number)
	default:
		sit.Target, sit.Waiting, sit.Priority = Target{Queue: number.Queue, Menu: number.Menu, Voicemail: number.Voicemail}, number.Waiting, number.Priority
		sit.Skills = number.Skills
		s.row.Queue = number.Queue
	}
	if sit.Stage == StageBridge || sit.Stage == StagePlace { // nobody here has to do with it: there is neither conversation nor card
		s.c.opt.Store.Append(s.row)
	} else {
		s.openConversation(now)
		sit.Priority = s.urgency(sit.Priority)
	}
	if s.customer != nil {
		s.customer = s.seat(s.customer.leg, fact.SeatCustomer)
	}
	if s.out == nil { // else the time line begins with whom the agent calls
		s.event(fact.Event{Kind: fact.CallBegan, Queue: s.row.Queue, Detail: s.in.To})
	}
	s.log.Info("call began", "from", s.row.From, "to", s.in.To, "trunk", s.in.Trunk, "queue", s.row.Queue, "sip", s.in.SIPID)
	return sit
}

// openConversation finds what the call is about, and makes what agents see of it.
func (s *script) openConversation(now time.Time) {
	if name := s.c.people.name(s.row.From); name != "" {
		s.in.From.Name = name // the company's own knows better than the network
	}
	var conv fact.Conversation
	if s.out != nil {
		conv = s.openOutward(now)
	} else {
		conv = s.c.conversations.join(s.row.From, s.in.From.Name, s.row.Queue, now)
	}
	s.row.Conversation = conv.ID
	s.log = s.log.With("conversation", conv.ID)
	s.c.desk.change(s.row.ID, func(k *card) { k.call, k.name, k.kind = s.row, conv.Name, s.kind() })
	s.c.opt.Store.Append(conv)
	s.c.save(s.row)
}

// answer finds the menu or queue where the call goes, and answers the caller, unless that is to be done when an agent answers.
func (s *script) answer(sit Situation) Situation {
	if s.cfg.Menus[sit.Target.Menu] != nil {
		sit.Stage = StageMenu
		return sit
	}
	if s.cfg.Voicemails[sit.Target.Voicemail] != nil {
		sit.Stage = StageVoicemail
		return sit
	}
	queue := s.cfg.Queues[sit.Target.Queue]
	if queue == nil {
		return sit.over(fact.EndUnknownNumber)
	}
	s.goesTo(queue)
	if sit.Priority == 0 {
		sit.Priority = queue.Priority
	}
	if open, _ := s.takesNow(queue); !open {
		sit.Stage = StageAway
		return sit
	}
	sit.Stage = StageWait
	if s.rings(queue) {
		if err := s.customer.leg.Ring(true); err != nil {
			s.log.Error("ring", "error", err)
			return sit.over(fact.EndInternal)
		}
		return s.incident(sit, queue)
	}
	if why := s.pickUp(); why != fact.EndUnset {
		return sit.over(why)
	}
	if why := s.consent(queue.Name, ""); why != fact.EndUnset {
		return sit.over(why)
	}
	return s.incident(sit, queue)
}

// goesTo puts the queue into the books.
func (s *script) goesTo(queue *config.Queue) {
	if s.row.Queue == queue.Name {
		return
	}
	s.row.Queue = queue.Name
	s.c.save(s.row)
	conv, _ := s.c.conversations.change(s.row.Conversation, func(conv *fact.Conversation) {
		conv.Queue, conv.Changed = queue.Name, s.c.clock.Now().UTC()
	})
	if conv.ID != "" {
		s.c.opt.Store.Append(conv)
	}
	s.c.desk.change(s.row.ID, func(k *card) { k.call = s.row })
}

// rings says that a queue's callers hear early media, and are not charged, until an agent answers.
func (s *script) rings(q *config.Queue) bool { return q.Answer == withAgent }

// pickUp answers the caller and waits until the leg is up. EndUnset: it is. Meanwhile the agent's leg may end; then the seat is empty.
func (s *script) pickUp() fact.EndReason {
	if !s.row.Answered.IsZero() {
		return fact.EndUnset
	}
	if err := s.customer.leg.Answer(); err != nil {
		s.log.Error("answer", "error", err)
		return fact.EndInternal
	}
	for until := s.c.clock.Now().Add(answerWithin); ; {
		switch e := s.await(until); e.kind {
		case callerAnswered:
			s.row.Answered = s.customer.row.Answered
			s.c.save(s.row)
			s.event(fact.Event{Kind: fact.CallAnswered, Leg: s.customer.row.ID})
			s.log.Info("call answered", "codec", s.customer.row.Codec)
			return fact.EndUnset
		case over:
			return e.why
		case timeUp:
			return fact.EndTimeout
		case agentAnswered, agentGone, played, pressed, noticed, commanded, guestRings, guestEarly, guestAnswered, guestGone, transferAsked, moved, nextRings, nextAnswered, nextGone, voice, adviceCame, agentLost, agentFound, agentReturns, lineTurned:
		}
	}
}
