package routing_test

import (
	"slices"
	"testing"

	"mediasrv/internal/fake"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// asks lets aiko's phone hold its call and call somebody by another one.
func (w *talking) asks(whom string) *fake.Leg {
	w.t.Helper()
	w.aiko.Directs(true, false)
	second := fake.NewLeg(w.aiko.Room(), fact.Party{User: "aiko"})
	w.aiko.Asks(second, whom)
	w.settle()
	return second
}

// hears says who is heard and who not, with the phone's second call.
func (w *talking) talk(a, b *fake.Leg, not ...*fake.Leg) {
	w.t.Helper()
	w.settle()
	plan := w.c.room.Plan()
	if plan.Rows[a.Endpoint()].Hears != 1<<b.Endpoint() || plan.Rows[b.Endpoint()].Hears != 1<<a.Endpoint() {
		w.t.Errorf("%s and %s hear %b and %b", a.Party().User+a.Party().Number, b.Party().User+b.Party().Number, plan.Rows[a.Endpoint()].Hears, plan.Rows[b.Endpoint()].Hears)
	}
	for _, l := range not {
		if plan.Rows[l.Endpoint()].Hears != 0 {
			w.t.Errorf("%s hears %b", l.Party().User+l.Party().Number, plan.Rows[l.Endpoint()].Hears)
		}
	}
}

// An agent's phone asks a colleague by a second call, goes over to the caller and back, and gives the call away: REFER with Replaces, or hanging up on the caller.
func TestPhoneAsksAndCompletes(t *testing.T) {
	for name, complete := range map[string]func(w *talking, second *fake.Leg){
		"refer on the first":  func(w *talking, second *fake.Leg) { w.aiko.Transfers(routing.Target{Leg: second.ID()}) },
		"refer on the second": func(w *talking, second *fake.Leg) { second.Transfers(routing.Target{Leg: w.aiko.ID()}) },
		"hangs up":            func(w *talking, _ *fake.Leg) { w.aiko.End(fact.EndAgentHungUp, "BYE") },
		"page":                func(w *talking, _ *fake.Leg) { w.must(w.Complete("aiko")) },
	} {
		t.Run(name, func(t *testing.T) {
			inTalk(t, func(w *talking) {
				second := w.asks("ben")
				if !slices.Equal(second.Ringing(), []bool{true}) || second.Answered() {
					t.Error("the phone doesn't hear it ring")
				}
				if got := w.c.room.Hears(second); got != "ringback" {
					t.Errorf("the phone hears %q", got)
				}
				ben := w.answers("ben")
				if !second.Answered() {
					t.Fatal("the phone's second call isn't answered")
				}
				w.talk(second, ben, w.c.Leg, w.aiko)
				w.taps()
				second.Directs(true, false)
				w.aiko.Directs(true, true)
				w.talk(w.aiko, w.c.Leg, second, ben)
				w.taps(w.aiko, w.c.Leg)
				w.aiko.Directs(true, false)
				second.Directs(true, true)
				w.talk(second, ben, w.c.Leg, w.aiko)
				w.must(w.SwitchParty("aiko")) // by the page the phone's call is the one that it has
				w.talk(second, w.c.Leg, ben, w.aiko)
				w.taps(second, w.c.Leg)
				w.must(w.SwitchParty("aiko"))
				if n := len(w.recorder.Started()); n != 1 {
					t.Errorf("%d segments, want one", n)
				}
				complete(w, second)
				w.talk(w.c.Leg, ben)
				if w.aiko.Living() || second.Living() {
					t.Error("the phone that gave the call away isn't hung up")
				}
				if by := w.aiko.Progress(); name == "refer on the first" && !slices.Equal(by, []int{200}) {
					t.Errorf("the phone was told %v", by)
				}
				w.agentIs("aiko", "available", "wrap-up")
				w.agentIs("ben", "available", "talking")
				w.c.End(fact.EndCallerHungUp, "")
				w.settle()
			})
		})
	}
}

// The one who was asked doesn't come, goes, or is hung up on: the caller is heard again as soon as the phone lets go of its hold.
func TestPhoneAsksAndComesBack(t *testing.T) {
	for name, c := range map[string]struct {
		answers bool
		how     func(w *talking, second *fake.Leg)
	}{
		"the asked one refuses":  {false, func(w *talking, _ *fake.Leg) { w.ringing("ben").End(fact.EndRefused, "") }},
		"hung up while it rings": {false, func(_ *talking, second *fake.Leg) { second.End(fact.EndCallerGone, "CANCEL") }},
		"back while it rings":    {false, func(w *talking, _ *fake.Leg) { w.aiko.Directs(true, true) }},
		"the asked one leaves":   {true, func(w *talking, _ *fake.Leg) { w.dialer.Latest("ben").End(fact.EndAgentHungUp, "BYE") }},
		"hung up":                {true, func(_ *talking, second *fake.Leg) { second.End(fact.EndAgentHungUp, "BYE") }},
		"lost":                   {true, func(_ *talking, second *fake.Leg) { second.End(fact.EndTransport, "") }},
		"back by the page":       {true, func(w *talking, _ *fake.Leg) { w.must(w.BackToCaller("aiko")) }},
	} {
		t.Run(name, func(t *testing.T) {
			inTalk(t, func(w *talking) {
				second := w.asks("ben")
				if c.answers {
					w.answers("ben")
				}
				c.how(w, second)
				w.settle()
				if second.Living() || w.dialer.Latest("ben").Living() {
					t.Error("the second call, or who was asked, is left over")
				}
				if name != "back while it rings" && w.c.hears() != "greeting" {
					t.Errorf("the caller, held by the phone, hears %q", w.c.hears())
				}
				w.aiko.Directs(true, true)
				w.hear(both(w.c.Leg, w.aiko))
				if n := len(w.recorder.Started()); n != 1 {
					t.Errorf("%d segments, want one", n)
				}
				w.asks("chen") // and once more
				w.ringing("chen")
				w.c.End(fact.EndCallerHungUp, "")
				w.settle()
			})
		})
	}
}

// A phone that doesn't hold its first call by itself: the caller is heard again at once.
func TestPhoneAsksWithoutHold(t *testing.T) {
	inTalk(t, func(w *talking) {
		second := fake.NewLeg(w.aiko.Room(), fact.Party{User: "aiko"})
		w.aiko.Asks(second, "ben")
		w.settle()
		ben := w.answers("ben")
		w.talk(second, ben, w.c.Leg, w.aiko)
		second.End(fact.EndAgentHungUp, "BYE")
		w.hear(both(w.c.Leg, w.aiko))
		w.c.End(fact.EndCallerHungUp, "")
		w.settle()
	})
}

// The whole phone is lost in a consultation: the caller goes to the queue's head.
func TestPhoneLostWhileItAsks(t *testing.T) {
	inTalk(t, func(w *talking) {
		second := w.asks("ben")
		ben := w.answers("ben")
		w.aiko.End(fact.EndTransport, "")
		w.settle()
		if second.Living() || ben.Living() {
			t.Error("the second call, or who was asked, is left over")
		}
		if w.c.Ended() {
			t.Error("the caller is lost")
		}
		w.c.End(fact.EndCallerHungUp, "")
		w.settle()
	})
}

// REFER with Replaces while it still rings leaves the caller with the one who is called.
func TestPhoneGivesAwayWhileItRings(t *testing.T) {
	inTalk(t, func(w *talking) {
		second := w.asks("ben")
		w.aiko.Transfers(routing.Target{Leg: second.ID()})
		w.settle()
		if second.Living() || w.aiko.Living() || !slices.Equal(w.aiko.Progress(), []int{200}) {
			t.Errorf("living %v %v, told %v", second.Living(), w.aiko.Living(), w.aiko.Progress())
		}
		ben := w.answers("ben")
		w.hear(both(w.c.Leg, ben))
		w.c.End(fact.EndCallerHungUp, "")
		w.settle()
	})
}

// What isn't possible is refused, and changes nothing.
func TestPhoneMayNotAsk(t *testing.T) {
	inTalk(t, func(w *talking) {
		for _, whom := range []string{"aiko", "nobody", ""} {
			if second := w.asks(whom); second.HungUp() != fact.EndRefused {
				t.Errorf("a call to %q: %v", whom, second.HungUp())
			}
			w.aiko.Directs(true, true)
			w.hear(both(w.c.Leg, w.aiko))
		}
		second := w.asks("ben")
		third := w.asks("chen")
		if third.HungUp() != fact.EndRefused || !second.Living() {
			t.Errorf("a third call: %v", third.HungUp())
		}
		w.aiko.Transfers(routing.Target{Leg: "another"})
		w.settle()
		if got := w.aiko.Progress(); !slices.Equal(got, []int{603}) {
			t.Errorf("a transfer to a call that isn't the phone's: %v", got)
		}
		ben := w.ringing("ben")
		other := fake.NewLeg(ben.Room(), fact.Party{User: "ben"})
		ben.Asks(other, "chen")
		w.settle()
		if other.HungUp() != fact.EndRefused {
			t.Error("somebody else's phone asks")
		}
		w.c.End(fact.EndCallerHungUp, "")
		w.settle()
	})
}

// REFER of an agent's phone to an agent, a queue or a number is the desk's transfer; the phone hears of it before it is hung up.
func TestPhoneTransfers(t *testing.T) {
	for _, whom := range []string{"ben", "support", outside, "0312340000"} {
		inTalk(t, func(w *talking) {
			w.aiko.Transfers(routing.Target{Number: whom})
			w.settle()
			if w.aiko.Living() || !slices.Equal(w.aiko.Progress(), []int{200}) || w.c.Ended() {
				t.Errorf("%s: living %v, told %v, caller gone %v", whom, w.aiko.Living(), w.aiko.Progress(), w.c.Ended())
			}
			w.c.End(fact.EndCallerHungUp, "")
			w.settle()
		})
	}
	inTalk(t, func(w *talking) {
		w.aiko.Transfers(routing.Target{Number: "nobody"})
		w.settle()
		if !slices.Equal(w.aiko.Progress(), []int{603}) {
			t.Errorf("told %v", w.aiko.Progress())
		}
		w.hear(both(w.c.Leg, w.aiko))
		w.c.End(fact.EndCallerHungUp, "")
		w.settle()
	})
}
