package routing_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/internal/fake"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// A call says where it is at each of its stages, so that after a crash it is known who waited where.
func TestSituationsAreKept(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("aiko")
		began := time.Now()
		c := w.call("+81901", salesNumber)
		all := fake.Of[fact.Situation](&w.store)
		if len(all) != 1 || all[0].Stage != "wait" || all[0].Queue != "sales" || all[0].Priority != 5 || !all[0].Since.Equal(began) || all[0].Whole == "" {
			t.Fatalf("%+v", all)
		}
		w.answers("aiko")
		if all = fake.Of[fact.Situation](&w.store); len(all) != 2 || all[1].Stage != "talk" || all[1].Call != w.lastCall().ID {
			t.Errorf("%+v", all)
		}
		c.End(fact.EndCallerHungUp, "")
	})
}

// The agent goes on with the wrap-up in which the last run has ended, and what is said then is kept with the call.
func TestWrapUpGoesOnAfterARestart(t *testing.T) {
	prompts := testPrompts(t)
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		var store fake.Store
		call := fact.Call{ID: "c", Conversation: "v", From: "+81901", Queue: "support", Agent: "aiko", Ended: now, End: fact.EndCallerHungUp}
		centre := routing.New(routing.Options{
			Config: testConfig(), Dialer: &fake.Dialer{}, Recorder: &fake.Recorder{}, Store: &store, Prompts: prompts, Log: slog.New(slog.DiscardHandler),
			Open: []fact.Conversation{{ID: "v", Customer: "+81901", Name: "Bob", Status: "open", Agent: "aiko"}},
			Resume: fact.Resume{
				Agents: []fact.Agent{
					{User: "aiko", Status: "available", Activity: "wrap-up", Call: "c", Queue: "support", Since: now, WrapUpBegan: now, WrapUpUntil: now.Add(20 * time.Second)},
					{User: "ben", Status: "available", Activity: "ringing", Call: "r", Queue: "support", Since: now},
				},
				Calls: []fact.Call{call, {ID: "r"}},
			},
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			centre.Run(ctx)
		}()
		defer func() { stop(); <-ended }()
		synctest.Wait()
		if n := centre.Cards(); n != 1 {
			t.Errorf("%d cards, want that of the call in wrap-up", n)
		}
		views, end := centre.Watch("aiko")
		defer end()
		if v := <-views; v.WrapUp == nil || v.Call == nil || v.Call.Name != "Bob" || v.Call.Number != "+81901" || v.Agent.Phone {
			t.Errorf("aiko's page shows %+v", v)
		}
		if err := centre.FinishWrapUp("aiko", fact.WrapUpResult{Disposition: "resolved"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if calls := store.Calls(); len(calls) != 1 || calls[0].Disposition != "resolved" || !calls[0].Ended.Equal(now) {
			t.Errorf("the call is %+v", calls)
		}
		if n := centre.Cards(); n != 0 {
			t.Errorf("%d cards are left", n)
		}
		var restarts int
		for _, a := range fake.Of[fact.AgentChange](&store) {
			if a.Reason == "server restarted" {
				restarts++
			}
		}
		if restarts != 1 {
			t.Errorf("the history has %d changes by the restart, want that of ben", restarts)
		}
	})
}
