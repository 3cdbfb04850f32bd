package callback

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

var sequences = flag.Int("callback.sequences", 300, "random sequences of TestModel")

// model is a contact centre around a core: a line, scripts that call, a disk that loses what was not committed, and the customers' phones.
type model struct {
	t    *testing.T
	rng  *rand.Rand
	cfg  *config.Config
	core *core
	now  time.Time
	ids  int
	log  []string

	line    map[fact.CallID]Place
	scripts map[fact.CallID]*modelCall
	ending  map[fact.CallID]bool
	commits []fact.Callback                   // that the disk has been asked for
	journal []fact.Callback                   // not on the disk yet
	disk    map[fact.CallbackID]fact.Callback // survives crashes
	kept    map[fact.CallbackID]fact.Callback // was on the disk once and is not closed there: must never be forgotten
	phones  map[fact.CallbackID]int           // by callback: how many of our calls ring or talk there now
	calls   map[fact.CallbackID][]time.Time   // when the customer was called, by callback
}

type modelCall struct {
	place  Place
	stage  string // offered, clearing, ringing, talking
	manual bool
}

func (m *model) say(format string, args ...any) {
	m.log = append(m.log, m.now.Format("15:04:05 ")+fmt.Sprintf(format, args...))
}

func (m *model) fail(format string, args ...any) {
	m.t.Helper()
	for _, l := range m.log[max(0, len(m.log)-60):] {
		m.t.Log(l)
	}
	m.t.Fatalf(format, args...)
}

func (m *model) newID() string { m.ids++; return fmt.Sprintf("id%06d", m.ids) }

// The world.
func (m *model) Enter(p Place) {
	if len(m.scripts) > 0 {
		for _, s := range m.scripts {
			if s.place.Row.ID == p.Row.ID {
				m.fail("%s is in the line while a call has it", p.Row.ID)
			}
		}
	}
	m.line[p.Call] = p
}
func (m *model) Leave(call fact.CallID) { delete(m.line, call) }
func (m *model) Start(p Place, n floor.Notice) {
	m.scripts[p.Call] = &modelCall{place: p, stage: "offered"}
	if n.Kind == floor.Launched {
		m.scripts[p.Call].stage = "clearing"
		m.commit(p.Call)
	}
}

func (m *model) Tell(call fact.CallID, n floor.Notice) {
	s := m.scripts[call]
	if s == nil || n.Kind != floor.Cleared {
		return
	}
	if n.Why != "" {
		m.over(call, fact.EndInternal)
		return
	}
	row := s.place.Row
	if on := m.disk[row.ID]; on.State != fact.CallbackActive {
		m.fail("%s is called while the disk has it as %s", row.ID, on.State)
	}
	m.phones[row.ID]++
	m.say("%s rings", row.Number)
	if m.phones[row.ID] > 1 {
		m.fail("%s is called twice at once", row.Number)
	}
	m.calls[row.ID] = append(m.calls[row.ID], m.now)
	s.stage = "ringing"
}

func (m *model) End(call fact.CallID) bool {
	s := m.scripts[call]
	if s != nil {
		m.ending[call] = true // its end comes with a later step
	}
	return s != nil
}
func (m *model) Save(row fact.Callback)                      { m.journal = append(m.journal, row) }
func (m *model) Commit(context.Context, fact.Callback) error { return nil }
func (m *model) Record(e fact.Event)                         { m.say("%s %s %s", e.Kind, e.Call, e.Detail) }
func (m *model) Closed(string, time.Time) time.Time          { return time.Time{} }
func (m *model) Present(string) bool                         { return m.rng.IntN(2) == 0 }
func (m *model) Count(_ string, n fact.CallbackCount) {
	if n.Open < 0 {
		m.fail("%d callbacks", n.Open)
	}
}

// commit is what Keeper.Dial does.
func (m *model) commit(call fact.CallID) {
	row, err := m.core.dial(call, m.now)
	if err != nil {
		m.core.cleared(call, err)
		return
	}
	m.commits = append(m.commits, row)
}

// write puts a row on the disk, unless a newer one is there.
func (m *model) write(row fact.Callback) {
	if old, ok := m.disk[row.ID]; ok && old.Epoch >= row.Epoch {
		return
	}
	m.disk[row.ID] = row
	if m.kept[row.ID] = row; !row.Open() {
		delete(m.kept, row.ID)
	}
}

func (m *model) flush() {
	for _, row := range m.journal {
		m.write(row)
	}
	m.journal = nil
}

// over ends a call: its legs first.
func (m *model) over(call fact.CallID, why fact.EndReason) {
	s := m.scripts[call]
	if s == nil {
		return
	}
	delete(m.scripts, call)
	delete(m.line, call)
	if m.rings(s) {
		m.phones[s.place.Row.ID]--
	}
	m.say("%s over: %s", call, why)
	m.core.over(call, why, m.now)
}

func (m *model) rings(s *modelCall) bool {
	return s.stage == "ringing"
}

func (m *model) start(rows []fact.Callback) {
	m.core = newCore(m.cfg, m, m.newID)
	m.core.recall(rows, m.now)
}

// crash loses what the disk doesn't have, and all calls.
func (m *model) crash() {
	lost := 0
	if len(m.journal) > 0 {
		lost = m.rng.IntN(len(m.journal) + 1)
	}
	for _, row := range m.journal[:len(m.journal)-lost] {
		m.write(row)
	}
	if len(m.commits) > 0 && m.rng.IntN(2) == 0 { // on the disk, but nobody was told
		m.write(m.commits[0])
	}
	m.say("CRASH, %d of %d rows lost", lost, len(m.journal))
	m.journal, m.commits = nil, nil
	clear(m.line)
	clear(m.scripts)
	clear(m.phones)
	var rows []fact.Callback
	for _, row := range m.disk {
		if row.Open() {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b fact.Callback) int { return a.Since.Compare(b.Since) })
	m.start(rows)
}

func anyOf[K comparable, V any](m *model, all map[K]V, less func(a, b K) int) (K, bool) {
	var none K
	keys := make([]K, 0, len(all))
	for k := range all {
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return none, false
	}
	slices.SortFunc(keys, less)
	return keys[m.rng.IntN(len(keys))], true
}

func byText[K ~string](a, b K) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// step lets one thing happen.
func (m *model) step() {
	m.now = m.now.Add(time.Duration(m.rng.IntN(300)) * time.Second)
	m.core.tick(m.now)
	number := fmt.Sprintf("+8190%08d", m.rng.IntN(4))
	call, inLine := anyOf(m, m.line, byText)
	talk, hasCall := anyOf(m, m.scripts, byText)
	id, any := anyOf(m, m.core.open, byText)
	switch m.rng.IntN(16) {
	case 0, 1:
		row := m.core.ask(Request{Plan: []string{"keep", "first", "list"}[m.rng.IntN(3)], Queue: "q", Number: number, Since: m.now}, m.now)
		if m.core.open[row.ID] == nil {
			m.fail("who asks is told of %s, which has ended", row.ID)
		}
	case 2:
		_, _ = m.core.promise(Request{Queue: "q", Number: number, Since: m.now, Due: m.now.Add(time.Hour), By: "a", Owner: []string{"", "a"}[m.rng.IntN(2)]}, m.now)
	case 3, 4, 5, 6:
		if p := m.line[call]; inLine {
			kind := floor.Offered
			if p.Dials {
				kind = floor.Launched
			}
			m.core.noticed(floor.Notice{Kind: kind, Call: call})
		}
	case 7, 8, 9, 10:
		if hasCall {
			m.goOn(talk)
		}
	case 11:
		m.flush()
	case 12:
		if len(m.commits) > 0 {
			row := m.commits[0]
			m.commits = m.commits[1:]
			var err error
			if m.rng.IntN(4) == 0 {
				err = errors.New("locked")
			} else {
				m.write(row)
			}
			m.core.cleared(row.Call, err)
		}
	case 13:
		m.core.gotThrough("inbound", number, "q", "b", m.now)
	case 14:
		if !any {
			return
		}
		if p, err := m.core.call("a", id, m.now); err == nil {
			m.scripts[p.Call] = &modelCall{place: p, stage: "offered", manual: true}
		} else if m.rng.IntN(4) == 0 {
			_ = m.core.cancel(id, "", m.now)
		}
	case 15:
		if m.rng.IntN(6) == 0 {
			m.crash()
		}
	}
}

// goOn lets a call come one step further, or end.
func (m *model) goOn(call fact.CallID) {
	s := m.scripts[call]
	ends := []fact.EndReason{fact.EndNoAnswer, fact.EndBusy, fact.EndAgentHungUp, fact.EndLimit, fact.EndElsewhere}
	switch {
	case m.ending[call]:
		m.over(call, fact.EndElsewhere)
	case s.stage == "offered" && m.rng.IntN(3) > 0:
		s.stage = "clearing"
		m.core.assigned(call, "a", m.now)
		m.commit(call)
	case s.stage == "clearing" && m.rng.IntN(4) > 0:
	case s.stage == "ringing" && m.rng.IntN(2) == 0:
		s.stage = "talking" // the promise is kept: who asks for another call meanwhile gets it
		m.phones[s.place.Row.ID]--
		m.core.gotThrough(call, s.place.Row.Number, "q", "a", m.now)
	default:
		m.over(call, ends[m.rng.IntN(len(ends))])
	}
}

// check looks at what must always hold.
func (m *model) check() {
	for id, row := range m.kept {
		if it := m.core.open[id]; it == nil && !m.isClosing(id) {
			m.fail("%s is lost: the disk has it as %s", id, row.State)
		}
	}
	per := map[customer]fact.CallbackID{}
	for id, it := range m.core.open {
		key := customer{it.row.Number, it.row.Queue}
		if other, twice := per[key]; twice {
			m.fail("%s has two callbacks: %s and %s", key.number, other, id)
		}
		per[key] = id
		if it.row.Attempts > 5 && it.row.Automatic {
			m.fail("%s: %d attempts", id, it.row.Attempts)
		}
		if it.call == "" && it.row.Automatic && it.wake.IsZero() && !m.core.drain {
			m.fail("%s will never be called: %+v", id, it.row)
		}
	}
}

// isClosing says that the core has ended it, and the disk doesn't know yet.
func (m *model) isClosing(id fact.CallbackID) bool {
	return slices.ContainsFunc(m.journal, func(row fact.Callback) bool { return row.ID == id && !row.Open() })
}

// finish lets everything come to its end: each callback of the day ends within a day of agents who answer and customers who don't.
func (m *model) finish() {
	for range 2000 {
		m.now = m.now.Add(time.Minute)
		m.core.tick(m.now)
		for len(m.commits) > 0 {
			row := m.commits[0]
			m.commits = m.commits[1:]
			m.write(row)
			m.core.cleared(row.Call, nil)
		}
		for call := range m.line {
			kind := floor.Offered
			if m.line[call].Dials {
				kind = floor.Launched
			}
			if m.scripts[call] == nil {
				m.core.noticed(floor.Notice{Kind: kind, Call: call})
			}
		}
		for call, s := range m.scripts {
			switch s.stage {
			case "offered":
				s.stage = "clearing"
				m.core.assigned(call, "a", m.now)
				m.commit(call)
			case "clearing":
			default:
				m.over(call, fact.EndNoAnswer)
			}
		}
		m.check()
	}
	for id, it := range m.core.open {
		if it.row.Automatic {
			m.fail("%s never comes to an end: %+v", id, it.row)
		}
	}
}

// TestModel drives random sequences with crashes in them: no customer is called twice at once, none is called without the disk's knowing, no
// promise that was on the disk is lost, nobody has two, and each comes to an end.
func TestModel(t *testing.T) {
	cfg := &config.Config{
		Company: config.Company{TimeZone: time.UTC}, Queues: map[string]*config.Queue{"q": {Name: "q", Agents: []string{"a", "b"}}},
		Callbacks: map[string]*config.Callback{
			"keep":  {Name: "keep", Automatic: true, KeepsPlace: true, Retries: 2, Delay: 15 * time.Minute},
			"first": {Name: "first", Automatic: true, CustomerFirst: true, Retries: 1, Delay: 10 * time.Minute},
			"list":  {Name: "list"},
		},
	}
	calls, crashes := 0, 0
	for seed := range *sequences {
		m := &model{
			t: t, rng: rand.New(rand.NewPCG(uint64(seed), 5)), cfg: cfg, now: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC),
			line: map[fact.CallID]Place{}, scripts: map[fact.CallID]*modelCall{}, ending: map[fact.CallID]bool{}, disk: map[fact.CallbackID]fact.Callback{},
			kept: map[fact.CallbackID]fact.Callback{}, phones: map[fact.CallbackID]int{}, calls: map[fact.CallbackID][]time.Time{},
		}
		m.start(nil)
		for range 150 {
			m.step()
			m.check()
		}
		m.finish()
		for _, times := range m.calls {
			calls += len(times)
		}
		for _, l := range m.log {
			if len(l) > 14 && l[9:14] == "CRASH" {
				crashes++
			}
		}
	}
	if calls == 0 || crashes == 0 {
		t.Errorf("%d calls, %d crashes: nothing was tried", calls, crashes)
	}
	t.Logf("%d calls, %d crashes", calls, crashes)
}
