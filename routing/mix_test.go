package routing_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"mediasrv/internal/fake"
	"mediasrv/media"
	"mediasrv/routing/fact"
)

// mixSteps are how many random transitions must leak nothing.
const mixSteps = 10_000

// TestNothingLeaksInRandomTransitions drives calls at random by all controls and far ends, and after each step holds what the room was told against
// what the page shows: who talks hears all others who talk, who whispers is heard by the agent only, who is held or rings is heard by nobody.
func TestNothingLeaksInRandomTransitions(t *testing.T) {
	cfg := deskConfig()
	for _, q := range cfg.Queues {
		q.Transfer.AnyAgent = true
	}
	inWorld(t, cfg, func(w *world) {
		m := &mixer{talking: &talking{world: w}, random: rand.New(rand.NewPCG(1, 2)), states: map[string]int{}}
		for step := range mixSteps {
			m.step()
			m.log = append(m.log, m.did)
			if m.check(); t.Failed() {
				t.Fatalf("at step %d, after %v", step, m.log[max(0, len(m.log)-25):])
			}
		}
		for _, state := range []string{"talking", "held", "ringing", "listen", "whisper", "barge"} {
			if m.states[state] < 100 {
				t.Errorf("the state %s was seen %d times only: %v", state, m.states[state], m.states)
			}
		}
	})
}

type mixer struct {
	*talking
	random *rand.Rand
	did    string
	log    []string
	states map[string]int
}

var mixUsers = []string{"aiko", "ben", "chen", "dana"} //nolint:gochecknoglobals // constant

// step does one thing at random; most are refused in most states, and then nothing may change.
func (m *mixer) step() {
	if m.c == nil || m.c.Ended() {
		m.c = m.call("+819012345678", supportNumber)
		m.did = "a new call"
		return
	}
	user, other := mixUsers[m.random.IntN(4)], mixUsers[m.random.IntN(4)]
	to := []fact.Destination{{User: other}, {Queue: "support"}, {Number: outside}}[m.random.IntN(3)]
	id := m.Running()[0].ID
	acts := []struct {
		name string
		do   func() error
	}{
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
		{"leave", func() error { return m.Unsupervise(user, id) }},
		{"hangup", func() error { return m.Hangup(user) }},
		{"done", func() error { return m.FinishWrapUp(user, fact.WrapUpResult{}) }},
		{"available", func() error { return m.SetStatus(user, "available") }},
		{"time", func() error { time.Sleep(7 * time.Second); return nil }},
		{"answer", m.answer},
		{"answer", m.answer},
		{"answer", m.answer},
		{"answer", m.answer},
		{"refuse", m.refuse},
	}
	act := acts[m.random.IntN(len(acts))]
	if m.random.IntN(200) == 0 {
		m.did = "the caller hangs up"
		m.c.End(fact.EndCallerHungUp, "")
		m.settle()
		return
	}
	err := act.do()
	m.settle()
	m.did = act.name + " by " + user
	if err != nil {
		m.did += ", refused: " + err.Error()
	}
}

func (m *mixer) answer() error {
	for _, l := range m.living() {
		if !l.Answered() {
			l.Pickup()
		}
	}
	return nil
}

func (m *mixer) refuse() error {
	for _, l := range m.living() {
		if !l.Answered() {
			l.End(fact.EndRefused, "")
		}
	}
	return nil
}

func (m *mixer) living() []*fake.Leg {
	var all []*fake.Leg
	for _, l := range m.dialer.Legs() {
		if l.Living() {
			all = append(all, l)
		}
	}
	return all
}

// check holds the room's plan against the parties that supervisors see.
func (m *mixer) check() {
	m.t.Helper()
	if m.c.Ended() {
		return
	}
	at := map[fact.LegID]media.EndpointID{m.c.ID(): m.c.Endpoint()}
	for _, l := range m.living() {
		at[l.ID()] = l.Endpoint()
	}
	if n := len(m.Running()); n != 1 {
		m.t.Errorf("%d calls run: %+v", n, m.Running())
		for _, l := range m.store.Legs() {
			if l.Ended.IsZero() {
				m.t.Errorf("leg without end: %+v", l)
			}
		}
	}
	running := m.Running()[0]
	var talk, whisper media.Set
	talks := func(p fact.PartyView) bool { return p.State == "talking" || p.State == "barge" }
	customer := false
	for _, p := range running.Parties {
		m.states[p.State]++
		e, ok := at[p.Leg]
		if !ok {
			m.t.Errorf("%+v is shown, and has gone", p)
		}
		customer = customer || p.Role == "customer" && talks(p)
		switch {
		case p.Muted:
		case talks(p):
			talk |= media.Of(e)
		case p.State == "whisper":
			whisper |= media.Of(e)
		}
	}
	plan, want := m.c.room.Plan(), media.Plan{}
	for _, p := range running.Parties {
		row := &want.Rows[at[p.Leg]]
		if p.State != "held" && p.State != "ringing" {
			row.Hears = talk &^ media.Of(at[p.Leg])
		}
		if p.Role == "agent" {
			row.Hears |= whisper
		}
	}
	for i := range plan.Rows {
		if got := plan.Rows[i].Hears; got != want.Rows[i].Hears {
			m.t.Errorf("endpoint %d hears %08b, want %08b; parties %+v", i, got, want.Rows[i].Hears, running.Parties)
		}
	}
	m.checkTaps(plan, talk, customer)
}

// checkTaps allows only voices into the recording that the caller hears or has.
func (m *mixer) checkTaps(plan media.Plan, talk media.Set, customer bool) {
	m.t.Helper()
	for _, row := range plan.Taps {
		if row.Tap != nil && (!customer || !talk.Has(row.Of)) {
			m.t.Errorf("endpoint %d is recorded, of those who talk: %08b, the caller among them: %t", row.Of, talk, customer)
		}
	}
}
