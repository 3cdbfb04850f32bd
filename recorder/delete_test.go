package recorder

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"
)

// What is deleted is gone, its ledger says so, and the others are as good as before.
func TestDelete(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		tap := s.begin(twoParties("s1"))
		talkAll(tap, 2*time.Second, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880})
		s.Stop("s1")
		time.Sleep(time.Second)
		rec := s.index.part(t, "agent")
		v := fact.RecordingView{Path: rec.Path, Segment: rec.Segment, Part: rec.Part, Leg: rec.Leg}
		for range 2 { // as after a crash in between
			if err := s.Delete(v); err != nil {
				t.Error(err)
			}
		}
		for _, path := range []string{"../../etc/passwd.wav", "x.wav", "", "2026-01-01/a.json"} {
			if err := s.Delete(fact.RecordingView{Path: path}); err == nil {
				t.Errorf("%q: no error", path)
			}
		}
		s.stop()
	})
	if r := evidence(t, dir); r.Good != 2 || r.Deleted != 1 || len(r.Findings) != 0 {
		t.Errorf("%+v, want two good files, one deleted", r)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "*/*agent*")); len(found) != 0 {
		t.Errorf("still there: %v", found)
	}
}

// archive is rows in memory, which go a moment after they were deleted, as those of a journal.
type archive struct {
	rows []fact.RecordingView
	gone []fact.RecordingDeleted
	asks int
}

func (a *archive) OldRecordings(_ context.Context, before time.Time, after *fact.RecordingView) (page []fact.RecordingView, err error) {
	a.asks++
	for _, v := range a.rows {
		if v.Began.Before(before) && v.Held == nil && (after == nil || v.Began.After(after.Began)) && len(page) < 2 {
			page = append(page, v)
		}
	}
	return page, nil
}

func (a *archive) Recording(_ context.Context, id string) (fact.RecordingView, bool, error) {
	for _, v := range a.rows {
		if v.ID == id {
			return v, !slices.ContainsFunc(a.gone, func(d fact.RecordingDeleted) bool { return d.ID == id }), nil
		}
	}
	return fact.RecordingView{}, false, nil
}

func (a *archive) RecordingDeleted(d fact.RecordingDeleted) { a.gone = append(a.gone, d) }

func TestRetention(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const day = 24 * time.Hour
		now := time.Now()
		held := now
		a := &archive{}
		for i, queue := range []string{"long", "short", "short", "short", "ever", "short", "long", "short"} {
			a.rows = append(a.rows, fact.RecordingView{ID: string(rune('a' + i)), Queue: queue, Began: now.Add(time.Duration(i-100) * day)})
		}
		a.rows[2].Held = &held
		var deleted string
		changed := now
		r := Retention{
			Archive: a, Log: slog.New(slog.DiscardHandler),
			Least: func() time.Duration {
				if time.Now().Before(changed) {
					return 0
				}
				return 10 * day
			},
			Keep: func(v fact.RecordingView) time.Duration {
				return map[string]time.Duration{"short": 10 * day, "long": 97 * day}[v.Queue]
			},
			Delete: func(v fact.RecordingView) error {
				if v.ID == "d" {
					return os.ErrPermission
				}
				deleted += v.ID
				return nil
			},
		}
		n, err := r.sweep(t.Context(), now)
		if n != 4 || deleted != "abfh" || !errors.Is(err, os.ErrPermission) {
			t.Errorf("%d deleted (%s), %v; want a, b, f, h: c is held, d can't be deleted, e is kept for ever, g not so long yet", n, deleted, err)
		}
		if len(a.gone) != 4 || a.gone[0].User != "" || a.gone[1].Reason != "kept for 240h0m0s" {
			t.Errorf("%+v", a.gone)
		}
		changed, a.asks = now.Add(150*time.Minute), 0 // then the file is changed
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Hour+time.Minute)
		defer cancel()
		if err := r.Run(ctx); err != nil || a.asks != 3*5 {
			t.Errorf("%v, %d questions, want five each at three full hours", err, a.asks)
		}
	})
}

// A hold that comes while a page is being deleted keeps what is still there.
func TestRetentionSeesAHoldInTime(t *testing.T) {
	now := time.Now()
	a := &archive{rows: []fact.RecordingView{{ID: "a", Began: now.Add(-3 * time.Hour)}, {ID: "b", Began: now.Add(-2 * time.Hour)}}}
	r := Retention{
		Archive: a,
		Least:   func() time.Duration { return time.Hour },
		Keep:    func(fact.RecordingView) time.Duration { return time.Hour },
		Delete: func(v fact.RecordingView) error {
			if v.ID == "b" {
				t.Error("deleted though it is held")
			}
			a.rows[1].Held = &now
			return nil
		},
	}
	if n, err := r.sweep(t.Context(), now); n != 1 || err != nil || len(a.gone) != 1 {
		t.Errorf("%d deleted, %v, %+v", n, err, a.gone)
	}
}
