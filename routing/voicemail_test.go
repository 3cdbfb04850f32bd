package routing_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"mediasrv/internal/fake"
	"mediasrv/media"
	"mediasrv/routing/fact"
)

// tapped says that the caller, and nobody else, is recorded.
func (w *world) tapped(c *caller) bool {
	taps := c.room.Plan().Taps
	return taps[0].Tap != nil && taps[0].Of == c.Endpoint() && taps[1].Tap == nil
}

func (w *world) speaks(c *caller, d time.Duration) {
	c.room.Happens(c.Leg, media.Event{Kind: media.Talks})
	w.after(d)
	c.room.Happens(c.Leg, media.Event{Kind: media.Quiet})
	w.settle()
}

// messages are the voicemails as they were written last.
func (w *world) messages() map[fact.VoicemailID]fact.Voicemail {
	all := map[fact.VoicemailID]fact.Voicemail{}
	for _, m := range fake.Of[fact.Voicemail](&w.store) {
		all[m.ID] = m
	}
	return all
}

// message is the only one.
func (w *world) message() fact.Voicemail {
	w.t.Helper()
	all := w.messages()
	if len(all) != 1 {
		w.t.Fatalf("%d messages: %+v", len(all), all)
	}
	for _, m := range all {
		return m
	}
	return fact.Voicemail{}
}

func TestVoicemail(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", menuNumber)
		w.presses(c, "5")
		w.hearsNow(c, "leave a message")
		w.after(3100 * time.Millisecond)
		w.hearsNow(c, "tone 1000 Hz")
		if w.tapped(c) {
			t.Error("the tone is recorded")
		}
		w.after(400 * time.Millisecond)
		w.hearsNow(c, "")
		if !w.tapped(c) {
			t.Error("the message is not recorded")
		}
		w.speaks(c, 5*time.Second)
		w.after(5 * time.Second)
		w.speaks(c, 5*time.Second) // silence is counted anew
		if len(w.view("aiko").Queues) == 0 || w.view("aiko").Queues[0].Messages != 0 {
			t.Error("the agents are told before the message is over")
		}
		w.presses(c, "#")
		w.hearsNow(c, "thank you")
		if w.tapped(c) || w.recorder.Open() != 0 {
			t.Error("the recording goes on after the message")
		}
		w.after(3100 * time.Millisecond)
		w.endedAs(c, fact.EndCompleted)
		m := w.message()
		if m.Queue != "support" || m.Box != "box" || m.Number != "+819012345678" || m.Call != w.lastCall().ID || m.Segment != w.recorder.Started()[0].ID || m.Length.Round(time.Second) != 15*time.Second {
			t.Errorf("%+v", m)
		}
		if seg := w.recorder.Started()[0]; seg.Voicemail != "box" || len(seg.Channels) != 1 || !seg.PerLeg || seg.Merged {
			t.Errorf("%+v", seg)
		}
		w.happened(fact.VoicemailBegan, fact.RecordingBegan, fact.RecordingEnded, fact.VoicemailLeft)
		i := slices.IndexFunc(w.view("aiko").Queues, func(q fact.QueueView) bool { return q.Name == "support" })
		if w.view("aiko").Queues[i].Messages != 1 {
			t.Errorf("%+v", w.view("aiko").Queues)
		}
		w.VoicemailMarked(fact.VoicemailView{ID: m.ID, Call: m.Call, Conversation: m.Conversation, Queue: "support"}, fact.VoicemailMark{ID: m.ID, At: time.Now(), User: "aiko", Done: true})
		w.happened(fact.VoicemailLeft, fact.VoicemailDone)
		if marks := fake.Of[fact.VoicemailMark](&w.store); len(marks) != 1 || !marks[0].Done || w.view("aiko").Queues[i].Messages != 2 {
			t.Errorf("%+v", marks)
		}
	})
}

func TestVoicemailEndsBySilence(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", boxNumber)
		w.hearsNow(c, "leave a message")
		w.presses(c, "#") // skips the greeting
		w.hearsNow(c, "tone 1000 Hz")
		w.after(time.Second)
		w.speaks(c, 2*time.Second)
		w.after(5900 * time.Millisecond)
		w.hearsNow(c, "")
		w.after(200 * time.Millisecond)
		w.hearsNow(c, "thank you")
		w.after(4 * time.Second)
		w.endedAs(c, fact.EndCompleted)
		w.message()
	})
}

func TestVoicemailEndsAtItsLongest(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", boxNumber)
		w.presses(c, "#")
		w.after(400 * time.Millisecond)
		c.room.Happens(c.Leg, media.Event{Kind: media.Talks}) // and never stops
		w.after(59900 * time.Millisecond)
		w.hearsNow(c, "")
		w.after(200 * time.Millisecond)
		w.hearsNow(c, "thank you")
		w.after(4 * time.Second)
		w.endedAs(c, fact.EndCompleted)
		if m := w.message(); m.Length.Round(time.Second) != time.Minute {
			t.Errorf("%v", m.Length)
		}
	})
}

func TestVoicemailEndsByHangingUp(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", boxNumber)
		w.presses(c, "#")
		w.after(time.Second)
		c.room.Happens(c.Leg, media.Event{Kind: media.Talks})
		w.settle()
		if m := w.message(); m.Length != 0 { // kept before its end, in case of a crash
			t.Errorf("%+v", m)
		}
		w.after(4 * time.Second)
		c.hangsUp()
		w.endedAs(c, fact.EndCallerHungUp)
		if m := w.message(); m.Length < 4*time.Second {
			t.Errorf("%+v", m)
		}
	})
}

func TestVoicemailWithoutAWord(t *testing.T) {
	inMenus(t, func(w *world) {
		c := w.call("+819012345678", boxNumber)
		w.presses(c, "#")
		w.after(7 * time.Second)
		w.hearsNow(c, "thank you")
		w.after(4 * time.Second)
		w.endedAs(c, fact.EndCompleted)
		if all := w.messages(); len(all) != 0 {
			t.Errorf("%+v", all)
		}
		w.happened(fact.VoicemailBegan, fact.VoicemailEmpty)
	})
}

func TestVoicemailThatCannotBeRecorded(t *testing.T) {
	inMenus(t, func(w *world) {
		w.recorder.Err = errors.New("no room")
		c := w.call("+819012345678", boxNumber)
		w.presses(c, "#")
		w.after(time.Second)
		w.endedAs(c, fact.EndInternal) // at once: nobody talks to nobody
	})
}

// A message's task can be a callback: whoever has left one is called back when the call is over; who has said nothing, or hides the number, isn't.
func TestVoicemailIsCalledBack(t *testing.T) {
	cfg := withCallbacks(withMenus(testConfig()))
	cfg.Voicemails["box"].Callback = "last"
	inWorld(t, cfg, func(w *world) {
		leave := func(from string, says bool) {
			c := w.call(from, menuNumber)
			w.presses(c, "5")
			w.after(3500 * time.Millisecond)
			if says {
				w.speaks(c, 5*time.Second)
			}
			c.hangsUp()
			w.settle()
		}
		w.only()
		leave(customer, false)
		leave("", true)
		if all := w.store.Callbacks(); len(all) != 0 {
			t.Fatalf("%+v", all)
		}
		leave(customer, true)
		if b := w.theCallback(); b.Queue != "support" || b.Plan != "last" || b.Number != customer || b.Conversation == "" {
			t.Errorf("%+v", b)
		}
		w.available("aiko")
		w.answers("aiko")
		w.calling(customer).Pickup()
		w.settle()
		w.callbackIs(fact.CallbackCompleted, 1)
	})
}
