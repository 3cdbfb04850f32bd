package routing_test

import (
	"errors"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/media"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/routing/stats"
)

func TestCallFromGreetingToWrapUp(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		c := w.call("+819012345678", supportNumber)
		if !c.Answered() || c.hears() != "greeting" {
			t.Fatalf("answered %v, hears %q; want the greeting", c.Answered(), c.hears())
		}
		v := w.view("ben")
		if v.Call == nil || v.Call.State != "ringing" || v.Call.Number != "+819012345678" || v.Call.Queue != "support" || v.Call.RingUntil == nil {
			t.Fatalf("ben's page shows %+v", v.Call)
		}
		w.after(4 * time.Second)
		if c.hears() != "music" {
			t.Errorf("after the greeting the caller hears %q", c.hears())
		}
		ben := w.answers("ben")
		if c.hears() != "party" || c.room.Hears(ben) != "party" {
			t.Errorf("caller hears %q, agent hears %q", c.hears(), c.room.Hears(ben))
		}
		plan := c.room.Plan()
		if plan.Taps[0].Tap == nil || plan.Taps[0].Of != c.Endpoint() || plan.Taps[1].Of != ben.Endpoint() || plan.Taps[1].Channel != 1 {
			t.Errorf("taps: %+v", plan.Taps)
		}
		w.agentIs("ben", "available", "talking")
		w.after(time.Minute)
		c.End(fact.EndCallerHungUp, "")
		w.settle()
		w.endedAs(c, fact.EndCallerHungUp)
		if !ben.Ended() {
			t.Error("the agent's leg is up after the caller hung up")
		}
		v = w.view("ben")
		if v.Agent.Activity != "wrap-up" || v.WrapUp == nil || v.Call == nil || v.Call.State != "ended" || v.Call.EndReason != "caller-hung-up" {
			t.Errorf("ben's page shows %+v, %+v", v.Call, v.WrapUp)
		}
		w.must(w.FinishWrapUp("ben", fact.WrapUpResult{Disposition: "resolved", Notes: "all well", Status: "solved", LineRating: 5}))
		w.agentIs("ben", "available", "idle")
		if v := w.view("ben"); v.Call != nil || v.WrapUp != nil {
			t.Errorf("after wrap-up the page shows %+v, %+v", v.Call, v.WrapUp)
		}
		if n := w.Cards(); n != 0 {
			t.Errorf("the desk remembers %d calls", n)
		}
		row := w.lastCall()
		if row.Agent != "ben" || row.Queue != "support" || row.Disposition != "resolved" || row.Answered.IsZero() || row.Talked.IsZero() {
			t.Errorf("the row of the call is %+v", row)
		}
		conv := w.store.Conversations()[0]
		if conv.Agent != "ben" || conv.Status != "solved" || conv.Notes != "all well" || conv.ID != row.Conversation {
			t.Errorf("the conversation is %+v", conv)
		}
		if q := w.Stats().Since; len(q) != 1 || q[0].Name != "support" || q[0].Ended[stats.Answered] != 1 || q[0].Wait.Sum < 4 || q[0].Handling.Sum < 60 {
			t.Errorf("counted: %+v", q)
		}
		seg := w.recorder.Started()
		if len(seg) != 1 || seg[0].Number != 1 || seg[0].AgentName != "Name of ben" || seg[0].EndUser != "+819012345678" || !seg[0].Merged {
			t.Errorf("segments: %+v", seg)
		}
		w.happened(fact.CallBegan, fact.CallAnswered, fact.Queued, fact.GreetingPlayed, fact.Offered, fact.AgentAnswered, fact.RecordingBegan,
			fact.RecordingEnded, fact.CallEnded, fact.WrapUpBegan, fact.WrapUpEnded)
	})
}

func TestAgentsAnswerCutsTheGreeting(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		c := w.call("+819012345678", supportNumber)
		w.answers("ben")
		if c.hears() != "party" {
			t.Errorf("the caller hears %q", c.hears())
		}
	})
}

func TestBuiltInStrategyRingsThenPlays(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only()
		c := w.call("+819012345678", plainNumber)
		for _, step := range []struct {
			after time.Duration
			hears string
		}{{0, "ringback"}, {5 * time.Second, "ringback"}, {time.Second, "music"}, {29 * time.Minute, "music"}} {
			w.after(step.after)
			if c.hears() != step.hears {
				t.Errorf("hears %q, want %q", c.hears(), step.hears)
			}
		}
		w.after(time.Minute)
		w.endedAs(c, fact.EndLongestWait)
	})
}

func TestAnswerWithAgent(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("aiko")
		c := w.call("+819012345678", lateNumber)
		if c.Answered() || !c.Rang() || c.hears() != "greeting" {
			t.Fatalf("answered %v, rang %v, hears %q: the carrier must not charge yet", c.Answered(), c.Rang(), c.hears())
		}
		w.answers("aiko")
		if !c.Answered() || c.hears() != "party" {
			t.Errorf("answered %v, hears %q", c.Answered(), c.hears())
		}
	})
}

func TestCallerGoneBeforeAnswerIsCallerGone(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("aiko")
		c := w.call("+819012345678", lateNumber)
		w.ringing("aiko")
		c.End(fact.EndCallerGone, "")
		w.endedAs(c, fact.EndCallerGone)
		w.agentIs("aiko", "available", "idle")
	})
}

func TestNoAckEndsTheCall(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		c := w.callWith("+819012345678", supportNumber, func(l *fake.Leg) { l.NoAck = true })
		w.after(32 * time.Second)
		c.End(fact.EndTimeout, "no ACK")
		w.endedAs(c, fact.EndTimeout)
		if n := len(w.dialer.Legs()); n != 0 {
			t.Errorf("%d agents were rung for a caller who never was there", n)
		}
	})
}

func TestLongestWait(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only()
		c := w.call("+819012345678", supportNumber)
		w.after(10*time.Minute - time.Second)
		if c.Ended() {
			t.Fatal("ended too early")
		}
		w.after(2 * time.Second)
		if c.hears() != "message" {
			t.Errorf("hears %q, want the message", c.hears())
		}
		w.must(w.SetStatus("ben", "available"))
		w.settle()
		w.isQuiet("ben")
		w.agentIs("ben", "available", "idle")
		w.after(3 * time.Second)
		w.endedAs(c, fact.EndLongestWait)
	})
}

func TestLongestWaitWhileRinging(t *testing.T) {
	for _, answers := range []bool{true, false} {
		inWorld(t, testConfig(), func(w *world) {
			w.only()
			c := w.call("+819012345678", supportNumber)
			w.after(10*time.Minute - 5*time.Second)
			w.must(w.SetStatus("ben", "available"))
			w.after(10 * time.Second)
			w.ringing("ben")
			if c.hears() != "music" {
				t.Errorf("while ben rings the caller hears %q", c.hears())
			}
			if answers {
				w.answers("ben")
				if c.hears() != "party" {
					t.Errorf("ben answered, the caller hears %q", c.hears())
				}
				return
			}
			w.must(w.SetStatus("aiko", "available"))
			w.after(10 * time.Second)
			if c.hears() != "message" {
				t.Errorf("ben didn't answer, the caller hears %q", c.hears())
			}
			w.isQuiet("aiko")
			w.after(3 * time.Second)
			w.endedAs(c, fact.EndLongestWait)
		})
	}
}

func TestPhoneGoneAfterLongestWaitEndsTheCall(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only()
		c := w.call("+819012345678", supportNumber)
		w.after(10*time.Minute - 5*time.Second)
		w.must(w.SetStatus("ben", "available"))
		w.after(10 * time.Second)
		w.must(w.SetStatus("aiko", "available"))
		w.Reachable("ben", 0)
		w.settle()
		w.isQuiet("aiko")
		w.agentIs("aiko", "available", "idle")
		w.after(4 * time.Second)
		w.endedAs(c, fact.EndLongestWait)
	})
}

func TestUnknownNumberIs404(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		c := w.call("+819012345678", "+81399999999")
		w.endedAs(c, fact.EndUnknownNumber)
		if c.Answered() {
			t.Error("it was answered")
		}
	})
}

func TestDrainRefusesNewCallsOnly(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		first := w.call("+819012345678", supportNumber)
		w.answers("ben")
		w.Drain()
		second := w.call("+819012345679", supportNumber)
		if second.HungUp() != fact.EndShutdown {
			t.Errorf("the second call was ended as %s", second.HungUp())
		}
		if first.Ended() || w.Calls() != 1 {
			t.Errorf("first ended %v, %d calls", first.Ended(), w.Calls())
		}
		w.HangupAll(fact.EndShutdown)
		w.settle()
		if w.Calls() != 0 || first.HungUp() != fact.EndShutdown {
			t.Errorf("%d calls, first ended as %s", w.Calls(), first.HungUp())
		}
	})
}

func TestStopEndsCallsWhoseLegsNeverEnd(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		c := w.callWith("+819012345678", supportNumber, func(l *fake.Leg) { l.ByeDelay = time.Hour })
		began := time.Now()
		w.stop()
		<-w.ended
		if waited := time.Since(began); waited > 10*time.Second {
			t.Errorf("the stop took %v", waited)
		}
		c.End(fact.EndTimeout, "")
		for _, l := range w.store.Legs() {
			if l.Ended.IsZero() {
				l.Ended, l.End = time.Now(), fact.EndTimeout
				w.store.Append(l)
			}
		}
	})
}

func TestCallAfterStopIsRefused(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.stop()
		<-w.ended
		if c := w.call("+819012345678", supportNumber); c.HungUp() != fact.EndShutdown || !c.room.Closed() {
			t.Errorf("ended as %s, room closed %v", c.HungUp(), c.room.Closed())
		}
	})
}

func TestAgentHangsUp(t *testing.T) {
	for name, hangUp := range map[string]func(w *world, l *fake.Leg){
		"phone": func(_ *world, l *fake.Leg) { l.End(fact.EndRemote, "BYE") },
		"page":  func(w *world, _ *fake.Leg) { w.must(w.Hangup("ben")) },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, testConfig(), func(w *world) {
				w.only("ben")
				c := w.call("+819012345678", supportNumber)
				hangUp(w, w.answers("ben"))
				w.endedAs(c, fact.EndAgentHungUp)
				w.agentIs("ben", "available", "wrap-up")
				if err := w.Hangup("ben"); !errors.Is(err, routing.ErrNoCall) {
					t.Errorf("a second hang-up: %v", err)
				}
			})
		})
	}
}

func TestLostAgentBringsTheCallerToTheHead(t *testing.T) {
	for name, lose := range map[string]func(c *caller, l *fake.Leg){
		"media":       func(c *caller, l *fake.Leg) { c.room.Happens(l, media.Event{Kind: media.Lost}) },
		"unreachable": func(_ *caller, l *fake.Leg) { l.End(fact.EndUnreachable, "the phone's connection is closed") },
		"transport":   func(_ *caller, l *fake.Leg) { l.End(fact.EndTransport, "connection closed") },
		"failed": func(c *caller, l *fake.Leg) {
			c.room.Happens(l, media.Event{Kind: media.Failed, Why: errors.New("socket gone")})
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, testConfig(), func(w *world) {
				w.only("ben")
				lost := w.call("+819012345678", supportNumber)
				ben := w.answers("ben")
				w.after(time.Minute)
				w.call("+819012345679", supportNumber) // waits since before the loss
				w.after(20 * time.Minute / 4)
				lose(lost, ben)
				w.settle()
				if lost.Ended() || lost.hears() != "music" || !ben.Ended() {
					t.Fatalf("caller ended %v, hears %q, agent's leg ended %v", lost.Ended(), lost.hears(), ben.Ended())
				}
				w.must(w.SetStatus("aiko", "available"))
				w.settle()
				w.answers("aiko")
				if lost.hears() != "party" {
					t.Errorf("the lost caller was not first: hears %q", lost.hears())
				}
				if seg := w.recorder.Started(); len(seg) != 2 || seg[1].Number != 2 || seg[1].Agent != "aiko" {
					t.Errorf("segments: %+v", seg)
				}
				lost.End(fact.EndCallerHungUp, "")
				w.settle()
				if row := w.store.Calls()[0]; row.Agent != "aiko" {
					t.Errorf("the call is %s's", row.Agent)
				}
			})
		})
	}
}

func TestCallerWithoutMediaIsEnded(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		c := w.call("+819012345678", supportNumber)
		w.answers("ben")
		c.room.Happens(c.Leg, media.Event{Kind: media.Lost})
		w.endedAs(c, fact.EndMediaLost)
		w.happened(fact.MediaLost, fact.CallEnded)
	})
}

// One-way audio ends nothing, but the time line says it, and when it was over.
func TestOneWayAudioIsInTheTimeLine(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		c := w.call("+819012345678", supportNumber)
		agent := w.answers("ben")
		c.room.Happens(agent, media.Event{Kind: media.OneWay})
		w.after(5 * time.Second)
		c.room.Happens(agent, media.Event{Kind: media.BothWays})
		w.settle()
		var got []fact.Event
		for _, e := range fake.Of[fact.Event](&w.store) {
			if e.Kind == fact.AudioOneWay || e.Kind == fact.AudioBothWays {
				got = append(got, e)
			}
		}
		if len(got) != 2 || got[0].Kind != fact.AudioOneWay || got[0].Leg != agent.ID() || got[0].Agent != "ben" || got[0].Detail != "nothing is heard of the agent" ||
			got[1].Kind != fact.AudioBothWays || got[1].Leg != agent.ID() || got[1].At.Sub(got[0].At) != 5*time.Second || got[0].Call != w.lastCall().ID {
			t.Errorf("%+v", got)
		}
		if c.Ended() || agent.Ended() {
			t.Error("the call was ended for it")
		}
	})
}

// A leg's row says how its line was.
func TestLegRowHasItsQuality(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		c := w.call("+819012345678", supportNumber)
		w.answers("ben")
		c.Line(fact.Quality{Rated: time.Minute, MOS: 4.1, LowestMOS: 2.5, Loss: 1.5})
		c.End(fact.EndCallerHungUp, "")
		w.settle()
		for _, l := range w.store.Legs() {
			if want := l.Seat == fact.SeatCustomer; (l.Quality.MOS == 4.1 && l.Quality.Loss == 1.5) != want {
				t.Errorf("%s: %+v", l.Seat, l.Quality)
			}
		}
	})
}

// Music is at the same place for all who wait, if the file says so; what else is played begins at its start.
func TestMusicInStep(t *testing.T) {
	for _, step := range []bool{false, true} {
		cfg := testConfig()
		cfg.Waiting["calm"].MusicInStep = step
		inWorld(t, cfg, func(w *world) {
			w.only()
			c := w.call("+819012345678", supportNumber)
			if p := c.room.Plan().Rows[c.Endpoint()]; p.Prompt.Audio == nil || p.Prompt.InStep {
				t.Errorf("greeting: %+v", p.Prompt)
			}
			w.after(4 * time.Second)
			if p := c.room.Plan().Rows[c.Endpoint()].Music; c.hears() != "music" || p.InStep != step || !p.Loop {
				t.Errorf("music_in_step: %v: %+v", step, p)
			}
		})
	}
}

func TestEarlyCallerNeedSendNothing(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only()
		c := w.call("+819012345678", lateNumber)
		c.room.Happens(c.Leg, media.Event{Kind: media.Lost})
		w.settle()
		if c.Ended() {
			t.Error("a caller was ended for sending nothing before the answer")
		}
	})
}

func TestRecorderThatFailsDisturbsNothing(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.recorder.Err = errors.New("disk full")
		w.only("ben")
		c := w.call("+819012345678", supportNumber)
		w.answers("ben")
		if c.hears() != "party" || c.room.Plan().Taps[0].Tap != nil {
			t.Errorf("hears %q, tap %v", c.hears(), c.room.Plan().Taps[0].Tap)
		}
		w.happened(fact.RecordingEnded)
	})
}

func TestNotRecorded(t *testing.T) {
	cfg := testConfig()
	cfg.Queues["support"].Recording = config.Recording{}
	inWorld(t, cfg, func(w *world) {
		w.only("ben")
		w.call("+819012345678", supportNumber)
		w.answers("ben")
		if n := len(w.recorder.Started()); n != 0 {
			t.Errorf("%d segments", n)
		}
	})
}

func TestDigitsCountOnce(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only()
		c := w.call("+819012345678", supportNumber)
		c.room.Happens(c.Leg, media.Event{Kind: media.Digit, Digit: '1'})
		c.Digit('1') // the same key press
		w.after(200 * time.Millisecond)
		c.Digit('1') // the key again, INFO first
		c.room.Happens(c.Leg, media.Event{Kind: media.Digit, Digit: '1'})
		c.Digit('2')
		w.after(3 * time.Second)
		c.room.Happens(c.Leg, media.Event{Kind: media.Digit, Digit: '2'}) // much later: another one
		w.settle()
		var got string
		for _, e := range fake.Of[fact.Event](&w.store) {
			if e.Kind == fact.DigitPressed {
				got += e.Detail
			}
		}
		if got != "1122" {
			t.Errorf("digits %q, want 1122", got)
		}
	})
}

func TestConversations(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("ben")
		talk := func(from, status string) fact.ConversationID {
			c := w.call(from, supportNumber)
			w.answers("ben")
			c.End(fact.EndCallerHungUp, "")
			w.settle()
			w.must(w.FinishWrapUp("ben", fact.WrapUpResult{Status: status}))
			return w.lastCall().Conversation
		}
		first := talk("+819012345678", "waiting")
		if again := talk("+819012345678", "closed"); again != first {
			t.Error("a conversation that isn't closed was not joined")
		}
		third := talk("+819012345678", "")
		if third == first {
			t.Error("a closed conversation was joined")
		}
		for _, conv := range w.store.Conversations() {
			if conv.ID == third && conv.Previous != first {
				t.Errorf("the new conversation knows %q, want %q", conv.Previous, first)
			}
		}
		if one, other := talk("", ""), talk("", ""); one == other {
			t.Error("two callers without a number share a conversation")
		}
	})
}
