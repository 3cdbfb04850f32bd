package store

import (
	"path/filepath"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"
)

func TestRowsAreUpsertedAndEventsAppended(t *testing.T) {
	path := dbPath(t)
	synctest.Test(t, func(t *testing.T) {
		s, _ := openAt(t, path)
		start(t, s)
		began := time.Date(2026, 11, 21, 5, 47, 19, 123_456_789, time.FixedZone("JST", 9*3600))
		call := fact.Call{ID: "c1", Conversation: "v1", Direction: fact.Inbound, From: "+81", Began: began}
		s.Append(fact.Conversation{ID: "v1", Status: "open", Opened: began, Notes: "a"}, call,
			fact.Leg{ID: "l1", Call: "c1", Seat: fact.SeatCustomer, Party: fact.Party{Number: "+81"}, Began: began},
			fact.Leg{ID: "l2", Call: "c1", Ended: began, End: fact.EndCompleted, Quality: fact.Quality{
				Rated: 90 * time.Second, MOS: 4.1, LowestMOS: 2.5, Loss: 1.5, Late: 3, Discarded: 4, Jitter: 2500 * time.Microsecond,
				RoundTrip: 80 * time.Millisecond, FarMOS: 3.9, FarLoss: 0.5, FarJitter: 7 * time.Millisecond,
			}},
			fact.Event{At: began, Call: "c1", Kind: fact.CallBegan},
			fact.AgentChange{At: began, User: "aiko", Status: "available"})
		call.Ended, call.End = began.Add(time.Minute), fact.EndCallerHungUp
		s.Append(call, fact.Event{At: began.Add(time.Minute), Call: "c1", Kind: fact.CallEnded, Detail: "it's \x00 odd"})
		s.RecordingClosed(fact.Recording{Path: "a.wav", Call: "c1", Gaps: []fact.Gap{{Channel: 1, From: 5, To: 9, Cause: "overflow"}}})
		s.RecordingClosed(fact.Recording{Path: "a.wav", Call: "c1", Repaired: true})
		flush(t, s)

		for query, want := range map[string]int{
			`SELECT count(*) FROM calls WHERE end_reason = 'caller-hung-up' AND ended = '2026-11-20T20:48:19.123Z'`: 1,
			`SELECT count(*) FROM calls WHERE began = '2026-11-20T20:47:19.123Z' AND node = 'n1'`:                   1,
			`SELECT count(*) FROM legs WHERE ended IS NULL AND end_reason = ''`:                                     1,
			`SELECT count(*) FROM legs WHERE rated_seconds = 90 AND mos = 4.1 AND mos_lowest = 2.5 AND loss_percent = 1.5 AND late = 3 AND discarded = 4
				AND jitter_ms = 2.5 AND round_trip_ms = 80 AND far_mos = 3.9 AND far_loss_percent = 0.5 AND far_jitter_ms = 7`: 1,
			`SELECT count(*) FROM recordings WHERE repaired = 1`:                      1,
			`SELECT count(*) FROM agent_changes WHERE user = 'aiko' AND sequence = 2`: 1,
			`SELECT max(sequence) FROM events`:                                        3,
		} {
			if got := count(t, s.read, query); got != want {
				t.Errorf("%s: got %d, want %d", query, got, want)
			}
		}
		line, err := s.Timeline("c1")
		if err != nil || len(line) != 2 || line[0].Kind != fact.CallBegan || line[1].Detail != "it's \x00 odd" {
			t.Errorf("Timeline: %v, %+v", err, line)
		}
		if !line[0].At.Equal(began.Truncate(time.Millisecond)) {
			t.Errorf("At: got %v, want %v", line[0].At, began)
		}
		if st := s.Stats(); st != (Stats{}) {
			t.Errorf("Stats: %+v", st)
		}
	})
}

func TestCommitsInGroupsWithoutFlush(t *testing.T) {
	path := dbPath(t)
	synctest.Test(t, func(t *testing.T) {
		s, _ := openAt(t, path)
		start(t, s)
		for range 10 {
			s.Append(fact.Event{Kind: fact.Queued})
		}
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		if got := count(t, s.read, `SELECT count(*) FROM events`); got != 10 {
			t.Errorf("after 100 ms %d events are committed, want 10", got)
		}
	})
}

func TestCloseDrainsAndSequencesGoOn(t *testing.T) {
	path := dbPath(t)
	s, _ := openAt(t, path) // Run never runs
	s.Append(fact.Event{Kind: fact.Queued}, fact.AgentChange{User: "a"})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	again, _ := openAt(t, path)
	again.Append(fact.Event{Kind: fact.Offered})
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	third, _ := openAt(t, path)
	if got := count(t, third.read, `SELECT sequence FROM events WHERE kind = 'offered'`); got != 3 {
		t.Errorf("the sequence went on with %d, want 3", got)
	}
}

func TestOpenConversations(t *testing.T) {
	path := dbPath(t)
	synctest.Test(t, func(t *testing.T) {
		s, _ := openAt(t, path)
		start(t, s)
		now := time.Now().UTC()
		want := fact.Conversation{
			ID: "b", Customer: "+81", Name: "n", Queue: "q", Agent: "a", Status: "waiting", Previous: "p", Notes: "x", Priority: 7, Tags: []string{"vip"},
			Opened: now, Changed: now.Add(time.Second),
		}
		s.Append(fact.Conversation{ID: "a", Status: "closed"}, want)
		flush(t, s)
		got, err := s.OpenConversations()
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
			t.Errorf("got %+v (%v), want %+v", got, err, want)
		}
	})
}

func TestOrphanCalls(t *testing.T) {
	path := dbPath(t)
	synctest.Test(t, func(t *testing.T) {
		s, _ := openAt(t, path)
		start(t, s)
		t0 := time.Now()
		s.Append(
			fact.Call{ID: "ended", Began: t0, Ended: t0, End: fact.EndCompleted},
			fact.Call{ID: "open", Conversation: "v", Began: t0},
			fact.Call{ID: "bare"},
			fact.Leg{ID: "l1", Call: "open", Began: t0},
			fact.Leg{ID: "l2", Call: "open", Began: t0, Ended: t0, End: fact.EndBusy},
			fact.Event{At: t0.Add(90 * time.Second), Call: "open", Kind: fact.AgentAnswered})
		flush(t, s)
		if _, err := s.write.Exec(`INSERT INTO calls SELECT 'other', 'n2', conversation, direction, entry, trunk, caller, queue, agent, disposition,
			began, answered, talked, ended, end_reason FROM calls WHERE id = 'open'`); err != nil {
			t.Fatal(err)
		}
		for i, want := range []int{2, 0} {
			if r, err := s.Resume(); err != nil || len(r.Orphans) != want {
				t.Errorf("time %d: got %+v (%v), want %d orphans", i+1, r, err, want)
			}
		}
		for query, want := range map[string]int{
			`SELECT count(*) FROM calls WHERE id = 'open' AND end_reason = 'crash' AND ended = '2000-01-01T00:01:30.000Z'`: 1,
			`SELECT count(*) FROM calls WHERE id = 'bare' AND end_reason = 'crash' AND ended IS NOT NULL`:                  1,
			`SELECT count(*) FROM calls WHERE id = 'ended' AND end_reason = 'completed'`:                                   1,
			`SELECT count(*) FROM calls WHERE id = 'other' AND ended IS NULL`:                                              1,
			`SELECT count(*) FROM legs WHERE end_reason = 'crash'`:                                                         1,
			`SELECT count(*) FROM events WHERE kind = 'call-ended' AND detail = 'crash'`:                                   2,
		} {
			if got := count(t, s.read, query); got != want {
				t.Errorf("%s: got %d, want %d", query, got, want)
			}
		}
		line, err := s.Timeline("open")
		if err != nil || len(line) != 2 || line[1].Kind != fact.CallEnded {
			t.Errorf("Timeline: %+v (%v)", line, err)
		}
	})
}

func TestPasswordHashes(t *testing.T) {
	s, _ := openAt(t, filepath.Join(t.TempDir(), "a dir?with#odd%20letters", FileName))
	ctx := t.Context()
	if h, err := s.PasswordHash(ctx, "aiko"); h != "" || err != nil {
		t.Errorf("unknown user: %q, %v", h, err)
	}
	if err := s.AddSession(ctx, fact.Session{TokenHash: "x", User: "nobody"}); err == nil {
		t.Error("a session of a user without a password was kept")
	}
	for _, h := range []string{"h1", "h2"} {
		if err := s.SetPasswordHash(ctx, "aiko", h); err != nil {
			t.Fatal(err)
		}
	}
	if h, err := s.PasswordHash(ctx, "aiko"); h != "h2" || err != nil {
		t.Errorf("hash: %q, %v", h, err)
	}
}

// withSessions opens a store with three sessions of aiko, t1 to t3, which end now, in an hour and in two.
func withSessions(t *testing.T, now time.Time) *Store {
	t.Helper()
	s, _ := openAt(t, dbPath(t))
	ctx := t.Context()
	if err := s.SetPasswordHash(ctx, "aiko", "h"); err != nil {
		t.Fatal(err)
	}
	for i, token := range []string{"t1", "t2", "t3"} {
		v := fact.Session{TokenHash: token, User: "aiko", Created: now, Expires: now.Add(time.Duration(i) * time.Hour)}
		if err := s.AddSession(ctx, v); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := s.Session(ctx, token); got != v || !ok || err != nil {
			t.Errorf("Session: %+v, %v, %v", got, ok, err)
		}
	}
	return s
}

func TestSessionsAreRenewed(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	s := withSessions(t, now)
	s.RenewSession("t2", now.Add(5*time.Hour))
	s.RenewSession("t2", now.Add(4*time.Hour)) // an older one that came late
	if err := s.drain(); err != nil {
		t.Fatal(err)
	}
	if got, _, err := s.Session(t.Context(), "t2"); !got.Expires.Equal(now.Add(5*time.Hour)) || err != nil {
		t.Errorf("renewed until %v (%v)", got.Expires, err)
	}
}

func TestSessionsAreDeleted(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	s, ctx := withSessions(t, now), t.Context()
	if gone, err := s.DeleteExpiredSessions(ctx, now); err != nil || len(gone) != 1 || gone[0].TokenHash != "t1" {
		t.Errorf("expired: %+v, %v", gone, err)
	}
	if err := s.DeleteSession(ctx, "t2"); err != nil {
		t.Fatal(err)
	}
	if users, err := s.SessionUsers(ctx); err != nil || len(users) != 1 {
		t.Errorf("users: %v, %v", users, err)
	}
	if all, err := s.Sessions(ctx, "aiko"); err != nil || len(all) != 1 {
		t.Errorf("sessions: %v, %v", all, err)
	}
	if gone, err := s.DeleteSessionsOf(ctx, "aiko"); err != nil || len(gone) != 1 || gone[0].TokenHash != "t3" {
		t.Errorf("all of aiko: %+v, %v", gone, err)
	}
	if _, ok, err := s.Session(ctx, "t3"); ok || err != nil {
		t.Errorf("after deletion: %v, %v", ok, err)
	}
}
