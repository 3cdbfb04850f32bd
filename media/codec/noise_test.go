package codec

import (
	"bytes"
	"math"
	"testing"
)

// energy is pcm's level, dBov.
func energy(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += sq(float64(s))
	}
	return 10 * math.Log10(sum/float64(len(pcm))/(32768*32768)+1e-12)
}

// hear decodes a payload and then noise for a second.
func hear(t *testing.T, payload []byte, rate int) []int16 {
	t.Helper()
	d, err := NewDecoder(CN, rate)
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, rate)
	n, err := d.Decode(payload, pcm)
	if err != nil || n != rate/50 {
		t.Fatal(n, err)
	}
	if n, err := d.Conceal(pcm); n != rate || err != nil {
		t.Fatal(n, err)
	}
	return pcm
}

func TestNoiseLevel(t *testing.T) {
	for _, c := range []struct {
		name    string
		payload []byte
		want    float64
	}{
		{"-50 dBov, white", []byte{50}, -50},
		{"-40, white", []byte{40}, -40},
		{"-60, the upper bit is ignored", []byte{60 | 0x80}, -60},
		{"coloured", []byte{50, 20, 150, 127}, -50},
		{"more coefficients than are used", append([]byte{45}, bytes.Repeat([]byte{140}, 40)...), -45},
		{"louder than noise may be", []byte{0}, -30},
	} {
		for _, rate := range Rates(CN) {
			if got := energy(hear(t, c.payload, rate)); math.Abs(got-c.want) > 1.5 {
				t.Errorf("%s at %d Hz: %.1f dBov", c.name, rate, got)
			}
		}
	}
	if p := peak(hear(t, []byte{90}, 8000)); p != 0 {
		t.Errorf("no noise has a peak of %d", p)
	}
}

// A first coefficient far below 0 means that neighbours are alike: the noise is dark; one far above 0 means the contrary.
func TestNoiseColour(t *testing.T) {
	alike := func(k byte) float64 {
		pcm := hear(t, []byte{45, k}, 8000)
		var both, own float64
		for i := 1; i < len(pcm); i++ {
			both += float64(pcm[i]) * float64(pcm[i-1])
			own += sq(float64(pcm[i]))
		}
		return both / own
	}
	for _, c := range []struct {
		k    byte
		want float64
	}{{127, 0}, {63, 0.5}, {191, -0.5}, {24, 0.8}} {
		if got := alike(c.k); math.Abs(got-c.want) > 0.05 {
			t.Errorf("coefficient %d: neighbours are alike by %.2f, want %.2f", c.k, got, c.want)
		}
	}
}

func TestNoiseSmooth(t *testing.T) {
	d := newNoise(8000)
	var pcm [160]int16
	_, _ = d.Decode([]byte{40}, pcm[:])
	if p := peak(pcm[:8]); p > 100 {
		t.Errorf("noise begins with a peak of %d", p)
	}
	if n, err := d.Decode(nil, pcm[:]); n != 0 || err != nil {
		t.Error(n, err)
	}
	if a := testing.AllocsPerRun(100, func() { _, _ = d.Decode([]byte{40, 1, 2}, pcm[:]); _, _ = d.Conceal(pcm[:]) }); a != 0 {
		t.Errorf("%v allocations", a)
	}
}

func BenchmarkNoise(b *testing.B) {
	d := newNoise(8000)
	var pcm [160]int16
	_, _ = d.Decode([]byte{40, 100, 110, 120, 130, 140, 120, 110, 120, 127, 128}, pcm[:])
	for b.Loop() {
		_, _ = d.Conceal(pcm[:])
	}
}
