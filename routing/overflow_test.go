package routing_test

import (
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/routing/fact"
)

// fullWorld has a queue for one waiting caller; nobody is there to answer.
func fullWorld(t *testing.T, then config.Action, do func(w *world)) {
	t.Helper()
	cfg := testConfig()
	cfg.Queues["support"].MaxWaiting = config.MaxWaiting{Calls: 1, Then: then}
	inWorld(t, cfg, func(w *world) {
		w.only()
		w.call("+81901", supportNumber)
		do(w)
	})
}

func TestFullQueueGoesElsewhere(t *testing.T) {
	fullWorld(t, config.Action{Queue: "sales", Skills: []config.SkillNeed{{Skill: "x", Level: 1}}}, func(w *world) {
		c := w.call("+81902", supportNumber)
		w.happened(fact.Queued, fact.Queued, fact.Overflowed, fact.Queued)
		all := fake.Of[fact.Situation](&w.store)
		if last := all[len(all)-1]; last.Queue != "sales" || w.lastCall().Queue != "sales" || c.hears() == "" {
			t.Errorf("%+v", last)
		}
		w.callers[0].End(fact.EndCallerHungUp, "")
		w.must(w.SetStatus("aiko", "available"))
		w.settle()
		w.isQuiet("aiko") // who lacks the skill that the second caller wants
	})
}

func TestFullQueueSaysSoAndHangsUp(t *testing.T) {
	fullWorld(t, config.Action{Message: &config.Audio{Say: "message"}}, func(w *world) {
		c := w.call("+81902", supportNumber)
		if c.hears() != "message" {
			t.Errorf("hears %q", c.hears())
		}
		w.after(2 * time.Second)
		if c.Ended() {
			t.Error("the message was cut")
		}
		w.after(4 * time.Second)
		w.endedAs(c, fact.EndQueueFull)
	})
}

func TestFullQueueWithoutAWord(t *testing.T) {
	fullWorld(t, config.Action{}, func(w *world) {
		w.endedAs(w.call("+81902", supportNumber), fact.EndQueueFull)
	})
}

func TestNobodyThereForAQueue(t *testing.T) {
	cfg := testConfig()
	cfg.Queues["support"].NoAgents = config.NoAgents{When: config.LoggedOut, After: 10 * time.Second, Then: config.Action{Queue: "sales"}}
	cfg.Queues["sales"].NoAgents = config.NoAgents{When: config.LoggedOut, After: 10 * time.Second, Then: config.Action{HangUp: true}}
	inWorld(t, cfg, func(w *world) {
		w.call("+81901", supportNumber)
		w.ringing("aiko")
		w.must(w.SetStatus("ben", "offline"))
		w.LoggedOut("aiko")
		w.after(11 * time.Second)
		w.happened(fact.Offered, fact.OfferFailed, fact.Overflowed, fact.Queued, fact.Overflowed, fact.CallEnded)
		if end := w.lastCall().End; end != fact.EndNoAgents {
			t.Errorf("the call ended as %s", end)
		}
	})
}
