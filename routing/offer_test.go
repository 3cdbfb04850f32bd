package routing_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"mediasrv/internal/fake"
	"mediasrv/media"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

func TestRefusedGoesToTheNextAgent(t *testing.T) {
	for name, refuse := range map[string]func(w *world, l *fake.Leg){
		"603":  func(_ *world, l *fake.Leg) { l.End(fact.EndRefused, "603 Decline") },
		"486":  func(_ *world, l *fake.Leg) { l.End(fact.EndBusy, "486 Busy Here") },
		"page": func(w *world, _ *fake.Leg) { w.must(w.Hangup("aiko")) },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, testConfig(), func(w *world) {
				w.call("+819012345678", supportNumber)
				refuse(w, w.ringing("aiko")) // idle for longest
				w.settle()
				w.ringing("ben")
				w.agentIs("aiko", "available", "idle")
				w.happened(fact.Offered, fact.OfferRefused, fact.Offered)
			})
		})
	}
}

func TestRoundsAndRingTimeout(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		began := time.Now()
		w.call("+819012345678", supportNumber)
		w.ringing("aiko")
		w.after(20*time.Second - time.Millisecond)
		w.isQuiet("ben")
		w.after(time.Millisecond)
		w.isQuiet("aiko")
		w.ringing("ben")
		w.after(20 * time.Second) // both have missed
		w.isQuiet("aiko")
		w.isQuiet("ben")
		w.after(5*time.Second - time.Millisecond)
		w.isQuiet("aiko")
		w.after(time.Millisecond)
		w.ringing("aiko")
		if at := time.Since(began); at != 45*time.Second {
			t.Errorf("the second round began after %v", at)
		}
		w.happened(fact.Offered, fact.OfferMissed, fact.Offered, fact.OfferMissed, fact.Offered)
	})
}

func TestTwoMissesMakeAnAgentAway(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		w.call("+819012345678", supportNumber)
		w.after(20 * time.Second)
		w.agentIs("ben", "available", "idle")
		w.after(25 * time.Second)
		w.agentIs("ben", "away", "idle")
		if v := w.view("ben"); v.Notice == "" {
			t.Error("the page doesn't say why")
		}
		w.after(time.Minute)
		w.isQuiet("ben")
		w.must(w.SetStatus("ben", "available"))
		w.settle()
		w.ringing("ben")
		if v := w.view("ben"); v.Notice != "" {
			t.Errorf("the notice stays: %q", v.Notice)
		}
	})
}

func TestMicrophoneRefusedMakesAnAgentAway(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.call("+819012345678", supportNumber)
		w.ringing("aiko").End(fact.EndNoAnswer, `480 Temporarily Unavailable; SIP ;text="microphone"`)
		w.agentIs("aiko", "away", "idle")
		w.ringing("ben")
		if v := w.view("aiko"); v.Notice == "" {
			t.Error("the page doesn't say why")
		}
		w.happened(fact.Offered, fact.OfferRefused)
	})
}

func TestPhoneGoneWhileRinging(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.call("+819012345678", supportNumber)
		aiko := w.ringing("aiko")
		w.Reachable("aiko", 0)
		w.settle()
		if aiko.Living() {
			t.Error("the leg to the lost phone lives")
		}
		w.ringing("ben")
		w.happened(fact.OfferFailed, fact.Offered)
	})
}

func TestPhoneThatCanNotBeDialled(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.dialer.OnDial = func(l *fake.Leg) error {
			if l.Party().User == "aiko" {
				return routing.ErrUnreachable
			}
			return nil
		}
		w.call("+819012345678", supportNumber)
		w.ringing("ben")
		w.agentIs("aiko", "available", "idle")
	})
}

func TestStatusDuringACallTakesEffectAfterIt(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		c := w.call("+819012345678", supportNumber)
		w.answers("ben")
		w.must(w.SetStatus("ben", "away"))
		if c.hears() != "party" {
			t.Error("the call was disturbed")
		}
		c.End(fact.EndCallerHungUp, "")
		w.after(31 * time.Second)
		w.agentIs("ben", "away", "idle")
		w.call("+819012345679", supportNumber)
		w.isQuiet("ben")
	})
}

func TestLoggedOutAgentIsNotRung(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.call("+819012345678", supportNumber)
		aiko := w.ringing("aiko")
		w.LoggedOut("aiko")
		w.settle()
		if aiko.Living() {
			t.Error("the phone of the agent rings on")
		}
		w.ringing("ben")
		w.agentIs("aiko", "offline", "idle")
	})
}

func TestPriorityThenTime(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only()
		support := w.call("+819012345671", supportNumber)
		w.after(time.Minute)
		sales := w.call("+819012345672", salesNumber) // priority 5
		late := w.call("+819012345673", supportNumber)
		w.must(w.SetStatus("aiko", "available"))
		w.settle()
		for _, c := range []*caller{sales, support, late} {
			w.answers("aiko")
			if c.hears() != "party" {
				t.Fatalf("%s was not next", c.Party().Number)
			}
			c.End(fact.EndCallerHungUp, "")
			w.settle()
			w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{}))
			w.settle()
		}
	})
}

func TestFewestConversationsFirst(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		c := w.call("+819012345671", supportNumber)
		w.answers("aiko")
		c.End(fact.EndCallerHungUp, "")
		w.settle()
		w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{}))
		w.must(w.SetStatus("ben", "away"))
		w.after(time.Second)
		w.must(w.SetStatus("ben", "available")) // idle for less long than aiko, but without a conversation
		w.settle()
		w.call("+819012345672", supportNumber)
		w.ringing("ben")
	})
}

// The known failures of others, by name.

func TestKnownFailureAgentStuckReserved(t *testing.T) {
	for name, leave := range map[string]func(w *world, c *caller){
		"caller hangs up":   func(_ *world, c *caller) { c.End(fact.EndCallerHungUp, "") },
		"media lost":        func(_ *world, c *caller) { c.room.Happens(c.Leg, media.Event{Kind: media.Lost}) },
		"operator hangs up": func(w *world, _ *caller) { w.HangupAll(fact.EndShutdown) },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, testConfig(), func(w *world) {
				w.only("ben")
				c := w.call("+819012345678", supportNumber)
				w.ringing("ben")
				leave(w, c)
				w.agentIs("ben", "available", "idle")
				w.call("+819012345679", supportNumber)
				w.ringing("ben")
			})
		})
	}
}

func TestKnownFailureZombieCallToAnAgentAfterTheCallerLeft(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		w.dialer.OnDial = func(l *fake.Leg) error { l.ByeDelay = 100 * time.Millisecond; return nil }
		c := w.call("+819012345678", supportNumber)
		ben := w.ringing("ben")
		c.End(fact.EndCallerHungUp, "")
		w.settle()
		ben.Pickup() // the 200 crosses our CANCEL
		w.settle()
		w.agentIs("ben", "available", "idle")
		w.after(100 * time.Millisecond)
		if !ben.Ended() || w.Calls() != 0 {
			t.Errorf("ben's leg ended %v, %d calls", ben.Ended(), w.Calls())
		}
		w.endedAs(c, fact.EndCallerHungUp)
	})
}

func TestKnownFailureCallerLeavesAsTheAgentAnswers(t *testing.T) {
	for name, do := range map[string]func(c *caller, l *fake.Leg){
		"agent first":  func(c *caller, l *fake.Leg) { l.Pickup(); c.End(fact.EndCallerHungUp, "") },
		"caller first": func(c *caller, l *fake.Leg) { c.End(fact.EndCallerHungUp, ""); l.Pickup() },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, testConfig(), func(w *world) {
				w.only("ben")
				c := w.call("+819012345678", supportNumber)
				do(c, w.ringing("ben"))
				w.settle()
				if n := w.Calls(); n != 0 {
					t.Errorf("%d calls", n)
				}
				if a := w.view("ben").Agent.Activity; a == "talking" || a == "ringing" {
					t.Errorf("ben is %s", a)
				}
			})
		})
	}
}

func TestKnownFailureTwoAgentsAnswerAtOnce(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.dialer.OnDial = func(l *fake.Leg) error { l.ByeDelay = time.Millisecond; return nil }
		c := w.call("+819012345678", supportNumber)
		aiko := w.ringing("aiko")
		time.Sleep(20 * time.Second) // aiko's phone stops, ben's rings
		w.settle()
		ben := w.ringing("ben")
		aiko.Pickup() // too late, but before her phone knows
		ben.Pickup()
		w.settle()
		w.agentIs("aiko", "available", "idle")
		w.agentIs("ben", "available", "talking")
		w.after(time.Millisecond)
		if !aiko.Ended() || ben.Ended() || c.room.Hears(ben) != "party" {
			t.Errorf("aiko's leg ended %v, ben's %v", aiko.Ended(), ben.Ended())
		}
	})
}

func TestKnownFailureQueueStopsOfferingAfterAnAgentLeaves(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		first, second := w.call("+819012345671", supportNumber), w.call("+819012345672", supportNumber)
		w.ringing("aiko")
		ben := w.answers("ben")
		if second.room.Hears(ben) != "party" {
			t.Fatal("ben talks to nobody")
		}
		w.LoggedOut("aiko")
		w.Reachable("aiko", 0)
		ben.End(fact.EndTransport, "connection closed") // the browser vanished
		w.Reachable("ben", 0)
		w.after(time.Minute)
		w.Reachable("ben", 1)
		w.settle()
		w.answers("ben")
		if second.hears() != "party" { // was lost: at the head
			t.Errorf("first hears %q, second %q", first.hears(), second.hears())
		}
		second.End(fact.EndCallerHungUp, "")
		w.after(30 * time.Second)
		w.answers("ben")
		if first.hears() != "party" {
			t.Errorf("first hears %q", first.hears())
		}
	})
}

func TestKnownFailureWrapUpIgnored(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		c := w.call("+819012345671", supportNumber)
		w.answers("ben")
		c.End(fact.EndCallerHungUp, "")
		w.settle()
		w.call("+819012345672", supportNumber)
		w.must(w.SetStatus("ben", "busy"))
		w.must(w.SetStatus("ben", "available")) // must not end the wrap-up
		w.Reachable("ben", 0)
		w.Reachable("ben", 1)
		w.after(25 * time.Second)
		w.isQuiet("ben")
		w.must(w.ExtendWrapUp("ben"))
		w.after(15*time.Second - time.Millisecond)
		w.isQuiet("ben")
		w.after(time.Millisecond)
		w.ringing("ben")
		if row := w.store.Calls()[0]; row.Disposition != "not set" {
			t.Errorf("the disposition is %q", row.Disposition)
		}
		w.happened(fact.WrapUpBegan, fact.WrapUpExtended, fact.WrapUpEnded, fact.Offered)
	})
}

func TestAgentHangsUpAsTheFloorGrants(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		c := w.call("+819012345671", supportNumber)
		ben := w.ringing("ben")
		ben.Pickup()
		ben.End(fact.EndTransport, "gone")
		w.settle()
		if c.Ended() || c.hears() == "" || c.hears() == "party" {
			t.Fatalf("caller ended %v, hears %q", c.Ended(), c.hears())
		}
		w.after(40 * time.Second)
		w.answers("ben")
		if c.hears() != "party" {
			t.Errorf("the caller was forgotten: hears %q", c.hears())
		}
	})
}

func TestWrapUpRules(t *testing.T) {
	cfg := testConfig()
	for _, q := range cfg.Queues {
		q.Dispositions.Required = true
	}
	cfg.Queues["support"].WrapUp.Extend = false
	inWorld(t, cfg, func(w *world) {
		w.only("ben")
		for what, err := range map[string]error{
			"extend": w.ExtendWrapUp("ben"), "finish": w.FinishWrapUp("ben", fact.WrapUpResult{}),
		} {
			if !errors.Is(err, routing.ErrNoWrapUp) {
				t.Errorf("%s outside of wrap-up: %v", what, err)
			}
		}
		c := w.call("+819012345671", supportNumber)
		w.answers("ben")
		c.End(fact.EndCallerHungUp, "")
		w.settle()
		if v := w.view("ben"); !v.WrapUp.Required || v.WrapUp.Extend || v.WrapUp.Until.Sub(v.WrapUp.Began) != 30*time.Second {
			t.Errorf("the page shows %+v", v.WrapUp)
		}
		for _, tt := range []struct {
			err, want error
		}{
			{w.ExtendWrapUp("ben"), routing.ErrNoExtension},
			{w.FinishWrapUp("ben", fact.WrapUpResult{}), routing.ErrDispositionNeeded},
			{w.FinishWrapUp("ben", fact.WrapUpResult{Disposition: "sold"}), routing.ErrUnknownDisposition},
			{w.FinishWrapUp("ben", fact.WrapUpResult{Disposition: "resolved", Status: "gone"}), routing.ErrUnknownOutcome},
			{w.FinishWrapUp("ben", fact.WrapUpResult{Disposition: "resolved", LineRating: 6}), routing.ErrUnknownRating},
			{w.FinishWrapUp("nobody", fact.WrapUpResult{}), routing.ErrUnknownAgent},
			{w.SetStatus("ben", "asleep"), routing.ErrUnknownStatus},
			{w.SetStatus("nobody", "away"), routing.ErrUnknownAgent},
		} {
			if !errors.Is(tt.err, tt.want) {
				t.Errorf("got %v, want %v", tt.err, tt.want)
			}
		}
		w.agentIs("ben", "available", "wrap-up")
	})
}

func TestNoWrapUp(t *testing.T) {
	cfg := testConfig()
	cfg.Queues["support"].WrapUp.Time = 0
	inWorld(t, cfg, func(w *world) {
		w.only("ben")
		c := w.call("+819012345671", supportNumber)
		w.answers("ben")
		c.End(fact.EndCallerHungUp, "")
		w.agentIs("ben", "available", "idle")
	})
}

func TestCallIsShownToThePhoneAndInTheHistory(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		w.call("+819012345671", supportNumber)
		w.answers("ben")
		from := w.dialer.Callers()[0]
		if from.Number != "+819012345671" || from.Queue != "support" || from.Call != w.lastCall().ID {
			t.Errorf("the phone was shown %+v", from)
		}
		var history []string
		for _, a := range fake.Of[fact.AgentChange](&w.store) {
			if a.User == "ben" {
				history = append(history, a.Status+" "+a.Activity)
			}
		}
		if want := []string{"available idle", "available ringing", "available talking"}; !slices.Equal(history, want) {
			t.Errorf("ben's history: %v, want %v", history, want)
		}
	})
}

func TestWatch(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		views, stop := w.Watch("ben")
		<-views
		c := w.call("+819012345671", supportNumber)
		w.call("+819012345672", supportNumber)
		v := <-views // one view, the latest
		if v.Call == nil || v.Call.State != "ringing" || len(v.Queues) != 1 || v.Queues[0].Waiting != 2 || v.Queues[0].Longest == nil {
			t.Errorf("the view is %+v, queues %+v", v.Call, v.Queues)
		}
		select {
		case v := <-views:
			t.Errorf("a second view without a change: %+v", v)
		default:
		}
		c.End(fact.EndCallerHungUp, "")
		w.settle()
		if v := <-views; v.Queues[0].Waiting != 1 {
			t.Errorf("after one left the queue has %d", v.Queues[0].Waiting)
		}
		stop()
		stop()
		w.answers("ben")
		other, _ := w.Watch("ben")
		<-other
		w.stop()
		<-w.ended
		for range other { // ends when the channel is closed
		}
		if late, _ := w.Watch("ben"); late != nil {
			if _, open := <-late; open {
				t.Error("a view after the end")
			}
		}
	})
}

func TestStats(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		w.call("+819012345671", supportNumber)
		w.answers("ben")
		w.call("+819012345672", supportNumber)
		s := w.Stats()
		if s.Calls[routing.StageTalk] != 1 || s.Calls[routing.StageWait] != 1 || len(s.Agents) != 3 || len(s.Queues) != 4 {
			t.Errorf("%+v", s)
		}
		if i := slices.IndexFunc(s.Queues, func(q fact.QueueView) bool { return q.Name == "support" }); s.Queues[i].Waiting != 1 {
			t.Errorf("support: %+v", s.Queues[i])
		}
	})
}
