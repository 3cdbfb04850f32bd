package floor

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

var (
	sequences     = flag.Int("sequences", 3000, "how many random sequences of events the model test drives; make model: a million")
	sequencesSeed = flag.Uint64("sequences.seed", 0, "seed of the model test; 0: another one each time")
	sequencesFrom = flag.Int("sequences.from", 0, "the first sequence: with the seed, one that failed is run again alone")
)

// TestSequences drives the pure core with random sequences of events in virtual time: calls come, hang up and press keys, agents log in and out,
// answer, refuse and let it ring, wrap-ups end, hours close, the file is read again, and the server crashes. Scripts are played by the test, and are late or silent
// at times, as real ones may be. After each event everything that must always be so is checked.
func TestSequences(t *testing.T) {
	seed, most := *sequencesSeed, *sequences
	if seed == 0 {
		seed = rand.Uint64()
	}
	if testing.Short() {
		most = min(most, 500)
	}
	events := 0
	for n := *sequencesFrom; n < *sequencesFrom+most; n++ {
		m := drive(seed, n, false)
		events += m.events
		if len(m.faults) > 0 {
			m = drive(seed, n, true) // the same again
			t.Fatalf("sequence %d of seed %d (again with: -run TestSequences -sequences.seed %d -sequences.from %d -sequences 1):\n%s\nafter:\n%s",
				n, seed, seed, n, join(m.faults), join(m.trail))
		}
	}
	t.Logf("seed %d: %d sequences, %d events", seed, most, events)
}

// drive runs sequence n of a seed; told: what was done is kept.
func drive(seed uint64, n int, told bool) *machine {
	m := newMachine(rand.New(rand.NewPCG(seed, uint64(n))))
	m.told = told
	m.run()
	return m
}

func join(lines []string) string {
	var text string
	for _, l := range lines[max(0, len(lines)-60):] {
		text += "  " + l + "\n"
	}
	return text
}

const (
	machineRing   = 20 * time.Second
	machineWrapUp = 30 * time.Second
	reservedSlack = time.Second            // how much longer than the ring timeout an agent may be reserved
	wrapUpSlack   = 100 * time.Millisecond // how exactly wrap-ups must be kept
	journalDelay  = 50 * time.Millisecond  // what the journal may lose in a crash
)

// machine is a core with scripts around it, played by the test.
type machine struct {
	rnd    *rand.Rand
	now    time.Time
	cfg    *config.Config
	core   *core
	files  []*config.Config // that reloads choose from
	closed map[string]bool  // queues outside their hours
	users  []string

	calls   map[fact.CallID]*phoned
	order   []fact.CallID // of calls, as they came
	agents  map[string]*seen
	rows    map[string]fact.Agent // that are committed
	journal []fact.Agent          // that are not
	stamps  []time.Time           // when they were appended

	ids    int
	events int
	told   bool
	trail  []string
	faults []string
}

// phoned is a call as its script knows it.
type phoned struct {
	id     fact.CallID
	queue  string
	inbox  []Notice // that the script hasn't seen yet
	silent bool     // the script hangs: it does nothing any more
	rings  []ring
	agent  string // talks; empty: waits
	out    bool   // over

	ghost    Ghost // nobody is there: somebody is to be called back
	launched bool  // the customer is being called
	offer    Offer // by which agent has the call
	by       Offer // of the agent who has given the call away, to whom it comes back; none: it doesn't
	direct   *ring // rings, without a queue
}

// ring is an offer as the script knows it.
type ring struct {
	offer   Offer
	claimed bool
}

// seen is what the test knows of an agent from notices alone.
type seen struct {
	offer    *Offer // rings
	call     fact.CallID
	wrapUp   time.Time // until; zero: none
	reserved time.Time
}

func machineConfig(kind int) *config.Config {
	cfg := testConfig(5, 3)
	for i, q := range []*config.Queue{cfg.Queues["q00"], cfg.Queues["q01"], cfg.Queues["q02"]} {
		q.RingTimeout, q.WrapUp.Time = machineRing, machineWrapUp
		q.Ring = []string{config.RingOne, config.RingAll, config.RingTopDown}[i]
	}
	cfg.Queues["q02"].Skills = []config.SkillNeed{{Skill: "x", Level: 2, Relax: []config.Relaxed{{After: 30 * time.Second, Level: 0}}}}
	cfg.Users["a002"].Skills = map[string]int{"x": 2}
	switch kind {
	case 1: // others answer, and for one queue nobody waits in vain
		cfg.Queues["q00"].Agents = []string{"a001", "a004"}
		cfg.Queues["q01"].MaxWaiting.Calls = 2
		cfg.Queues["q01"].NoAgents = config.NoAgents{When: config.LoggedOut, After: 10 * time.Second, Then: config.Action{HangUp: true}}
	case 2: // a queue and an agent are gone, wrap-up is shorter
		delete(cfg.Queues, "q02")
		delete(cfg.Users, "a003")
		for _, q := range cfg.Queues {
			q.WrapUp.Time = machineWrapUp / 2
			q.Agents = slices.DeleteFunc(q.Agents, func(user string) bool { return user == "a003" })
		}
	}
	return cfg
}

func newMachine(rnd *rand.Rand) *machine {
	m := &machine{
		rnd: rnd, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), closed: map[string]bool{}, rows: map[string]fact.Agent{},
		files: []*config.Config{machineConfig(0), machineConfig(1), machineConfig(2)}, users: []string{"a000", "a001", "a002", "a003", "a004"},
	}
	m.cfg = m.files[rnd.IntN(2)]
	m.boot()
	return m
}

// boot starts the server on what is committed.
func (m *machine) boot() {
	m.calls, m.order, m.agents = map[fact.CallID]*phoned{}, nil, map[string]*seen{}
	for _, user := range m.users {
		m.agents[user] = &seen{}
	}
	m.core = newCore(m.cfg, Rounds{}, func() fact.OfferID { m.ids++; return fact.OfferID(fmt.Sprint(m.ids)) }, m.hear, m.now)
	rows := make([]fact.Agent, 0, len(m.rows))
	for _, user := range m.users {
		if r, ok := m.rows[user]; ok {
			rows = append(rows, r)
		}
	}
	m.core.restore(rows, m.now)
	m.checkRestored(rows)
	m.core.introduce(m.now)
	m.settle()
}

func (m *machine) fail(format string, args ...any) {
	m.faults = append(m.faults, fmt.Sprintf(format, args...))
}

// did notes what was done, for the report of a failure.
func (m *machine) did(format string, args ...any) {
	if m.events++; !m.told {
		return
	}
	m.trail = append(m.trail, m.now.Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

// work is what the floor's goroutine does after each step.
func (m *machine) work() {
	m.core.tick(m.now)
	m.core.assign(m.now)
	m.core.flush(m.now)
}

// settle is work, and what must be so then.
func (m *machine) settle() {
	m.work()
	m.check()
}

// run is one sequence, and then the end of everything.
func (m *machine) run() {
	for range 20 + m.rnd.IntN(40) {
		m.event()
		if len(m.faults) > 0 {
			return
		}
	}
	m.finish()
}

// pass lets time go by: the core and the scripts do what is due.
func (m *machine) pass(d time.Duration) {
	for until := m.now.Add(d); m.now.Before(until) && len(m.faults) == 0; {
		next := until
		for _, t := range []time.Time{m.core.next(), m.nextRingOut()} {
			if !t.IsZero() && t.Before(next) {
				next = t
			}
		}
		if early := next.Add(-wrapUpSlack * 3 / 2); early.After(m.now) && m.rnd.IntN(4) == 0 { // something else wakes the floor
			next = early
		}
		if next.After(m.now) { // a script that was late may have an offer that should have ended before
			m.now = next
		}
		m.ringOut()
		m.settle()
	}
}

// nextRingOut is when a script gives up an agent; zero: never.
func (m *machine) nextRingOut() time.Time {
	var first time.Time
	for _, c := range m.calls {
		for _, r := range c.ringing() {
			if !c.silent && !c.out && !r.claimed && (first.IsZero() || r.offer.RingUntil.Before(first)) {
				first = r.offer.RingUntil
			}
		}
	}
	return first
}

func (m *machine) ringOut() {
	for _, id := range m.order {
		c := m.calls[id]
		if c.silent || c.out {
			continue
		}
		for _, r := range c.ringing() {
			if !r.claimed && !m.now.Before(r.offer.RingUntil) {
				m.report(c, r, Missed)
			}
		}
	}
}
