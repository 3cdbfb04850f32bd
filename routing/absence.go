package routing

import (
	"time"

	"mediasrv/media"
	"mediasrv/routing/fact"
)

// returnRing is how long another phone of the agent's may take to answer: it does so by itself.
const returnRing = 10 * time.Second

// absence is the time in which the line to the agent's browser is lost: the customer hears music, and the agent may come back.
type absence struct {
	since time.Time // zero: the agent is there
	until time.Time // then the caller goes back to the queue
	rings time.Time // until when the agent's other phone may ring; zero: none does
}

// returns says that a talking agent is waited for when the line is lost: only browsers come back by themselves.
func (s *script) returns(p *party) bool {
	leg, ok := p.leg.(Returner)
	return ok && leg.Returns() && s.line == nil && s.stage == StageTalk && s.cfg.ReconnectFor(s.row.Queue) > 0
}

// agentLost begins the absence. Hearing of it again changes nothing.
func (t *talker) agentLost(e event) {
	if !t.absence.since.IsZero() {
		return
	}
	now, limit := t.c.clock.Now(), t.cfg.ReconnectFor(t.row.Queue)
	t.absence.since, t.absence.until = now, now.Add(limit)
	t.event(fact.Event{Kind: fact.AgentLost, Agent: t.by.User, Queue: t.row.Queue, Leg: e.who.row.ID, Detail: e.text})
	t.log.Warn("the agent's line is lost, and is waited for", "agent", t.by.User, "text", e.text, "for", limit)
}

// agentFound ends it: the line is back as it was.
func (t *talker) agentFound() {
	if t.absence.since.IsZero() {
		return
	}
	away := t.c.clock.Since(t.absence.since).Round(100 * time.Millisecond)
	t.absence.since, t.absence.until = time.Time{}, time.Time{}
	t.event(fact.Event{Kind: fact.AgentBack, Agent: t.by.User, Queue: t.row.Queue, Detail: away.String()})
	t.log.Info("the agent is back", "agent", t.by.User, "away", away)
}

// comeBack calls the agent's phone of a login, which answers by itself. One that rings already makes room for it.
func (t *talker) comeBack(w wish) error {
	if t.heir != nil {
		t.heir.leg.Hangup(fact.EndElsewhere)
		t.heir = nil
	}
	leg, err := t.c.opt.Dialer.Dial(Target{User: t.by.User, Phone: w.phone}, Caller{
		Number: t.row.From, Name: t.in.From.Name, Call: t.row.ID, Queue: t.row.Queue, Again: true,
	}, t.room, t.fromLeg)
	if err != nil {
		t.log.Warn("the agent's phone can't be called", "agent", t.by.User, "error", err)
		return ErrUnreachablePhone
	}
	t.heir = t.seat(leg, fact.SeatAgent)
	t.absence.rings = t.c.clock.Now().Add(returnRing)
	return nil
}

// agentReturns gives the agent's seat to the phone that the agent has come back by.
func (t *talker) agentReturns(p *party) {
	old := t.agent
	t.heir, t.absence.rings = nil, time.Time{}
	if old == nil { // gone in the meantime
		p.leg.Hangup(fact.EndCompleted)
		return
	}
	p.inherit(old)
	t.agent = p
	t.rechannel(old, p)
	t.event(fact.Event{Kind: fact.LegReplaced, Leg: old.row.ID, Agent: t.by.User})
	t.log.Info("the agent goes on at another phone", "agent", t.by.User, "leg", old.row.ID, "by", p.row.ID)
	if !old.ended {
		old.leg.Hangup(fact.EndElsewhere)
	}
	t.agentFound()
}

// waitsLonger gives up who has taken too long.
func (t *talker) waitsLonger(now time.Time) {
	if due(t.absence.rings, now) {
		t.absence.rings = time.Time{}
		if t.heir != nil { // else it has refused
			t.heir.leg.Hangup(fact.EndNoAnswer)
			t.heir = nil
		}
	}
	if !due(t.absence.until, now) {
		return
	}
	gone := t.agent
	t.stopWaiting()
	t.agent = nil
	gone.leg.Hangup(fact.EndMediaLost)
	t.agentGone(event{kind: agentGone, who: gone, why: fact.EndMediaLost, text: "did not come back", lost: true})
}

// due says that a time has come; zero never does.
func due(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// stopWaiting forgets the absence, and whoever rings because of it.
func (t *talker) stopWaiting() {
	t.absence = absence{}
	if t.heir != nil {
		t.heir.leg.Hangup(fact.EndElsewhere)
		t.heir = nil
	}
}

// lostVoice is the agent whose line is lost, as one who may be heard by bits.
func (t *talker) lostVoice() media.Set {
	if t.agent == nil || t.agent.ended || t.absence.since.IsZero() {
		return 0
	}
	return media.Of(t.agent.leg.Endpoint())
}

// alone says that nobody talks with the customer, because the agent's line is lost.
func (t *talker) alone() bool {
	if t.absence.since.IsZero() || t.customer.away {
		return false
	}
	for _, p := range t.answeredGuests() {
		if !p.away {
			return false
		}
	}
	return true
}
