package media_test

import (
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

// collect reads all frames of a tap, per channel.
func collect(tap *media.Tap) map[uint8][]media.TapFrame {
	out := map[uint8][]media.TapFrame{}
	var f media.TapFrame
	for tap.Read(&f) {
		out[f.Channel] = append(out[f.Channel], f)
	}
	return out
}

func samples(frames []media.TapFrame) []int16 {
	var pcm []int16
	for _, f := range frames {
		pcm = append(pcm, f.PCM[:f.N]...)
	}
	return pcm
}

// A tap has what each endpoint said, not what it heard, with its RTP time and the worker's.
func TestTap(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	b, fb := w.Join(room, codec.Opus)
	fa.Say(440)
	fb.Say(1000)
	tap := media.NewTap(2, 2*time.Second)
	p := talk(a.ID(), b.ID())
	p.Taps[0] = media.TapRow{Tap: tap, Of: a.ID(), Channel: 0}
	p.Taps[1] = media.TapRow{Tap: tap, Of: b.ID(), Channel: 1}
	room.Set(p)
	w.Run(time.Second)
	got := collect(tap)
	for channel, c := range map[uint8]struct {
		hz    float64
		clock int
		step  uint32
	}{0: {440, 8000, 160}, 1: {1000, 48000, 960}} {
		frames := got[channel]
		if len(frames) < 47 || !mediatest.Hears(samples(frames), c.hz) || mediatest.Hears(samples(frames), 1440-c.hz) {
			t.Errorf("channel %d: %d frames, level %.0f", channel, len(frames), mediatest.Level(samples(frames), c.hz))
		}
		for i, f := range frames {
			if f.Rate != 8000 || f.ClockRate != c.clock || f.N != 160 || f.Concealed || f.Stream != frames[0].Stream || f.At.IsZero() {
				t.Fatalf("channel %d frame %d: %+v", channel, i, f)
			}
			if i > 0 && (f.RTP-frames[i-1].RTP != c.step || f.At.Sub(frames[i-1].At) != 20*time.Millisecond) {
				t.Errorf("channel %d frame %d: RTP time goes %d, the worker's %v", channel, i, f.RTP-frames[i-1].RTP, f.At.Sub(frames[i-1].At))
			}
		}
	}
	p.Taps = [media.MaxTaps]media.TapRow{}
	room.Set(p)
	w.Run(100 * time.Millisecond)
	collect(tap)
	w.Run(time.Second)
	if n := len(collect(tap)); n != 0 {
		t.Error("frames after the tap was taken away")
	}
}

// Packets of 60 ms come as three frames, each with its own times.
func TestTapOfLongPackets(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.Opus)
	fa.Mute(true)
	tap := media.NewTap(1, 2*time.Second)
	var p media.Plan
	p.Taps[0] = media.TapRow{Tap: tap, Of: a.ID(), Channel: 0}
	room.Set(p)
	enc, err := codec.NewEncoder(codec.Opus, codec.Rate)
	if err != nil {
		t.Fatal(err)
	}
	var packet [400]byte
	for i := range 10 {
		rtp.Write(packet[:], rtp.Header{PT: fa.Format().SendPT, Seq: uint16(i), Timestamp: uint32(i) * 2880})
		n, err := enc.Encode(mediatest.Tone(440, 480*i, 480), packet[12:])
		if err != nil {
			t.Fatal(err)
		}
		_ = fa.Socket().Send(packet[:12+n], a.Local().Addr)
		w.Run(60 * time.Millisecond)
	}
	w.Run(20 * time.Millisecond)
	frames := collect(tap)[0]
	if len(frames) < 27 || !mediatest.Hears(samples(frames), 440) {
		t.Fatalf("%d frames, level %.0f", len(frames), mediatest.Level(samples(frames), 440))
	}
	for i, f := range frames[:27] {
		if f.RTP != uint32(i*960) || f.N != 160 {
			t.Errorf("frame %d: RTP time %d, %d samples", i, f.RTP, f.N)
		}
	}
}

func TestTapOfLoss(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	tap := media.NewTap(1, 10*time.Second)
	var p media.Plan
	p.Taps[0] = media.TapRow{Tap: tap, Of: a.ID(), Channel: 0}
	room.Set(p)
	w.Run(200 * time.Millisecond)
	fa.Change(func(h *rtp.Header) { h.Seq++ })
	fa.Mute(true)
	w.Run(20 * time.Millisecond)
	fa.Mute(false)
	w.Run(200 * time.Millisecond)
	before := collect(tap)[0]
	made := 0
	for i, f := range before {
		if f.Concealed {
			made++
		}
		if i > 0 && f.RTP-before[i-1].RTP != 160 {
			t.Errorf("frame %d: RTP time goes %d", i, f.RTP-before[i-1].RTP)
		}
	}
	if made != 1 {
		t.Errorf("%d frames made up for one lost packet", made)
	}
	fa.Change(func(h *rtp.Header) { h.SSRC, h.Timestamp = 99, 5 })
	w.Run(200 * time.Millisecond)
	if after := collect(tap)[0]; len(after) < 8 || after[len(after)-1].Stream == before[0].Stream {
		t.Errorf("%d frames, the new source's stream is the old one's", len(after))
	}
}

// A reader that doesn't read loses frames, which are counted; what it had is intact, and it goes on when it reads again.
func TestTapOverflow(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	b, _ := w.Join(room, codec.PCMU)
	fa.Say(440)
	tap := media.NewTap(2, 100*time.Millisecond) // ten frames
	var p media.Plan
	p.Taps[0] = media.TapRow{Tap: tap, Of: a.ID(), Channel: 0}
	p.Taps[3] = media.TapRow{Tap: tap, Of: b.ID(), Channel: 1}
	room.Set(p)
	w.Run(time.Second)
	got := collect(tap)
	if len(got[0])+len(got[1]) != 10 {
		t.Errorf("%d and %d frames in a tap of ten", len(got[0]), len(got[1]))
	}
	if lost := tap.Lost(0) + tap.Lost(1); lost < 84 || lost > 90 || tap.Lost(7) != 0 || tap.Lost(-1) != 0 || tap.Lost(99) != 0 {
		t.Errorf("%d lost", lost)
	}
	w.Run(100 * time.Millisecond)
	if got := collect(tap); len(got[0]) != 5 || len(got[1]) != 5 {
		t.Errorf("%d and %d frames afterwards", len(got[0]), len(got[1]))
	}
}
