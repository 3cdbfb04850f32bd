package alarm

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"
)

// ward is a part that tests make ill.
type ward struct {
	mu    sync.Mutex
	wrong Trouble
}

func (w *ward) set(t Trouble) { w.mu.Lock(); w.wrong = t; w.mu.Unlock() }
func (w *ward) get() Trouble  { w.mu.Lock(); defer w.mu.Unlock(); return w.wrong }

func TestAlarmIsRaisedOnceAndEndsWhenMended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var events []fact.Event
		part := &ward{}
		b := New(slog.New(slog.NewTextHandler(&log, nil)), func(all ...fact.Record) {
			for _, r := range all {
				events = append(events, r.(fact.Event)) //nolint:forcetypeassert // a board keeps nothing else
			}
		}, Database(part.get), Recordings(func() Trouble { return Trouble{} }))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); _ = b.Run(ctx) }()
		after := func(d time.Duration) { time.Sleep(d); synctest.Wait() }
		after(3 * time.Second)
		if got := b.Alarms(); len(got) != 0 || len(events) != 0 {
			t.Fatalf("while all is well: %+v, %+v", got, events)
		}
		since := time.Now().UTC()
		part.set(Trouble{Since: since, Err: errors.New("database is locked"), Waits: 5})
		after(2 * time.Second)
		part.set(Trouble{Since: since, Err: errors.New("database is locked"), Waits: 500, Lost: 3})
		after(2 * time.Second)
		got := b.Alarms()
		if len(got) != 1 || got[0].Kind != fact.AlarmDatabase || !got[0].Since.Equal(since) || !strings.Contains(got[0].What, "500 records") || !strings.Contains(got[0].Do, "mediasrv.db") {
			t.Fatalf("while it is locked: %+v", got)
		}
		part.set(Trouble{})
		after(2 * time.Second)
		if got := b.Alarms(); len(got) != 0 || b.Raised()[fact.AlarmDatabase] != 1 || b.Raised()[fact.AlarmTrunk] != 0 {
			t.Errorf("when it is mended: %+v, raised %v", got, b.Raised())
		}
		stop()
		<-ended
		if len(events) != 2 || events[0].Kind != fact.AlarmRaised || events[1].Kind != fact.AlarmOver || !strings.Contains(events[0].Detail, "database is locked") {
			t.Errorf("events: %+v", events)
		}
		if n := strings.Count(log.String(), "\n"); n != 2 {
			t.Errorf("%d lines in the log, want one when it began and one when it was over:\n%s", n, log.String())
		}
	})
}

// find is the alarm of a kind after a look.
func find(all []fact.Alarm, kind fact.AlarmKind) *fact.Alarm {
	for i := range all {
		if all[i].Kind == kind {
			return &all[i]
		}
	}
	return nil
}

func TestMedia(t *testing.T) {
	tests := []struct {
		name   string
		kind   fact.AlarmKind
		states func(second int) MediaState
		from   int // seconds; when the alarm is there first; -1: never
		to     int // and first no more
	}{
		{"no port", fact.AlarmPorts, func(s int) MediaState {
			m := MediaState{FreePorts: 10}
			if s >= 5 {
				m.NoPorts = 3
			}
			return m
		}, 5, 65},
		{"late once", fact.AlarmOverload, func(s int) MediaState {
			m := MediaState{FreePorts: 1}
			if s == 5 {
				m.Lateness = time.Second
			}
			return m
		}, -1, -1},
		{"late for a while", fact.AlarmOverload, func(s int) MediaState {
			m := MediaState{FreePorts: 1}
			if s >= 5 && s <= 15 && s%2 == 1 {
				m.Lateness = 20 * time.Millisecond
			}
			return m
		}, 11, 75},
		{"one way", fact.AlarmOneWay, func(s int) MediaState {
			m := MediaState{FreePorts: 1}
			if s >= 5 && s < 30 {
				m.OneWays = 2
			}
			return m
		}, 15, 30},
		{"one way, but short", fact.AlarmOneWay, func(s int) MediaState {
			m := MediaState{FreePorts: 1}
			if s%8 != 0 {
				m.OneWays = 1
			}
			return m
		}, -1, -1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			second := 0
			look := Media(func() MediaState { return test.states(second) })
			began := time.Unix(0, 0)
			for ; second < 200; second++ {
				there := find(look(began.Add(time.Duration(second)*time.Second)), test.kind) != nil
				if want := test.from >= 0 && second >= test.from && second < test.to; there != want {
					t.Fatalf("after %d s the alarm is there: %v", second, there)
				}
			}
		})
	}
}

func TestParts(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	target := func(h fact.TargetHealth) fact.TargetState {
		return fact.TargetState{Health: h, Since: now, Error: "no answer"}
	}
	trunk := func(t fact.TrunkState) Look {
		t.Name = "carrier"
		return Trunks(func() []fact.TrunkState { return []fact.TrunkState{t} })
	}
	tests := []struct {
		name string
		look Look
		says string // empty: no alarm
	}{
		{"a registered trunk", trunk(fact.TrunkState{Registration: fact.Registration{State: fact.Registered}, Targets: []fact.TargetState{target(fact.TargetUp)}}), ""},
		{"one server of two", trunk(fact.TrunkState{Targets: []fact.TargetState{target(fact.TargetDown), target(fact.TargetUp)}}), ""},
		{"no server", trunk(fact.TrunkState{Targets: []fact.TargetState{target(fact.TargetDown), target(fact.TargetDown)}}), "None of its servers"},
		{"a trunk without servers", trunk(fact.TrunkState{}), ""},
		{"a wrong password", trunk(fact.TrunkState{Registration: fact.Registration{Since: now, State: fact.RegistrationRefused, Error: "403 Forbidden"}}), "403 Forbidden"},
		{"no registrar", trunk(fact.TrunkState{Registration: fact.Registration{Since: now, State: fact.RegistrationFailed, Error: "timeout"}}), "no call comes in"},
		{"no reload", Reloads(func() fact.Reload { return fact.Reload{} }), ""},
		{"a good reload", Reloads(func() fact.Reload { return fact.Reload{At: now, Applied: true} }), ""},
		{
			"a bad reload", Reloads(func() fact.Reload {
				return fact.Reload{At: now, Wrong: []fact.ReloadMistake{{File: "a.yml", Line: 3, Column: 5, Text: "unknown key"}}}
			}),
			"a.yml:3:5: unknown key",
		},
		{"an upload that works", Uploads(func() []UploadState { return []UploadState{{To: "s3", Waiting: 3}} }), ""},
		{"an upload that fails for a moment", Uploads(func() []UploadState { return []UploadState{{To: "s3", Failing: now.Add(-time.Minute)}} }), ""},
		{"an upload that fails", Uploads(func() []UploadState { return []UploadState{{To: "s3", Failing: now.Add(-time.Hour), Waiting: 3}} }), "3 recordings don't reach s3"},
		{"no quota", Quota(func() QuotaState { return QuotaState{Used: 1e12} }), ""},
		{"a quota that suffices", Quota(func() QuotaState { return QuotaState{Used: 39.9e9, Quota: 50e9, Since: now} }), ""},
		{"a quota that is nearly full", Quota(func() QuotaState { return QuotaState{Used: 40e9, Quota: 50e9, Since: now} }), "80 % of their quota: 40.0 of 50.0 GB"},
		{"a quota that is full", Quota(func() QuotaState { return QuotaState{Used: 60e9, Quota: 50e9, Since: now} }), "120 %"},
		{"recordings", Recordings(func() Trouble { return Trouble{Since: now, Err: errors.New("no space left on device")} }), "no space left"},
	}
	for _, test := range tests {
		all := test.look(now)
		switch {
		case test.says == "" && len(all) == 0:
		case len(all) != 1 || test.says == "" || !strings.Contains(all[0].What, test.says) || all[0].Do == "" || all[0].Since.IsZero():
			t.Errorf("%s: %+v, want %q", test.name, all, test.says)
		}
	}
}
