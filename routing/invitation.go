package routing

import (
	"errors"
	"strings"
	"time"

	"mediasrv/media"
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// invitation is the calling of somebody to a call that runs: an agent, whoever of a queue is next, or a number, by one trunk after the other. It
// belongs to the script; who takes it to its end.
type invitation struct {
	s     *script
	by    floor.Offer // of the agent who calls
	to    goal
	kind  string           // of the card that an agent sees
	how   fact.Supervision // of a supervisor who is called
	who   *party
	until time.Time // then it rings no longer
	early bool      // the network of a number can be heard

	offer   floor.Offer // of an agent; no ID: none
	claimed bool
	asked   []string // of a queue
	pass    *dialout.Pass
	ways    []string // trunks that were not tried
	why     string   // it failed, in words
}

// answerTo is what became of an invitation.
type answerTo uint8

const (
	pending answerTo = iota
	joined           // who was called is there
	failed           // and is not to come: see why
)

// invite begins to call somebody. Errors are Refusals: then nothing has happened. back: the call comes back to an agent who has transferred it.
func (s *script) invite(by floor.Offer, to goal, kind string, back bool) (*invitation, error) {
	i := &invitation{s: s, by: by, to: to, kind: kind}
	if to.Number != "" {
		return i, i.dialNumber()
	}
	return i, i.nextAgent(back)
}

// nextAgent lets the agent ring, or the next one of a queue whose phone can be called.
func (i *invitation) nextAgent(back bool) error {
	err := i.anAgent(back)
	for i.to.Queue != "" && errors.Is(err, ErrUnreachablePhone) {
		err = i.anAgent(back)
	}
	return err
}

func (i *invitation) anAgent(back bool) error {
	d := floor.Direct{Call: i.s.row.ID, User: i.to.User, Queue: i.by.Queue, Not: i.asked, Back: back}
	if i.to.Queue != "" {
		d.Queue = i.to.Queue
	}
	return i.ring(d)
}

// ring asks the floor for an agent, and dials the phone.
func (i *invitation) ring(d floor.Direct) error {
	o, err := i.s.c.floor.Direct(d)
	if err != nil {
		return err
	}
	i.asked = append(i.asked, o.User)
	i.offer, i.claimed, i.until = o, false, o.RingUntil
	i.s.c.desk.amend(i.s.row.ID, func(k *card) { k.kindFor(o.User, i.kind) })
	if err := i.dialPhone(o.User, fact.SeatAgent); err != nil {
		i.s.c.floor.Report(o, floor.Failed, false)
		i.offer = floor.Offer{}
		return err
	}
	i.who.offer = &i.offer
	return nil
}

// dialPhone calls a user's phone.
func (i *invitation) dialPhone(user string, seat fact.Seat) error {
	leg, err := i.s.c.opt.Dialer.Dial(Target{User: user}, Caller{
		Number: i.s.row.From, Name: i.s.in.From.Name, Call: i.s.row.ID, Queue: i.by.Queue,
	}, i.s.room, i.s.fromLeg)
	switch {
	case errors.Is(err, media.ErrFull):
		return ErrFull
	case err != nil:
		return ErrUnreachablePhone
	}
	i.sit(leg, seat)
	if i.until.IsZero() { // who is no agent has no offer that ends
		i.until = i.s.c.clock.Now().Add(i.s.cfg.Company.RingTimeout)
	}
	return nil
}

func (i *invitation) sit(leg Leg, seat fact.Seat) {
	i.who = i.s.seat(leg, seat)
	i.who.away = true
	i.s.guests = append(i.s.guests, i.who)
}

// dialNumber asks whether the number may be called, and calls it.
func (i *invitation) dialNumber() error {
	way := i.s.cfg.WayShowing(i.s.row.Entry)
	if i.s.cfg.IsEmergency(i.to.Number) {
		way = ""
	}
	pass, why := i.s.c.gate.Ask(dialout.Who{User: i.by.User}, i.to.Number, way, false)
	if why != "" {
		i.s.event(fact.Event{Kind: fact.DialRefused, Agent: i.by.User, Detail: i.to.Number + ": " + why.Text()})
		i.s.log.Warn("call out refused", "number", i.to.Number, "why", why, "agent", i.by.User)
		return Refusal(why.Text())
	}
	i.pass, i.ways = pass, pass.Ways
	if !pass.Emergency {
		i.s.c.people.note(i.to.Number, i.by.User, []string{fact.ExternalNumber})
	}
	if !i.nextWay() {
		pass.Done()
		return Refusal("The number can't be reached: " + i.why + ".")
	}
	return nil
}

// nextWay calls the number by the next trunk; false: there is none.
func (i *invitation) nextWay() bool {
	for len(i.ways) > 0 {
		trunk := i.ways[0]
		i.ways = i.ways[1:]
		to := Target{Trunk: trunk, Number: i.to.Number, Emergency: i.pass.Emergency, Codecs: i.s.codecsFor(nil, trunk)}
		leg, err := i.s.c.opt.Dialer.Dial(to, Caller{Number: i.s.row.Entry}, i.s.room, i.s.fromLeg)
		if err != nil {
			i.s.log.Warn("call out failed", "trunk", trunk, "error", err)
			i.why = "no trunk could take the call"
			continue
		}
		i.until, i.early = i.s.c.clock.Now().Add(i.s.longestRing(trunk)), false
		i.sit(leg, fact.SeatGuest)
		i.who.pass = i.pass
		return true
	}
	return false
}

// take looks at what has happened.
func (i *invitation) take(e event) answerTo {
	switch e.kind { //nolint:exhaustive // the others have nothing to do with it
	case guestEarly:
		i.early = i.early || e.who == i.who
	case guestAnswered:
		if e.who == i.who {
			return i.answered()
		}
	case guestGone:
		if e.who == i.who {
			return i.gone(e)
		}
	case noticed:
		return i.noticed(e.notice)
	case timeUp:
		if !i.until.IsZero() && !i.s.c.clock.Now().Before(i.until) {
			return i.rangOut()
		}
	}
	return pending
}

// answered says that the phone was picked up; an agent has to be granted the call by the floor first.
func (i *invitation) answered() answerTo {
	if i.offer.ID == "" {
		if i.pass != nil && i.pass.Longest > 0 {
			i.who.until = i.s.c.clock.Now().Add(i.pass.Longest)
		}
		return joined
	}
	i.claimed, i.until = true, i.offer.Lease
	i.s.c.floor.Claim(i.offer)
	return pending
}

func (i *invitation) noticed(n *floor.Notice) answerTo {
	if n.Offer.ID != i.offer.ID || i.offer.ID == "" {
		return pending
	}
	switch n.Kind { //nolint:exhaustive // the others are for calls that wait
	case floor.Granted:
		return joined
	case floor.Withdrawn, floor.Void:
		return i.fails(floor.Failed, orText(n.Why, "answered too late"))
	}
	return pending
}

// gone says that the phone has stopped ringing.
func (i *invitation) gone(e event) answerTo {
	if i.offer.ID == "" {
		return i.wayGone(e)
	}
	switch {
	case strings.Contains(e.text, "microphone"):
		return i.fails(floor.Microphone, "has no microphone")
	case e.why == fact.EndRefused || e.why == fact.EndBusy:
		return i.fails(floor.Refused, "refused")
	case e.why == fact.EndNoAnswer:
		return i.fails(floor.Missed, "did not answer")
	}
	return i.fails(floor.Failed, "can't be reached")
}

// wayGone says that a call to a number, or to a supervisor's phone, has failed.
func (i *invitation) wayGone(e event) answerTo {
	if i.pass == nil {
		i.why = inWords(e.why)
		return failed
	}
	if otherWay(e) && len(i.ways) > 0 {
		i.s.event(fact.Event{Kind: fact.NextTrunk, Detail: i.ways[0] + ": " + e.why.String()})
		if i.nextWay() {
			return pending
		}
	}
	i.why = inWords(e.why)
	i.pass.Done()
	return failed
}

// inWords is why somebody did not come, for people.
func inWords(why fact.EndReason) string {
	switch why { //nolint:exhaustive // the others say nothing to an agent
	case fact.EndBusy:
		return "is busy"
	case fact.EndRefused, fact.EndCallerHungUp:
		return "refused"
	case fact.EndNoAnswer:
		return "did not answer"
	case fact.EndUnknownNumber:
		return "is not in use"
	}
	return "can't be reached"
}

func (i *invitation) rangOut() answerTo {
	how := floor.Missed
	if i.claimed {
		how = floor.Failed
	}
	return i.fails(how, "did not answer")
}

// refuse is the doing of the agent who rings.
func (i *invitation) refuse() answerTo { return i.fails(floor.Refused, "refused") }

// fails ends this attempt; of a queue the next agent is asked.
func (i *invitation) fails(how floor.Outcome, why string) answerTo {
	i.why = why
	i.hangUp(fact.EndElsewhere)
	i.pass.Done()
	if i.offer.ID == "" {
		return failed
	}
	o := i.offer
	i.offer = floor.Offer{}
	i.s.event(fact.Event{Kind: outcomeKind(how), Agent: o.User, Queue: o.Queue, Detail: why})
	i.s.c.floor.Report(o, how, false)
	if i.to.Queue != "" && i.nextAgent(false) == nil {
		return pending
	}
	return failed
}

func outcomeKind(how floor.Outcome) fact.EventKind {
	switch how {
	case floor.Refused, floor.Microphone:
		return fact.OfferRefused
	case floor.Missed:
		return fact.OfferMissed
	case floor.Failed:
	}
	return fact.OfferFailed
}

// cancel takes the invitation back.
func (i *invitation) cancel() {
	i.hangUp(fact.EndElsewhere)
	i.pass.Done()
	if i.offer.ID != "" {
		i.s.c.floor.Report(i.offer, floor.Failed, false)
	}
}

func (i *invitation) hangUp(why fact.EndReason) {
	if i.who == nil {
		return
	}
	i.s.vacate(i.who)
	if !i.who.ended {
		i.who.leg.Hangup(why)
	}
}

// name says for people who is called.
func (i *invitation) name() string {
	if i.to.Queue != "" && i.offer.User != "" {
		return i.to.name + ": " + i.s.nameOf(i.offer.User)
	}
	return i.to.name
}

func (s *script) nameOf(user string) string {
	if u := s.cfg.Users[user]; u != nil {
		return u.Name
	}
	return user
}

func orText(text, standard string) string {
	if text == "" {
		return standard
	}
	return text
}
