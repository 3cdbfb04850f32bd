package sip

import (
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
	"mediasrv/sip/uplink"

	"github.com/google/uuid"
)

// Leg is one party of a call (routing.Leg): a dialog with an endpoint.
type Leg struct {
	stack   *Stack
	id      fact.LegID
	party   fact.Party
	sipID   string
	room    routing.Room     // that its endpoint is in
	end     endpoint         // used on the queue, once others see the leg
	at      media.EndpointID // its ID
	session *session
	browser bool
	flowID  string          // of the flow that the dialog began with
	trunk   *config.Trunk   // whose call it counts as; nil: none
	attempt *uplink.Attempt // of a call out by a trunk; used on the queue
	leave   func()          // counts a call in by a trunk out; nil: it is none
	tags    []string        // local tags that it had before; guarded by Stack.mu
	log     *slog.Logger

	up     atomic.Bool    // answered, and not over
	dialog *dialog.Dialog // set before anybody else sees the leg
	sink   routing.Sink   // used on the queue
}

var (
	_ routing.Leg     = (*Leg)(nil)
	_ routing.Refuser = (*Leg)(nil)
)

func newLegID() fact.LegID {
	id, err := uuid.NewV7()
	if err != nil {
		id = uuid.New()
	}
	return fact.LegID(id.String())
}

// ID implements routing.Leg.
func (l *Leg) ID() fact.LegID { return l.id }

// Party implements routing.Leg.
func (l *Leg) Party() fact.Party { return l.party }

// SIPID implements routing.Leg.
func (l *Leg) SIPID() string { return l.sipID }

// Codec implements routing.Leg.
func (l *Leg) Codec() string { return l.session.codecName() }

// Endpoint implements routing.Leg.
func (l *Leg) Endpoint() media.EndpointID { return l.at }

// Ring implements routing.Leg. What can't be sent is reported as LegEnded.
func (l *Leg) Ring(early bool) error {
	l.dialog.Do(func() { l.dialog.Ring(early) })
	return nil
}

// Answer implements routing.Leg. What can't be sent is reported as LegEnded.
func (l *Leg) Answer() error {
	l.dialog.Do(l.dialog.Answer)
	return nil
}

// Hangup implements routing.Leg.
func (l *Leg) Hangup(why fact.EndReason) {
	l.dialog.Do(func() { l.dialog.Hangup(why) })
}

// Refuse implements routing.Refuser.
func (l *Leg) Refuse(why fact.EndReason, status int) {
	l.dialog.Do(func() { l.dialog.Refuse(why, status) })
}

// sit gives a leg its endpoint, before anybody else sees it.
func (l *Leg) sit(end endpoint) {
	l.end, l.at = end, end.ID()
	if e, ok := end.(*media.Endpoint); ok {
		e.Measure(l.stack.meters.of(l.party.Trunk))
	}
}

// owner is the side of a leg that the dialog reports to (dialog.Owner), on the dialog's queue.
type owner struct{ *Leg }

func (o owner) emit(e routing.LegEvent) {
	e.Leg, e.At = o.id, time.Now().UTC()
	if o.sink != nil {
		o.sink(e)
	}
}

func (o owner) Ringing() {
	o.attempt.Rang()
	o.emit(routing.LegEvent{Kind: routing.LegRinging})
}

func (o owner) Early() {
	o.attempt.Rang()
	o.emit(routing.LegEvent{Kind: routing.LegEarly})
}

func (o owner) Answered() {
	o.attempt.Answered()
	o.session.answered()
	o.up.Store(true)
	o.log.Info("leg answered", "codec", o.Codec())
	o.emit(routing.LegEvent{Kind: routing.LegAnswered})
}

func (o owner) Digit(d byte) { o.emit(routing.LegEvent{Kind: routing.LegDigit, Digit: d}) }

func (o owner) Ended(why fact.EndReason, text string) {
	o.up.Store(false)
	o.end.Close()
	q := quality(o.end.Course())
	o.end, o.session.end = closed{o.at}, closed{o.at}
	o.stack.giveBack(o.trunk)
	o.attempt.Over(failed(why, o.dialog.Status()))
	if o.leave != nil {
		o.leave()
	}
	why = o.reason(why, text)
	o.log.Info("leg ended", "reason", why.String(), "peer", text, "mos", round(q.MOS), "loss", round(q.Loss))
	o.emit(routing.LegEvent{Kind: routing.LegEnded, Why: why, Status: o.dialog.Status(), Text: text, Quality: q})
	o.sink = nil
}

// failed says that the network ended an attempt to call, not a person.
func failed(why fact.EndReason, status int) bool {
	switch why {
	case fact.EndUnreachable, fact.EndTransport, fact.EndTimeout, fact.EndCongestion:
		return true
	default:
		return status == 408 || status/100 == 5
	}
}

// reason says it from the party's side.
func (o owner) reason(why fact.EndReason, text string) fact.EndReason {
	if o.party.User == "" {
		return why
	}
	switch why {
	case fact.EndCallerHungUp:
		return fact.EndAgentHungUp
	case fact.EndTransport, fact.EndTimeout, fact.EndUnknownNumber:
		if o.dialog.State() == dialog.Ended { // the phone never answered
			return fact.EndUnreachable
		}
	case fact.EndNoAnswer:
		if o.browser && strings.HasPrefix(text, "480") { // browsers' libraries refuse with it
			return fact.EndRefused
		}
	default:
	}
	return why
}

func (o owner) Gone() { o.stack.forget(o.Leg) }
