package routing

import (
	"mediasrv/routing/fact"
)

// ask begins a consultation: the caller is held, and the agent talks with somebody else, as soon as that one is there.
func (t *talker) ask(w wish) error {
	if t.consulted() != nil {
		return ErrConsulting
	}
	if err := t.call(w.to, "consultation", false); err != nil {
		return err
	}
	if w.line != nil {
		t.takeLine(w.line)
	}
	return nil
}

// add calls somebody to a conference; meanwhile the talk goes on.
func (t *talker) add(w wish) error {
	if t.consulted() != nil {
		return ErrConsulting
	}
	if w.to.Queue != "" {
		return ErrQueueNoParty
	}
	return t.call(w.to, "conference", true)
}

func (t *talker) call(to fact.Destination, kind string, joining bool) error {
	switch {
	case t.calling != nil:
		return ErrCalling
	case len(t.answeredGuests()) >= mostGuests:
		return ErrFull
	}
	goal, err := t.look(t.by, to)
	if err != nil {
		return err
	}
	i, err := t.invite(t.by, goal, kind, false)
	if err != nil {
		return err
	}
	t.calling, t.joining = i, joining
	event := fact.PartyCalled
	if !joining {
		event = fact.ConsultBegan
		t.everybody(true)
	}
	t.event(fact.Event{Kind: event, Agent: t.by.User, Queue: t.by.Queue, Detail: i.name()})
	t.log.Info("somebody is called to the call", "agent", t.by.User, "to", i.name(), "conference", joining)
	return nil
}

// called looks what has become of the one who is called.
func (t *talker) called(e event) {
	if t.calling == nil {
		return
	}
	i := t.calling
	switch i.take(e) {
	case joined:
		t.calling = nil
		t.joins(i)
	case failed:
		t.callingFailed(failed)
	case pending:
	}
}

func (t *talker) joins(i *invitation) {
	t.event(fact.Event{Kind: fact.PartyJoined, Agent: i.offer.User, Leg: i.who.row.ID, Detail: i.name()})
	t.log.Info("somebody has joined the call", "who", i.name())
	i.who.away = t.joining && t.customer.away
	if !t.joining {
		i.who.asked = true
		t.answerLine()
	}
}

// callingFailed goes back to before: the caller of a consultation stays on hold, until the agent is ready.
func (t *talker) callingFailed(what answerTo) {
	if what != failed || t.calling == nil {
		return
	}
	i := t.calling
	t.calling = nil
	t.event(fact.Event{Kind: fact.PartyFailed, Agent: i.to.User, Detail: i.name() + " " + i.why})
	t.log.Info("nobody has joined the call", "who", i.name(), "why", i.why)
}

// cancelCalling takes an invitation back.
func (t *talker) cancelCalling() {
	if t.calling != nil {
		t.calling.cancel()
		t.calling = nil
	}
}

// consulted is whom the agent has asked, and who is not in the talk of all; nil: nobody.
func (t *talker) consulted() *party {
	for _, p := range t.guests {
		if p.asked {
			return p
		}
	}
	return nil
}

// swap lets the agent talk with the other one of a consultation.
func (t *talker) swap(wish) error {
	if err := t.consulting(); err != nil {
		return err
	}
	t.talkWith(t.customer.away)
	return nil
}

// talkWith lets the agent talk with the caller of a consultation, or with the other one.
func (t *talker) talkWith(caller bool) {
	t.everybody(!caller)
	t.consulted().away = caller
	t.event(fact.Event{Kind: fact.PartySwitched, Agent: t.by.User, Detail: t.talksWith(!caller)})
}

func (t *talker) talksWith(customerAway bool) string {
	if customerAway {
		return t.partyName(t.consulted())
	}
	return "the caller"
}

func (t *talker) consulting() error {
	switch {
	case t.calling != nil && !t.joining:
		return ErrNotAnswered
	case t.consulted() == nil:
		return ErrNotConsulting
	}
	return nil
}

// back ends a consultation: who was asked is hung up on, and the agent talks with the caller.
func (t *talker) back(wish) error {
	switch {
	case t.calling != nil && !t.joining:
		t.cancelCalling()
	case t.consulted() != nil:
		p := t.consulted()
		t.drop(p, fact.EndCompleted)
		t.left(p, fact.EndCompleted)
	case !t.customer.away:
		return ErrNotConsulting
	}
	t.everybody(false)
	return nil
}

// complete gives the caller to who was asked. Who still rings is left with the caller, as by a transfer at once.
func (t *talker) complete(wish) error {
	if t.calling != nil && !t.joining {
		t.goOnCalling()
		return nil
	}
	if t.consulted() == nil {
		return ErrNotConsulting
	}
	leg, line := t.agent.leg, t.line
	t.agentLeaves()
	leg.Hangup(fact.EndCompleted)
	if line != nil {
		line.leg.Hangup(fact.EndCompleted)
	}
	return nil
}

// merge lets all talk with each other.
func (t *talker) merge(wish) error {
	if err := t.consulting(); err != nil {
		return err
	}
	t.consulted().asked = false
	t.everybody(false)
	t.event(fact.Event{Kind: fact.Merged, Agent: t.by.User})
	return nil
}
