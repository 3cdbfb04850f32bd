package prompt

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"mediasrv/media/codec"
)

func sine(hz float64, rate, n int, amplitude float64) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(amplitude * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return out
}

// level is the amplitude of a frequency (Goertzel).
func level(pcm []int16, hz float64) float64 {
	w := 2 * math.Pi * hz / Rate
	var a, b float64
	for _, x := range pcm {
		a, b = float64(x)+2*math.Cos(w)*a-b, a
	}
	return math.Sqrt(max(0, a*a+b*b-2*math.Cos(w)*a*b)) * 2 / float64(max(1, len(pcm)))
}

func rms(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(max(1, len(pcm))))
}

func decode1(t *testing.T, p *Prompt, c codec.Type) (out []int16) {
	t.Helper()
	dec, err := codec.NewDecoder(c, codec.Rate)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]int16, codec.MaxSamples(codec.Rate))
	for _, f := range p.Frames(c) {
		n, err := dec.Decode(f, buf)
		if err != nil || n != frameLen {
			t.Fatalf("%v: a payload of %d samples, %v", c, n, err)
		}
		out = append(out, buf[:n]...)
	}
	return out
}

func TestNew(t *testing.T) {
	p, err := New("greeting", sine(440, 8000, 8001, 8000), 8000)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name() != "greeting" || p.Length() != 1020*time.Millisecond || len(p.PCM()) != 8160 {
		t.Errorf("%q, %v, %d samples", p.Name(), p.Length(), len(p.PCM()))
	}
	if p.Frames(codec.CN) != nil || p.Frames(codec.None) != nil {
		t.Error("frames of a codec that it isn't encoded for")
	}
	for _, c := range []codec.Type{codec.PCMU, codec.PCMA, codec.Opus} {
		pcm := decode1(t, p, c)
		if len(pcm) != 8160 {
			t.Errorf("%v: %d samples", c, len(pcm))
		}
		if l := level(pcm[800:7200], 440); l < 7200 || l > 8500 {
			t.Errorf("%v: 440 Hz at %.0f, want 8000", c, l)
		}
		if r := rms(pcm[8100:]); r > 1500 {
			t.Errorf("%v: padding has RMS %.0f", c, r)
		}
	}
	bytes := 0
	for _, f := range p.Frames(codec.Opus) {
		bytes += len(f)
	}
	if kbit := float64(bytes) * 8 / p.Length().Seconds() / 1000; kbit > 30 {
		t.Errorf("Opus takes %.1f kbit/s", kbit)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		n, rate int
		want    error
	}{
		"empty": {0, 8000, ErrEmpty}, "rate 0": {10, 0, ErrRate}, "rate negative": {10, -1, ErrRate}, "rate huge": {10, 1 << 20, ErrRate},
		"too long": {1000*1200 + 1, 1000, ErrTooLong},
	} {
		if _, err := New("x", make([]int16, test.n), test.rate); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if _, err := New("x", make([]int16, 1), 384000); err != nil {
		t.Errorf("a single sample: %v", err)
	}
}

func TestResample(t *testing.T) {
	for _, rate := range []int{8000, 11025, 16000, 22050, 44100, 48000, 96000, 6000} {
		for _, hz := range []float64{300, 1000, 2600} {
			out := resample(sine(hz, rate, rate, 10000), rate)
			if len(out) != 8000 {
				t.Errorf("%d Hz: %d samples of a second", rate, len(out))
			}
			if l := level(out[800:7200], hz); l < 9800 || l > 10200 {
				t.Errorf("%d Hz: %g Hz at %.0f, want 10000", rate, hz, l)
			}
		}
		if rate < 16000 {
			continue
		}
		for _, hz := range []float64{4100, 5000, 7000} { // would be folded down
			if r := rms(resample(sine(hz, rate, rate, 10000), rate)[800:7200]); r > 10 {
				t.Errorf("%d Hz: %g Hz leaks with RMS %.0f", rate, hz, r)
			}
		}
	}
	pcm := []int16{1, 2, 3}
	if out := resample(pcm, 8000); &out[0] == &pcm[0] || !slices.Equal(out, pcm) {
		t.Error("8 kHz must be a copy")
	}
}

func TestNormalise(t *testing.T) {
	quiet := slices.Concat(make([]int16, 8000), sine(500, 8000, 8000, 300), make([]int16, 16000))
	loud := sine(500, 8000, 8000, 32000)
	peaky := sine(500, 8000, 16000, 600)
	for i := 0; i < len(peaky); i += 1600 {
		peaky[i] = 6000
	}
	for name, in := range map[string][]int16{"quiet": quiet, "loud": loud, "peaky": peaky} {
		out := normalise(in)
		l, _ := activeLevel(out)
		if l < -21 || l > -18 {
			t.Errorf("%s: %.1f dBFS, want -19", name, l)
		}
		for i, s := range out {
			if s > ceiling+1 || s < -ceiling-1 {
				t.Errorf("%s: sample %d is %d", name, i, s)
				break
			}
		}
		if len(out) != len(in) {
			t.Errorf("%s: %d samples of %d", name, len(out), len(in))
		}
	}
	for _, in := range [][]int16{nil, make([]int16, 100), {1, -1, 1}} {
		if out := normalise(in); !slices.Equal(out, in) {
			t.Error("silence must stay as it is")
		}
	}
}

func TestRingback(t *testing.T) {
	tests := []struct {
		country string
		onOff   []int // ms
		tones   []float64
	}{
		{"JP", []int{1000, 2000}, []float64{400, 384, 416}},
		{"US", []int{2000, 4000}, []float64{440, 480}},
		{"ca", []int{2000, 4000}, []float64{440, 480}},
		{"GB", []int{400, 200, 400, 2000}, []float64{400, 450}},
		{"DE", []int{1000, 4000}, []float64{425}},
		{"TR", []int{2000, 4000}, []float64{450}},
		{"", []int{1000, 4000}, []float64{425}},
		{"no country", []int{1000, 4000}, []float64{425}},
	}
	for _, test := range tests {
		p := Ringback(test.country)
		at := 0
		for i, ms := range test.onOff {
			part := p.PCM()[at : at+ms*8]
			at += ms * 8
			r := 20 * math.Log10(rms(part)/32768+1e-9)
			if on := i%2 == 0; on && (r < -20 || r > -18) || !on && r > -90 {
				t.Errorf("%s: part %d has %.1f dBFS", test.country, i, r)
			}
			for _, hz := range test.tones {
				if l := level(part[:len(part)/80*80], hz); i%2 == 0 && l < 1500 {
					t.Errorf("%s: %g Hz at %.0f", test.country, hz, l)
				}
			}
		}
		if len(p.PCM()) != at || len(p.Frames(codec.Opus)) != at/160 {
			t.Errorf("%s: %d samples, want %d", test.country, len(p.PCM()), at)
		}
	}
}

func TestTone(t *testing.T) {
	p := Tone(1000, 500*time.Millisecond)
	if p.Length() != 500*time.Millisecond || level(p.PCM()[800:3200], 1000) < 5000 {
		t.Errorf("%v, level %.0f", p.Length(), level(p.PCM()[800:3200], 1000))
	}
	for _, p := range []*Prompt{Tone(-5, -time.Hour), Tone(1e9, 0), Tone(400, time.Nanosecond)} {
		if p.Length() != FrameTime {
			t.Errorf("%s: %v", p.Name(), p.Length())
		}
	}
}

func TestMusic(t *testing.T) {
	p := Music()
	pcm := p.PCM()
	if p.Length() < 30*time.Second || len(pcm) != musicLen || len(p.Frames(codec.Opus)) != len(pcm)/frameLen {
		t.Errorf("%v, %d samples", p.Length(), len(pcm))
	}
	if db := 20 * math.Log10(rms(pcm)/32768); db < -23 || db > -21 {
		t.Errorf("%.1f dBFS, want -22", db)
	}
	twice := slices.Concat(pcm, pcm[:8000])
	for i := 0; i+800 < len(twice); i += 400 {
		if db := 20 * math.Log10(rms(twice[i:i+800])/32768+1e-9); db < -35 || db > -12 {
			t.Errorf("%.1f dBFS at %.2f s", db, float64(i)/Rate)
		}
	}
	step, seam := 0, max(int(pcm[0])-int(pcm[len(pcm)-1]), int(pcm[len(pcm)-1])-int(pcm[0]))
	for i := 1; i < len(pcm); i++ {
		step = max(step, int(pcm[i])-int(pcm[i-1]), int(pcm[i-1])-int(pcm[i]))
	}
	if seam > step {
		t.Errorf("a step of %d where it begins again, elsewhere %d at most", seam, step)
	}
	out := 0.0 // what is outside of the telephone's band
	for hz := 20.0; hz < 290; hz += 5 {
		out = max(out, level(pcm[:80000], hz))
	}
	if out > 15 {
		t.Errorf("a tone of %.0f below 290 Hz", out)
	}
	if l := level(pcm[:1600], pitch(74)); l < 40 {
		t.Errorf("the last chord doesn't ring on in the first bar: %.0f", l)
	}
	if again := Music(); !slices.Equal(again.PCM(), pcm) {
		t.Error("it is not the same twice")
	}
	opus := decode1(t, p, codec.Opus)
	if db := 20 * math.Log10(rms(opus)/32768); db < -23.5 || db > -20.5 {
		t.Errorf("through Opus %.1f dBFS", db)
	}
}
