package floor

import (
	"slices"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// hear takes what the floor says, and checks what can be told from that alone.
func (m *machine) hear(n Notice) {
	switch n.Kind { //nolint:exhaustive // the others say nothing that is checked
	case AgentChanged:
		m.journal, m.stamps = append(m.journal, n.Agent.Row()), append(m.stamps, m.now)
		for i, t := range m.stamps { // what is older is committed
			if m.now.Sub(t) < journalDelay {
				m.commit(i)
				break
			}
		}
		return
	case WrapUpBegan:
		a := m.agents[n.Agent.User]
		a.wrapUp, a.call = n.Agent.WrapUp.Until, ""
		return
	case WrapUpEnded:
		m.wrapUpEnded(n)
		return
	case Offered:
		m.offered(n)
	case Launched:
		m.launched(n)
	case Overflowed:
		m.overflowed(n)
	case Granted:
		m.granted(n)
	case Released:
		a := m.agents[n.Agent.User]
		a.call, a.offer = "", nil
		return
	}
	if c := m.calls[n.Call]; c != nil {
		c.inbox = append(c.inbox, n)
	}
}

// offered: the agent is free in every way, and whoever came first is served first.
func (m *machine) offered(n Notice) {
	o, a := n.Offer, m.agents[n.Offer.User]
	switch {
	case m.calls[o.Call] == nil:
		m.fail("%s is rung for %s, which is over", o.User, o.Call)
	case a.call != "":
		m.fail("%s is rung for %s and talks in %s", o.User, o.Call, a.call)
	case n.Offer.Callback == "" && m.calls[o.Call].ghost.Callback != "":
		m.fail("%s is rung for the callback %s as for a caller", o.User, o.Call)
	case m.barred(o):
		m.fail("%s is rung for the callback %s, and may not be", o.User, o.Call)
	case m.now.Before(a.wrapUp.Add(-wrapUpSlack)):
		m.fail("%s is rung %s before the end of wrap-up", o.User, a.wrapUp.Sub(m.now))
	case o.Lease.Sub(m.now) > m.core.cfg.Queues[o.Queue].RingTimeout+reservedSlack:
		m.fail("%s may be reserved for %s", o.User, o.Lease.Sub(m.now))
	}
	e, agent := m.core.calls[o.Call], m.core.agents[o.User]
	for _, other := range m.core.line {
		if comesFirst(other, e) && len(other.offers) == 0 && m.eligible(other, agent) {
			m.fail("%s is rung for %s before %s, which comes first", o.User, o.Call, other.Call)
		}
	}
	if len(e.offers) > 1 && m.core.cfg.Queues[e.Queue].Ring != config.RingAll || len(e.offers) > ringMost {
		m.fail("%d phones ring for %s", len(e.offers), o.Call)
	}
	a.offer, a.reserved = &o, m.now
}

// comesFirst says whether a call is served before another, told apart from the floor's own order.
func comesFirst(a, b *entry) bool {
	switch {
	case a.Ghost.Last != b.Ghost.Last:
		return b.Ghost.Last
	case a.Priority != b.Priority:
		return a.Priority > b.Priority
	case a.Front != b.Front:
		return a.Front
	}
	return a.Since.Before(b.Since)
}

// eligible says whether an agent may be rung for a waiting call, apart from what the agent does.
func (m *machine) eligible(e *entry, a *agent) bool {
	skills := true
	for _, need := range config.JoinNeeds(m.core.cfg.Queues[e.Queue].Skills, e.Skills) {
		if level, _ := need.At(m.now.Sub(e.Since)); a.skills[need.Skill] < level {
			skills = false
		}
	}
	mine := !e.Ghost.Dials && (e.Ghost.Only == "" || e.Ghost.Only == a.user)
	return skills && mine && slices.Contains(a.queues, e.Queue) && !e.Rung[a.user]
}

// granted: one caller with one agent.
func (m *machine) granted(n Notice) {
	for user, a := range m.agents {
		if a.call == n.Call && user != n.Offer.User {
			m.fail("%s is given to %s and has %s", n.Call, n.Offer.User, user)
		}
	}
	m.agents[n.Offer.User].call = n.Call
}

func (m *machine) wrapUpEnded(n Notice) {
	a := m.agents[n.Agent.User]
	late := m.now.Sub(a.wrapUp)
	if !n.Early && (late > wrapUpSlack || late < -wrapUpSlack) {
		m.fail("the wrap-up of %s ends %s late", n.Agent.User, late)
	}
	a.wrapUp = time.Time{}
}

// check is what must be so when the floor has nothing to do.
func (m *machine) check() {
	if at := m.core.next(); !at.IsZero() && !at.After(m.now) {
		m.fail("the floor wants to be woken at %s, which is over: it would never sleep", at)
	}
	m.checkAgents()
	m.checkLine()
}

func (m *machine) checkAgents() {
	busy := map[fact.CallID]string{}
	for user, a := range m.core.agents {
		known := m.agents[user]
		switch a.state.Activity {
		case Idle:
			if known.call != "" || !known.wrapUp.IsZero() {
				m.fail("%s is idle, has the call %q and wrap-up until %s", user, known.call, known.wrapUp)
			}
		case Ringing:
			if e, o := m.core.current(a.offer.Call, a.offer.ID); (o == nil || e == nil) && m.core.direct[a.offer.ID] == nil {
				m.fail("%s is reserved for an offer that is no more", user)
			}
			if m.calls[a.offer.Call] == nil {
				m.fail("%s is reserved for %s, which is over", user, a.offer.Call)
			}
			if a.phones == 0 {
				m.fail("%s is reserved and has no phone", user)
			}
			if d := m.now.Sub(known.reserved); d > machineRing+reservedSlack {
				m.fail("%s is reserved for %s", user, d)
			}
		case Talking:
			if other := busy[a.offer.Call]; other != "" {
				m.fail("%s and %s talk in %s", user, other, a.offer.Call)
			}
			busy[a.offer.Call] = user
			if !slices.Contains(m.core.talks[a.offer.Call], a) || m.calls[a.offer.Call] == nil {
				m.fail("%s talks in %s, which isn't so", user, a.offer.Call)
			}
		case WrappingUp:
			if a.wrapUp == nil || m.now.After(a.wrapUp.Until.Add(wrapUpSlack)) || !a.wrapUp.Until.Equal(known.wrapUp) {
				m.fail("%s is in wrap-up %+v, want until %s", user, a.wrapUp, known.wrapUp)
			}
		}
	}
}

// checkLine: the line is in order, knows the calls that wait and no others, and nobody waits while somebody is there who could be rung.
func (m *machine) checkLine() {
	if !slices.IsSortedFunc(m.core.line, inOrder) || len(m.core.line) != len(m.core.calls) {
		m.fail("the line is in disorder")
	}
	for _, e := range m.core.line {
		switch {
		case m.calls[e.Call] == nil:
			m.fail("%s waits and is over", e.Call)
		case m.core.talks[e.Call] != nil:
			m.fail("%s waits and talks", e.Call)
		case len(e.offers) > 0:
			continue
		case len(e.Rung) > 0 && (e.nextRound.IsZero() || e.nextRound.Sub(m.now) > roundPause):
			m.fail("%s was rung for, and its next round is at %s", e.Call, e.nextRound)
		}
		for _, a := range m.core.agents {
			if a.state.Free() && a.phones > 0 && m.eligible(e, a) {
				m.fail("%s waits, and %s is free and isn't rung", e.Call, a.user)
			}
		}
	}
	for _, c := range m.calls {
		if c.agent == "" && c.direct == nil && len(c.inbox) == 0 && !c.silent && m.core.calls[c.id] == nil && m.core.talks[c.id] == nil {
			m.fail("%s wants an agent, and the floor doesn't know", c.id)
		}
	}
}

// checkRestored: after a start agents are what was kept of them.
func (m *machine) checkRestored(rows []fact.Agent) {
	for _, r := range rows {
		a, known := m.core.agents[r.User], m.agents[r.User]
		if a == nil {
			continue // not in this file
		}
		want := Idle
		switch r.Activity {
		case WrappingUp.String():
			want = WrappingUp
			known.wrapUp = r.WrapUpUntil
		case Talking.String():
			if m.cfg.WrapUpFor(r.Queue, r.User).Time > 0 {
				want = WrappingUp
				known.wrapUp = m.now.Add(m.cfg.WrapUpFor(r.Queue, r.User).Time)
			}
		}
		if a.state.Status.String() != r.Status || a.state.Activity != want || a.phones != 0 || int(a.state.Missed) != r.Missed {
			m.fail("%s is %+v after the start, kept was %+v", r.User, a.state, r)
		}
		if a.wrapUp != nil && !a.wrapUp.Until.Equal(known.wrapUp) {
			m.fail("the wrap-up of %s ends at %s after the start, want %s", r.User, a.wrapUp.Until, known.wrapUp)
		}
		if want == Idle && r.Activity == Idle.String() && (!a.since.Equal(r.Since) || !a.idleFrom.Equal(r.IdleFrom)) {
			m.fail("%s is idle since %s after the start, kept was %s", r.User, a.since, r.Since)
		}
		if a.wrapUp != nil && !m.now.Before(a.wrapUp.Until) {
			known.wrapUp = m.now // the server was down when it ended: it ends now
		}
	}
}
