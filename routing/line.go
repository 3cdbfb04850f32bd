package routing

import (
	"slices"

	"mediasrv/routing/fact"
)

// An agent's phone that calls somebody beside the call that it is in asks for a consultation: its second call is another leg in the agent's seat. The phone
// talks in one of them and holds the other. REFER with Replaces (RFC 3891) between the two completes it.

// wantsToAsk is an agent's phone's calling somebody beside its call. Nobody else may.
func (s *script) wantsToAsk(p *party, e LegEvent, takes []verb) (event, bool) {
	if p != s.agent || s.line != nil || e.To == nil || !slices.Contains(takes, verbConsult) {
		e.decline()
		return event{}, false
	}
	return event{kind: commanded, cmd: s.byPhone(p, verbConsult, wish{to: s.named(e.To.Number), line: e.By})}, true
}

// takeLine lets the agent talk by the phone's second call.
func (t *talker) takeLine(leg Leg) {
	p := t.seat(leg, fact.SeatAgent)
	p.inherit(t.agent)
	p.asks, p.asked = true, false
	t.agent, t.line = p, t.agent
	t.rechannel(t.line, p)
	if err := leg.Ring(true); err != nil { // the room's tone is heard as early media
		t.log.Error("ring", "error", err)
	}
}

// answerLine answers the phone's second call: whom it has called is there.
func (t *talker) answerLine() {
	if t.agent == nil || !t.agent.asks {
		return
	}
	if err := t.agent.leg.Answer(); err != nil {
		t.log.Error("answer", "error", err)
	}
}

// turn follows the phone to the call that it had held. Who still rings is let go: the agent wants the caller back.
func (t *talker) turn(wish) error {
	if t.line == nil {
		return ErrNotNow
	}
	t.exchange()
	switch {
	case t.calling != nil && !t.joining:
		return t.back(wish{})
	case t.consulted() != nil:
		t.talkWith(!t.agent.asks)
	}
	return nil
}

// exchange lets the agent talk by the other one of the phone's two calls.
func (t *talker) exchange() {
	t.agent, t.line = t.line, t.agent
	t.rechannel(t.line, t.agent)
}

// hangsUp takes one of the agent's calls out of the seat: the other one, if there is one, has it.
func (s *script) hangsUp(p *party) {
	if p == s.agent && s.line != nil {
		s.rechannel(s.agent, s.line)
		s.agent = s.line
	} else if p == s.agent {
		s.agent = nil
	}
	s.line = nil
}

// lineGone is the end of one of the two calls of the agent's phone. The one with whom it asked: back to the caller. The caller's: whoever was asked has the
// call, unless the phone was lost.
func (t *talker) lineGone(e event) {
	switch {
	case e.who.asks && t.calling != nil && !t.joining:
		t.cancelCalling()
	case e.who.asks && t.consulted() != nil:
		p := t.consulted()
		t.drop(p, fact.EndCompleted)
		t.left(p, fact.EndCompleted)
	case e.who.asks:
	case !e.lost && t.complete(wish{}) == nil:
		return
	default:
		t.agent.leg.Hangup(fact.EndTransport)
		t.agent = nil
		t.agentGone(e)
		return
	}
	if t.next == nil {
		t.everybody(t.agent.holds)
	}
}

// keepLines ends the phone's second call when there is nobody left to talk with there. A caller whom the phone holds waits until it doesn't.
func (t *talker) keepLines() {
	if t.line == nil || t.others() || t.calling != nil {
		return
	}
	t.endAsking(fact.EndUnreachable)
	t.everybody(t.agent.holds)
}

// endAsking hangs up on the phone's second call.
func (t *talker) endAsking(why fact.EndReason) {
	if t.line == nil {
		return
	}
	if t.agent.asks {
		t.exchange()
	}
	t.line.leg.Hangup(why)
	t.line = nil
}
