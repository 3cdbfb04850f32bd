package routing_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/media"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// deskConfig lets support, in which aiko, ben and chen work, hold and transfer in every way.
func deskConfig() *config.Config {
	cfg := testConfig()
	while := config.Meanwhile{Music: &config.Audio{Say: "greeting"}, Message: &config.Audio{Say: "message"}, Every: 10 * time.Second}
	for _, q := range cfg.Queues {
		q.Hold = while
		q.Transfer = config.Transfer{Meanwhile: config.Meanwhile{Message: &config.Audio{Say: "message"}, Every: 10 * time.Second}, EarlyMedia: true, AnyNumber: true}
	}
	cfg.Queues["support"].Agents = []string{"aiko", "ben", "chen"}
	cfg.Trunks = map[string]*config.Trunk{"carrier": {Name: "carrier", Outbound: true, Servers: []string{"a"}}, "second": {Name: "second", Outbound: true, Servers: []string{"b"}}}
	cfg.Routes = []config.Route{{Prefix: "", Trunks: []string{"carrier", "second"}}}
	cfg.Company.DialOut = config.DialOut{Countries: []string{"JP"}}
	cfg.Users["dana"] = &config.User{Login: "dana", Name: "Name of dana", Role: "supervisor", Agent: true}
	return cfg
}

const outside = "+81312340000"

// talking is a call in which aiko talks with a caller.
type talking struct {
	*world
	c    *caller
	aiko *fake.Leg
}

func inTalk(t *testing.T, do func(w *talking)) {
	t.Helper()
	talkIn(t, deskConfig(), do)
}

func talkIn(t *testing.T, cfg *config.Config, do func(w *talking)) {
	t.Helper()
	inWorld(t, cfg, func(w *world) {
		for _, user := range []string{"ben", "chen", "dana"} {
			w.must(w.SetStatus(user, "away"))
		}
		w.settle()
		tk := &talking{world: w, c: w.call("+819012345678", supportNumber)}
		tk.aiko = w.answers("aiko")
		w.must(w.SetStatus("ben", "available"))
		w.must(w.SetStatus("chen", "available"))
		w.settle()
		do(tk)
	})
}

// does gives a command and lets it have its effect.
func (w *talking) does(err error) {
	w.t.Helper()
	w.must(err)
	w.settle()
}

// refuses checks that a command is refused for a reason, and that nothing is other than before.
func (w *talking) refuses(want, err error) {
	w.t.Helper()
	w.settle()
	if !errors.Is(err, want) {
		w.t.Errorf("the command was answered with %v, want %v", err, want)
	}
}

// hear checks who hears whom; who is not named hears nobody.
func (w *talking) hear(want map[*fake.Leg][]*fake.Leg) {
	w.t.Helper()
	w.settle()
	plan := w.c.room.Plan()
	for _, l := range append(w.dialer.Legs(), w.c.Leg) {
		if l.Ended() {
			continue
		}
		var set media.Set
		for _, other := range want[l] {
			set |= media.Of(other.Endpoint())
		}
		if got := plan.Rows[l.Endpoint()].Hears; got != set {
			w.t.Errorf("%s%s hears %04b, want %04b", l.Party().User, l.Party().Number, got, set)
		}
	}
}

// taps checks whose voices are recorded.
func (w *talking) taps(want ...*fake.Leg) {
	w.t.Helper()
	var got, set media.Set
	for _, row := range w.c.room.Plan().Taps {
		if row.Tap != nil {
			got |= media.Of(row.Of)
		}
	}
	for _, l := range want {
		set |= media.Of(l.Endpoint())
	}
	if got != set {
		w.t.Errorf("recorded are %04b, want %04b", got, set)
	}
}

func both(a, b *fake.Leg) map[*fake.Leg][]*fake.Leg {
	return map[*fake.Leg][]*fake.Leg{a: {b}, b: {a}}
}

func (w *talking) out() *fake.Leg {
	w.t.Helper()
	legs := w.dialer.Legs()
	l := legs[len(legs)-1]
	if l.Party().Trunk == "" {
		w.t.Fatalf("nobody outside was called; the last one is %+v", l.Party())
	}
	return l
}

func TestHold(t *testing.T) {
	inTalk(t, func(w *talking) {
		w.hear(both(w.c.Leg, w.aiko))
		w.taps(w.c.Leg, w.aiko)
		w.does(w.Hold("aiko"))
		w.hear(nil)
		w.taps()
		if got := w.c.hears(); got != "greeting" {
			t.Errorf("the held caller hears %q, want the hold music", got)
		}
		w.agentIs("aiko", "available", "held")
		if v := w.view("aiko").Call; v.State != "held" || len(v.Parties) != 2 || v.Parties[0].State != "held" {
			t.Errorf("the page shows %s with %+v", v.State, v.Parties)
		}
		w.refuses(routing.ErrHeld, w.Hold("aiko"))
		w.refuses(routing.ErrNoCall, w.Hold("ben"))
		for range 2 { // the message comes 10 s after the beginning, and 10 s after its own end
			w.after(9900 * time.Millisecond)
			if got := w.c.hears(); got != "greeting" {
				t.Errorf("before the message the caller hears %q", got)
			}
			w.after(time.Second)
			if got := w.c.hears(); got != "message" {
				t.Errorf("10 s later the caller hears %q, want the message", got)
			}
			w.after(2100 * time.Millisecond)
		}
		w.does(w.Resume("aiko"))
		w.hear(both(w.c.Leg, w.aiko))
		w.taps(w.c.Leg, w.aiko)
		w.agentIs("aiko", "available", "talking")
		w.happened(fact.HoldBegan, fact.HoldEnded)
		if got := w.detail(fact.HoldEnded); got != "26s" {
			t.Errorf("the hold lasted %q, want 26s", got)
		}
		if n := len(w.recorder.Started()); n != 1 {
			t.Errorf("%d segments, want one over the hold", n)
		} else if got := w.recorder.Marks(w.recorder.Started()[0].ID); !slices.Equal(got, []string{"held", "resumed 26s"}) {
			t.Errorf("the recording says %q of the hold", got)
		}
		w.refuses(routing.ErrNotHeld, w.Resume("aiko"))
		w.c.End(fact.EndCallerHungUp, "")
		w.settle()
		if err := w.Hold("aiko"); err == nil {
			t.Error("a call that has ended is held")
		}
	})
}

func (w *talking) detail(kind fact.EventKind) string {
	w.t.Helper()
	for _, e := range slices.Backward(w.store.Events()) {
		if e.Kind == kind {
			return e.Detail
		}
	}
	w.t.Errorf("no event %s", kind)
	return ""
}

func TestASoftphonesOwnHoldIsTheButton(t *testing.T) {
	inTalk(t, func(w *talking) {
		w.aiko.Directs(true, false) // sendonly
		w.settle()
		w.agentIs("aiko", "available", "held")
		w.hear(nil)
		w.aiko.Directs(true, true)
		w.hear(both(w.c.Leg, w.aiko))
		w.happened(fact.HoldBegan, fact.HoldEnded)
	})
}

func TestMuteAndDigits(t *testing.T) {
	inTalk(t, func(w *talking) {
		w.does(w.Mute("aiko", true))
		w.hear(map[*fake.Leg][]*fake.Leg{w.aiko: {w.c.Leg}})
		w.taps(w.c.Leg)
		w.does(w.Mute("aiko", false))
		w.hear(both(w.c.Leg, w.aiko))
		w.does(w.SendDigits("aiko", "12#"))
		if w.c.Sent() != "12#" || w.detail(fact.DigitsSent) != "12#" {
			t.Errorf("the caller got %q", w.c.Sent())
		}
		w.refuses(routing.ErrNoDigits, w.SendDigits("aiko", "12x"))
		w.does(w.Hold("aiko"))
		w.refuses(routing.ErrNoKeypad, w.SendDigits("aiko", "1"))
	})
}

func TestTransferToAnAgent(t *testing.T) {
	inTalk(t, func(w *talking) {
		w.refuses(routing.ErrOneself, w.Transfer("aiko", fact.Destination{User: "aiko"}))
		w.refuses(routing.ErrOtherQueue, w.Transfer("aiko", fact.Destination{User: "dana"}))
		w.refuses(routing.ErrUnknownAgent, w.Transfer("aiko", fact.Destination{User: "nobody"}))
		w.refuses(routing.ErrNobody, w.Transfer("aiko", fact.Destination{}))
		w.refuses(routing.ErrNobody, w.Transfer("aiko", fact.Destination{User: "ben", Queue: "support"}))
		w.hear(both(w.c.Leg, w.aiko))

		w.does(w.Transfer("aiko", fact.Destination{User: "ben"}))
		w.agentIs("aiko", "available", "wrap-up")
		if got := w.c.hears(); got != "music" {
			t.Errorf("the caller hears %q, want transfer music", got)
		}
		if v := w.view("ben").Call; v == nil || v.Kind != "transferred" || v.State != "ringing" {
			t.Errorf("ben is shown %+v", v)
		}
		w.after(10100 * time.Millisecond)
		if got := w.c.hears(); got != "message" {
			t.Errorf("after 10 s the caller hears %q", got)
		}
		ben := w.answers("ben")
		w.hear(both(w.c.Leg, ben))
		w.taps(w.c.Leg, ben)
		w.agentIs("ben", "available", "talking")
		segments := w.recorder.Started()
		if len(segments) != 2 || segments[1].Agent != "ben" || segments[1].Number != 2 {
			t.Errorf("the segments are %+v, want one for each agent", segments)
		} else if got := w.recorder.Marks(segments[0].ID); !slices.Equal(got, []string{"transfer Name of ben"}) {
			t.Errorf("the first recording says %q of the transfer", got)
		}
		if call := w.lastCall(); call.Agent != "ben" {
			t.Errorf("the call is %s's", call.Agent)
		}
		if c := w.store.Conversations(); c[len(c)-1].Agent != "ben" {
			t.Errorf("the conversation is %s's", c[len(c)-1].Agent)
		}
		w.happened(fact.TransferBegan, fact.Transferred)
	})
}

func TestAFailedTransferComesBack(t *testing.T) {
	for name, fails := range map[string]func(w *talking, ben *fake.Leg){
		"refused":   func(_ *talking, ben *fake.Leg) { ben.End(fact.EndRefused, "603") },
		"busy":      func(_ *talking, ben *fake.Leg) { ben.End(fact.EndBusy, "486") },
		"no answer": func(w *talking, _ *fake.Leg) { w.after(20 * time.Second) },
		"page":      func(w *talking, _ *fake.Leg) { w.must(w.Hangup("ben")) },
		"logged out": func(w *talking, _ *fake.Leg) {
			w.LoggedOut("ben")
		},
	} {
		t.Run(name, func(t *testing.T) {
			inTalk(t, func(w *talking) {
				w.does(w.Transfer("aiko", fact.Destination{User: "ben"}))
				w.agentIs("aiko", "available", "wrap-up")
				fails(w, w.ringing("ben"))
				w.settle()
				if v := w.view("aiko"); v.Call == nil || v.Call.Kind != "returned" || v.Call.State != "ringing" || v.WrapUp != nil {
					t.Fatalf("aiko is shown %+v, wrap-up %+v; want the call to ring again", v.Call, v.WrapUp)
				}
				w.happened(fact.TransferFailed, fact.CallReturns)
				aiko := w.answers("aiko")
				w.hear(both(w.c.Leg, aiko))
				w.c.End(fact.EndCallerHungUp, "")
				w.settle()
				if v := w.view("aiko"); v.WrapUp == nil || v.WrapUp.Until.Sub(v.Now) != 30*time.Second {
					t.Errorf("the wrap-up that was broken off is %+v, want it anew", v.WrapUp)
				}
			})
		})
	}
}

func TestAFailedTransferGoesToTheQueueIfNobodyTakesItBack(t *testing.T) {
	t.Run("refused", func(t *testing.T) {
		inTalk(t, func(w *talking) {
			w.does(w.Transfer("aiko", fact.Destination{User: "ben"}))
			w.must(w.SetStatus("chen", "away"))
			w.ringing("ben").End(fact.EndRefused, "")
			w.settle()
			w.ringing("aiko").End(fact.EndRefused, "")
			w.settle()
			if v := w.view("aiko"); v.WrapUp == nil {
				t.Error("who doesn't take the call back has no wrap-up any more")
			}
			if w.c.Ended() {
				t.Fatal("the caller was hung up on")
			}
			w.happened(fact.TransferFailed, fact.CallReturns, fact.TransferFailed, fact.Queued)
			w.answers("ben") // who is still available
		})
	})
	t.Run("away", func(t *testing.T) {
		inTalk(t, func(w *talking) {
			other := w.call("+819000000000", supportNumber) // ben rings
			w.does(w.Transfer("aiko", fact.Destination{User: "chen"}))
			w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{}))
			w.must(w.SetStatus("aiko", "away"))
			w.must(w.SetStatus("chen", "away"))
			w.ringing("ben").End(fact.EndRefused, "")
			w.must(w.SetStatus("ben", "away"))
			w.settle()
			w.ringing("chen").End(fact.EndBusy, "")
			w.settle()
			w.isQuiet("aiko")
			w.must(w.SetStatus("ben", "available"))
			w.after(6 * time.Second)
			ben := w.answers("ben")
			w.hear(map[*fake.Leg][]*fake.Leg{w.c.Leg: {ben}, ben: {w.c.Leg}}) // ahead of the other
			if other.Ended() {
				t.Error("the other caller is gone")
			}
		})
	})
}

func TestTransferToAQueue(t *testing.T) {
	inTalk(t, func(w *talking) {
		w.refuses(routing.ErrUnknownQueue, w.Transfer("aiko", fact.Destination{Queue: "none"}))
		w.does(w.Transfer("aiko", fact.Destination{Queue: "sales"}))
		if got := w.c.hears(); got != "greeting" {
			t.Errorf("the caller hears %q, want the strategy of the queue", got)
		}
		w.agentIs("aiko", "available", "wrap-up")
		w.does(w.FinishWrapUp("aiko", fact.WrapUpResult{}))
		aiko := w.answers("aiko")
		w.hear(both(w.c.Leg, aiko))
		if v := w.view("aiko").Call; v.Kind != "transferred" || v.Queue != "sales" {
			t.Errorf("aiko is shown %+v", v)
		}
	})
}

func TestAClosedQueueIsRefused(t *testing.T) {
	cfg := deskConfig()
	cfg.Queues["sales"].Hours = &config.Hours{Name: "never", Zone: time.UTC}
	inWorld(t, cfg, func(w *world) {
		w.only("aiko")
		c := w.call("+819012345678", supportNumber)
		aiko := w.answers("aiko")
		if err := w.Transfer("aiko", fact.Destination{Queue: "sales"}); !errors.Is(err, routing.ErrQueueClosed) {
			t.Errorf("a transfer to a closed queue: %v", err)
		}
		(&talking{world: w, c: c, aiko: aiko}).hear(both(c.Leg, aiko))
	})
}

func TestTransferOutside(t *testing.T) {
	inTalk(t, func(w *talking) {
		for number, why := range map[string]string{"0900": "", "+442071838750": "Numbers of this country may not be called.", "0990123456": ""} {
			if err := w.Transfer("aiko", fact.Destination{Number: number}); err == nil || why != "" && err.Error() != why {
				t.Errorf("a transfer to %s: %v", number, err)
			}
		}
		w.hear(both(w.c.Leg, w.aiko))
		w.does(w.Transfer("aiko", fact.Destination{Number: "03-1234-0000"}))
		out := w.out()
		if to := w.dialer.Targets()[len(w.dialer.Targets())-1]; to.Number != outside || to.Trunk != "carrier" {
			t.Errorf("called is %+v", to)
		}
		if from := w.dialer.Callers()[len(w.dialer.Callers())-1]; from.Number != supportNumber {
			t.Errorf("the number shown is %s, want the one that the customer dialled", from.Number)
		}
		out.Rings()
		w.settle()
		if got := w.c.hears(); got != "music" {
			t.Errorf("at a 180 the caller hears %q, want the music", got)
		}
		out.Early()
		w.hear(map[*fake.Leg][]*fake.Leg{w.c.Leg: {out}})
		out.EndWith(fact.EndRemote, 503)
		w.settle()
		next := w.out()
		if next == out || next.Party().Trunk != "second" {
			t.Fatalf("after a 503 the next trunk is not tried: %+v", next.Party())
		}
		next.Pickup()
		w.hear(both(w.c.Leg, next))
		w.taps()
		if n := w.recorder.Open(); n != 0 {
			t.Errorf("%d recordings go on after a transfer outside", n)
		}
		w.agentIs("aiko", "available", "wrap-up")
		next.End(fact.EndCallerHungUp, "")
		w.endedAs(w.c, fact.EndGuestHungUp)
	})
}

// Outside nothing is recorded, unless the company wants it: then the far end has a file, and no agent has.
func TestATransferOutsideIsRecordedIfAsked(t *testing.T) {
	cfg := deskConfig()
	cfg.Company.Recording.External = true
	for _, q := range cfg.Queues {
		q.Recording.External = true
	}
	talkIn(t, cfg, func(w *talking) {
		w.does(w.Transfer("aiko", fact.Destination{Number: outside}))
		next := w.out()
		next.Pickup()
		w.hear(both(w.c.Leg, next))
		w.taps(w.c.Leg, next)
		all := w.recorder.Started()
		if len(all) != 2 || len(all[1].Channels) != 2 || all[1].Agent != "" || all[1].Queue != "support" || all[1].Channels[1].Seat != fact.SeatGuest || w.recorder.Open() != 1 {
			t.Errorf("the segments are %+v", all)
		}
		w.c.End(fact.EndCallerHungUp, "")
		w.settle()
		if w.recorder.Open() != 0 {
			t.Error("the recording goes on")
		}
	})
}

func TestATransferOutsideFails(t *testing.T) {
	inTalk(t, func(w *talking) {
		w.does(w.Transfer("aiko", fact.Destination{Number: outside}))
		w.out().EndWith(fact.EndBusy, 486)
		w.settle()
		w.answers("aiko")
		if got := w.detail(fact.TransferFailed); got != outside+" is busy" {
			t.Errorf("the time line says %q", got)
		}
		if n := w.Stats().Out.Calls; n != 0 {
			t.Errorf("%d calls out are counted", n)
		}
	})
}

func TestConsultation(t *testing.T) {
	inTalk(t, func(w *talking) {
		w.refuses(routing.ErrNotConsulting, w.Complete("aiko"))
		w.refuses(routing.ErrNotConsulting, w.SwitchParty("aiko"))
		w.does(w.Consult("aiko", fact.Destination{User: "ben"}))
		if w.c.hears() != "greeting" || w.c.room.Hears(w.aiko) != "ringback" {
			t.Errorf("the caller hears %q, the agent %q", w.c.hears(), w.c.room.Hears(w.aiko))
		}
		w.hear(nil)
		if p := w.view("aiko").Call.Parties[2]; p.Role != "consulted" || p.State != "ringing" {
			t.Errorf("who is asked is shown as %+v", p)
		}
		if v := w.view("ben").Call; v == nil || v.Kind != "consultation" {
			t.Errorf("ben is shown %+v", v)
		}
		w.refuses(routing.ErrCalling, w.Consult("aiko", fact.Destination{User: "chen"}))
		w.refuses(routing.ErrNotAnswered, w.Merge("aiko"))
		ben := w.answers("ben")
		w.hear(both(w.aiko, ben))
		w.taps()
		w.refuses(routing.ErrConsulting, w.Hold("aiko"))
		w.refuses(routing.ErrNotYours, w.Hold("ben"))
		w.does(w.SwitchParty("aiko"))
		w.hear(both(w.aiko, w.c.Leg))
		w.taps(w.c.Leg, w.aiko)
		if got := w.c.room.Hears(ben); got != "greeting" {
			t.Errorf("who is held hears %q", got)
		}
		w.does(w.SwitchParty("aiko"))
		w.hear(both(w.aiko, ben))
		w.does(w.Merge("aiko"))
		all := map[*fake.Leg][]*fake.Leg{w.c.Leg: {w.aiko, ben}, w.aiko: {w.c.Leg, ben}, ben: {w.c.Leg, w.aiko}}
		w.hear(all)
		w.taps(w.c.Leg, w.aiko, ben)
		if s := w.recorder.Started(); len(s) != 2 || len(s[1].Channels) != 3 {
			t.Errorf("a conference is recorded as %+v", s)
		}
		w.does(w.Hangup("ben"))
		w.hear(both(w.aiko, w.c.Leg))
		w.agentIs("ben", "available", "idle")
		w.happened(fact.ConsultBegan, fact.PartyJoined, fact.PartySwitched, fact.Merged, fact.PartyLeft)
	})
}

// Of a queue the next agent is asked when a phone can't even be called, at the first agent and later.
func TestConsultationWithAQueueGoesOn(t *testing.T) {
	inTalk(t, func(w *talking) {
		dead := map[string]bool{"ben": true}
		w.dialer.OnDial = func(l *fake.Leg) error {
			if dead[l.Party().User] {
				return errors.New("no phone")
			}
			return nil
		}
		w.does(w.Consult("aiko", fact.Destination{Queue: "support"}))
		w.hear(nil)
		w.answers("chen")
		w.does(w.BackToCaller("aiko"))
		dead = map[string]bool{}
		w.does(w.Consult("aiko", fact.Destination{Queue: "support"}))
		w.ringing("ben").End(fact.EndRefused, "")
		w.settle()
		dead["chen"] = true
		w.does(w.BackToCaller("aiko"))
		w.does(w.SetStatus("ben", "away"))
		w.does(w.SetStatus("ben", "available"))
		dead = map[string]bool{"ben": true}
		w.does(w.Consult("aiko", fact.Destination{Queue: "support"}))
		w.ringing("chen").End(fact.EndRefused, "")
		w.settle()
		w.agentIs("ben", "available", "idle")
		w.agentIs("chen", "available", "idle")
		w.refuses(routing.ErrNotConsulting, w.Merge("aiko"))
		dead["chen"] = true
		if err := w.Consult("aiko", fact.Destination{Queue: "support"}); !errors.Is(err, floor.ErrNobodyFree) {
			t.Errorf("where no phone can be called: %v", err)
		}
	})
}

// A stage that panics while it obeys a command ends its own call, and tells whoever gave the command.
func TestFaultAnswersTheCommand(t *testing.T) {
	inTalk(t, func(w *talking) {
		w.dialer.OnDial = func(*fake.Leg) error { panic("a bug") }
		w.refuses(routing.ErrFault, w.Consult("aiko", fact.Destination{User: "ben"}))
		w.endedAs(w.c, fact.EndInternal)
	})
}

func TestConsultationGoesBackOrCompletes(t *testing.T) {
	inTalk(t, func(w *talking) {
		w.after(time.Second)
		w.does(w.Consult("aiko", fact.Destination{User: "ben"}))
		w.ringing("ben").End(fact.EndRefused, "")
		w.settle()
		w.hear(nil) // the agent comes back to the caller when ready
		w.does(w.Resume("aiko"))
		w.hear(both(w.aiko, w.c.Leg))
		w.does(w.Consult("aiko", fact.Destination{User: "ben"}))
		ben := w.answers("ben")
		w.does(w.BackToCaller("aiko"))
		w.hear(both(w.aiko, w.c.Leg))
		if !ben.Ended() {
			t.Error("who was asked is still in the call")
		}
		w.does(w.Consult("aiko", fact.Destination{Queue: "support"}))
		second := w.answers("chen") // ben has been idle for less long
		w.does(w.Complete("aiko"))
		w.hear(both(second, w.c.Leg))
		w.taps(w.c.Leg, second)
		w.agentIs("aiko", "available", "wrap-up")
		w.agentIs("chen", "available", "talking")
		if call := w.lastCall(); call.Agent != "chen" {
			t.Errorf("the call is %s's", call.Agent)
		}
		w.does(w.Hangup("chen"))
		w.endedAs(w.c, fact.EndAgentHungUp)
		w.agentIs("chen", "available", "wrap-up")
	})
}

func TestConsultationWithANumber(t *testing.T) {
	inTalk(t, func(w *talking) {
		w.does(w.Consult("aiko", fact.Destination{Number: outside}))
		out := w.out()
		out.Early()
		w.hear(map[*fake.Leg][]*fake.Leg{w.aiko: {out}})
		out.Pickup()
		w.hear(both(w.aiko, out))
		w.does(w.Complete("aiko"))
		w.hear(both(w.c.Leg, out))
		w.taps()
		w.c.End(fact.EndCallerHungUp, "")
		w.endedAs(w.c, fact.EndCallerHungUp)
		if n := w.Stats().Out.Calls; n != 0 {
			t.Errorf("%d calls out are counted", n)
		}
	})
}

func TestCompletingWhileItRingsIsATransfer(t *testing.T) {
	inTalk(t, func(w *talking) {
		w.does(w.Consult("aiko", fact.Destination{User: "ben"}))
		w.does(w.Complete("aiko"))
		w.agentIs("aiko", "available", "wrap-up")
		ben := w.answers("ben")
		w.hear(both(ben, w.c.Leg))
	})
}

func TestConferenceAtOnce(t *testing.T) {
	inTalk(t, func(w *talking) {
		w.does(w.AddParty("aiko", fact.Destination{Number: outside}))
		w.hear(both(w.aiko, w.c.Leg)) // they go on talking
		out := w.out()
		out.Pickup()
		all := map[*fake.Leg][]*fake.Leg{w.c.Leg: {w.aiko, out}, w.aiko: {w.c.Leg, out}, out: {w.c.Leg, w.aiko}}
		w.hear(all)
		w.does(w.AddParty("aiko", fact.Destination{User: "ben"}))
		ben := w.answers("ben")
		w.does(w.Hold("aiko"))
		w.hear(nil)
		w.does(w.Resume("aiko"))
		w.does(w.Hangup("aiko")) // the others go on; ben is an agent and has the call now
		w.hear(map[*fake.Leg][]*fake.Leg{w.c.Leg: {ben, out}, ben: {w.c.Leg, out}, out: {w.c.Leg, ben}})
		w.agentIs("aiko", "available", "wrap-up")
		w.does(w.DropParty("ben", out.ID()))
		w.hear(both(ben, w.c.Leg))
		w.c.End(fact.EndCallerHungUp, "")
		w.endedAs(w.c, fact.EndCallerHungUp)
	})
}

// The phone of a supervisor who is no agent doesn't ring for ever.
func TestSupervisorDoesNotAnswer(t *testing.T) {
	cfg := deskConfig()
	cfg.Company.RingTimeout = 20 * time.Second
	inWorld(t, cfg, func(w *world) {
		w.only("aiko")
		c := w.call("+819012345678", supportNumber)
		tk := &talking{world: w, c: c, aiko: w.answers("aiko")}
		tk.does(w.Supervise("sue", w.view("aiko").Call.ID, fact.Listen))
		sue := w.ringing("sue")
		w.after(19 * time.Second)
		if !sue.Living() {
			t.Error("sue's phone has stopped ringing before its time")
		}
		w.after(2 * time.Second)
		w.isQuiet("sue")
		tk.hear(both(c.Leg, tk.aiko))
	})
}

func TestSupervision(t *testing.T) {
	inTalk(t, func(w *talking) {
		id := w.view("aiko").Call.ID
		w.refuses(routing.ErrOwnCall, w.Supervise("aiko", id, fact.Listen))
		w.refuses(routing.ErrUnknownMode, w.Supervise("dana", id, "shout"))
		w.does(w.Supervise("dana", id, fact.Listen)) // she is away: that doesn't matter
		w.hear(both(w.c.Leg, w.aiko))
		dana := w.answers("dana")
		listening := map[*fake.Leg][]*fake.Leg{w.c.Leg: {w.aiko}, w.aiko: {w.c.Leg}, dana: {w.c.Leg, w.aiko}}
		w.hear(listening)
		w.refuses(routing.ErrSupervised, w.Supervise("ben", id, fact.Listen))
		w.does(w.Supervise("dana", id, fact.Whisper))
		w.hear(map[*fake.Leg][]*fake.Leg{w.c.Leg: {w.aiko}, w.aiko: {w.c.Leg, dana}, dana: {w.c.Leg, w.aiko}})
		w.taps(w.c.Leg, w.aiko)
		w.does(w.Supervise("dana", id, fact.Barge))
		w.hear(map[*fake.Leg][]*fake.Leg{w.c.Leg: {w.aiko, dana}, w.aiko: {w.c.Leg, dana}, dana: {w.c.Leg, w.aiko}})
		w.taps(w.c.Leg, w.aiko, dana)
		w.does(w.Unsupervise("dana", id))
		w.hear(both(w.c.Leg, w.aiko))
		w.agentIs("dana", "away", "idle")
		w.does(w.Supervise("dana", id, fact.TakeOver))
		dana = w.answers("dana")
		w.hear(both(w.c.Leg, dana))
		w.taps(w.c.Leg, dana)
		w.agentIs("aiko", "available", "wrap-up")
		if call := w.lastCall(); call.Agent != "dana" {
			t.Errorf("the call is %s's", call.Agent)
		}
		w.happened(fact.Supervised, fact.Supervised, fact.Supervised, fact.SupervisionEnded, fact.Supervised, fact.TakenOver)
		if a := w.store.Audits(); len(a) != 5 || a[0].Who != "dana" || a[0].What != "listen" || a[0].Call != id {
			t.Errorf("the audit trail is %+v", a)
		}
	})
}

func TestAWaitingCallIsMoved(t *testing.T) {
	inWorld(t, deskConfig(), func(w *world) {
		w.only()
		first, second := w.call("+819000000001", supportNumber), w.call("+819000000002", supportNumber)
		w.must(w.MoveCall("dana", w.Running()[1].ID, "sales"))
		w.settle()
		w.must(w.SetStatus("aiko", "available"))
		w.settle()
		aiko := w.answers("aiko")
		if got := second.room.Plan().Rows[second.Endpoint()].Hears; got != 0 || first.room == second.room {
			t.Log("the first in line is answered")
		}
		if v := w.view("aiko").Call; v.Queue != "support" {
			t.Errorf("aiko answered %s", v.Queue)
		}
		aiko.End(fact.EndCallerHungUp, "")
		w.settle()
		w.must(w.FinishWrapUp("aiko", fact.WrapUpResult{}))
		w.settle()
		w.answers("aiko")
		if v := w.view("aiko").Call; v.Queue != "sales" || v.Number != "+819000000002" {
			t.Errorf("aiko answered %+v, want the call that was moved", v)
		}
		if err := w.MoveCall("dana", "none", "sales"); !errors.Is(err, routing.ErrCallEnded) {
			t.Errorf("a call that isn't there: %v", err)
		}
	})
}
