package routing

import (
	"slices"
	"strings"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// ringer is an agent's phone that rings for the caller.
type ringer struct {
	offer   floor.Offer
	party   *party // nil: it could not be dialled
	claimed bool   // the agent has picked up, and the floor is asked
}

// until is when the offer ends by itself: the ring timeout, or, when the floor doesn't answer a claim, the lease.
func (r *ringer) until() time.Time {
	if r.claimed {
		return r.offer.Lease
	}
	return r.offer.RingUntil
}

// ringerOf is the ringing phone of a party; nil: it doesn't ring.
func (s *script) ringerOf(p *party) *ringer {
	for _, r := range s.ringers {
		if r.party == p {
			return r
		}
	}
	return nil
}

// ringerFor is the phone that rings by an offer; nil: the offer is an older one.
func (s *script) ringerFor(id fact.OfferID) *ringer {
	for _, r := range s.ringers {
		if r.offer.ID == id {
			return r
		}
	}
	return nil
}

// noticed does what the floor says; true: an agent has the call.
func (w *waiter) noticed(n *floor.Notice) (next Situation, done bool) {
	switch n.Kind { //nolint:exhaustive // the others are of one offer, or for the desk
	case floor.Offered:
		w.ring(n.Offer)
		return Situation{}, false
	case floor.Overflowed, floor.Deserted:
		w.overflow(n)
		return Situation{}, false
	}
	r := w.ringerFor(n.Offer.ID)
	if r == nil {
		return Situation{}, false
	}
	switch n.Kind { //nolint:exhaustive // the others are for the desk
	case floor.Withdrawn:
		w.failed(r, floor.Failed, n.Why)
	case floor.Void:
		w.failed(r, floor.Failed, "answered too late")
	case floor.Granted:
		return w.granted(r, n), true
	}
	return Situation{}, false
}

// ring dials the agent's phone.
func (w *waiter) ring(o floor.Offer) {
	if w.closed { // the floor is being told so already
		return
	}
	r := &ringer{offer: o}
	w.ringers, w.offered = append(w.ringers, r), true
	waited := o.At.Sub(w.sit.Since)
	w.c.desk.amend(w.row.ID, func(k *card) { k.waited = waited })
	w.event(fact.Event{Kind: fact.Offered, Agent: o.User, Queue: o.Queue})
	w.log.Info("call offered", "agent", o.User, "offer", o.ID, "waited", waited)
	leg, err := w.c.opt.Dialer.Dial(Target{User: o.User}, Caller{
		Number: w.row.From, Name: w.in.From.Name, Call: w.row.ID, Queue: o.Queue,
	}, w.room, w.fromLeg)
	if err != nil {
		w.failed(r, floor.Failed, err.Error())
		return
	}
	r.party = w.seat(leg, fact.SeatAgent)
}

// ringUntil is when the first offer ends by itself; zero: no phone rings.
func (w *waiter) ringUntil() time.Time {
	var first time.Time
	for _, r := range w.ringers {
		if t := r.until(); first.IsZero() || t.Before(first) {
			first = t
		}
	}
	return first
}

// claimed says that an agent has picked up, and the floor is asked.
func (w *waiter) claimed() bool {
	return slices.ContainsFunc(w.ringers, func(r *ringer) bool { return r.claimed })
}

// claim asks the floor whether the agent who has picked up gets the call.
func (w *waiter) claim(r *ringer) {
	r.claimed = true
	w.c.floor.Claim(r.offer)
}

// granted hands the call over to its agent. Whoever else is rung is told that it was answered elsewhere.
func (w *waiter) granted(r *ringer, n *floor.Notice) Situation {
	w.agent = r.party
	w.ringers = slices.DeleteFunc(w.ringers, func(other *ringer) bool { return other == r })
	w.event(fact.Event{At: n.At, Kind: fact.AgentAnswered, Agent: n.Offer.User, Queue: n.Offer.Queue, Leg: w.agent.row.ID})
	w.log.Info("agent answered", "agent", n.Offer.User, "codec", w.agent.row.Codec, "waited", n.At.Sub(w.sit.Since))
	w.stopRinging("answered by " + n.Offer.User)
	next := w.sit
	next.Stage, next.Target, next.Offer = StageTalk, Target{User: n.Offer.User}, &n.Offer
	return next
}

// stopRinging hangs up on all phones that ring, for a reason that the time line gets. The floor knows it already, or is being told.
func (w *waiter) stopRinging(detail string) {
	for _, r := range w.ringers {
		w.event(fact.Event{Kind: fact.OfferFailed, Agent: r.offer.User, Queue: r.offer.Queue, Detail: detail})
		r.hangup(fact.EndElsewhere)
	}
	w.ringers = nil
}

func (r *ringer) hangup(why fact.EndReason) {
	if r.party != nil {
		r.party.leg.Hangup(why)
	}
}

// gone finds out why an agent's phone has stopped ringing.
func (w *waiter) gone(e event) {
	r := w.ringerOf(e.who)
	if r == nil {
		return
	}
	switch {
	case strings.Contains(e.text, "microphone"):
		w.failed(r, floor.Microphone, "microphone refused")
	case e.why == fact.EndRefused || e.why == fact.EndBusy:
		w.failed(r, floor.Refused, e.text)
	case e.why == fact.EndNoAnswer:
		w.failed(r, floor.Missed, e.text)
	default:
		w.failed(r, floor.Failed, strings.TrimSpace(e.why.String()+" "+e.text))
	}
}

// ringOut ends the offers whose time is over.
func (w *waiter) ringOut(now time.Time) {
	for _, r := range slices.Clone(w.ringers) {
		switch {
		case now.Before(r.until()):
		case r.claimed:
			w.failed(r, floor.Failed, "the floor did not answer")
		default:
			w.failed(r, floor.Missed, "")
		}
	}
}

// commanded does what an agent or a supervisor wants; true: the stage is over.
func (w *waiter) commanded(c *command) (next Situation, done bool) {
	if c.verb != verbMove {
		c.answer <- w.refuse(c.user)
		return Situation{}, false
	}
	queue := w.cfg.Queues[c.wish.to.Queue]
	switch {
	case queue == nil:
		c.answer <- ErrUnknownQueue
	case w.claimed():
		c.answer <- ErrNotNow
	default:
		c.answer <- nil
		return w.move(c.user, queue), true
	}
	return Situation{}, false
}

// move takes the caller into another queue, or to the head of this one; a phone that rings stops.
func (w *waiter) move(by string, queue *config.Queue) Situation {
	w.stopRinging("a supervisor has moved the call")
	w.c.floor.Leave(w.row.ID)
	w.event(fact.Event{Kind: fact.MovedTo, Agent: by, Queue: queue.Name})
	w.log.Info("call moved", "by", by, "from", w.queue.Name, "to", queue.Name)
	next := w.sit
	next.Target, next.Greeted = Target{Queue: queue.Name}, true
	next.Front = queue.Name == w.queue.Name
	if !next.Front {
		next.Waiting = ""
	}
	w.goesTo(queue)
	return next
}

// refuse is the agent's hanging up while the phone rings.
func (w *waiter) refuse(user string) error {
	for _, r := range w.ringers {
		if r.offer.User == user {
			w.failed(r, floor.Refused, "")
			return nil
		}
	}
	return ErrNoCall
}

// failed ends an offer: the phone stops ringing, the floor is told, the time line says why.
func (w *waiter) failed(r *ringer, how floor.Outcome, detail string) {
	kind, why := fact.OfferFailed, fact.EndElsewhere
	switch how {
	case floor.Refused, floor.Microphone:
		kind = fact.OfferRefused
	case floor.Missed:
		kind, why = fact.OfferMissed, fact.EndNoAnswer
	case floor.Failed:
	}
	w.ringers = slices.DeleteFunc(w.ringers, func(other *ringer) bool { return other == r })
	r.hangup(why)
	o := r.offer
	w.event(fact.Event{Kind: kind, Agent: o.User, Queue: o.Queue, Detail: detail})
	w.log.Info("offer ended", "agent", o.User, "offer", o.ID, "outcome", kind, "detail", detail, "rang", w.c.clock.Since(o.At))
	w.c.floor.Report(o, how, w.closed && len(w.ringers) == 0)
	if r.claimed && !w.closed && !w.claimed() { // the floor may have taken the call out of the queue already
		w.enqueue()
	}
}
