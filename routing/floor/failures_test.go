package floor

import (
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"
)

// These are the failures that queues elsewhere are known for, one test each. TestTwoAgentsAnswerAtOnce stands with ring-all, TestWrapUpResetByAReload
// with reloads.

// An agent is not stuck as reserved, whatever the call does: it is silent, it goes, it goes to another queue, or the server crashes.
func TestAgentStuckReserved(t *testing.T) {
	for name, lose := range map[string]func(b *bench, o Offer){
		"the call is silent":        func(*bench, Offer) { time.Sleep(21 * time.Second) },
		"the caller hangs up":       func(b *bench, _ Offer) { b.End("c", false) },
		"the caller leaves by key":  func(b *bench, _ Offer) { b.Leave("c") },
		"the agent's phone is gone": func(b *bench, _ Offer) { b.Reachable("a000", 0); b.Reachable("a000", 1) },
		"granted, and then failed":  func(b *bench, o Offer) { b.Claim(o); b.Report(o, Failed, true) },
		"said twice":                func(b *bench, o Offer) { b.Report(o, Failed, true); b.Report(o, Missed, true) },
	} {
		t.Run(name, func(t *testing.T) {
			onFloor(t, testConfig(1, 1), func(b *bench) {
				b.present("a000")
				b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
				lose(b, b.last(Offered).Offer)
				b.activities(Idle)
				b.Enqueue(Waiting{Call: "d", Queue: "q00", Since: time.Now()})
				if o := b.last(Offered).Offer; o.Call != "d" {
					t.Errorf("the next call isn't offered; the last offer was of %s", o.Call)
				}
			})
		})
	}
}

// Nobody is rung for, or given, a call whose caller has left.
func TestZombieCallAfterTheCallerLeft(t *testing.T) {
	onFloor(t, testConfig(2, 1), func(b *bench) {
		b.present("a000")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		o := b.last(Offered).Offer
		b.End("c", false)
		b.Claim(o)                 // the 200 crossed the hanging up
		b.Report(o, Failed, false) // and then the script says so
		b.present("a001")
		time.Sleep(time.Minute)
		if n := len(b.offers()); n != 1 {
			t.Errorf("%d more offers of a call that is over", n-1)
		}
		if b.count(Granted) != 0 || b.last(Void).Offer.ID != o.ID {
			t.Error("a call that is over was given to an agent")
		}
		b.activities(Idle, Idle)
	})
}

// The queue goes on offering when agents leave: while they ring, in a call, in wrap-up, and from the file.
func TestQueueOffersOnAfterAnAgentLeaves(t *testing.T) {
	for name, leave := range map[string]func(b *bench, o Offer){
		"while ringing": func(b *bench, _ Offer) { b.LoggedOut("a000") },
		"in the call":   func(b *bench, o Offer) { b.Claim(o); b.LoggedOut("a000"); b.End("c", true) },
		"in wrap-up":    func(b *bench, o Offer) { b.Claim(o); b.End("c", true); synctest.Wait(); b.LoggedOut("a000") },
		"its phone":     func(b *bench, _ Offer) { b.Reachable("a000", 0) },
		"from the file": func(b *bench, _ Offer) {
			next := testConfig(2, 1)
			delete(next.Users, "a000")
			next.Queues["q00"].Agents = []string{"a001"}
			b.Apply(next)
		},
	} {
		t.Run(name, func(t *testing.T) {
			onFloor(t, testConfig(2, 1), func(b *bench) {
				b.present("a000")
				b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
				b.Enqueue(Waiting{Call: "d", Queue: "q00", Since: time.Now().Add(time.Second)})
				leave(b, b.last(Offered).Offer)
				b.present("a001")
				want := fact.CallID("c")
				if b.count(Granted) > 0 {
					want = "d"
				}
				if o := b.last(Offered).Offer; o.User != "a001" || o.Call != want {
					t.Errorf("%s is rung for %s, want a001 for %s", o.User, o.Call, want)
				}
				b.End("c", false)
				b.End("d", false)
				b.Enqueue(Waiting{Call: "e", Queue: "q00", Since: time.Now()})
				if o := b.last(Offered).Offer; o.User != "a001" || o.Call != "e" {
					t.Errorf("%s is rung for %s", o.User, o.Call)
				}
			})
		})
	}
}
