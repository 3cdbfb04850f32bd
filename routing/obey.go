package routing

import (
	"slices"
	"strings"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// talkVerbs are the commands that a call takes in which an agent talks.
var talkVerbs = []verb{
	verbHangup, verbHold, verbResume, verbMute, verbDigits, verbTransfer, verbConsult, verbInvite, verbSwitch, verbBack, verbComplete, verbMerge,
	verbDrop, verbSupervise, verbLeave, verbTurn, verbReturn,
}

// mostGuests is how many parties an agent can call to a call. A supervisor, and who comes after the agent, find a place in the room besides.
const mostGuests = 3

// obey does what somebody wants; an error is why not, and then nothing has happened.
func (t *talker) obey(c *command) error {
	switch c.verb { //nolint:exhaustive // the others are the agent's
	case verbSupervise:
		return t.supervise(c.user, c.wish.mode)
	case verbLeave:
		return t.unsupervise(c.user)
	case verbHangup:
		return t.hangUp(c.user)
	}
	if t.agent == nil || c.user != t.by.User {
		return ErrNotYours
	}
	if do := t.verbs()[c.verb]; do != nil {
		return do(c.wish)
	}
	return ErrNotNow
}

// verbs are what the agent can do.
func (t *talker) verbs() map[verb]func(wish) error {
	return map[verb]func(wish) error{
		verbHold: t.hold, verbResume: t.resume, verbMute: t.mute, verbDigits: t.sendDigits, verbTransfer: t.transferTo, verbConsult: t.ask,
		verbInvite: t.add, verbSwitch: t.swap, verbBack: t.back, verbComplete: t.complete, verbMerge: t.merge, verbDrop: t.dismissParty,
		verbTurn: t.turn, verbReturn: t.comeBack,
	}
}

// hangUp is the leaving of whoever wants it: of the agent, or of one whom the agent or a supervisor has called.
func (t *talker) hangUp(user string) error {
	if t.agent != nil && user == t.by.User {
		leg, line := t.agent.leg, t.line
		t.agent, t.line = nil, nil
		t.agentGone(event{kind: agentGone, why: fact.EndAgentHungUp})
		leg.Hangup(fact.EndAgentHungUp)
		if line != nil {
			line.leg.Hangup(fact.EndAgentHungUp)
		}
		return nil
	}
	for _, p := range slices.Clone(t.guests) {
		if p.row.Party.User != user {
			continue
		}
		switch {
		case t.calling != nil && t.calling.who == p:
			t.callingFailed(t.calling.refuse())
		case t.summoned != nil && t.summoned.who == p:
			t.summoned.cancel()
			t.summoned = nil
		default:
			t.drop(p, fact.EndAgentHungUp)
			t.left(p, fact.EndGuestHungUp)
		}
		return nil
	}
	return ErrNoCall
}

// hold puts all but the agent on hold.
func (t *talker) hold(wish) error {
	switch {
	case t.consulted() != nil || t.calling != nil && !t.joining:
		return ErrConsulting
	case t.customer.away:
		return ErrHeld
	}
	t.everybody(true)
	return nil
}

// resume brings all back.
func (t *talker) resume(wish) error {
	switch {
	case t.consulted() != nil || t.calling != nil && !t.joining:
		return ErrConsulting
	case !t.customer.away:
		return ErrNotHeld
	}
	t.everybody(false)
	return nil
}

// everybody holds all but the agent, or brings them back.
func (t *talker) everybody(away bool) {
	t.customer.away = away
	for _, p := range t.answeredGuests() {
		p.away = away
	}
}

// beginHold opens the books of a hold. Saying it again changes nothing.
func (t *talker) beginHold() {
	if !t.held.IsZero() {
		return
	}
	t.held = t.c.clock.Now()
	t.event(fact.Event{Kind: fact.HoldBegan, Agent: t.by.User, Queue: t.row.Queue})
	t.log.Info("call held", "agent", t.by.User)
	t.c.floor.Hold(t.by, true)
}

// endHold closes them.
func (t *talker) endHold() {
	if t.held.IsZero() {
		return
	}
	long := t.c.clock.Since(t.held).Round(100 * time.Millisecond)
	t.held = time.Time{}
	t.event(fact.Event{Kind: fact.HoldEnded, Agent: t.by.User, Queue: t.row.Queue, Detail: long.String()})
	t.log.Info("call resumed", "agent", t.by.User, "held", long)
	t.c.floor.Hold(t.by, false)
}

// mute keeps the agent from being heard, by anybody and in the recording.
func (t *talker) mute(w wish) error {
	t.agent.muted = w.on
	return nil
}

// sendDigits sends digits to all outside who talk with the agent.
func (t *talker) sendDigits(w wish) error {
	if w.digits == "" || len(w.digits) > 32 || strings.Trim(w.digits, "0123456789*#ABCD") != "" {
		return ErrNoDigits
	}
	sent := false
	for _, p := range append([]*party{t.customer}, t.answeredGuests()...) {
		if far, ok := p.leg.(Presser); ok && !p.away && p.row.Party.User == "" && far.SendDigits(w.digits) == nil {
			sent = true
		}
	}
	if !sent {
		return ErrNoKeypad
	}
	shown := w.digits
	if t.secret(t.agent) {
		shown = strings.Repeat(maskedDigit, len(w.digits))
	}
	t.event(fact.Event{Kind: fact.DigitsSent, Agent: t.by.User, Detail: shown})
	return nil
}

// transferTo gives the call away at once. Who is to have it rings already when the agent leaves; a queue takes it in any case.
func (t *talker) transferTo(w wish) error {
	if t.calling != nil {
		return ErrCalling
	}
	to, err := t.look(t.by, w.to)
	if err != nil {
		return err
	}
	if to.Queue != "" {
		by := t.by
		t.agentGoes()
		t.ends(t.into(t.sit, by, to.Queue))
		return nil
	}
	i, err := t.invite(t.by, to, "transferred", false)
	if err != nil {
		return err
	}
	t.calling = i
	t.goOnCalling()
	return nil
}

// goOnCalling leaves the caller with the invitation that runs: the agent has gone, or goes now.
func (t *talker) goOnCalling() {
	i, by := t.calling, t.by
	t.calling = nil
	t.vacate(i.who) // or it would be hung up with the others
	t.agentGoes()
	t.event(fact.Event{Kind: fact.TransferBegan, Agent: by.User, Queue: by.Queue, Detail: i.name()})
	t.log.Info("call is transferred", "agent", by.User, "to", i.name())
	t.guests = append(t.guests, i.who)
	t.invited = i
	next := t.sit
	next.Stage, next.Offer, next.By, next.Back = StageTransfer, nil, &by, false
	next.Target = Target{User: i.to.User, Number: i.to.Number}
	t.c.desk.amend(t.row.ID, func(k *card) {
		if i.to.User != "" {
			k.kindFor(i.to.User, "transferred")
		}
	})
	t.ends(next)
}

// agentGoes ends the agent's part in the call: the phone is hung up, wrap-up begins.
func (t *talker) agentGoes() {
	t.endHold()
	t.granted()
	t.dismiss(fact.EndCompleted)
	t.c.floor.Release(t.by, true)
	t.talked = false
	for _, p := range slices.Clone(t.guests) {
		t.drop(p, fact.EndCompleted)
	}
	t.by = floor.Offer{}
}

// dismissParty hangs up on one of those whom the agent has called.
func (t *talker) dismissParty(w wish) error {
	for _, p := range slices.Clone(t.guests) {
		if p.row.ID != w.leg || p.row.Seat == fact.SeatSupervisor {
			continue
		}
		if t.calling != nil && t.calling.who == p {
			t.cancelCalling()
			return nil
		}
		t.drop(p, fact.EndCompleted)
		t.left(p, fact.EndCompleted)
		return nil
	}
	return ErrUnknownParty
}
