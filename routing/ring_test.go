package routing_test

import (
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/routing/fact"
)

func ringAllWorld(t *testing.T, do func(w *world, aiko, ben *fake.Leg, c *caller)) {
	t.Helper()
	cfg := testConfig()
	cfg.Queues["support"].Ring = config.RingAll
	inWorld(t, cfg, func(w *world) {
		c := w.call("+819012345678", supportNumber)
		do(w, w.ringing("aiko"), w.ringing("ben"), c)
	})
}

func TestRingAllTheFirstWhoAnswersHasTheCall(t *testing.T) {
	ringAllWorld(t, func(w *world, aiko, ben *fake.Leg, c *caller) {
		aiko.ByeDelay = time.Second
		ben.Pickup()
		aiko.Pickup() // crosses
		w.settle()
		if c.hears() != "party" || ben.Room().Hears(ben) != "party" || aiko.Living() || aiko.HungUp() != fact.EndElsewhere {
			t.Errorf("the caller hears %q, aiko's phone lives: %v, %s", c.hears(), aiko.Living(), aiko.HungUp())
		}
		w.agentIs("aiko", "available", "idle")
		w.agentIs("ben", "available", "talking")
		w.happened(fact.Offered, fact.Offered, fact.AgentAnswered, fact.OfferFailed)
		w.after(2 * time.Second)
		c.End(fact.EndCallerHungUp, "")
		w.endedAs(c, fact.EndCallerHungUp)
		if got := w.lastCall().Agent; got != "ben" {
			t.Errorf("the call is %s's", got)
		}
	})
}

// Two answer, and the second one is gone before the floor has said who has the call: the first one keeps it.
func TestRingAllTheSecondAnswerIsGoneAtOnce(t *testing.T) {
	ringAllWorld(t, func(w *world, aiko, ben *fake.Leg, c *caller) {
		aiko.Pickup()
		ben.Pickup()
		ben.End(fact.EndRemote, "BYE")
		w.settle()
		w.agentIs("aiko", "available", "talking")
		if c.hears() != "party" {
			t.Errorf("the caller hears %q", c.hears())
		}
	})
}

func TestRingAllRingsOnWhenOneRefuses(t *testing.T) {
	ringAllWorld(t, func(w *world, aiko, ben *fake.Leg, c *caller) {
		w.must(w.Hangup("aiko"))
		w.settle()
		if aiko.Living() || !ben.Living() {
			t.Errorf("aiko's phone lives: %v, ben's: %v", aiko.Living(), ben.Living())
		}
		w.after(20 * time.Second) // ben's rings out
		w.agentIs("ben", "available", "idle")
		w.after(5 * time.Second)
		w.ringing("aiko")
		w.answers("ben")
		if c.hears() != "party" {
			t.Errorf("the caller hears %q", c.hears())
		}
	})
}

// The caller who hangs up while all phones ring leaves none ringing and nobody reserved.
func TestRingAllCallerLeaves(t *testing.T) {
	ringAllWorld(t, func(w *world, aiko, ben *fake.Leg, c *caller) {
		c.End(fact.EndCallerGone, "")
		w.settle()
		if aiko.Living() || ben.Living() {
			t.Error("a phone rings for nobody")
		}
		w.agentIs("aiko", "available", "idle")
		w.agentIs("ben", "available", "idle")
	})
}
