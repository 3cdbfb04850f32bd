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

// at is the party in a seat that has an endpoint; nil: nobody. Slots of endpoints are used again, so those on their way out don't count.
func (s *script) at(id media.EndpointID) *party {
	for _, p := range [...]*party{s.customer, s.agent, s.guest} {
		if p != nil && !p.ended && p.leg.Endpoint() == id {
			return p
		}
	}
	return nil
}

// dismiss hangs up on whoever is in the agent's seat, and empties it.
func (s *script) dismiss(why fact.EndReason) {
	if s.agent != nil {
		s.agent.leg.Hangup(why)
		s.agent = nil
	}
}
