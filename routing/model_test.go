package routing_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/media"
	"mediasrv/routing/fact"
)

var (
	modelSeed   = flag.Uint64("model.seed", 0, "seed of the model test; 0: another one each time")
	modelEvents = flag.Int("model.events", 200_000, "events of the model test")
)

// TestModel drives the centre with random events in virtual time, several at once, and checks after each step what must always be so.
func TestModel(t *testing.T) {
	seed, events := *modelSeed, *modelEvents
	if seed == 0 {
		seed = rand.Uint64()
	}
	if testing.Short() {
		events = min(events, 20_000)
	}
	prompts := testPrompts(t)
	synctest.Test(t, func(t *testing.T) {
		m := &model{
			t: t, rnd: rand.New(rand.NewPCG(seed, 1)), phone: rand.New(rand.NewPCG(seed, 2)), agents: map[string]*modelAgent{}, byRoom: map[*fake.Room]*modelCaller{},
			open: map[fact.CallID]bool{}, did: map[string]int{},
		}
		cfg := modelConfig()
		m.world = newWorld(t, cfg, prompts, fact.Resume{})
		m.cfg = cfg
		m.settle() // the floor has introduced everybody
		m.store.Forget, m.store.OnAppend, m.dialer.OnDial = true, m.appended, m.dialled
		for _, user := range slices.Sorted(maps.Keys(cfg.Users)) {
			m.users = append(m.users, user)
			m.agents[user] = &modelAgent{user: user}
		}
		defer func() {
			m.stop()
			<-m.ended
			if t.Failed() {
				t.Logf("again with: -run TestModel -model.seed %d -model.events %d", seed, events)
			}
		}()
		m.settle()
		for m.count < events && !t.Failed() {
			m.step()
		}
		if !t.Failed() {
			m.finish()
		}
		t.Logf("seed %d, %v of virtual time: %v", seed, time.Since(m.start()).Round(time.Second), m.did)
	})
}

const (
	modelRing    = 20 * time.Second
	modelWrapUp  = 30 * time.Second
	modelLongest = 10 * time.Minute
)

func modelConfig() *config.Config {
	cfg := testConfig()
	wrapUp := config.WrapUp{Time: modelWrapUp, Extend: true}
	cfg.Queues, cfg.Numbers, cfg.Users = map[string]*config.Queue{}, map[string]*config.Number{}, map[string]*config.User{}
	for name, agents := range map[string][]string{"p": {"a", "b", "c"}, "q": {"c", "d", "e"}, "r": {"a", "e", "f"}} {
		cfg.Queues[name] = &config.Queue{
			Name: name, Agents: agents, Waiting: "calm", RingTimeout: modelRing, WrapUp: wrapUp, Recording: cfg.Company.Recording, Answer: "at-once",
		}
		for _, user := range agents {
			cfg.Users[user] = &config.User{Login: user, Name: user, Agent: true}
		}
		for priority := range 2 {
			number := fmt.Sprintf("%s%d", name, priority)
			cfg.Numbers[number] = &config.Number{Number: number, Queue: name, Priority: priority}
		}
	}
	cfg.Queues["q"].Ring, cfg.Queues["r"].Ring = config.RingAll, config.RingTopDown
	cfg.Queues["r"].Answer = "with-agent"
	return cfg
}

type model struct {
	*world
	t      *testing.T
	cfg    *config.Config
	rnd    *rand.Rand // of the test's goroutine
	phone  *rand.Rand // of dialled, under mu
	users  []string
	agents map[string]*modelAgent
	live   []*modelCaller
	byRoom map[*fake.Room]*modelCaller
	dials  []modelDial
	open   map[fact.CallID]bool
	began  time.Time
	count  int
	did    map[string]int
}

// modelAgent is what the test knows of an agent, found out apart from the floor.
type modelAgent struct {
	user      string
	phones    int
	legs      []*fake.Leg // that have not ended
	talking   bool        // at the latest settled point
	wrapUntil time.Time
	freeFrom  time.Time // eligible since, as of settled points; zero: not
}

type modelDial struct {
	caller *modelCaller
	user   string
}

type modelCaller struct {
	*caller
	queue    string
	priority int
	rung     map[string]bool // who was ever rung
	tried    time.Time       // latest offer, or the beginning
	waiting  bool            // at the latest settled point: waits, and nobody rings
	returned bool            // came back to the head
	rang     *fake.Leg       // the latest agent's
}

func (m *model) start() time.Time {
	if m.began.IsZero() {
		m.began = time.Now()
	}
	return m.began
}

func (m *model) fail(format string, args ...any) {
	m.t.Helper()
	m.t.Errorf("event %d: %s", m.count, fmt.Sprintf(format, args...))
}

// step is one to three events at once, then a check.
func (m *model) step() {
	m.start()
	for range 1 + m.rnd.IntN(3) {
		m.event()
	}
	m.settle()
	m.check()
}

func (m *model) event() {
	type action struct {
		weight int
		name   string
		do     func() bool
	}
	actions := []action{
		{14, "arrive", m.arrive},
		{5, "caller hangs up", func() bool { return m.withCaller(func(c *modelCaller) { c.End(fact.EndCallerHungUp, "") }) }},
		{1, "caller's media lost", func() bool {
			return m.withCaller(func(c *modelCaller) { c.room.Happens(c.Leg, media.Event{Kind: media.Lost}) })
		}},
		{12, "answer", func() bool { return m.withLeg(false, (*fake.Leg).Pickup) }},
		{4, "refuse", func() bool {
			return m.withLeg(false, func(l *fake.Leg) { l.End(fact.EndRefused, "603 Decline") })
		}},
		{1, "microphone", func() bool { return m.withLeg(false, func(l *fake.Leg) { l.End(fact.EndRemote, "480 microphone") }) }},
		{2, "phone fails", func() bool { return m.withLeg(false, func(l *fake.Leg) { l.End(fact.EndRemote, "500") }) }},
		{7, "agent hangs up", func() bool { return m.withLeg(true, func(l *fake.Leg) { l.End(fact.EndRemote, "BYE") }) }},
		{2, "agent is lost", func() bool { return m.withLeg(true, func(l *fake.Leg) { l.End(fact.EndTransport, "gone") }) }},
		{5, "late answer", m.lateAnswer},
		{1, "page hangs up", func() bool { return m.Hangup(m.user()) == nil }},
		{3, "phone gone", func() bool { return m.phones(m.user(), 0) }},
		{9, "phone back", func() bool { return m.phones(m.user(), 1) }},
		{6, "available", func() bool { return m.SetStatus(m.user(), "available") == nil }},
		{2, "other status", func() bool { return m.SetStatus(m.user(), []string{"busy", "away", "offline"}[m.rnd.IntN(3)]) == nil }},
		{1, "log out", func() bool { m.LoggedOut(m.user()); return true }},
		{4, "done", m.done},
		{2, "+10 s", m.extend},
		{10, "time passes", func() bool { return m.pass(4 * time.Second) }},
		{1, "much time passes", func() bool { return m.pass(time.Minute) }},
	}
	total := 0
	for _, a := range actions {
		total += a.weight
	}
	at := m.rnd.IntN(total)
	for _, a := range actions {
		if at -= a.weight; at < 0 {
			if a.do() {
				m.did[a.name]++
				m.count++
			}
			return
		}
	}
}

// pass lets up to limit pass, after a look at what was done before.
func (m *model) pass(limit time.Duration) bool {
	m.settle()
	m.check()
	time.Sleep(time.Duration(m.rnd.Int64N(int64(limit))))
	return true
}

func (m *model) user() string { return m.users[m.rnd.IntN(len(m.users))] }

func (m *model) arrive() bool {
	if len(m.live) >= 12 {
		return false
	}
	queue := []string{"p", "q", "r"}[m.rnd.IntN(3)]
	priority := m.rnd.IntN(2)
	room := fake.NewRoom()
	party := fact.Party{Number: fmt.Sprintf("+81%d", m.count)}
	c := &modelCaller{
		caller: &caller{Leg: fake.NewLeg(room, party), room: room}, queue: queue, priority: priority, rung: map[string]bool{}, tried: time.Now(),
	}
	c.ByeDelay = delay(m.rnd)
	m.live = append(m.live, c)
	m.mu.Lock()
	m.byRoom[room] = c
	m.mu.Unlock()
	c.Connect(m.Handle(c.Leg, room, fact.Invite{From: party, To: fmt.Sprintf("%s%d", queue, priority)}))
	return true
}

// delay is how long a leg takes to end after we have hung up.
func delay(rnd *rand.Rand) time.Duration {
	if rnd.IntN(2) == 0 {
		return 0
	}
	return time.Duration(rnd.IntN(1000)) * time.Millisecond
}

func (m *model) withCaller(do func(*modelCaller)) bool {
	if len(m.live) == 0 {
		return false
	}
	do(m.live[m.rnd.IntN(len(m.live))])
	return true
}

// withLeg does something to an agent's leg that rings, or that is up.
func (m *model) withLeg(up bool, do func(*fake.Leg)) bool {
	m.mu.Lock()
	var legs []*fake.Leg
	for _, user := range m.users {
		for _, l := range m.agents[user].legs {
			if l.Living() && l.Answered() == up {
				legs = append(legs, l)
			}
		}
	}
	m.mu.Unlock()
	if len(legs) == 0 {
		return false
	}
	do(legs[m.rnd.IntN(len(legs))])
	return true
}

// lateAnswer is a 200 that crosses our CANCEL.
func (m *model) lateAnswer() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, user := range m.users {
		for _, l := range m.agents[user].legs {
			if !l.Living() && !l.Ended() && !l.Answered() {
				l.Pickup()
				return true
			}
		}
	}
	return false
}

func (m *model) phones(user string, n int) bool {
	a := m.agents[user]
	if a.phones == n {
		return false
	}
	a.phones = n
	m.Reachable(user, n)
	return true
}

// done forgets the wrap-up first: the floor may offer the next call before it has answered.
func (m *model) done() bool {
	a := m.agents[m.user()]
	m.mu.Lock()
	talking, until := a.talking, a.wrapUntil
	a.talking, a.wrapUntil = false, time.Time{}
	m.mu.Unlock()
	if m.FinishWrapUp(a.user, fact.WrapUpResult{Disposition: "resolved"}) == nil {
		return true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	a.talking, a.wrapUntil = talking, until
	return false
}

func (m *model) extend() bool {
	a := m.agents[m.user()]
	if m.ExtendWrapUp(a.user) != nil {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if a.talking || a.wrapUntil.Before(time.Now()) { // the talk has just ended, and that was not seen yet
		a.talking, a.wrapUntil = false, time.Now().Add(modelWrapUp)
	}
	a.wrapUntil = a.wrapUntil.Add(10 * time.Second)
	return true
}

// dialled sees every leg to an agent before it calls.
func (m *model) dialled(l *fake.Leg) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, c := m.agents[l.Party().User], m.byRoom[l.Room()]
	now := time.Now()
	switch {
	case a.talking:
		m.fail("%s is dialled without wrap-up", a.user)
	case now.Before(a.wrapUntil):
		m.fail("%s is dialled %v before the end of wrap-up", a.user, a.wrapUntil.Sub(now))
	}
	if c.rang != nil && c.rang.Answered() {
		c.returned = true // that agent answered and was lost between two settled points
	}
	c.rang = l
	m.dials = append(m.dials, modelDial{c, a.user})
	c.rung[a.user], c.tried, c.waiting = true, now, false
	if m.phone.IntN(50) == 0 {
		return errors.New("no phone")
	}
	l.ByeDelay = delay(m.phone)
	a.legs = append(a.legs, l)
	return nil
}

// overtakenBy says that o should have been offered to the user before c was: it has waited for longer, and was never offered to the user.
func (o *modelCaller) overtakenBy(c *modelCaller, user string) bool {
	if o == c || !o.waiting || !o.Living() || o.rung[user] || time.Since(o.Began()) >= modelLongest {
		return false
	}
	if o.priority != c.priority {
		return o.priority > c.priority
	}
	return o.Began().Before(c.Began()) && !c.returned
}

// checkOrder looks at the offers since the latest settled point. Scripts dial in any order, so it can't be done earlier.
func (m *model) checkOrder() {
	for _, d := range m.dials {
		for _, other := range m.live {
			if other.overtakenBy(d.caller, d.user) && slices.Contains(m.cfg.Queues[other.queue].Agents, d.user) {
				m.fail("%s got %s before %s, who came first", d.caller.Party().Number, d.user, other.Party().Number)
			}
		}
	}
	m.dials = m.dials[:0]
}

// appended keeps account of calls without an end.
func (m *model) appended(r fact.Record) {
	if call, ok := r.(fact.Call); ok {
		if call.Ended.IsZero() {
			m.open[call.ID] = true
		} else {
			delete(m.open, call.ID)
		}
	}
}

// check looks at everything when nothing moves.
func (m *model) check() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	m.checkOrder()
	m.live = slices.DeleteFunc(m.live, func(c *modelCaller) bool {
		if c.Ended() {
			delete(m.byRoom, c.room)
		}
		return c.Ended()
	})
	busy := make(map[*fake.Room]*fake.Leg)
	for _, v := range m.Stats().Agents {
		m.checkAgent(v, busy, now)
	}
	for _, c := range m.live {
		m.checkCaller(c, busy[c.room], now)
	}
}

func (m *model) checkAgent(v fact.AgentView, busy map[*fake.Room]*fake.Leg, now time.Time) {
	a := m.agents[v.User]
	var leg *fake.Leg // the one that lives
	a.legs = slices.DeleteFunc(a.legs, (*fake.Leg).Ended)
	for _, l := range a.legs {
		if !l.Living() {
			continue
		}
		if leg != nil {
			m.fail("%s has two calls", a.user)
		}
		other := busy[l.Room()]
		if other != nil && m.cfg.Queues[m.byRoom[l.Room()].queue].Ring != config.RingAll {
			m.fail("%s and %s are in one call", other.Party().User, a.user)
		}
		if other != nil && other.Answered() && l.Answered() {
			m.fail("%s and %s have answered one call", other.Party().User, a.user)
		}
		if leg = l; other == nil || l.Answered() {
			busy[l.Room()] = l
		}
	}
	living := leg != nil
	if in := v.Activity == "ringing" || v.Activity == "talking"; in != living {
		m.fail("%s is %s, and a leg lives: %v", a.user, v.Activity, living)
	}
	if v.Activity == "ringing" && now.Sub(v.Since) > modelRing+time.Second {
		m.fail("%s is reserved for %v", a.user, now.Sub(v.Since))
	}
	if v.Activity == "wrap-up" && a.wrapUntil.Before(v.Since) { // the talk was too short to be seen
		a.wrapUntil = v.Since.Add(modelWrapUp)
	}
	if v.Activity == "wrap-up" && now.After(a.wrapUntil) {
		m.fail("%s is in wrap-up for %v too long", a.user, now.Sub(a.wrapUntil))
	}
	talking := living && leg.Room().Hears(leg) == "party"
	if a.talking && !talking && v.Activity != "wrap-up" && now.Before(v.Since.Add(modelWrapUp)) {
		m.fail("%s is %s right after a call", a.user, v.Activity)
	}
	a.talking = talking
	switch eligible := v.Status == "available" && v.Activity == "idle" && a.phones > 0; {
	case !eligible:
		a.freeFrom = time.Time{}
	case a.freeFrom.IsZero():
		a.freeFrom = now
	case a.freeFrom.Before(v.Since):
		a.freeFrom = v.Since
	}
}

func (m *model) checkCaller(c *modelCaller, agent *fake.Leg, now time.Time) {
	hears := c.hears()
	switch {
	case !c.Living():
		c.waiting = false
		return
	case hears == "":
		m.fail("%s hears silence", c.Party().Number)
	case (hears == "party") != (agent != nil && agent.Answered()):
		m.fail("%s hears %q, agent %v", c.Party().Number, hears, agent != nil)
	}
	if hears == "party" {
		c.returned, c.waiting = true, false // from now on it can only come back
		return
	}
	c.waiting = agent == nil
	if agent != nil || now.Sub(c.Began()) >= modelLongest {
		return
	}
	for _, user := range m.cfg.Queues[c.queue].Agents {
		a := m.agents[user]
		if a.freeFrom.IsZero() {
			continue
		}
		idle := min(now.Sub(a.freeFrom), now.Sub(c.tried))
		if !c.rung[user] || idle > modelRing+time.Second+5*time.Second { // a ring that nobody answers, and the pause
			m.fail("%s waits, %s has been free for %v and is not offered the call", c.Party().Number, user, idle)
		}
	}
}

// finish lets everything end by itself and looks for what is left.
func (m *model) finish() {
	m.HangupAll(fact.EndShutdown)
	time.Sleep(time.Hour) // also the longest wrap-up
	m.settle()
	if n := m.Cards(); n != 0 {
		m.fail("the desk remembers %d calls", n)
	}
	if n := m.Calls(); n != 0 {
		m.fail("%d calls are left", n)
	}
	m.store.Append() // takes the lock that open is written under
	if len(m.open) != 0 {
		m.fail("%d calls have no end in the records", len(m.open))
	}
	for _, l := range m.dialer.Legs() {
		if !l.Ended() {
			m.fail("a leg to %s is left", l.Party().User)
		}
	}
	if n := m.recorder.Open(); n != 0 {
		m.fail("%d recordings are left open", n)
	}
}
