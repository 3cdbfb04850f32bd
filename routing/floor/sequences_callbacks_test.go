package floor

import (
	"fmt"
	"math"
	"time"

	"mediasrv/routing/fact"
)

// ringing are all phones that ring for a call, as its script knows it.
func (c *phoned) ringing() []ring {
	if c.direct != nil {
		return []ring{*c.direct}
	}
	return append([]ring(nil), c.rings...)
}

// wantsBack puts a callback into the line: behind all callers or with its place, for one agent or for any, the agent first or the customer.
func (m *machine) wantsBack() {
	queue := m.queue()
	if m.cfg.Queues[queue] == nil || len(m.order) >= 8 {
		return
	}
	m.ids++
	id := fmt.Sprintf("b%d", m.ids)
	c := &phoned{id: fact.CallID(id), queue: queue, ghost: Ghost{Callback: fact.CallbackID(id), Last: m.rnd.IntN(2) == 0}}
	switch m.rnd.IntN(4) {
	case 0:
		c.ghost.Only = m.user()
	case 1:
		c.ghost.Dials = true
	}
	m.calls[c.id], m.order = c, append(m.order, c.id)
	m.did("%s is to be called back in %s: %+v", c.id, queue, c.ghost)
	m.core.enqueue(Waiting{Call: c.id, Queue: queue, Priority: m.rnd.IntN(2), Since: m.now, Again: true, Stays: true, Ghost: c.ghost}, m.now)
}

// barred says that a callback is somebody else's, or that its customer is called first.
func (m *machine) barred(o Offer) bool {
	g := m.calls[o.Call].ghost
	return g.Dials || g.Only != "" && g.Only != o.User
}

// launched: no customer is called without an agent who is free.
func (m *machine) launched(n Notice) {
	free := 0
	for _, user := range m.core.cfg.Queues[n.Offer.Queue].Agents {
		if a := m.core.agents[user]; a != nil && a.state.Free() && a.phones > 0 {
			free++
		}
	}
	called := 0
	for _, e := range m.core.line {
		if e.launched && e.Queue == n.Offer.Queue {
			called++
		}
	}
	if called > free {
		m.fail("%d customers of %s are called at once for %d free agents", called, n.Offer.Queue, free)
	}
}

// overflowed: only callers fill a queue.
func (m *machine) overflowed(n Notice) {
	live := 0
	for _, e := range m.core.line {
		if e.Queue == n.Offer.Queue && e.Ghost.Callback == "" && len(e.offers) == 0 {
			live++
		}
	}
	if most := m.core.cfg.Queues[n.Offer.Queue].MaxWaiting.Calls; live < most {
		m.fail("%s is turned away, and %d of %d wait in %s", n.Call, live, most, n.Offer.Queue)
	}
}

// customerAnswers is somebody whom we call before an agent, and who then waits as a caller; or does not answer.
func (m *machine) customerAnswers() {
	c := m.call()
	if c == nil || c.silent || !c.launched || c.ghost.Callback == "" {
		return
	}
	if m.rnd.IntN(3) == 0 {
		m.did("the customer of %s doesn't answer", c.id)
		m.over(c)
		return
	}
	m.did("the customer of %s answers", c.id)
	c.ghost, c.inbox = Ghost{}, nil
	m.core.leave(c.id, m.now)
	m.core.enqueue(Waiting{Call: c.id, Queue: c.queue, Priority: math.MaxInt32, Front: true, Since: m.now, Again: true, Stays: true}, m.now)
}

// transfers gives a call away: to an agent, or to whoever of a queue is next.
func (m *machine) transfers() {
	c := m.call()
	if c == nil || c.silent || c.agent == "" || c.direct != nil || len(c.inbox) > 0 {
		return
	}
	d := Direct{Call: c.id, User: m.user(), Queue: c.queue, Summon: m.rnd.IntN(6) == 0}
	if m.rnd.IntN(3) == 0 {
		d.User, d.Not = "", []string{c.agent}
	}
	if !m.asks(c, d) {
		return
	}
	m.did("%s transfers %s to %s", c.agent, c.id, c.direct.offer.User)
	c.by, c.agent, c.ghost = c.offer, "", Ghost{} // of a callback: the customer has been reached
	if a := m.core.talker(c.by); a != nil {
		m.core.endTalkOf(a, TalkEnded, m.now)
	} else {
		m.fail("%s has %s, and the floor doesn't know", c.by.User, c.id)
	}
}

// asks has an agent rung who was asked for; false: that is refused.
func (m *machine) asks(c *phoned, d Direct) bool {
	m.core.assign(m.now)
	before := map[string]Activity{}
	for user, a := range m.core.agents {
		before[user] = a.state.Activity
	}
	o, err := m.core.ask(d, m.now)
	if err != nil {
		return false
	}
	a := m.agents[o.User]
	switch was := before[o.User]; {
	case was == WrappingUp && d.Back:
		a.wrapUp = time.Time{} // it is over, and begins anew if the call isn't taken
	case was != Idle:
		m.fail("%s is asked to take %s while %s", o.User, c.id, was)
	case d.Not != nil && d.Not[0] == o.User:
		m.fail("%s is asked again to take %s", o.User, c.id)
	}
	a.offer, a.reserved = &o, m.now
	c.direct = &ring{offer: o}
	return true
}

// reportDirect is what a script does when who was asked for doesn't come: back to who gave the call away, else to the head of the queue.
func (m *machine) reportDirect(c *phoned, how Outcome) {
	o := c.direct.offer
	c.direct = nil
	m.core.report(o, how, false, m.now)
	by := c.by
	c.by = Offer{}
	if by.ID != "" && m.asks(c, Direct{Call: c.id, User: by.User, Queue: by.Queue, Back: true}) {
		m.did("%s comes back to %s", c.id, by.User)
		return
	}
	m.did("%s goes back to %s", c.id, c.queue)
	c.inbox = nil
	m.core.enqueue(Waiting{Call: c.id, Queue: c.queue, Front: true, Since: m.now, Again: true, Stays: true}, m.now)
}
