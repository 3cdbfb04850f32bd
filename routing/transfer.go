package routing

import (
	"time"

	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
)

// moveTime is how long the caller's carrier may take to call somebody else instead of us.
const moveTime = 65 * time.Second

// passHold lets the other end of a bridge know what one end does to its media: who is held by one is held by both, and hears what the holder plays.
func (s *script) passHold(p *party, e LegEvent) {
	if s.guest == nil || p != s.customer && p != s.guest {
		return
	}
	if far, ok := s.opposite(p).leg.(Holder); ok {
		far.Hold(e.Sends, e.Takes)
	}
}

// opposite is the other end of a bridge.
func (s *script) opposite(p *party) *party {
	if p == s.customer {
		return s.guest
	}
	return s.customer
}

// siftTransfer takes the wish of one end of a bridge; nobody else may have it.
func (s *script) siftTransfer(p *party, e LegEvent) (event, bool) {
	bridged := s.guest != nil && (p == s.customer || p == s.guest) && !s.customer.row.Answered.IsZero() && !s.guest.row.Answered.IsZero()
	if !bridged || e.To == nil {
		s.progress(p, 603)
		return event{}, false
	}
	return event{kind: transferAsked, who: p, to: e.To}, true
}

// progress tells a party how the transfer goes that it has asked for.
func (s *script) progress(p *party, status int) {
	if t, ok := p.leg.(Transferee); ok && !p.ended {
		t.Transferred(status)
	}
}

// transfer connects the other end of a bridge with somebody else, as one end has asked. That one may be gone at once: it is not waited for. If nobody
// answers, everything is as before. EndUnset: there is still a bridge.
func (s *script) transfer(e event) fact.EndReason {
	by, stays := e.who, s.opposite(e.who)
	customer := by == s.customer
	s.log.Info("transfer", "by", by.row.ID, "trunk", e.to.Trunk, "number", e.to.Number)
	before := len(s.passes)
	next, why := s.dialNext(stays, *e.to)
	if why != fact.EndUnset {
		s.givePasses(before)
		status, _ := why.Status()
		s.progress(by, status)
		return fact.EndUnset
	}
	s.customer, s.guest, s.next = stays, nil, next
	end := s.untilNextAnswers(by, s.longestRing(e.to.Trunk))
	switch end.kind { //nolint:exhaustive // the others don't end the waiting
	case over:
		s.progress(by, 487)
		s.hangUpNext(fact.EndCallerGone)
		by.leg.Hangup(fact.EndGuestHungUp)
		return end.why
	case nextAnswered:
		s.guest, s.next = next, nil
		s.connect()
		if h, ok := stays.leg.(Holder); ok {
			h.Hold(true, true)
		}
		s.progress(by, 200)
		by.leg.Hangup(fact.EndCompleted)
		return fact.EndUnset
	}
	s.log.Info("transfer failed", "reason", end.why, "text", end.text)
	status := end.status
	if status < 300 {
		status, _ = end.why.Status()
	}
	s.progress(by, status)
	s.hangUpNext(fact.EndNoAnswer)
	s.givePasses(before)
	return s.asBefore(by, stays, customer)
}

// dialNext begins the leg that a transfer leads to, if it may be dialled: the trunk that asks for it pays for nothing.
func (s *script) dialNext(stays *party, to Target) (*party, fact.EndReason) {
	if to.Leg != "" {
		return s.dialOwn(stays, to)
	}
	pass, why := s.mayDial(dialout.Who{Trunk: to.Trunk}, to)
	if why != fact.EndUnset {
		return nil, why
	}
	s.passes = append(s.passes, pass)
	return s.dialOut(to)
}

// dialOwn begins the leg that takes the place of another of ours; that costs nobody anything. Its call sees who comes.
func (s *script) dialOwn(stays *party, to Target) (*party, fact.EndReason) {
	who := stays.row.Party
	leg, err := s.c.opt.Dialer.Dial(to, Caller{Number: who.Number, Name: who.Name}, s.room, s.fromLeg)
	if err != nil {
		s.log.Info("the call that a transfer leads to can't be joined", "error", err)
		return nil, fact.EndUnreachable
	}
	return s.seat(leg, fact.SeatGuest), fact.EndUnset
}

// givePasses gives back what transfers were allowed, but for the first ones.
func (s *script) givePasses(but int) {
	for _, pass := range s.passes[but:] {
		pass.Done()
	}
	s.passes = s.passes[:but]
}

func (s *script) hangUpNext(why fact.EndReason) {
	if s.next != nil {
		s.next.leg.Hangup(why)
		s.next = nil
	}
}

// asBefore gives the two ends of a bridge their seats back.
func (s *script) asBefore(by, stays *party, customer bool) fact.EndReason {
	s.guest = by
	if customer {
		s.customer, s.guest = by, stays
	}
	if !by.ended {
		return fact.EndUnset
	}
	if customer {
		return fact.EndCallerHungUp
	}
	s.guest = nil
	return fact.EndGuestHungUp
}

// untilNextAnswers waits for the phone that a transfer leads to.
func (s *script) untilNextAnswers(by *party, longest time.Duration) event {
	for until := s.c.clock.Now().Add(longest); ; {
		switch e := s.await(until); e.kind { //nolint:exhaustive // nothing else ends it
		case over, nextAnswered, nextGone, voice, adviceCame:
			return e
		case timeUp:
			e.why = fact.EndNoAnswer
			return e
		case nextRings:
			s.progress(by, 180)
		default:
		}
	}
}

// handBack asks the caller's carrier to call somebody behind its own trunk instead of us, if the file wants it so: then no line of ours is in use. If it
// doesn't do it the call is bridged.
func (s *script) handBack(trunk, number string) (why fact.EndReason, over bool) {
	r, ok := s.customer.leg.(Referrer)
	if !ok || trunk != s.in.Trunk || !r.Refers() || number == s.in.Dialled || number == s.in.To {
		return fact.EndUnset, false
	}
	if why := s.pickUp(); why != fact.EndUnset {
		return why, true
	}
	r.Refer(number)
	e := s.untilMoved()
	switch {
	case e.kind == moved && e.status >= 200 && e.status < 300:
		s.log.Info("the caller's carrier has taken the call back", "number", number)
		return fact.EndCompleted, true
	case e.isOver():
		return e.why, true
	}
	s.log.Info("the caller's carrier doesn't take the call back: it is bridged", "status", e.status)
	return fact.EndUnset, false
}

func (e event) isOver() bool { return e.kind == over }

func (s *script) untilMoved() event {
	for until := s.c.clock.Now().Add(moveTime); ; {
		switch e := s.await(until); e.kind { //nolint:exhaustive // nothing else ends it
		case over, moved, timeUp:
			return e
		default:
		}
	}
}
