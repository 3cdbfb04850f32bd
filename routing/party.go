package routing

import (
	"log/slog"
	"slices"
	"time"

	"mediasrv/media"
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
	"mediasrv/routing/table"
)

// party is a leg of a call, from its beginning until it has ended, whatever seat it is in.
type party struct {
	leg    Leg
	row    fact.Leg
	ended  bool
	digits digits
	before *party // whose place it takes as soon as it has answered; nil: nobody's
	log    *slog.Logger

	// Of those who talk with an agent.
	offer *floor.Offer  // by which the floor has given the call to an agent; nil: none
	pass  *dialout.Pass // of a number; nil: none
	until time.Time     // when a call to a number must end; zero: never
	away  bool          // held, or not there yet
	muted bool
	asked bool       // in a consultation
	asks  bool       // the call by which an agent's phone asks somebody
	holds bool       // the far end's phone holds its call
	mode  table.Mode // of a supervisor
	grade media.Line // how good its line is; unknown: good, as far as is known
}

// seat takes a leg into the call.
func (s *script) seat(leg Leg, seat fact.Seat) *party {
	p := &party{
		leg: leg,
		row: fact.Leg{ID: leg.ID(), Call: s.row.ID, Seat: seat, Party: leg.Party(), SIPID: leg.SIPID(), Codec: leg.Codec(), Began: s.c.clock.Now().UTC()},
		log: s.log.With("leg", leg.ID()),
	}
	s.parties[p.row.ID] = p
	s.keep(p)
	return p
}

func (s *script) keep(p *party) { s.c.opt.Store.Append(p.row) }

// at is the party in a seat, or whose phone rings, that has an endpoint; nil: nobody. Slots of endpoints are used again, so those on their way out
// don't count.
func (s *script) at(id media.EndpointID) *party {
	is := func(p *party) bool { return p != nil && !p.ended && p.leg.Endpoint() == id }
	for _, p := range append([]*party{s.customer, s.agent, s.line, s.guest}, s.guests...) {
		if is(p) {
			return p
		}
	}
	for _, r := range s.ringers {
		if is(r.party) {
			return r.party
		}
	}
	return nil
}

// vacate takes a party out of the seats that agents fill; false: it has none of these.
func (s *script) vacate(p *party) bool {
	at := slices.Index(s.guests, p)
	if at < 0 {
		return false
	}
	s.guests = slices.Delete(s.guests, at, at+1)
	return true
}

// dismiss hangs up on whoever is in the agent's seat, and empties it.
func (s *script) dismiss(why fact.EndReason) {
	if s.agent != nil {
		s.agent.leg.Hangup(why)
		s.agent = nil
	}
	if s.line != nil {
		s.line.leg.Hangup(why)
		s.line = nil
	}
}
