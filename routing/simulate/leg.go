package simulate

import (
	"fmt"
	"time"

	"mediasrv/media"
	"mediasrv/routing"
	"mediasrv/routing/clock"
	"mediasrv/routing/fact"
)

const (
	messageLength = 15 * time.Second // that callers speak to a voicemail
	networkRings  = 8 * time.Second  // until a number is answered
)

// leg is somebody's phone.
type leg struct {
	id       fact.LegID
	party    fact.Party
	clock    *clock.Clock
	room     *room
	slot     media.EndpointID
	customer bool
	caller   *Caller // nil: none of the plan's
	sink     routing.Sink
	answered bool
	ended    bool
}

var _ routing.Leg = (*leg)(nil)

func (l *leg) tell(e routing.LegEvent) {
	e.Leg, e.At = l.id, l.clock.Now()
	if l.sink != nil {
		l.sink(e)
	}
}

// ID implements routing.Leg, as do the following.
func (l *leg) ID() fact.LegID             { return l.id }
func (l *leg) Party() fact.Party          { return l.party }
func (l *leg) SIPID() string              { return "" }
func (l *leg) Codec() string              { return "PCMU" }
func (l *leg) Endpoint() media.EndpointID { return l.slot }

// Ring implements routing.Leg.
func (l *leg) Ring(bool) error { return nil }

// Answer implements routing.Leg.
func (l *leg) Answer() error {
	l.pickUp()
	return nil
}

// Hangup implements routing.Leg.
func (l *leg) Hangup(why fact.EndReason) { l.end(why, "") }

func (w *world) newLeg(in *room, party fact.Party) *leg {
	w.made++
	l := &leg{id: fact.LegID(fmt.Sprintf("leg-%d", w.made)), party: party, clock: w.clock, room: in}
	w.legs[l.id] = l
	return l
}

// pickUp answers, unless it is too late.
func (l *leg) pickUp() {
	if !l.answered && !l.ended {
		l.answered = true
		l.tell(routing.LegEvent{Kind: routing.LegAnswered})
	}
}

func (l *leg) end(why fact.EndReason, text string) {
	if !l.ended {
		l.ended = true
		l.room.leave(l)
		l.tell(routing.LegEvent{Kind: routing.LegEnded, Why: why, Text: text})
	}
}

// press presses a key, if anybody is there to hear it.
func (l *leg) press(digit byte) {
	if !l.ended {
		l.room.happens(media.Event{Kind: media.Digit, Endpoint: l.slot, Digit: digit})
	}
}

// Dial implements routing.Dialer: agents and numbers, each of whom does as the plan says.
func (w *world) Dial(to routing.Target, _ routing.Caller, in routing.Room, events routing.Sink) (routing.Leg, error) {
	if to.User != "" && !w.phones[to.User] {
		return nil, routing.ErrUnreachable
	}
	room := in.(*room)
	l := w.newLeg(room, fact.Party{User: to.User, Number: to.Number, Trunk: to.Trunk})
	if !room.enter(l) {
		return nil, fmt.Errorf("simulate: %w", media.ErrFull)
	}
	l.sink = events
	if to.User == "" {
		l.customer = room.callback
		w.clock.AfterFunc(0, func() { l.tell(routing.LegEvent{Kind: routing.LegRinging}) })
		if w.chance("reached", w.plan.Reached) {
			w.clock.AfterFunc(networkRings, l.pickUp)
			if !room.callback { // a number that the caller was led to
				w.clock.AfterFunc(networkRings+w.around("talks", w.plan.Talk), func() { l.end(fact.EndRemote, "") })
			}
		}
		return l, nil
	}
	if !w.chance("hears "+to.User, w.plan.Misses) {
		w.clock.AfterFunc(w.around("picks up "+to.User, w.plan.PickUp), l.pickUp)
	}
	return l, nil
}
