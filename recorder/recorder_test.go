package recorder

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/media"
	"mediasrv/routing/fact"
)

func TestChannels(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		tap := s.begin(twoParties("s1"))
		began := time.Now().UTC()
		talkAll(tap, 3*time.Second, talker{channel: 0, hz: 440, rtp: 1<<32 - 8000}, talker{channel: 1, hz: 880, rate: 48000, clock: 48000, rtp: 77})
		s.Stop("s1")
		s.Stop("s1")
		s.Stop("never was")
		time.Sleep(time.Second)
		if s.index.count() != 3 {
			t.Fatalf("%d recordings a second after the stop, want 3", s.index.count())
		}
		s.stop()

		both := s.sound(s.index.part(t, "merged"))
		if len(both) != 2 || len(both[0]) != 3*rate {
			t.Fatalf("merged has %d channels of %d samples, want 2 of 24000", len(both), len(both[0]))
		}
		hears(t, "left", both[0], 0, 3, 440)
		hears(t, "right", both[1], 0.05, 3, 880)
		hears(t, "customer", s.sound(s.index.part(t, "customer"))[0], 0, 3, 440)
		hears(t, "agent", s.sound(s.index.part(t, "agent"))[0], 0.05, 3, 880)

		rec := s.index.part(t, "agent")
		raw, err := os.ReadFile(filepath.Join(dir, rec.Path))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(raw)
		want := fact.Recording{
			Segment: "s1", Conversation: "0190f0aa-0000-7000-8000-000000000001", Call: "call-1", Leg: "leg-a", Part: "agent",
			Path:   "2000-01-01/0190f0aa-0000-7000-8000-000000000001_Aiko-Mori_Bob_20000101000000_agent_1.wav",
			Format: "wav", Agent: "aiko", EndUser: "Bob", EndNumber: "+442079460000", Start: began, End: began.Add(3 * time.Second),
			SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(raw)),
		}
		if rec.Start.Equal(want.Start) && rec.End.Equal(want.End) {
			rec.Start, rec.End = want.Start, want.End
		}
		if len(rec.Gaps) != 0 {
			t.Errorf("gaps %v, want none", rec.Gaps)
		}
		rec.Gaps = nil
		if got, wanted := rec, want; got.Path != wanted.Path || got.SHA256 != wanted.SHA256 || got.Bytes != wanted.Bytes || got.Start != wanted.Start ||
			got.End != wanted.End || got.Leg != wanted.Leg || got.Agent != wanted.Agent || got.Segment != wanted.Segment || got.Repaired {
			t.Errorf("got  %+v\nwant %+v", got, wanted)
		}
		m := s.metadata(rec)
		if m.Agent.Name != "Aiko Mori" || m.EndUser.Number != "+442079460000" || m.Seconds != 3 || m.SHA256 != want.SHA256 || m.Queue != "support" ||
			m.SegmentNumber != 1 || m.Gaps == nil || strings.Join(m.Format.Channels, ",") != "agent" {
			t.Errorf("metadata %+v", m)
		}
		if m := s.metadata(s.index.part(t, "merged")); strings.Join(m.Format.Channels, ",") != "customer,agent" || m.Leg != "" {
			t.Errorf("merged metadata %+v", m)
		}
		if got := files(t, dir); len(got) != 6 || strings.Contains(strings.Join(got, " "), ".part") {
			t.Errorf("the directory has %v, want 3 wav and 3 json", got)
		}
	})
}

// TestDrift has both clocks wrong, in opposite directions, for an hour, behind jitter: a click that both sides make at the same moment must be at
// the same place in the file, and at its true place.
func TestDrift(t *testing.T) {
	length := time.Hour
	if testing.Short() {
		length = 10 * time.Minute
	}
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		f := twoParties("s1")
		f.PerLeg = false
		tap := s.begin(f)
		click := func(_ int, at time.Duration, pcm []int16) {
			for i := range pcm {
				pcm[i] = 0
				if (at+time.Duration(i)*time.Second/rate+time.Millisecond)%(30*time.Second) < 10*time.Millisecond {
					pcm[i] = 12000
				}
			}
		}
		jitter := func(k int) time.Duration { return time.Duration(k*7919%41) * time.Millisecond }
		talkAll(tap, length, talker{channel: 0, ppm: 200, sound: click, jitter: jitter}, talker{channel: 1, ppm: -200, sound: click})
		s.Stop("s1")
		s.stop()
		rec := s.index.part(t, "merged")
		both := s.sound(rec)
		if got := len(both[0]) - int(length.Seconds())*rate; got < 0 || got > rate/20 {
			t.Errorf("%d samples more than %v", got, length)
		}
		var clicks [2][]int
		for side, pcm := range both {
			for i := 0; i < len(pcm)-rate; i++ {
				if pcm[i] > 10000 {
					clicks[side] = append(clicks[side], i)
					i += rate
				}
			}
		}
		if n := int(length / (30 * time.Second)); len(clicks[0]) != n || len(clicks[1]) != n {
			t.Fatalf("%d and %d clicks, want %d", len(clicks[0]), len(clicks[1]), n)
		}
		apart, off := 0, 0
		for i, l := range clicks[0] {
			apart, off = max(apart, abs(l-clicks[1][i])), max(off, abs(l-i*30*rate), abs(clicks[1][i]-i*30*rate))
		}
		t.Logf("sides at most %.1f ms apart, %.1f ms from the true time", float64(apart)/8, float64(off)/8)
		if apart > 160 {
			t.Errorf("sides are up to %.1f ms apart, want 20 ms at most", float64(apart)/8)
		}
		if len(rec.Gaps) != 0 {
			t.Errorf("gaps %s, want none", gapsOf(rec.Gaps))
		}
	})
}

// TestSkewSounds listens to a tone whose clock is corrected: it stays one clean tone.
func TestSkewSounds(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		tap := s.begin(twoParties("s1"))
		talkAll(tap, time.Minute, talker{channel: 0, hz: 440, ppm: 200}, talker{channel: 1, hz: 880, ppm: -200})
		s.Stop("s1")
		s.stop()
		both := s.sound(s.index.part(t, "merged"))
		hears(t, "left", both[0], 0.05, 59.9, 440)
		hears(t, "right", both[1], 0.05, 59.9, 880)
		for side, pcm := range both {
			worst := 0
			for i := 1; i < len(pcm)-400; i++ {
				worst = max(worst, abs(int(pcm[i])-int(pcm[i-1])))
			}
			limit := int(8000 * 2 * math.Pi * []float64{440, 880}[side] / rate * 1.3)
			if worst > limit {
				t.Errorf("channel %d clicks: a step of %d, want at most %d", side, worst, limit)
			}
		}
	})
}

// TestNetwork has everything that networks do to a stream.
func TestNetwork(t *testing.T) {
	between := func(from, to int) func(int) bool { return func(k int) bool { return k >= from && k < to } }
	tests := []struct {
		name  string
		voice talker
		heard []float64 // from, to, tone; …
		gaps  string
	}{
		{"loss", talker{skip: between(50, 60)}, []float64{0, 1, 440, 1, 1.2, 0, 1.2, 4, 440}, ""},
		{"jitter", talker{jitter: func(k int) time.Duration { return time.Duration(k*37%5) * 50 * time.Millisecond }}, []float64{0, 4, 440}, ""},
		{"long silence", talker{skip: between(50, 125)}, []float64{0, 1, 440, 1, 2.5, 0, 2.5, 4, 440}, "0:no-media 1.0-2.5;"},
		{"new stream", talker{skip: between(50, 55), edit: func(k int, f *media.TapFrame) {
			if k >= 55 {
				f.Stream, f.RTP = 9, uint32(k-55)*160+3000000000
			}
		}}, []float64{0, 1, 440, 1, 1.1, 0, 1.1, 4, 440}, ""},
		{"jump ahead that nobody reports", talker{edit: func(k int, f *media.TapFrame) {
			if k >= 50 {
				f.RTP += 8000 * 60
			}
		}}, []float64{0, 4, 440}, ""},
		{"time stands still in a pause", talker{skip: between(50, 100), edit: func(k int, f *media.TapFrame) {
			if k >= 100 {
				f.RTP -= 50 * 160
			}
		}}, []float64{0, 1, 440, 1, 2.25, 0, 2.35, 4, 440}, "0:no-media 1.0-2.3;"},
		{"repeated frames", talker{edit: func(k int, f *media.TapFrame) {
			if k == 77 {
				f.RTP -= 160
			}
		}}, []float64{0, 1.5, 440, 1.58, 4, 440}, ""},
		{"begins late", talker{skip: between(0, 75)}, []float64{0, 1.5, 0, 1.5, 4, 440}, "0:no-media 0.0-1.5;"},
		{"ends early", talker{skip: between(125, 1000)}, []float64{0, 2.5, 440, 2.5, 4, 0}, "0:no-media 2.5-4.0;"},
		{"never comes", talker{skip: between(0, 1000)}, []float64{0, 4, 0}, "0:no-media 0.0-4.0;"},
		{"nonsense", talker{edit: func(k int, f *media.TapFrame) {
			switch k % 10 {
			case 3:
				f.Channel = 200
			case 5:
				f.N = 5000
			case 6:
				f.N = -5
			case 7:
				f.ClockRate, f.Rate = 0, 0
			case 8:
				f.At = f.At.Add(-time.Hour)
			}
		}}, nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				s := newStudio(t, dir)
				s.run()
				f := twoParties("s1")
				f.Channels, f.Merged = f.Channels[:1], false
				tap := s.begin(f)
				test.voice.hz = 440
				began := time.Now()
				talkAll(tap, 4*time.Second, test.voice)
				time.Sleep(time.Until(began.Add(4 * time.Second)))
				s.Stop("s1")
				s.stop()
				rec := s.index.part(t, "customer")
				pcm := s.sound(rec)[0]
				if d := len(pcm) - 4*rate; d < 0 || d > rate/4 {
					t.Errorf("%d samples, want 4 s", len(pcm))
				}
				for h := test.heard; len(h) > 0; h = h[3:] {
					hears(t, "customer", pcm, h[0], h[1], h[2])
				}
				if got := gapsOf(rec.Gaps); got != test.gaps && test.heard != nil {
					t.Errorf("gaps %q, want %q", got, test.gaps)
				}
			})
		})
	}
}

func TestStopDrains(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		tap := s.begin(twoParties("s1"))
		began := time.Now()
		talkAll(tap, 1210*time.Millisecond, talker{channel: 0, hz: 440, skip: func(k int) bool { return k == 60 }}, talker{channel: 1, hz: 880})
		s.Stop("s1") // the last frames are still in the tap, one is on its way
		late := media.TapFrame{Channel: 0, Rate: rate, ClockRate: rate, RTP: 60 * 160, N: 160, At: began.Add(1200 * time.Millisecond)}
		for i := range late.N {
			late.PCM[i] = 30000
		}
		time.Sleep(95 * time.Millisecond)
		tap.push(late)
		talkAll(tap, 200*time.Millisecond, talker{channel: 0, hz: 1320, stream: 2}) // not ours any more
		s.stop()
		both := s.sound(s.index.part(t, "merged"))
		want := int(s.index.part(t, "merged").End.Sub(s.index.part(t, "merged").Start) * rate / time.Second)
		if len(both[0]) != want || want < 1200*8 || want > 1220*8 {
			t.Errorf("%d samples, want %d", len(both[0]), want)
		}
		hears(t, "left", both[0], 0, 1.2, 440)
		hears(t, "right", both[1], 0, 1.2, 880)
		if tail := both[0][1200*8:]; len(tail) == 0 || tail[0] != 30000 || tail[len(tail)-1] != 30000 {
			t.Errorf("the frame that came just after the stop is not there: %v", tail)
		}
	})
}

func TestRunEndClosesAll(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		tap := s.begin(twoParties("s1"))
		talkAll(tap, time.Second, talker{channel: 0, hz: 440})
		s.stop()
		if s.index.count() != 3 {
			t.Errorf("%d recordings, want 3", s.index.count())
		}
		if err := s.add(twoParties("s2"), &fakeTap{}); !errors.Is(err, ErrClosed) {
			t.Errorf("a segment after the end: %v, want ErrClosed", err)
		}
	})
}

func TestOverflow(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		slow := make(chan struct{})
		s.slowDisk(func() { <-slow })
		s.run()
		f := twoParties("s1")
		f.PerLeg = false
		tap := s.begin(f)
		tap.room = 100 // two channels: a second
		go func() {
			time.Sleep(3 * time.Second)
			close(slow)
		}()
		talkAll(tap, 10*time.Second, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880})
		s.Stop("s1")
		s.stop()
		rec := s.index.part(t, "merged")
		both := s.sound(rec)
		if got := gapsOf(rec.Gaps); got != "0:overflow 1.1-3.0;1:overflow 1.1-3.0;" {
			t.Errorf("gaps %q", got)
		}
		hears(t, "left", both[0], 0, 1, 440)
		hears(t, "left", both[0], 1.15, 2.95, 0)
		hears(t, "left", both[0], 3.1, 10, 440)
		hears(t, "right", both[1], 3.1, 10, 880)
		if n := strings.Count(s.log.String(), "too slowly"); n != 1 {
			t.Errorf("%d lines at the beginning, want 1:\n%s", n, s.log)
		}
		if n := strings.Count(s.log.String(), "fast enough again"); n != 1 {
			t.Errorf("%d lines at the end, want 1:\n%s", n, s.log)
		}
	})
}

func TestStartRefuses(t *testing.T) {
	s := newStudio(t, t.TempDir())
	good := twoParties("s1")
	if err := s.add(good, &fakeTap{}); err != nil {
		t.Fatal(err)
	}
	if err := s.add(good, &fakeTap{}); !errors.Is(err, ErrSegment) {
		t.Errorf("the same segment again: %v", err)
	}
	for name, spoil := range map[string]func(*fact.Segment){
		"no id": func(f *fact.Segment) { f.ID = "" }, "no channel": func(f *fact.Segment) { f.Channels = nil },
		"no file":       func(f *fact.Segment) { f.PerLeg, f.Merged = false, false },
		"five channels": func(f *fact.Segment) { f.Channels = make([]fact.Channel, 5) },
	} {
		bad := good
		spoil(&bad)
		if _, err := s.Start(bad); !errors.Is(err, ErrSegment) {
			t.Errorf("%s: %v, want ErrSegment", name, err)
		}
	}
}

// TestClockStep has the system's clock set ahead after the start: workers go on as if it had not been, file names tell the new time.
func TestClockStep(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.now = func() time.Time { return time.Now().Round(0).Add(-time.Hour) }
		s.run()
		tap := s.begin(twoParties("s1"))
		began := time.Now()
		talkAll(tap, 3*time.Second, talker{channel: 0, hz: 440, early: time.Hour}, talker{channel: 1, hz: 880, early: time.Hour})
		s.Stop("s1")
		s.stop()
		rec := s.index.part(t, "merged")
		both := s.sound(rec)
		hears(t, "left", both[0], 0, 3, 440)
		hears(t, "right", both[1], 0, 3, 880)
		if !rec.Start.Equal(began) || len(both[0]) != 3*rate {
			t.Errorf("%d samples from %v, want 3 s from %v", len(both[0]), rec.Start, began)
		}
	})
}
