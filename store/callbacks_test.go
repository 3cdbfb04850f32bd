package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

func aCallback(id string, change func(*fact.Callback)) fact.Callback {
	at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	c := fact.Callback{
		ID: fact.CallbackID(id), Conversation: "v1", Plan: "keep", Automatic: true, State: fact.CallbackInQueue, Queue: "support", Number: "+81901",
		Name: "Yamada", Entry: "+81312345678", Priority: 3, Front: true, Since: at, Created: at.Add(time.Second), Due: at.Add(time.Minute),
		Changed: at.Add(time.Second), Owner: "aiko", Anyone: true, By: "ben", Agent: "chen", Attempts: 2, Call: "call", Epoch: 1, Lease: at.Add(time.Hour),
	}
	if change != nil {
		change(&c)
	}
	return c
}

func openCallbacks(t *testing.T, s *Store) []fact.Callback {
	t.Helper()
	all, err := s.OpenCallbacks()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCommittedCallbackIsThereAtOnceAndAfterwards(t *testing.T) {
	path := dbPath(t)
	s, _ := openAt(t, path)
	want := aCallback("c1", nil)
	if err := s.CommitCallback(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if got := openCallbacks(t, s); len(got) != 1 || got[0] != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	var mode int
	if err := s.write.QueryRow("PRAGMA synchronous").Scan(&mode); err != nil || mode != 1 {
		t.Errorf("the writer goes on with synchronous %d, %v; want 1 (NORMAL)", mode, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, _ := openAt(t, path)
	if got := openCallbacks(t, again); len(got) != 1 || got[0] != want {
		t.Errorf("after a start: %+v", got)
	}
}

// What waits in the journal is older than what was committed past it.
func TestOlderStateOfACallbackNeverOverwrites(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	s.Append(aCallback("c1", func(c *fact.Callback) { c.State, c.Epoch = fact.CallbackAssigned, 4 }))
	if err := s.CommitCallback(t.Context(), aCallback("c1", func(c *fact.Callback) { c.State, c.Epoch = fact.CallbackActive, 5 })); err != nil {
		t.Fatal(err)
	}
	start(t, s)
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := openCallbacks(t, s); len(got) != 1 || got[0].State != fact.CallbackActive {
		t.Errorf("%+v", got)
	}
	s.Append(aCallback("c1", func(c *fact.Callback) { c.State, c.Epoch = fact.CallbackCompleted, 6 }))
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := openCallbacks(t, s); len(got) != 0 {
		t.Errorf("a completed one holds: %+v", got)
	}
}

func TestCommitOfACallbackGivesUpAtItsDeadline(t *testing.T) {
	path := dbPath(t)
	s, _ := openAt(t, path)
	other, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	err = s.CommitCallback(ctx, aCallback("c1", nil))
	if err == nil || time.Since(began) > 10*time.Second {
		t.Fatalf("%v after %v", err, time.Since(began))
	}
	if _, err := other.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := s.CommitCallback(t.Context(), aCallback("c1", nil)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	_ = s.Close()
	if err := s.CommitCallback(t.Context(), aCallback("c2", nil)); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("of a closed store: %v", err)
	}
}

func TestCallbacksAreFiltered(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	start(t, s)
	s.Append(
		fact.Conversation{ID: "v1", Status: "open", Opened: at}, fact.Conversation{ID: "v2", Status: "closed", Opened: at},
		aCallback("a", nil),
		aCallback("b", func(c *fact.Callback) { c.Automatic, c.Due, c.State = false, at, fact.CallbackNoAnswer }),
		aCallback("c", func(c *fact.Callback) { c.Queue, c.Conversation, c.Since = "sales", "v2", at.Add(time.Hour) }),
		aCallback("d", func(c *fact.Callback) { c.State, c.Due = fact.CallbackCompleted, at.Add(-24*time.Hour) }),
		fact.Event{At: at, Conversation: "v1", Kind: fact.CallbackAsked, Detail: "x"}, fact.Event{At: at, Conversation: "v1", Kind: fact.CallEnded},
	)
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	tokyo := time.FixedZone("JST", 9*3600)
	for name, c := range map[string]struct {
		f    fact.CallbackFilter
		want []fact.CallbackID // those that hold first, the next due one first
	}{
		"all":            {fact.CallbackFilter{}, []fact.CallbackID{"b", "a", "c", "d"}},
		"open":           {fact.CallbackFilter{State: "open"}, []fact.CallbackID{"b", "a", "c"}},
		"state":          {fact.CallbackFilter{State: fact.CallbackCompleted}, []fact.CallbackID{"d"}},
		"manual":         {fact.CallbackFilter{Type: "manual"}, []fact.CallbackID{"b"}},
		"about":          {fact.CallbackFilter{About: "closed"}, []fact.CallbackID{"c"}},
		"queues":         {fact.CallbackFilter{Queues: []string{"sales", "other"}}, []fact.CallbackID{"c"}},
		"no queue":       {fact.CallbackFilter{Queues: []string{}}, nil},
		"pending since":  {fact.CallbackFilter{Before: at}, []fact.CallbackID{"b", "a", "d"}},
		"day":            {fact.CallbackFilter{Day: at}, []fact.CallbackID{"b", "a", "c"}},
		"day in a zone":  {fact.CallbackFilter{Day: at.Add(-12 * time.Hour).In(tokyo)}, []fact.CallbackID{"b", "a", "c"}},
		"another day":    {fact.CallbackFilter{Day: at.Add(-24 * time.Hour)}, []fact.CallbackID{"d"}},
		"first one only": {fact.CallbackFilter{Most: 1}, []fact.CallbackID{"b"}},
	} {
		got, err := s.Callbacks(t.Context(), c.f)
		if err != nil {
			t.Fatal(err)
		}
		var ids []fact.CallbackID
		for _, v := range got {
			ids = append(ids, v.ID)
		}
		if !slices.Equal(ids, c.want) {
			t.Errorf("%s: %v, want %v", name, ids, c.want)
		}
	}
	if all, err := s.CallbackEvents(t.Context(), "v1"); err != nil || len(all) != 1 || all[0].Kind != fact.CallbackAsked {
		t.Errorf("%v %v", all, err)
	}
}
