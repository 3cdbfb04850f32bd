package floor

import (
	"fmt"
	"slices"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// event lets something happen.
func (m *machine) event() {
	type kind struct {
		weight int
		do     func()
	}
	kinds := []kind{
		{18, m.arrives},
		{8, m.hangsUp},
		{4, m.pressesKey},
		{14, m.phone},
		{16, m.status},
		{4, m.logsOut},
		{30, m.answers},
		{8, m.says},
		{8, m.reads},
		{4, m.done},
		{3, m.extends},
		{20, m.waits},
		{2, m.hours},
		{2, m.reload},
		{2, m.crash},
		{1, m.hangs},
		{2, m.agentLost},
		{6, m.wantsBack},
		{4, m.customerAnswers},
		{14, m.transfers},
	}
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	at := m.rnd.IntN(total)
	for _, k := range kinds {
		if at -= k.weight; at < 0 {
			k.do()
			break
		}
	}
	m.settle()
	if m.rnd.IntN(4) > 0 { // most scripts are quick
		for _, id := range slices.Clone(m.order) {
			m.read(m.calls[id])
		}
		m.settle()
	}
}

func (m *machine) user() string { return m.users[m.rnd.IntN(len(m.users))] }

func (m *machine) queue() string { return fmt.Sprintf("q%02d", m.rnd.IntN(3)) }

// call is one that isn't over; nil: there is none.
func (m *machine) call() *phoned {
	if len(m.order) == 0 {
		return nil
	}
	return m.calls[m.order[m.rnd.IntN(len(m.order))]]
}

func (m *machine) arrives() {
	queue := m.queue()
	if m.closed[queue] || m.cfg.Queues[queue] == nil || len(m.order) >= 8 {
		return
	}
	m.ids++
	c := &phoned{id: fact.CallID(fmt.Sprintf("c%d", m.ids)), queue: queue}
	m.calls[c.id], m.order = c, append(m.order, c.id)
	m.did("%s comes into %s", c.id, queue)
	m.enqueue(c, false)
}

func (m *machine) enqueue(c *phoned, front bool) {
	w := Waiting{Call: c.id, Queue: c.queue, Priority: m.rnd.IntN(2), Since: m.now, Front: front}
	if m.rnd.IntN(6) == 0 {
		w.Skills = []config.SkillNeed{{Skill: "x", Level: 1, Relax: []config.Relaxed{{After: time.Minute, Level: 0}}}}
	}
	m.core.enqueue(w, m.now)
}

func (m *machine) hangsUp() {
	if c := m.call(); c != nil && !c.silent {
		m.did("%s hangs up", c.id)
		m.over(c)
	}
}

// over ends a call, as its script does.
func (m *machine) over(c *phoned) {
	c.out, c.rings, c.direct = true, nil, nil
	m.core.end(c.id, c.agent != "", m.now)
	delete(m.calls, c.id)
	m.order = slices.DeleteFunc(m.order, func(id fact.CallID) bool { return id == c.id })
}

// pressesKey takes a waiting caller to another queue.
func (m *machine) pressesKey() {
	c := m.call()
	if c == nil || c.silent || c.agent != "" || c.direct != nil || c.ghost.Callback != "" || slices.ContainsFunc(c.rings, func(r ring) bool { return r.claimed }) {
		return
	}
	queue := m.queue()
	if m.cfg.Queues[queue] == nil {
		return
	}
	m.did("%s goes to %s by a key", c.id, queue)
	c.rings = nil
	m.core.leave(c.id, m.now)
	m.work()
	c.queue, c.inbox = queue, nil
	m.enqueue(c, false)
}

func (m *machine) phone() {
	user, phones := m.user(), min(1, m.rnd.IntN(4))
	m.did("%s has %d phones", user, phones)
	m.core.reachable(user, phones, m.now)
}

func (m *machine) status() {
	user, status := m.user(), []string{"available", "available", "available", "busy", "away", "offline"}[m.rnd.IntN(6)]
	m.did("%s becomes %s", user, status)
	_ = m.core.setStatus(user, status, m.now) // who is not in the file is refused
}

func (m *machine) logsOut() {
	user := m.user()
	m.did("%s logs out", user)
	m.core.loggedOut(user, m.now)
}

// answers is an agent who picks up a phone that rings, as the script knows it.
func (m *machine) answers() {
	c := m.call()
	if c == nil || c.silent || len(c.ringing()) == 0 {
		return
	}
	r := c.direct
	if r == nil {
		r = &c.rings[m.rnd.IntN(len(c.rings))]
	}
	m.did("%s picks up for %s", r.offer.User, c.id)
	r.claimed = true
	m.core.claim(r.offer, m.now)
}

// says is an agent who refuses, a phone that fails, or a browser without a microphone.
func (m *machine) says() {
	c := m.call()
	if c == nil || c.silent || len(c.ringing()) == 0 {
		return
	}
	m.report(c, c.ringing()[m.rnd.IntN(len(c.ringing()))], []Outcome{Refused, Refused, Failed, Microphone}[m.rnd.IntN(4)])
}

// report is what a script does when a phone stops ringing.
func (m *machine) report(c *phoned, r ring, how Outcome) {
	m.did("%s stops ringing for %s: %d", r.offer.User, c.id, how)
	if c.direct != nil {
		m.reportDirect(c, how)
		return
	}
	c.rings = slices.DeleteFunc(c.rings, func(other ring) bool { return other.offer.ID == r.offer.ID })
	m.core.report(r.offer, how, false, m.now)
	if r.claimed && !slices.ContainsFunc(c.rings, func(r ring) bool { return r.claimed }) {
		m.core.enqueue(Waiting{Call: c.id, Queue: c.queue, Since: m.now, Again: true, Ghost: c.ghost, Stays: c.ghost.Callback != ""}, m.now)
	}
}

// reads lets the script of one call see what the floor has said.
func (m *machine) reads() {
	if c := m.call(); c != nil {
		m.read(c)
	}
}

func (m *machine) read(c *phoned) {
	for c != nil && !c.silent && !c.out && len(c.inbox) > 0 {
		n := c.inbox[0]
		c.inbox = c.inbox[1:]
		m.heeds(c, n)
	}
}

// heeds is what a script does with a notice.
func (m *machine) heeds(c *phoned, n Notice) {
	at := slices.IndexFunc(c.rings, func(r ring) bool { return r.offer.ID == n.Offer.ID })
	switch n.Kind { //nolint:exhaustive // the others are not for scripts
	case Offered:
		if c.agent == "" {
			c.rings = append(c.rings, ring{offer: n.Offer})
		}
	case Withdrawn, Void:
		if c.direct != nil && c.direct.offer.ID == n.Offer.ID {
			m.report(c, *c.direct, Failed)
			return
		}
		if at >= 0 && c.agent == "" {
			m.report(c, c.rings[at], Failed)
		}
	case Granted:
		if c.direct != nil && c.direct.offer.ID == n.Offer.ID {
			c.agent, c.offer, c.direct = n.Offer.User, n.Offer, nil
			return
		}
		c.offer = n.Offer
		if at >= 0 && c.agent == "" {
			c.agent, c.rings = n.Offer.User, nil
		}
	case Launched:
		c.launched = true
	case Overflowed, Deserted:
		m.did("%s may not wait", c.id)
		m.over(c)
	}
}

// agentLost is an agent whose browser vanishes in mid-call: the caller goes back to the head of the queue.
func (m *machine) agentLost() {
	if c := m.call(); c != nil && !c.silent && c.agent != "" && c.ghost.Callback == "" {
		m.did("%s loses %s", c.id, c.agent)
		c.agent = ""
		m.enqueue(c, true)
	}
}

func (m *machine) done() {
	user := m.user()
	if m.core.finish(user, fact.WrapUpResult{}, m.now) == nil {
		m.did("%s is done", user)
	}
}

func (m *machine) extends() {
	user := m.user()
	if m.core.extend(user, m.now) == nil {
		m.did("%s takes 10 s more", user)
		m.agents[user].wrapUp = m.agents[user].wrapUp.Add(extension)
	}
}

func (m *machine) waits() {
	most := []time.Duration{100 * time.Millisecond, 5 * time.Second, 30 * time.Second, 2 * time.Minute}[m.rnd.IntN(4)]
	d := time.Duration(m.rnd.Int64N(int64(most)))
	m.did("%s pass", d)
	m.pass(d)
}

// hours opens or closes a queue: who waits is still offered, who comes is not let in.
func (m *machine) hours() {
	queue := m.queue()
	m.closed[queue] = !m.closed[queue]
	m.did("%s is closed: %v", queue, m.closed[queue])
}

func (m *machine) reload() {
	n := m.rnd.IntN(len(m.files))
	m.did("file %d is read", n)
	m.cfg = m.files[n]
	m.core.apply(m.cfg, m.now)
}

// hangs makes a script silent: it neither hears nor says anything until somebody ends the call.
func (m *machine) hangs() {
	if c := m.call(); c != nil && m.rnd.IntN(3) == 0 {
		m.did("the script of %s hangs", c.id)
		c.silent = true
	}
}

// crash ends the server: what the journal has not committed is lost, all calls are cut off, and it starts again after a while.
func (m *machine) crash() {
	lost := 0
	for i := len(m.journal); i > 0 && m.now.Sub(m.stamps[i-1]) < journalDelay && m.rnd.IntN(3) > 0; i-- {
		lost++
	}
	m.commit(len(m.journal) - lost)
	m.did("crash: %d changes of agents are lost", lost)
	m.journal, m.stamps = nil, nil
	m.now = m.now.Add(time.Duration(m.rnd.Int64N(int64(time.Minute))))
	m.boot()
}

// commit writes the oldest n rows of the journal.
func (m *machine) commit(n int) {
	for _, r := range m.journal[:n] {
		m.rows[r.User] = r
	}
	m.journal, m.stamps = m.journal[n:], m.stamps[n:]
}

// finish ends everything and looks for what is left.
func (m *machine) finish() {
	for len(m.order) > 0 {
		m.over(m.calls[m.order[0]])
		m.settle()
	}
	m.pass(2 * time.Hour)
	for _, a := range m.core.agents {
		if a.state.Activity != Idle || a.wrapUp != nil {
			m.fail("%s is %s when all is over", a.user, a.state.Activity)
		}
	}
	if n := len(m.core.line) + len(m.core.calls) + len(m.core.talks) + len(m.core.direct); n > 0 {
		m.fail("%d calls are left", n)
	}
}
