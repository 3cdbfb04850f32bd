package media_test

import (
	"math"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

// whole fails unless a stream is one: numbers without a hole, and times that fit them.
func whole(t *testing.T, f *mediatest.Far, ssrc uint32) {
	t.Helper()
	heard := f.Packets()
	for i, h := range heard {
		if h.SSRC != ssrc {
			t.Fatalf("packet %d has SSRC %x", i, h.SSRC)
		}
		if i == 0 {
			continue
		}
		if step := h.Timestamp - heard[i-1].Timestamp; h.Seq != heard[i-1].Seq+1 || step != 160 && !h.Marker {
			t.Fatalf("packet %d: sequence %d after %d, time goes %d", i, h.Seq, heard[i-1].Seq, int32(step))
		}
	}
}

// clean fails if a tone is interrupted, or jumps in its phase: beside the tone nothing may be loud.
func clean(t *testing.T, name string, pcm []int16, hz float64) {
	t.Helper()
	jumps, gaps := 0, 0
	for i := 1; i+1 < len(pcm); i++ {
		// A sine is its own second difference: what doesn't fit is a click.
		want := 2*math.Cos(2*math.Pi*hz/8000)*float64(pcm[i]) - float64(pcm[i-1])
		if d := float64(pcm[i+1]) - want; d > 2500 || d < -2500 {
			jumps++
		}
	}
	for _, l := range mediatest.Levels(pcm, hz) {
		if l < mediatest.Amplitude*8/10 {
			gaps++
		}
	}
	if jumps > 0 || gaps > 0 {
		t.Errorf("%s: %d clicks, %d pieces too quiet of %d", name, jumps, gaps, len(pcm)/800)
	}
}

// Packets of equal codecs are relayed; a tap listens beside the relay; a third party that joins makes it a mix, and it is relayed again when that one
// leaves: without a click, a gap, or a number that is missing.
func TestRelay(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	b, fb := w.Join(room, codec.PCMU)
	c, fc := w.Join(room, codec.PCMU) // silent: what is heard is the tone alone
	fa.Say(440)
	two, three := talk(a.ID(), b.ID()), talk(a.ID(), b.ID(), c.ID())
	room.Set(two)
	w.Run(300 * time.Millisecond)
	w.Forget()
	relayed := func() uint64 { return w.Engine.Stats().Relayed }
	from := relayed()
	w.Run(time.Second)
	if n := relayed() - from; n < 98 {
		t.Errorf("%d of 100 packets relayed", n)
	}

	tap := media.NewTap(1, 10*time.Second)
	recorded := two
	recorded.Taps[0] = media.TapRow{Tap: tap, Of: a.ID()}
	room.Set(recorded)
	from = relayed()
	w.Run(time.Second)
	if n := relayed() - from; n < 98 {
		t.Errorf("%d of 100 packets relayed beside a tap", n)
	}
	if frames := collect(tap)[0]; len(frames) < 48 || !mediatest.Hears(samples(frames), 440) {
		t.Errorf("the tap has %d frames", len(frames))
	}
	for range 5 {
		room.Set(three)
		from = relayed()
		w.Run(500 * time.Millisecond)
		if n := relayed() - from; n > 2 {
			t.Errorf("%d packets relayed in a mix", n)
		}
		room.Set(recorded)
		w.Run(500 * time.Millisecond)
	}
	room.Set(two)
	w.Run(500 * time.Millisecond)
	clean(t, "b", fb.Heard(), 440)
	whole(t, fb, b.Local().SSRC)
	whole(t, fa, a.Local().SSRC)
	if n := len(fb.Heard()) / 160; n < 370 {
		t.Errorf("b got %d packets in 7.5 s", n)
	}
	_ = fc
}

// A prompt takes the place of the relay, and gives it back.
func TestRelayAndPrompt(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	b, fb := w.Join(room, codec.PCMU)
	fa.Say(440)
	p := talk(a.ID(), b.ID())
	room.Set(p)
	w.Run(time.Second)
	w.Forget()
	p.Rows[b.ID()].Prompt = media.Play{Token: 1, Audio: tonePrompt(t, 1000, time.Second)}
	room.Set(p)
	w.Run(900 * time.Millisecond)
	hears(t, "b, in the prompt", fb, tones, 440, 1000)
	whole(t, fb, b.Local().SSRC)
	w.Run(300 * time.Millisecond)
	w.Forget()
	before := w.Engine.Stats().Relayed
	w.Run(time.Second)
	hears(t, "b, behind the prompt", fb, tones, 440)
	if n := w.Engine.Stats().Relayed - before; n < 98 {
		t.Errorf("%d packets relayed", n)
	}
}

// What isn't equal isn't relayed: another codec, another packet length, a muted party. What the peer loses, reorders or doubles stays so.
func TestRelayOnlyEquals(t *testing.T) {
	for name, c := range map[string]struct {
		two   codec.Type
		ptime int
		mute  bool
		want  bool
	}{
		"equal":         {codec.PCMU, 20, false, true},
		"other codec":   {codec.PCMA, 20, false, false},
		"other packets": {codec.PCMU, 40, false, false},
		"muted":         {codec.PCMU, 20, true, false},
	} {
		w := mediatest.New(t, nil)
		room, _ := w.Room()
		a, fa := w.Join(room, codec.PCMU)
		b, fb := w.Join(room, c.two)
		n := fb.Negotiated()
		n.Format.Ptime = c.ptime
		b.Negotiate(n)
		fa.Say(440)
		p := talk(a.ID(), b.ID())
		p.Rows[b.ID()].Mute = c.mute
		p.Rows[a.ID()].Mute = c.mute
		room.Set(p)
		w.Run(time.Second)
		if got := w.Engine.Stats().Relayed > 0; c.ptime == 20 && got != c.want {
			t.Errorf("%s: relayed: %v", name, got)
		}
		if mediatest.Hears(fb.Heard(), 440) == c.mute {
			t.Errorf("%s: heard: %v", name, !c.mute)
		}
	}
}

func TestRelayKeepsLoss(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	b, fb := w.Join(room, codec.PCMU)
	room.Set(talk(a.ID(), b.ID()))
	w.Run(500 * time.Millisecond)
	w.Forget()
	w.Run(40 * time.Millisecond)
	fa.Change(func(h *rtp.Header) { h.Seq += 3; h.Timestamp += 480 })
	w.Run(100 * time.Millisecond)
	fa.Change(func(h *rtp.Header) { h.SSRC, h.Seq, h.Timestamp = 7, 9, 11 })
	w.Run(100 * time.Millisecond)
	got := fb.Packets()
	holes, markers := 0, 0
	for i := range got[1:] {
		if got[i+1].Seq != got[i].Seq+1 {
			holes++
			if got[i+1].Seq != got[i].Seq+4 || got[i+1].Timestamp != got[i].Timestamp+640 {
				t.Errorf("%+v behind %+v", got[i+1], got[i])
			}
		}
		if got[i+1].Marker {
			markers++
		}
	}
	if holes != 1 || markers != 1 || len(got) < 9 {
		t.Errorf("%d packets, %d holes, %d markers", len(got), holes, markers)
	}
	_ = b
}

// Digits are passed on to those who are to have them, and to nobody else.
func TestKeysPassed(t *testing.T) {
	for _, c := range []codec.Type{codec.PCMU, codec.Opus} {
		for _, pass := range []bool{false, true} {
			w := mediatest.New(t, nil)
			room, events := w.Room()
			a, fa := w.Join(room, codec.PCMU)
			b, fb := w.Join(room, c)
			p := talk(a.ID(), b.ID())
			p.Rows[a.ID()].Digits, p.Rows[b.ID()].Keys = true, pass
			room.Set(p)
			w.Run(300 * time.Millisecond)
			fa.Press("1159#")
			w.Run(3 * time.Second)
			want := ""
			if pass {
				want = "1159#"
			}
			if got := fb.Digits(); got != want || digits(events()) != "1159#" {
				t.Errorf("%v, passed %v: the other got %q, events %q", c, pass, got, digits(events()))
			}
		}
	}
}
