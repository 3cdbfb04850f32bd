package routing

import (
	"log/slog"
	"time"

	"mediasrv/media"
	"mediasrv/routing/fact"
)

// party is a leg of a call, from its beginning until it has ended, whatever seat it is in.
type party struct {
	leg    Leg
	row    fact.Leg
	ended  bool
	digits digits
	before *party // whose place it takes as soon as it has answered; nil: nobody's
	log    *slog.Logger
}

// seat takes a leg into the call.
func (s *script) seat(leg Leg, seat fact.Seat) *party {
	p := &party{
		leg: leg,
		row: fact.Leg{ID: leg.ID(), Call: s.row.ID, Seat: seat, Party: leg.Party(), SIPID: leg.SIPID(), Codec: leg.Codec(), Began: time.Now().UTC()},
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
	for _, p := range [...]*party{s.customer, s.agent, s.guest} {
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
