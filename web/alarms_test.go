package web

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// fakeAlarms are those that a test sets.
type fakeAlarms struct {
	mu  sync.Mutex
	all []fact.Alarm
}

func (f *fakeAlarms) set(all ...fact.Alarm) { f.mu.Lock(); f.all = all; f.mu.Unlock() }

func (f *fakeAlarms) Alarms() []fact.Alarm {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all)
}

func (f *fakeAlarms) Raised() map[fact.AlarmKind]uint64 {
	return map[fact.AlarmKind]uint64{fact.AlarmDatabase: 2, fact.AlarmTrunk: 0}
}

func TestAlarms(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		c := l.loggedIn("dana")
		if a := c.do("GET", "/api/alarms", ""); a.status != 200 || strings.TrimSpace(a.body) != `{"alarms":[]}` {
			t.Errorf("all is well: %d %s", a.status, a.body)
		}
		since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		l.alarms.set(fact.Alarm{Kind: fact.AlarmDatabase, Since: since, What: "It is locked.", Do: "End the other program."})
		want := `{"alarms":[{"kind":"database","subject":"","since":"2026-01-02T03:04:05Z","what":"It is locked.","do":"End the other program."}]}`
		if a := c.do("GET", "/api/alarms", ""); strings.TrimSpace(a.body) != want {
			t.Errorf("%s, want %s", a.body, want)
		}
		if a := c.do("GET", "/metrics", ""); !strings.Contains(a.body, `mediasrv_alarms{kind="database"} 1`) ||
			!strings.Contains(a.body, `mediasrv_alarms{kind="trunk"} 0`) || !strings.Contains(a.body, `mediasrv_alarms_total{kind="database"} 2`) {
			t.Errorf("metrics: %s", a.body)
		}
	})
}
