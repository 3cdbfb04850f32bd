package routing

import (
	"strings"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// noticed does what the floor says; true: an agent has the call.
func (w *waiter) noticed(n *floor.Notice) (next Situation, done bool) {
	switch n.Kind {
	case floor.Offered:
		w.ring(n.Offer)
	case floor.Withdrawn:
		if n.Offer.ID == w.offer.ID {
			w.failed(floor.Failed, n.Why)
		}
	case floor.Void:
		if n.Offer.ID == w.offer.ID {
			w.failed(floor.Failed, "answered too late")
		}
	case floor.Granted:
		if n.Offer.ID == w.offer.ID {
			return w.granted(n), true
		}
	case floor.Considered, floor.AgentChanged, floor.QueueChanged, floor.WrapUpBegan, floor.WrapUpMore, floor.WrapUpEnded, floor.Released, floor.Left:
	}
	return Situation{}, false
}

// ring dials the agent's phone.
func (w *waiter) ring(o floor.Offer) {
	if w.closed { // the floor is being told so already
		return
	}
	w.offer, w.claimed = o, false
	waited := o.At.Sub(w.sit.Since)
	w.c.desk.amend(w.row.ID, func(k *card) { k.waited = waited })
	w.event(fact.Event{Kind: fact.Offered, Agent: o.User, Queue: o.Queue})
	w.log.Info("call offered", "agent", o.User, "offer", o.ID, "waited", waited)
	leg, err := w.c.opt.Dialer.Dial(Target{User: o.User}, Caller{
		Number: w.row.From, Name: w.in.From.Name, Call: w.row.ID, Queue: o.Queue,
	}, w.room, w.fromLeg)
	if err != nil {
		w.failed(floor.Failed, err.Error())
		return
	}
	w.agent = w.seat(leg, fact.SeatAgent)
}

// ringUntil is when the offer ends by itself: the ring timeout, or, when the floor doesn't answer a claim, the lease.
func (w *waiter) ringUntil() time.Time {
	if w.claimed {
		return w.offer.Lease
	}
	return w.offer.RingUntil
}

// claim asks the floor whether the agent who has picked up gets the call.
func (w *waiter) claim() {
	w.claimed = true
	w.c.floor.Claim(w.offer)
}

// granted hands the call over to its agent.
func (w *waiter) granted(n *floor.Notice) Situation {
	w.event(fact.Event{At: n.At, Kind: fact.AgentAnswered, Agent: n.Offer.User, Queue: n.Offer.Queue, Leg: w.agent.row.ID})
	w.log.Info("agent answered", "agent", n.Offer.User, "codec", w.agent.row.Codec, "waited", n.At.Sub(w.sit.Since))
	next := w.sit
	next.Stage, next.Target, next.Offer = StageTalk, Target{User: n.Offer.User}, &n.Offer
	return next
}

// gone finds out why the agent's phone has stopped ringing.
func (w *waiter) gone(e event) {
	if w.offer.ID == "" {
		return
	}
	switch {
	case strings.Contains(e.text, "microphone"):
		w.failed(floor.Microphone, "microphone refused")
	case e.why == fact.EndRefused || e.why == fact.EndBusy:
		w.failed(floor.Refused, e.text)
	case e.why == fact.EndNoAnswer:
		w.failed(floor.Missed, e.text)
	default:
		w.failed(floor.Failed, strings.TrimSpace(e.why.String()+" "+e.text))
	}
}

// rangOut ends the offer by time.
func (w *waiter) rangOut() {
	if w.claimed {
		w.failed(floor.Failed, "the floor did not answer")
		return
	}
	w.failed(floor.Missed, "")
}

// refuse is the agent's hanging up while the phone rings.
func (w *waiter) refuse(user string) error {
	if w.offer.ID == "" || w.offer.User != user {
		return ErrNoCall
	}
	w.failed(floor.Refused, "")
	return nil
}

// failed ends the offer: the phone stops ringing, the floor is told, the time line says why.
func (w *waiter) failed(how floor.Outcome, detail string) {
	kind, why := fact.OfferFailed, fact.EndElsewhere
	switch how {
	case floor.Refused, floor.Microphone:
		kind = fact.OfferRefused
	case floor.Missed:
		kind, why = fact.OfferMissed, fact.EndNoAnswer
	case floor.Failed:
	}
	o, claimed := w.offer, w.claimed
	w.offer, w.claimed = floor.Offer{}, false
	w.dismiss(why)
	w.event(fact.Event{Kind: kind, Agent: o.User, Queue: o.Queue, Detail: detail})
	w.log.Info("offer ended", "agent", o.User, "offer", o.ID, "outcome", kind, "detail", detail, "rang", time.Since(o.At))
	w.c.floor.Report(o, how, w.closed)
	if claimed && !w.closed { // the floor may have taken the call out of the queue already
		w.enqueue()
	}
}
