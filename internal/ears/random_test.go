package ears

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

var (
	transitions = flag.Int("transitions", 200, "random transitions of TestNothingLeaks")
	seed        = flag.Uint64("seed", 1, "of TestNothingLeaks")
)

// TestNothingLeaks moves calls at random by all verbs and far ends. After each step it listens at every ear, and after each call in every file.
func TestNothingLeaks(t *testing.T) {
	inWorld(t, func(w *world) {
		m := &mover{world: w, random: rand.New(rand.NewPCG(*seed, 1)), states: map[string]int{}}
		w.pass(0)
		for step := range *transitions {
			m.step()
			m.log = append(m.log, m.did)
			if m.look(); t.Failed() {
				t.Fatalf("at step %d of seed %d, after %v; the calls: %+v", step, *seed, m.log[max(0, len(m.log)-25):], m.Running())
			}
		}
		t.Logf("looks with somebody in a state: %v; %d files", m.states, m.files)
		for _, state := range []string{"talking", "held", "ringing", "listen", "whisper", "barge", "recorded"} {
			if *transitions >= 1000 && m.states[state] < *transitions/100 { // else chance decides
				t.Errorf("the state %s was seen %d times only: %v", state, m.states[state], m.states)
			}
		}
	})
}

type mover struct {
	*world
	random *rand.Rand
	did    string
	log    []string
	now    look
	looks  []look // of the call
	states map[string]int
	files  int
}

// step does one thing at random; most are refused in most states, and then nothing may change.
func (m *mover) step() {
	switch {
	case m.caller == nil || m.caller.leg.Ended():
		m.looks, m.now = nil, look{}
		m.call()
		m.did = "a new call"
		return
	case m.random.IntN(100) == 0:
		m.caller.leg.End(fact.EndCallerHungUp, "")
		m.did = "the caller hangs up"
		return
	}
	users := [...]string{"aiko", "ben", "chen", "dana"}
	user, other := users[m.random.IntN(4)], users[m.random.IntN(4)]
	to := [...]fact.Destination{{User: other}, {Queue: "support"}, {Queue: "sales"}, {Number: outside}}[m.random.IntN(4)]
	if to.Number != "" && slices.ContainsFunc(m.here(), func(p *person) bool { return p.name == "outside" }) {
		to = fact.Destination{User: other} // who is outside has one tone
	}
	running := m.Running()[0]
	if running.Agent != "" && m.random.IntN(2) == 0 { // whose commands aren't refused
		user = running.Agent
	}
	acts := m.acts(user, to, running.ID)
	act := acts[m.random.IntN(len(acts))]
	err := act.do()
	m.did = act.name + " by " + user
	if err != nil {
		m.did += ", refused: " + err.Error()
	}
}

type act struct {
	name string
	do   func() error
}

func (m *mover) acts(user string, to fact.Destination, id fact.CallID) []act {
	return []act{
		{"hold", func() error { return m.Hold(user) }},
		{"resume", func() error { return m.Resume(user) }},
		{"mute", func() error { return m.Mute(user, m.random.IntN(2) == 0) }},
		{"consult", func() error { return m.Consult(user, to) }},
		{"party", func() error { return m.AddParty(user, to) }},
		{"switch", func() error { return m.SwitchParty(user) }},
		{"back", func() error { return m.BackToCaller(user) }},
		{"complete", func() error { return m.Complete(user) }},
		{"merge", func() error { return m.Merge(user) }},
		{"transfer", func() error { return m.Transfer(user, to) }},
		{"listen", func() error { return m.Supervise(user, id, fact.Listen) }},
		{"whisper", func() error { return m.Supervise(user, id, fact.Whisper) }},
		{"barge", func() error { return m.Supervise(user, id, fact.Barge) }},
		{"take over", func() error { return m.Supervise(user, id, fact.TakeOver) }},
		{"leave", func() error { return m.Unsupervise(user, id) }},
		{"hangup", func() error { return m.Hangup(user) }},
		{"available", func() error { return m.SetStatus(user, "available") }},
		{"available", func() error { return m.SetStatus(user, "available") }},
		{"answer", m.each((*person).answers)},
		{"answer", m.each((*person).answers)},
		{"answer", m.each((*person).answers)},
		{"answer", m.each((*person).answers)},
		{"early media", m.each(func(p *person) {
			if p.name == "outside" {
				p.speaksEarly()
			}
		})},
		{"refuse", m.each(func(p *person) { p.leg.End(fact.EndRefused, "") })},
		{"time", func() error { m.pass(2 * time.Second); return nil }},
	}
}

// each does something to all phones that ring.
func (m *mover) each(do func(*person)) func() error {
	return func() error {
		for _, p := range m.here() {
			if p.leg.Living() && !p.leg.Answered() {
				do(p)
			}
		}
		return nil
	}
}

func (p *person) answers() { p.leg.Pickup() }

// look listens to what the call has come to.
func (m *mover) look() {
	m.t.Helper()
	m.pass(0)
	if m.caller.leg.Ended() {
		m.ended()
		return
	}
	looked, still := m.listen(m.now, m.permitted())
	m.now = looked
	if still {
		m.looks = append(m.looks, looked)
	} else {
		m.now = m.permitted()
	}
	if len(looked.recorded) > 0 {
		m.states["recorded"]++
	}
	for _, r := range m.Running() {
		for _, p := range r.Parties {
			m.states[p.State]++
		}
	}
}

func (m *mover) ended() {
	m.t.Helper()
	m.files += m.checkFiles(m.looks)
	m.looks = nil
}
