package media_test

import (
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
)

// kinds are the events of a kind.
func kinds(events []media.Event, kind media.EventKind) []media.Event {
	var out []media.Event
	for _, e := range events {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}

// Music goes on behind a prompt where it was; the same token is not started again; the prompt's end is reported once.
func TestPromptThenMusic(t *testing.T) {
	for _, c := range []codec.Type{codec.PCMU, codec.PCMA, codec.Opus} {
		t.Run(c.String(), func(t *testing.T) {
			w := mediatest.New(t, nil)
			room, events := w.Room()
			e, f := w.Join(room, c)
			// Music whose second half is another tone: so it shows where it goes on.
			pcm := append(mediatest.Tone(440, 0, 16000), mediatest.Tone(1000, 0, 16000)...)
			music := media.Play{Token: 1, Audio: newPrompt(t, pcm), Loop: true}
			hello := media.Play{Token: 2, Audio: tonePrompt(t, 700, time.Second)}
			set := func(prompt media.Play) {
				var p media.Plan
				p.Rows[e.ID()].Music, p.Rows[e.ID()].Prompt = music, prompt
				room.Set(p)
			}
			listen := func(d time.Duration, name string, want ...float64) {
				t.Helper()
				w.Forget()
				w.Run(d)
				hears(t, name, f, tones, want...)
			}
			set(media.Play{})
			listen(time.Second, "music", 440)
			set(hello)
			listen(600*time.Millisecond, "prompt", 700)
			set(hello) // unchanged
			w.Run(400 * time.Millisecond)
			if got := kinds(events(), media.PlayDone); len(got) != 1 || got[0].Token != 2 || got[0].Endpoint != e.ID() {
				t.Errorf("ends: %+v", got)
			}
			listen(900*time.Millisecond, "music again, where it was", 440)
			w.Run(200 * time.Millisecond)
			listen(1700*time.Millisecond, "the music's second half", 1000)
			w.Run(200 * time.Millisecond)
			listen(time.Second, "the music from its start", 440)
			set(hello) // has ended: not again
			listen(600*time.Millisecond, "music", 440)
			hello.Token = 3
			set(hello)
			listen(600*time.Millisecond, "another token plays", 700)
			set(media.Play{}) // taken away: no end is reported
			w.Run(time.Second)
			if got := kinds(events(), media.PlayDone); len(got) != 1 {
				t.Errorf("ends: %+v", got)
			}
		})
	}
}

// What plays is mixed with the voices that are heard.
func TestPromptOverVoice(t *testing.T) {
	w := mediatest.New(t, nil)
	room, events := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	b, fb := w.Join(room, codec.Opus)
	fa.Say(440)
	fb.Say(1000)
	p := talk(a.ID(), b.ID())
	p.Rows[a.ID()].Prompt = media.Play{Token: 9, Audio: tonePrompt(t, 700, 2*time.Second)}
	w.Run(200 * time.Millisecond)
	room.Set(p)
	w.Run(300 * time.Millisecond)
	w.Forget()
	w.Run(time.Second)
	hears(t, "a", fa, tones, 700, 1000)
	hears(t, "b", fb, tones, 440)
	w.Run(time.Second)
	if len(kinds(events(), media.PlayDone)) != 1 {
		t.Error("no end")
	}
}

// A mix that is too loud is clipped; it doesn't turn over.
func TestClip(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	b, fb := w.Join(room, codec.PCMU)
	fb.Say(440)
	loud := make([]int16, 16000)
	for i := range loud {
		loud[i] = 30000
	}
	p := talk(a.ID(), b.ID())
	p.Rows[a.ID()].Prompt = media.Play{Token: 1, Audio: newPrompt(t, loud)}
	w.Run(200 * time.Millisecond)
	room.Set(p)
	w.Run(100 * time.Millisecond)
	w.Forget()
	w.Run(time.Second)
	for i, s := range fa.Heard() {
		if s < 20000 {
			t.Fatalf("sample %d is %d", i, s)
		}
	}
}

// A prompt waits for the agreement, plays on while the peer holds the call, and ends even if nothing is in it.
func TestPromptClock(t *testing.T) {
	w := mediatest.New(t, nil)
	room, events := w.Room()
	f := w.Far(codec.PCMU)
	e, err := room.AddRTP(f.Addr().Addr())
	if err != nil {
		t.Fatal(err)
	}
	var p media.Plan
	p.Rows[e.ID()].Prompt = media.Play{Token: 1, Audio: tonePrompt(t, 700, time.Second)}
	room.Set(p)
	w.Run(3 * time.Second)
	if len(kinds(events(), media.PlayDone)) != 0 {
		t.Fatal("ended before anybody could hear it")
	}
	hold := f.Negotiated()
	hold.Send = false
	e.Negotiate(hold)
	w.Run(3 * time.Second)
	if len(kinds(events(), media.PlayDone)) != 0 {
		t.Fatal("ended before we were allowed to send")
	}
	e.Negotiate(f.Negotiated())
	w.Run(500 * time.Millisecond)
	hears(t, "the caller", f, tones, 700)
	e.Negotiate(hold)
	w.Run(600 * time.Millisecond)
	if len(kinds(events(), media.PlayDone)) != 1 {
		t.Error("hold stops the clock")
	}
	p.Rows[e.ID()].Prompt = media.Play{Token: 2}
	p.Rows[e.ID()].Music = media.Play{Token: 3, Loop: true}
	room.Set(p)
	w.Run(100 * time.Millisecond)
	if got := kinds(events(), media.PlayDone); len(got) != 2 || got[1].Token != 2 {
		t.Errorf("without audio: %+v", got)
	}
}

// The end of a play is never lost, even if nobody takes events for a while and digits pour in.
func TestPlayDoneIsNeverLost(t *testing.T) {
	w := mediatest.New(t, nil)
	done := 0
	const n = 100
	type leg struct {
		room *media.Room
		end  *media.Endpoint
	}
	var legs []leg
	short := tonePrompt(t, 700, 20*time.Millisecond)
	for range n {
		room, err := w.Engine.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		room.Listen(func(e media.Event) {
			if e.Kind == media.PlayDone {
				done++
			}
		})
		end, f := w.Join(room, codec.PCMU)
		f.Press("12345678901234567890123456789012345678901234567890")
		legs = append(legs, leg{room, end})
	}
	w.Stall(true)
	for round := range 4 {
		for _, l := range legs {
			var p media.Plan
			p.Rows[l.end.ID()].Digits = true
			p.Rows[l.end.ID()].Prompt = media.Play{Token: uint32(round + 1), Audio: short}
			l.room.Set(p)
		}
		w.Run(time.Second)
	}
	w.Stall(false)
	w.Run(100 * time.Millisecond)
	if done != 4*n {
		t.Errorf("%d of %d ends came", done, 4*n)
	}
	if w.Engine.Stats().DigitsLost == 0 {
		t.Error("the test did not fill the queues")
	}
}
