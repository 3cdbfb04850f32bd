package routing

import (
	"errors"

	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
	"mediasrv/routing/table"
)

var modes = map[fact.Supervision]table.Mode{fact.Listen: table.Listen, fact.Whisper: table.Whisper, fact.Barge: table.Barge, fact.TakeOver: table.Listen}

// supervise lets a supervisor hear the call, and take part as the mode says. Who is in the call already changes the mode.
func (t *talker) supervise(user string, how fact.Supervision) error {
	mode, ok := modes[how]
	at := t.supervisor()
	switch {
	case !ok:
		return ErrUnknownMode
	case t.agent != nil && user == t.by.User:
		return ErrOwnCall
	case at == nil && t.holdsSeat(user):
		return ErrInThisCall
	case at == nil:
		return t.summon(user, how, mode)
	case at.row.Party.User != user:
		return ErrSupervised
	}
	at.mode = mode
	if t.summoned != nil {
		t.summoned.how = how
		return nil
	}
	t.supervises(at, how)
	return nil
}

// supervisor is who listens to the call or is being called to it; nil: nobody.
func (t *talker) supervisor() *party {
	for _, p := range t.guests {
		if p.row.Seat == fact.SeatSupervisor {
			return p
		}
	}
	return nil
}

// summon calls the supervisor's phone. Agents have to be free for it, but not available; others are not the floor's business.
func (t *talker) summon(user string, how fact.Supervision, mode table.Mode) error {
	i := &invitation{s: t.script, by: t.by, to: goal{fact.Destination{User: user}, t.nameOf(user)}, kind: "supervision", how: how}
	err := i.ring(floor.Direct{Call: t.row.ID, User: user, Queue: t.row.Queue, Summon: true})
	if errors.Is(err, ErrUnknownAgent) {
		err = i.dialPhone(user, fact.SeatSupervisor)
	}
	if err != nil {
		return err
	}
	t.c.desk.amend(t.row.ID, func(k *card) { k.kindFor(user, i.kind) }) // also of who is no agent
	i.who.row.Seat, i.who.mode = fact.SeatSupervisor, mode
	t.keep(i.who)
	t.summoned = i
	return nil
}

// supervisorCalled looks what has become of the supervisor's phone.
func (t *talker) supervisorCalled(e event) {
	if t.summoned == nil {
		return
	}
	i := t.summoned
	switch i.take(e) {
	case joined:
		t.summoned = nil
		i.who.away = false
		t.supervises(i.who, i.how)
	case failed:
		t.summoned = nil
		t.log.Info("the supervisor's phone was not answered", "user", i.to.User, "why", i.why)
	case pending:
	}
}

// supervises is the supervisor's taking part.
func (t *talker) supervises(p *party, how fact.Supervision) {
	user := p.row.Party.User
	t.event(fact.Event{Kind: fact.Supervised, Agent: user, Queue: t.row.Queue, Detail: string(how)})
	t.log.Info("call is supervised", "supervisor", user, "how", how, "agent", t.by.User)
	if how == fact.TakeOver {
		t.takeOver(p)
	}
}

// takeOver gives the call to a supervisor. Who was consulted is gone, a conference goes on.
func (t *talker) takeOver(p *party) {
	t.cancelCalling()
	if t.consulted() != nil {
		t.drop(t.consulted(), fact.EndCompleted)
	}
	t.endHold()
	gone, offer := t.by, t.by
	if t.agent != nil {
		t.dismiss(fact.EndElsewhere)
		t.c.floor.Release(gone, true)
	}
	if offer.ID == "" {
		offer.Queue = t.row.Queue
	}
	offer.User, offer.ID = p.row.Party.User, ""
	if p.offer != nil {
		offer = *p.offer
	}
	t.vacate(p)
	p.mode, p.row.Seat = 0, fact.SeatAgent
	t.keep(p)
	t.sits(p, offer)
	t.everybody(false)
	t.event(fact.Event{Kind: fact.TakenOver, Agent: offer.User, Queue: t.row.Queue, Detail: t.nameOf(gone.User)})
}

// unsupervise lets a supervisor leave the call.
func (t *talker) unsupervise(user string) error {
	if p := t.supervisor(); p == nil || p.row.Party.User != user {
		return ErrNotSupervised
	}
	return t.hangUp(user)
}
