package media_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
)

// late makes a world's engines step up to most late, as on a machine that has too much to do.
func late(w *mediatest.World, seed uint64, most time.Duration) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	w.Late = func() time.Duration { return time.Duration(rnd.Int64N(int64(most))) }
}

// Digits are what was dialled, however late the sender's ticks and the receiver's are.
func TestDigitsOfLateWorkers(t *testing.T) {
	for seed := range uint64(20) {
		w := mediatest.New(t, nil)
		other := w.Engines(1)[0]
		room, events := w.Room()
		far, err := other.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		a, b := w.Connect(room, far, codec.PCMU)
		var p media.Plan
		p.Rows[a.ID()].Digits = true
		room.Set(p)
		w.Run(200 * time.Millisecond)
		late(w, seed, 400*time.Millisecond)
		if err := b.SendDigits("1122"); err != nil {
			t.Fatal(err)
		}
		w.Run(5 * time.Second)
		if got := digits(events()); got != "1122" {
			t.Errorf("seed %d: heard %q, want 1122", seed, got)
		}
	}
}

// Music from one engine that is late to another that is late, too: after the delay has found itself nothing is missing, neither for a listener nor in a
// tap.
func TestMusicOfLateWorkers(t *testing.T) {
	for seed := range uint64(10) {
		w := mediatest.New(t, nil)
		other := w.Engines(1)[0]
		room, _ := w.Room()
		far, err := other.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		a, b := w.Connect(room, far, codec.PCMU)
		var music media.Plan
		music.Rows[b.ID()].Music = media.Play{Token: 1, Audio: tonePrompt(t, 440, time.Second), Loop: true}
		far.Set(music)
		tap := media.NewTap(1, 40*time.Second)
		c, fc := w.Join(room, codec.PCMA)
		p := talk(a.ID(), c.ID())
		p.Taps[0] = media.TapRow{Tap: tap, Of: a.ID()}
		room.Set(p)
		late(w, seed, 60*time.Millisecond)
		w.Run(3 * time.Second)
		w.Forget()
		collect(tap)
		w.Run(20 * time.Second)
		quiet := 0
		for _, l := range mediatest.Levels(fc.Heard(), 440) {
			if l < mediatest.Amplitude/2 {
				quiet++
			}
		}
		if quiet > 1 || len(fc.Heard()) < 19*8000 {
			t.Errorf("seed %d: %d of %d pieces are silent", seed, quiet, len(fc.Heard())/800)
		}
		frames := collect(tap)[0]
		holes := 0
		for i := range frames[1:] {
			if d := int32(frames[i+1].RTP - frames[i].RTP); d != 160 || frames[i].Concealed {
				holes++
			}
		}
		if holes > 1 || // a packet may be left out to shorten the delay
			len(frames) < 990 {
			t.Errorf("seed %d: %d holes in a tap of %d frames", seed, holes, len(frames))
		}
	}
}

// A browser whose checks never come is lost, once.
func TestLostBeforeConnected(t *testing.T) {
	w := mediatest.New(t, nil)
	room, events := w.Room()
	e, err := room.AddWebRTC()
	if err != nil {
		t.Fatal(err)
	}
	opus := mediatest.Negotiated(codec.Opus)
	opus.Fingerprint, opus.Ufrag = e.Local().Fingerprint, "abcd"
	e.Negotiate(opus)
	w.Run(29 * time.Second)
	if len(events()) != 0 {
		t.Fatalf("events: %+v", events())
	}
	w.Run(10 * time.Second)
	if got := events(); len(got) != 1 || got[0].Kind != media.Lost {
		t.Errorf("events: %+v, want one of a lost endpoint", got)
	}
}
