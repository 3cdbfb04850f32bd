package store

import (
	"context"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"
)

func TestResume(t *testing.T) {
	path := dbPath(t)
	synctest.Test(t, func(t *testing.T) {
		at := time.Date(2026, 11, 21, 9, 0, 0, 5_000_000, time.UTC)
		wrapping := fact.Agent{
			User: "aiko", Status: "away", Activity: "wrap-up", Missed: 1, Since: at, IdleFrom: at.Add(-time.Minute), Call: "done", Queue: "q",
			WrapUpBegan: at, WrapUpUntil: at.Add(40 * time.Second), WrapUpMore: true,
		}
		idle := fact.Agent{User: "ben", Status: "available", Activity: "idle", Since: at, IdleFrom: at}
		done := fact.Call{ID: "done", Queue: "q", Agent: "aiko", Began: at, Ended: at, End: fact.EndCallerHungUp}
		waits := func(call fact.CallID, priority int, front bool, since time.Time) []fact.Record {
			return []fact.Record{
				fact.Call{ID: call, Conversation: "v", From: "+81", Entry: "+82", Queue: "q", Began: at},
				fact.Situation{Call: call, Stage: "wait", Queue: "q", Priority: priority, Front: front, Since: since, At: at, Whole: `{"x":1}`},
			}
		}
		var all []fact.Record
		all = append(all, fact.Agent{User: "aiko", Status: "available", Activity: "talking"}, wrapping, idle, done)
		all = append(all, fact.Situation{Call: "never", Stage: "wait"}, fact.Conversation{ID: "v", Status: "open", Name: "Bob", Opened: at})
		all = append(all, fact.Call{ID: "talks", Began: at}, fact.Situation{Call: "talks", Stage: "wait"}, fact.Situation{Call: "talks", Stage: "talk"})
		all = append(all, waits("third", 0, false, at)...)
		all = append(all, waits("fourth", 0, false, at.Add(time.Second))...)
		all = append(all, waits("second", 0, true, at.Add(time.Minute))...)
		all = append(all, waits("first", 1, false, at.Add(time.Minute))...)
		all = append(all, waits("over", 1, false, at)...)
		all = append(all, fact.Call{ID: "over", Began: at, Ended: at, End: fact.EndCallerGone})
		func() { // the run that ends in a crash: what it has committed is there, and nothing says good-bye
			s, _ := openAt(t, path)
			s.Append(all...)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}()
		s, _ := openAt(t, path)
		if n := count(t, s.read, `SELECT count(*) FROM situations WHERE call = 'over'`); n != 0 {
			t.Error("the situation of a call that has ended is kept")
		}
		r, err := s.Resume()
		if err != nil {
			t.Fatal(err)
		}
		if want := []fact.Agent{wrapping, idle}; !reflect.DeepEqual(r.Agents, want) {
			t.Errorf("agents %+v\nwant %+v", r.Agents, want)
		}
		if want := []fact.Call{done}; !reflect.DeepEqual(r.Calls, want) {
			t.Errorf("calls %+v\nwant %+v", r.Calls, want)
		}
		var order []fact.CallID
		for _, o := range r.Orphans {
			order = append(order, o.Call.ID)
			if o.Waits != (o.Call.ID != "talks") || o.Call.Ended != at || o.Call.End != fact.EndCrash {
				t.Errorf("%+v", o)
			}
		}
		if want := []fact.CallID{"first", "second", "third", "fourth", "talks"}; !reflect.DeepEqual(order, want) {
			t.Errorf("orphans %v, want %v", order, want)
		}
		want := fact.Situation{Call: "", Stage: "wait", Queue: "q", Front: true, Since: at.Add(time.Minute), At: at, Whole: `{"x":1}`}
		if o := r.Orphans[1]; o.Last != want || o.Name != "Bob" || o.Call.From != "+81" || o.Call.Entry != "+82" {
			t.Errorf("%+v, want last %+v", o, want)
		}
		if again, err := s.Resume(); err != nil || len(again.Orphans) != 0 || len(again.Agents) != 2 {
			t.Errorf("again: %+v (%v)", again, err)
		}
		if n := count(t, s.read, `SELECT count(*) FROM situations`); n != 0 {
			t.Errorf("%d situations of calls that are over are left", n)
		}
	})
}

// A customer whose last conversation is closed is known after a restart too.
func TestClosedConversationsOfCustomersAreKnown(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	s.Append(
		fact.Conversation{ID: "1", Customer: "+81", Status: "closed", Opened: at},
		fact.Conversation{ID: "2", Customer: "+81", Status: "closed", Opened: at.Add(time.Hour)},
		fact.Conversation{ID: "3", Status: "closed", Opened: at},
	)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	flush(t, s)
	cancel()
	<-done
	got, err := s.OpenConversations()
	if err != nil || len(got) != 2 || got[1].ID != "2" {
		t.Errorf("%+v (%v): want those of the customer, the latest one last", got, err)
	}
}
