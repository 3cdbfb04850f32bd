package web

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// fakeTrail keeps what was asked and what was done.
type fakeTrail struct {
	mu     sync.Mutex
	rows   []fact.AuditView
	asked  []fact.AuditFilter
	done   []fact.Audit
	broken error
}

func (f *fakeTrail) Audit(_ context.Context, filter fact.AuditFilter) ([]fact.AuditView, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, filter)
	return f.rows[:min(len(f.rows), filter.Most)], f.broken
}

func (f *fakeTrail) Acted(a fact.Audit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done = append(f.done, a)
}

func (f *fakeTrail) acts() (all []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.done {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", a.Who, a.What, a.User, a.Detail)))
	}
	return all
}

func TestAudit(t *testing.T) {
	inBubble(t, nil, func(l *lab) {
		t := l.t
		at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
		for i := range 150 {
			l.trail.rows = append(l.trail.rows, fact.AuditView{ID: fmt.Sprint(i), At: at, Who: "dana", What: "whisper", Call: "c1", User: "=aiko", Detail: "<b>x</b>"})
		}
		c := l.loggedIn("dana")
		a := c.do("GET", "/api/audit?who=dana&what=whisper&user=aiko&call=c1&from=2026-11-01T00:00:00Z&before=7", "")
		if a.status != 200 || strings.Count(a.body, `"id"`) != 100 || !strings.Contains(a.body, `"more":true`) {
			t.Errorf("%d %.300s", a.status, a.body)
		}
		want := fact.AuditFilter{Who: "dana", What: "whisper", User: "aiko", Call: "c1", From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Before: "7", Most: 101}
		if got := l.trail.asked[0]; got != want {
			t.Errorf("asked for %+v, want %+v", got, want)
		}
		a = c.do("GET", "/api/audit.csv", "")
		if lines := strings.Split(a.body, "\r\n"); a.status != 200 || len(lines) != 152 || lines[1] != "2026-11-21T10:00:00Z,dana,whisper,'=aiko,c1,<b>x</b>" {
			t.Errorf("%d %.300q", a.status, a.body)
		}
		l.trail.broken = errors.New("locked")
		if a := c.do("GET", "/api/audit", ""); a.status != 503 || strings.Contains(a.body, "locked") {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}
