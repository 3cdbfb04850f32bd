package media_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/prompt"
	"mediasrv/media/rtp"
)

// talk is a plan in which all hear each other.
func talk(ids ...media.EndpointID) media.Plan {
	var p media.Plan
	for _, id := range ids {
		p.Rows[id].Hears = media.Of(ids...) &^ media.Of(id)
	}
	return p
}

func tonePrompt(tb testing.TB, hz float64, length time.Duration) *prompt.Prompt {
	tb.Helper()
	return newPrompt(tb, mediatest.Tone(hz, 0, int(length*8000/time.Second)))
}

func newPrompt(tb testing.TB, pcm []int16) *prompt.Prompt {
	tb.Helper()
	p, err := prompt.New("test", pcm, 8000)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// hears fails unless exactly these of the tones are heard.
func hears(t *testing.T, who string, f *mediatest.Far, all []float64, want ...float64) {
	t.Helper()
	pcm := f.Heard()
	if len(pcm) < 3500 {
		t.Errorf("%s heard only %d samples", who, len(pcm))
	}
	for _, hz := range all {
		expected := false
		for _, w := range want {
			expected = expected || w == hz
		}
		if got := mediatest.Hears(pcm, hz); got != expected {
			t.Errorf("%s hears %v Hz: %v (level %.0f)", who, hz, got, mediatest.Level(pcm, hz))
		}
	}
}

// dropped names the causes for which packets were dropped.
func dropped(s media.Stats) string {
	var causes []string
	for cause, n := range s.Dropped {
		if n > 0 {
			causes = append(causes, fmt.Sprintf("%s %d", cause, n))
		}
	}
	slices.Sort(causes)
	return strings.Join(causes, ", ")
}

var tones = []float64{440, 700, 1000, 1300}

func TestBridge(t *testing.T) {
	for _, c := range [][2]codec.Type{{codec.PCMU, codec.PCMU}, {codec.PCMU, codec.PCMA}, {codec.PCMU, codec.Opus}, {codec.Opus, codec.Opus}, {codec.PCMU, codec.G722}, {codec.G722, codec.Opus}, {codec.G722, codec.G722}} {
		t.Run(fmt.Sprintf("%v with %v", c[0], c[1]), func(t *testing.T) {
			w := mediatest.New(t, nil)
			room, events := w.Room()
			a, fa := w.Join(room, c[0])
			b, fb := w.Join(room, c[1])
			fa.Say(440)
			fb.Say(1000)
			room.Set(talk(a.ID(), b.ID()))
			w.Run(300 * time.Millisecond)
			w.Forget()
			w.Run(time.Second)
			hears(t, "a", fa, tones, 1000)
			hears(t, "b", fb, tones, 440)
			for name, f := range map[string]*mediatest.Far{"a": fa, "b": fb} {
				for i, l := range mediatest.Levels(f.Heard(), map[string]float64{"a": 1000, "b": 440}[name]) {
					if l < mediatest.Amplitude/2 || l > mediatest.Amplitude*3/2 {
						t.Errorf("%s: level %.0f in piece %d", name, l, i)
					}
				}
			}
			got := events()
			if len(got) != 2 || got[0].Kind != media.Connected || got[1].Kind != media.Connected || got[0].At.IsZero() {
				t.Errorf("events: %+v", got)
			}
			if s := w.Engine.Stats(); s.Rooms != 1 || s.Endpoints != 2 || s.LateTicks != 0 || dropped(s) != "" || s.PacketsIn < 120 || s.PacketsOut < 120 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// The stream to a peer is one stream for life: sequence and time never jump, whatever is heard, and the marker says that it changed.
func TestOneStream(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	b, fb := w.Join(room, codec.Opus)
	fb.Say(440)
	w.Run(200 * time.Millisecond)
	room.Set(talk(a.ID(), b.ID()))
	w.Run(200 * time.Millisecond)
	p := talk(a.ID(), b.ID())
	p.Rows[a.ID()].Prompt = media.Play{Token: 7, Audio: tonePrompt(t, 700, 100*time.Millisecond)}
	room.Set(p)
	w.Run(200 * time.Millisecond)
	room.Set(media.Plan{})
	w.Run(200 * time.Millisecond)
	if err := a.SendDigits("12"); err != nil {
		t.Fatal(err)
	}
	w.Run(600 * time.Millisecond)
	n := fa.Format()
	again := fa.Negotiated()
	n.Codec, n.SendPT, n.RecvPT, n.Ptime = codec.PCMA, 8, 8, 40
	again.Format = n
	a.Negotiate(again)
	w.Run(200 * time.Millisecond)
	heard := fa.Packets()
	markers := 0
	for i, h := range heard {
		if h.Marker {
			markers++
		}
		if h.SSRC != a.Local().SSRC {
			t.Fatalf("packet %d has SSRC %x", i, h.SSRC)
		}
		if i == 0 {
			continue
		}
		before := heard[i-1]
		if h.Seq != before.Seq+1 {
			t.Fatalf("packet %d: sequence %d after %d", i, h.Seq, before.Seq)
		}
		if step := int32(h.Timestamp - before.Timestamp); h.PT == 0 && before.PT == 0 && step != 160 || step < -1600 || step > 1600 {
			t.Errorf("packet %d: time goes %d", i, step)
		}
	}
	// First packet, bridge, prompt, its end, plan taken away, two digits and the voice after each, other codec. In digits the pause of the voice is silent.
	if markers < 8 || markers > 10 {
		t.Errorf("%d markers", markers)
	}
	if last := heard[len(heard)-1]; last.PT != 8 || last.Timestamp-heard[len(heard)-2].Timestamp != 320 {
		t.Errorf("after the change: %+v", last)
	}
	if got := fa.Digits(); got != "12" {
		t.Errorf("the peer got digits %q", got)
	}
	_ = fb
}

func TestConference(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	b, fb := w.Join(room, codec.Opus)
	c, fc := w.Join(room, codec.PCMA)
	d, fd := w.Join(room, codec.PCMU) // a listener
	fa.Say(440)
	fb.Say(700)
	fc.Say(1000)
	fd.Say(1300)
	p := talk(a.ID(), b.ID(), c.ID())
	p.Rows[d.ID()].Hears = media.Of(a.ID(), b.ID(), c.ID(), d.ID()) // itself it doesn't hear
	room.Set(p)
	w.Run(300 * time.Millisecond)
	w.Forget()
	w.Run(time.Second)
	hears(t, "a", fa, tones, 700, 1000)
	hears(t, "b", fb, tones, 440, 1000)
	hears(t, "c", fc, tones, 440, 700)
	hears(t, "d", fd, tones, 440, 700, 1000)

	b.Close()
	w.Run(300 * time.Millisecond)
	w.Forget()
	w.Run(time.Second)
	hears(t, "a without b", fa, tones, 1000)
	if len(fb.Packets()) != 0 {
		t.Error("packets to a closed endpoint")
	}
	// Another one in b's slot is heard by nobody and hears nobody, before a plan says so.
	e, fe := w.Join(room, codec.PCMU)
	if e.ID() != b.ID() {
		t.Fatalf("slot %d, want %d again", e.ID(), b.ID())
	}
	fe.Say(1300)
	w.Run(300 * time.Millisecond)
	w.Forget()
	w.Run(time.Second)
	hears(t, "a beside a newcomer", fa, tones, 1000)
	hears(t, "a newcomer", fe, tones)
}

// Silence is sent where nothing is to be heard: the line is never dead. Not before the agreement, nor while it forbids it.
func TestSilence(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	e, err := room.AddRTP(w.Far(codec.PCMU).Addr().Addr())
	if err != nil {
		t.Fatal(err)
	}
	f := w.Far(codec.PCMU)
	w.Run(200 * time.Millisecond)
	if n := len(f.Packets()); n != 0 {
		t.Fatalf("%d packets before the agreement", n)
	}
	e.Negotiate(f.Negotiated())
	w.Run(time.Second)
	if n := len(f.Packets()); n < 48 || n > 51 {
		t.Errorf("%d packets in a second", n)
	}
	for _, s := range f.Heard() {
		if s > 8 || s < -8 {
			t.Fatalf("silence has a sample of %d", s)
		}
	}
	hold := f.Negotiated()
	hold.Send, hold.Receive = false, false
	e.Negotiate(hold)
	w.Run(100 * time.Millisecond)
	w.Forget()
	w.Run(time.Second)
	if n := len(f.Packets()); n != 0 {
		t.Errorf("%d packets on hold", n)
	}
}

func TestPtime(t *testing.T) {
	for _, c := range []struct{ ptime, packets, step int }{{10, 100, 80}, {20, 50, 160}, {30, 33, 240}, {40, 25, 320}, {60, 16, 480}} {
		w := mediatest.New(t, nil)
		room, _ := w.Room()
		a, fa := w.Join(room, codec.PCMU)
		b, fb := w.Join(room, codec.PCMU)
		n := fa.Negotiated()
		n.Format.Ptime = c.ptime
		a.Negotiate(n)
		fb.Say(440)
		p := talk(a.ID(), b.ID())
		room.Set(p)
		w.Run(200 * time.Millisecond)
		w.Forget()
		w.Run(time.Second)
		heard := fa.Packets()
		if len(heard) < c.packets-1 || len(heard) > c.packets+1 {
			t.Errorf("%d ms: %d packets in a second", c.ptime, len(heard))
		}
		for i := range heard[1:] {
			if step := heard[i+1].Timestamp - heard[i].Timestamp; step != uint32(c.step) {
				t.Fatalf("%d ms: time goes %d", c.ptime, step)
			}
		}
		hears(t, fmt.Sprint(c.ptime, " ms"), fa, tones, 440)
	}
}

// Packets of 10 to 60 ms from the peer are played without a gap.
func TestPtimeOfPeer(t *testing.T) {
	for _, samples := range []int{80, 160, 240, 320, 480} {
		w := mediatest.New(t, nil)
		room, _ := w.Room()
		a, fa := w.Join(room, codec.PCMU)
		b, fb := w.Join(room, codec.PCMU)
		fb.Call(fb.Addr()) // it is silent; the test sends
		room.Set(talk(a.ID(), b.ID()))
		enc, err := codec.NewEncoder(codec.PCMU, codec.Rate)
		if err != nil {
			t.Fatal(err)
		}
		sent := 0
		var packet [600]byte
		for at := 0; at < 16000; at += 40 { // 5 ms
			for sent+samples <= at {
				rtp.Write(packet[:], rtp.Header{Seq: uint16(sent / samples), Timestamp: uint32(sent), SSRC: 5})
				n, _ := enc.Encode(mediatest.Tone(440, sent, samples), packet[12:])
				_ = fb.Socket().Send(packet[:12+n], b.Local().Addr)
				sent += samples
			}
			w.Run(5 * time.Millisecond)
		}
		for i, l := range mediatest.Levels(fa.Heard()[4000:], 440) {
			if l < mediatest.Amplitude*9/10 {
				t.Errorf("packets of %d samples: level %.0f in piece %d", samples, l, i)
			}
		}
	}
}
