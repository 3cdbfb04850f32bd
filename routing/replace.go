package routing

import (
	"slices"

	"mediasrv/routing/fact"
)

// replace gives a leg the seat of another one of the call: the one that has it is hung up as soon as the new one is answered, and has it back
// if that never comes.
func (s *script) replace(p *party, by Leg) {
	seat := s.seatOf(p)
	if over := !s.row.Ended.IsZero(); seat == nil || p.before != nil || over {
		by.Hangup(fact.EndRefused)
		return
	}
	heir := s.seat(by, p.row.Seat)
	heir.before = p
	heir.inherit(p)
	*seat = heir
	s.rechannel(p, heir)
	s.room.Swap(p.leg.Endpoint(), by.Endpoint())
	s.log.Info("a leg is replaced by another", "leg", p.row.ID, "by", heir.row.ID, "seat", p.row.Seat)
	if err := by.Answer(); err != nil {
		s.log.Error("answer", "error", err)
	}
}

// seatOf is where a party sits; nil: nowhere.
func (s *script) seatOf(p *party) **party {
	for _, seat := range [...]**party{&s.customer, &s.agent, &s.guest, &s.next} {
		if *seat == p {
			return seat
		}
	}
	if at := slices.Index(s.guests, p); at >= 0 && !p.row.Answered.IsZero() {
		return &s.guests[at]
	}
	if r := s.ringerOf(p); r != nil {
		return &r.party
	}
	return nil
}

// succeeded ends the leg that a party has taken the place of. What that one's far end did to its media holds no longer.
func (s *script) succeeded(p *party) {
	old := p.before
	if old == nil {
		return
	}
	p.before = nil
	s.event(fact.Event{Kind: fact.LegReplaced, Leg: old.row.ID, Agent: p.row.Party.User, Detail: p.row.Party.Number})
	s.passHold(p, LegEvent{Sends: true, Takes: true})
	old.leg.Hangup(fact.EndCompleted)
}

// inherit takes over what a party is in the call.
func (p *party) inherit(from *party) {
	p.offer, p.pass, p.until, p.away, p.muted, p.mode = from.offer, from.pass, from.until, from.away, from.muted, from.mode
	p.asked = from.asked
}

// rechannel lets a leg speak into the channel of the one whose place it has.
func (s *script) rechannel(old, heir *party) {
	if at := slices.Index(s.channels, old); at >= 0 {
		s.channels[at] = heir
	}
}

// restore gives the seat back to whom a leg should have replaced that has ended without an answer; false: it was none, or the other is gone, too.
func (s *script) restore(p *party) bool {
	old, seat := p.before, s.seatOf(p)
	if old == nil || seat == nil || old.ended {
		return false
	}
	s.log.Info("the leg that should have taken another's place has failed", "leg", p.row.ID, "reason", p.row.End)
	*seat = old
	s.rechannel(p, old)
	s.room.Swap(p.leg.Endpoint(), old.leg.Endpoint())
	return true
}

// decline ends a leg that came to a call too late to take a place in it.
func (e LegEvent) decline() {
	if e.By != nil {
		e.By.Hangup(fact.EndRefused)
	}
}
