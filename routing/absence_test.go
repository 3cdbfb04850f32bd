package routing_test

import (
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/media"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// patientConfig waits 30 s for agents' browsers.
func patientConfig() *config.Config {
	cfg := deskConfig()
	for _, q := range cfg.Queues {
		q.Reconnect = 30 * time.Second
	}
	return cfg
}

// inBrowsers is a call of support in which aiko talks in a browser.
func inBrowsers(t *testing.T, do func(w *talking)) {
	t.Helper()
	inWorld(t, patientConfig(), func(w *world) {
		w.dialer.OnDial = func(l *fake.Leg) error { l.Browser = true; return nil }
		w.only("aiko")
		tk := &talking{world: w, c: w.call("+819012345678", supportNumber)}
		tk.aiko = w.answers("aiko")
		do(tk)
	})
}

// loses lets the line to aiko's browser be lost.
func (w *talking) loses() {
	w.t.Helper()
	w.c.room.Happens(w.aiko, media.Event{Kind: media.OneWay})
	w.settle()
	if got := w.c.hears(); got != "greeting" {
		w.t.Errorf("the caller hears %q, want the hold music", got)
	}
	if p := w.view("aiko").Call.Parties; len(p) != 2 || p[1].State != "reconnecting" {
		w.t.Errorf("the page shows %+v", p)
	}
}

// returns lets aiko come back by another phone.
func (w *talking) returns() *fake.Leg {
	w.t.Helper()
	w.does(w.ComeBack("aiko", "aiko.tab2"))
	to := w.dialer.Targets()
	if last := to[len(to)-1]; last.User != "aiko" || last.Phone != "aiko.tab2" {
		w.t.Errorf("called was %+v", last)
	}
	if from := w.dialer.Callers(); !from[len(from)-1].Again || from[len(from)-1].Call != w.lastCall().ID {
		w.t.Error("the phone isn't told that it is a call to come back to")
	}
	return w.answers("aiko")
}

// goesOn checks that the call is as if nothing had happened, with aiko at a leg.
func (w *talking) goesOn(aiko *fake.Leg) {
	w.t.Helper()
	w.hear(both(w.c.Leg, aiko))
	w.taps(w.c.Leg, aiko)
	w.agentIs("aiko", "available", "talking")
	if p := w.view("aiko").Call.Parties; len(p) != 2 || p[1].State != "talking" || p[1].Leg != aiko.ID() {
		w.t.Errorf("the page shows %+v", p)
	}
	if n := len(w.recorder.Started()); n != 1 {
		w.t.Errorf("%d recordings, want one", n)
	}
}

// The network changes: music, until the line is back.
func TestLineComesBack(t *testing.T) {
	inBrowsers(t, func(w *talking) {
		w.loses()
		w.after(29 * time.Second)
		w.c.room.Happens(w.aiko, media.Event{Kind: media.BothWays})
		w.settle()
		w.goesOn(w.aiko)
		w.happened(fact.AgentLost)
		w.happened(fact.AgentBack)
		w.after(time.Minute)
		w.goesOn(w.aiko)
	})
}

// The page is loaded again, before or after the old line is known to be lost, or the agent goes on at another device.
func TestAgentComesBackByAnotherPhone(t *testing.T) {
	for name, lose := range map[string]func(*talking){
		"reload":      func(*talking) {},
		"crash":       (*talking).loses,
		"media":       func(w *talking) { w.c.room.Happens(w.aiko, media.Event{Kind: media.Lost}); w.settle() },
		"end of leg":  func(w *talking) { w.aiko.End(fact.EndTimeout, ""); w.settle() },
		"after music": func(w *talking) { w.loses(); w.after(20 * time.Second) },
		"held":        func(w *talking) { w.does(w.Hold("aiko")); w.does(w.Resume("aiko")); w.loses() },
	} {
		t.Run(name, func(t *testing.T) {
			inBrowsers(t, func(w *talking) {
				lose(w)
				now := w.returns()
				if w.aiko.Living() {
					t.Error("the old phone is still in the call")
				}
				w.goesOn(now)
				w.after(time.Minute)
				w.goesOn(now)
				now.End(fact.EndAgentHungUp, "BYE")
				w.endedAs(w.c, fact.EndAgentHungUp)
				w.agentIs("aiko", "available", "wrap-up")
			})
		})
	}
}

// A call that is held when the agent goes stays held.
func TestHeldCallStaysHeld(t *testing.T) {
	inBrowsers(t, func(w *talking) {
		w.does(w.Hold("aiko"))
		now := w.returns()
		w.hear(nil)
		w.agentIs("aiko", "available", "held")
		w.does(w.Resume("aiko"))
		w.hear(both(w.c.Leg, now))
	})
}

// Who doesn't come back in time loses the caller to the head of the queue.
func TestAgentDoesNotComeBack(t *testing.T) {
	inBrowsers(t, func(w *talking) {
		w.must(w.SetStatus("ben", "available"))
		w.loses()
		w.after(29900 * time.Millisecond)
		w.isQuiet("ben")
		w.after(200 * time.Millisecond)
		if w.aiko.Living() {
			t.Error("the lost phone is still in the call")
		}
		ben := w.answers("ben")
		w.hear(both(w.c.Leg, ben))
		w.refuses(routing.ErrNoCall, w.ComeBack("aiko", "x"))
	})
}

// A phone that is called and doesn't answer changes nothing; another one can be called meanwhile.
func TestPhoneToComeBackByIsDeadToo(t *testing.T) {
	inBrowsers(t, func(w *talking) {
		w.does(w.ComeBack("aiko", "a"))
		first := w.ringing("aiko")
		w.does(w.ComeBack("aiko", "b"))
		if first.Living() {
			t.Error("two phones ring")
		}
		second := w.ringing("aiko")
		w.after(11 * time.Second)
		if second.Living() {
			t.Error("it rings for ever")
		}
		w.goesOn(w.aiko)
		w.does(w.ComeBack("aiko", "c"))
		w.ringing("aiko").End(fact.EndUnreachable, "430")
		w.settle()
		w.goesOn(w.aiko)
		w.does(w.ComeBack("aiko", "d"))
		third := w.ringing("aiko")
		w.c.End(fact.EndCallerHungUp, "BYE")
		w.endedAs(w.c, fact.EndCallerHungUp)
		if third.Living() {
			t.Error("a phone rings for a call that has ended")
		}
	})
}

// The caller hangs up, or the agent does on another page, while the line is lost.
func TestCallEndsWithoutItsAgent(t *testing.T) {
	inBrowsers(t, func(w *talking) {
		w.loses()
		w.c.End(fact.EndCallerHungUp, "BYE")
		w.endedAs(w.c, fact.EndCallerHungUp)
		w.agentIs("aiko", "available", "wrap-up")
	})
	inBrowsers(t, func(w *talking) {
		w.loses()
		w.does(w.Hangup("aiko"))
		w.endedAs(w.c, fact.EndAgentHungUp)
	})
}

// In a conference the others talk on without music; who was consulted waits as well.
func TestOthersGoOnWithoutTheAgent(t *testing.T) {
	inBrowsers(t, func(w *talking) {
		w.must(w.SetStatus("ben", "available"))
		w.does(w.AddParty("aiko", fact.Destination{User: "ben"}))
		ben := w.answers("ben")
		w.c.room.Happens(w.aiko, media.Event{Kind: media.OneWay})
		w.settle()
		if got := w.c.hears(); got != "party" {
			t.Errorf("the caller hears %q", got)
		}
		w.after(31 * time.Second)
		w.hear(both(w.c.Leg, ben))
		w.agentIs("ben", "available", "talking")
	})
}

// Desk phones don't come back by themselves: the next agent has the caller at once, as long as nothing is configured otherwise.
func TestDeskPhoneIsNotWaitedFor(t *testing.T) {
	inWorld(t, patientConfig(), func(w *world) {
		w.only("aiko")
		c := w.call("+819012345678", supportNumber)
		aiko := w.answers("aiko")
		w.must(w.SetStatus("ben", "available"))
		c.room.Happens(aiko, media.Event{Kind: media.OneWay})
		w.settle()
		if c.hears() != "party" {
			t.Errorf("the caller hears %q", c.hears())
		}
		c.room.Happens(aiko, media.Event{Kind: media.Lost})
		w.settle()
		w.answers("ben")
	})
}

// A mute outlives the change of phones; a phone that is still called when the agent gives the call away rings no longer.
func TestWhatAReturnKeepsAndEnds(t *testing.T) {
	inBrowsers(t, func(w *talking) {
		w.does(w.Mute("aiko", true))
		now := w.returns()
		w.hear(map[*fake.Leg][]*fake.Leg{now: {w.c.Leg}})
		w.does(w.Mute("aiko", false))
		w.hear(both(w.c.Leg, now))
		w.does(w.ComeBack("aiko", "c"))
		late := w.ringing("aiko")
		w.does(w.Transfer("aiko", fact.Destination{Queue: "sales"}))
		if late.Living() {
			t.Error("the phone rings on")
		}
	})
}

// Pages see whose line is weak, and that it is good again.
func TestWeakLines(t *testing.T) {
	inBrowsers(t, func(w *talking) {
		lines := func(customer, agent string) {
			w.t.Helper()
			if p := w.view("aiko").Call.Parties; p[0].Line != customer || p[1].Line != agent {
				w.t.Errorf("the page shows %+v", p)
			}
		}
		lines("good", "good")
		w.c.room.Happens(w.aiko, media.Event{Kind: media.Graded, Line: media.LineWeak})
		w.c.room.Happens(w.c.Leg, media.Event{Kind: media.Graded, Line: media.LineBad})
		lines("bad", "weak")
		w.returns()
		lines("bad", "good") // it is another line
		w.c.room.Happens(w.c.Leg, media.Event{Kind: media.Graded, Line: media.LineGood})
		lines("good", "good")
	})
}
