package sip

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
)

// A transfer may join two calls of ours (REFER with Replaces, RFC 3891): each has a room of its own, which legs never leave. So a joint is put between them: a leg
// in each room, whose endpoints send to each other as to any peer. Neither has a dialog, and each is hung up with the other.

// joint is what the two legs share.
type joint struct {
	mu   sync.Mutex // over what changes; the sinks are called under it, so that each hears things in order: they never block
	up   bool
	over bool
	ends [2]*jointLeg
}

// jointLeg is one of them (routing.Leg): 0 is in the room of the call that is transferred, 1 in that of the call which it comes to.
type jointLeg struct {
	*joint
	side  int
	id    fact.LegID
	party fact.Party
	codec codec.Type
	end   endpoint
	at    media.EndpointID
	sink  routing.Sink // nil: nobody is told yet
	log   *slog.Logger
}

var (
	_ routing.Leg     = (*jointLeg)(nil)
	_ routing.Holder  = (*jointLeg)(nil)
	_ routing.Presser = (*jointLeg)(nil)
)

// dialOwn begins to connect a call with another one of ours, where it is to take the place of a leg. That one's call decides.
func (s *Stack) dialOwn(to routing.Target, from routing.Caller, in routing.Room, events routing.Sink) (routing.Leg, error) {
	old := s.legByID(to.Leg)
	if old == nil {
		return nil, fmt.Errorf("sip: join %s: %w", to.Leg, routing.ErrUnreachable)
	}
	j, err := newJoint(old, in, events, s.log)
	if err != nil {
		return nil, err
	}
	j.ends[0].party, j.ends[1].party = old.party, fact.Party{Number: from.Number, Name: from.Name}
	j.ends[0].log.Info("two calls are to be joined", "leg", string(old.id))
	old.dialog.Do(func() { // its state is its queue's
		if old.sink == nil || old.dialog.State() != dialog.Confirmed {
			j.hangup(fact.EndRefused, 1)
			return
		}
		j.mu.Lock()
		j.ends[1].sink = old.sink
		j.mu.Unlock()
		old.sink(routing.LegEvent{Kind: routing.LegReplaced, Leg: old.id, By: j.ends[1]})
	})
	return j.ends[0], nil
}

func (s *Stack) legByID(id fact.LegID) *Leg {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.legs {
		if l.id == id {
			return l
		}
	}
	return nil
}

// newJoint makes the two legs, which send to each other as soon as the rooms let anybody be heard. Both speak what the leg does whose place is taken.
func newJoint(old *Leg, in routing.Room, events routing.Sink, log *slog.Logger) (*joint, error) {
	j := &joint{}
	speaks := codec.Parse(old.Codec())
	if speaks == codec.None {
		speaks = codec.PCMU
	}
	for side, room := range []routing.Room{in, old.room} {
		end, err := newEndpoint(room, false, loopback())
		if err != nil {
			if side == 1 {
				j.ends[0].end.Close()
			}
			return nil, fmt.Errorf("sip: join: %w", err)
		}
		id := newLegID()
		j.ends[side] = &jointLeg{
			joint: j, side: side, id: id, codec: speaks, end: end, at: end.ID(), log: log.With("leg", string(id)),
		}
	}
	j.ends[0].sink = events
	for side, l := range j.ends {
		l.end.Negotiate(media.Negotiated{Format: jointFormat(speaks), Remote: within(j.ends[1-side].end.Local().Addr), Send: true, Receive: true, Mux: true})
	}
	return j, nil
}

func loopback() netip.Addr { return netip.AddrFrom4([4]byte{127, 0, 0, 1}) }

// jointFormat is how the two endpoints speak, with the usual payload types (RFC 3551).
func jointFormat(c codec.Type) codec.Format {
	f := codec.Format{Codec: c, EventSend: 101, EventRecv: 101, EventRate: 8000, Ptime: 20}
	switch c { //nolint:exhaustive // static types but for Opus
	case codec.PCMA:
		f.SendPT = 8
	case codec.G722:
		f.SendPT = 9
	case codec.Opus:
		f.SendPT, f.EventRate = 111, 48000
	}
	f.RecvPT = f.SendPT
	return f
}

// within is how an endpoint is reached from this machine: by what peers are told if that is an address of ours, else by loopback, since then the endpoint is
// bound to all.
func within(at netip.AddrPort) netip.AddrPort {
	own, err := net.InterfaceAddrs()
	if err != nil {
		return at
	}
	for _, a := range own {
		if n, ok := a.(*net.IPNet); ok && n.Contains(at.Addr().AsSlice()) && (at.Addr().IsLoopback() || n.IP.Equal(at.Addr().AsSlice())) {
			return at
		}
	}
	return netip.AddrPortFrom(loopback(), at.Port())
}

// ID implements routing.Leg.
func (l *jointLeg) ID() fact.LegID { return l.id }

// Party implements routing.Leg.
func (l *jointLeg) Party() fact.Party { return l.party }

// SIPID implements routing.Leg: it has no dialog.
func (l *jointLeg) SIPID() string { return "" }

// Codec implements routing.Leg.
func (l *jointLeg) Codec() string { return l.codec.String() }

// Endpoint implements routing.Leg.
func (l *jointLeg) Endpoint() media.EndpointID { return l.at }

// Ring implements routing.Leg.
func (l *jointLeg) Ring(bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.up && !l.over {
		l.other().emit(routing.LegEvent{Kind: routing.LegRinging})
	}
	return nil
}

// Answer implements routing.Leg: the call that is come to has given it the seat.
func (l *jointLeg) Answer() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.up || l.over {
		return nil
	}
	l.up = true
	for _, e := range l.ends {
		e.end.Answered()
		e.emit(routing.LegEvent{Kind: routing.LegAnswered})
	}
	return nil
}

// Hangup implements routing.Leg.
func (l *jointLeg) Hangup(why fact.EndReason) { l.hangup(why, l.side) }

// hangup ends both legs, by the doing of one side.
func (j *joint) hangup(why fact.EndReason, by int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.over {
		return
	}
	j.over = true
	theirs := fact.EndCallerHungUp
	if !j.up {
		theirs = fact.EndRefused
	}
	for side, e := range j.ends {
		e.end.Close()
		reason := theirs
		if side == by {
			reason = why
		}
		e.log.Info("leg ended", "reason", reason.String())
		e.emit(routing.LegEvent{Kind: routing.LegEnded, Why: reason, Quality: quality(e.end.Course())})
		e.end = closed{e.at}
	}
}

// Hold implements routing.Holder: the other call hears that this side holds, and lets its party know.
func (l *jointLeg) Hold(sends, takes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		l.other().emit(routing.LegEvent{Kind: routing.LegHeld, Sends: sends, Takes: takes})
	}
}

// SendDigits implements routing.Presser.
func (l *jointLeg) SendDigits(digits string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.end.SendDigits(digits); err != nil {
		return fmt.Errorf("sip: joined call: %w", err)
	}
	return nil
}

func (l *jointLeg) other() *jointLeg { return l.ends[1-l.side] }

// emit tells the leg's call. mu is held.
func (l *jointLeg) emit(e routing.LegEvent) {
	e.Leg, e.At = l.id, time.Now().UTC()
	if l.sink != nil {
		l.sink(e)
	}
}
