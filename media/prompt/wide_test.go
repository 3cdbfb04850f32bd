package prompt

import (
	"math"
	"testing"
	"time"

	"mediasrv/media/codec"
)

// wide decodes what a prompt is in G.722.
func wide(t *testing.T, p *Prompt) []int16 {
	t.Helper()
	dec, err := codec.NewDecoder(codec.G722, wideRate)
	if err != nil {
		t.Fatal(err)
	}
	var out []int16
	buf := make([]int16, codec.MaxSamples(wideRate))
	for _, f := range p.Frames(codec.G722) {
		n, err := dec.Decode(f, buf)
		if err != nil || n != wideRate/50 || len(f) != 160 {
			t.Fatalf("a payload of %d bytes, %d samples, %v", len(f), n, err)
		}
		out = append(out, buf[:n]...)
	}
	return out
}

// at is the amplitude of a frequency at wideRate: level is made for 8 kHz.
func at(pcm []int16, hz float64) float64 { return level(pcm, hz/2) }

// G.722 has as many frames as the others, and the source's upper band where it has one; at the level of the others.
func TestWide(t *testing.T) {
	both := func(rate int) []int16 {
		pcm := sine(1000, rate, rate+7, 4000)
		for i, s := range sine(6000, rate, rate+7, 4000) {
			pcm[i] += s
		}
		return pcm
	}
	for _, c := range []struct {
		name  string
		pcm   []int16
		rate  int
		upper float64
	}{
		{"16 kHz", both(16000), 16000, 4000},
		{"48 kHz", both(48000), 48000, 4000},
		{"8 kHz", sine(1000, 8000, 8007, 4000), 8000, 0},
	} {
		p, err := New(c.name, c.pcm, c.rate)
		if err != nil {
			t.Fatal(err)
		}
		pcm := wide(t, p)
		if len(pcm) != 2*len(p.PCM()) || len(p.Frames(codec.G722)) != len(p.Frames(codec.Opus)) {
			t.Errorf("%s: %d samples beside %d at 8 kHz", c.name, len(pcm), len(p.PCM()))
		}
		mid := pcm[3200:14400]
		if l, u := at(mid, 1000), at(mid, 6000); math.Abs(l-4000) > 400 || math.Abs(u-c.upper) > 600 {
			t.Errorf("%s: 1 kHz at %.0f, 6 kHz at %.0f, want 4000 and %.0f", c.name, l, u, c.upper)
		}
	}
	p, err := NewNormalised("quiet", sine(1000, 16000, 16000, 200), 16000)
	if err != nil {
		t.Fatal(err)
	}
	if n, w := level(p.PCM()[1600:6400], 1000), at(wide(t, p)[3200:12800], 1000); math.Abs(n-w) > 0.1*n {
		t.Errorf("normalised to %.0f, but to %.0f in G.722", n, w)
	}
}

// What is built in is there in G.722 too, and a loop has no seam.
func TestWideLoop(t *testing.T) {
	p := Tone(500, 400*time.Millisecond)
	if got := len(p.Frames(codec.G722)); got != 20 {
		t.Fatalf("%d frames", got)
	}
	pcm := wide(t, p)
	if l := at(pcm[3200:4800], 500); l < 4000 || l > 6500 {
		t.Errorf("500 Hz at %.0f", l)
	}
}
