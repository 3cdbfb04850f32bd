package codec

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func sine(hz float64, rate, n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(math.Round(10000 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate))))
	}
	return pcm
}

// level is how loud the part of pcm at hz is (dB against a sine of 10000), and the rest of it.
func level(pcm []int16, hz float64, rate int) (at, rest float64) {
	var re, im, all, weight float64
	for i, s := range pcm {
		w := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(len(pcm)))
		a := 2 * math.Pi * hz * float64(i) / float64(rate)
		re += w * float64(s) * math.Cos(a)
		im += w * float64(s) * math.Sin(a)
		weight += w
	}
	amplitude := 2 * math.Hypot(re, im) / weight
	phase := math.Atan2(im, re)
	for i, s := range pcm {
		a := 2 * math.Pi * hz * float64(i) / float64(rate)
		d := float64(s) - amplitude*math.Cos(a-phase)
		all += d * d
	}
	return 20 * math.Log10(amplitude/10000+1e-9), 10*math.Log10(2*all/float64(len(pcm))+1e-9) - 80
}

func TestResample(t *testing.T) {
	for _, c := range []struct {
		from, to   int
		pass, stop []float64
	}{
		{8000, 16000, []float64{100, 300, 1000, 2500, 3000, 3400}, nil},
		{8000, 48000, []float64{100, 300, 1000, 2500, 3000, 3400}, nil},
		{16000, 48000, []float64{100, 1000, 4000, 6000, 6900}, nil},
		{16000, 8000, []float64{100, 300, 1000, 2500, 3000, 3400}, []float64{4600, 5000, 6100, 7000, 7900}},
		{48000, 8000, []float64{100, 300, 1000, 2500, 3000, 3400}, []float64{4600, 5000, 7000, 9100, 15900, 23000}},
		{48000, 16000, []float64{100, 1000, 4000, 6000, 6900}, []float64{9200, 10000, 15000, 20000, 23500}},
	} {
		t.Run(fmt.Sprintf("%d to %d", c.from, c.to), func(t *testing.T) {
			for _, hz := range c.pass {
				out := make([]int16, c.to)
				n := NewResampler(c.from, c.to).Resample(sine(hz, c.from, c.from), out)
				if n != c.to {
					t.Fatalf("%d samples of a second", n)
				}
				at, rest := level(out[c.to/2:], hz, c.to)
				if math.Abs(at) > 0.2 || rest > -60 {
					t.Errorf("%v Hz: %.2f dB, and %.1f dB that isn't it", hz, at, rest)
				}
			}
			for _, hz := range c.stop {
				out := make([]int16, c.to)
				NewResampler(c.from, c.to).Resample(sine(hz, c.from, c.from), out)
				if _, rest := level(out[c.to/2:], 50, c.to); rest > -60 {
					t.Errorf("%v Hz comes through at %.1f dB", hz, rest)
				}
			}
		})
	}
}

// Pieces of any length make the same sound as a whole.
func TestResamplePieces(t *testing.T) {
	for _, c := range [][2]int{{8000, 16000}, {16000, 8000}, {48000, 8000}, {8000, 48000}, {48000, 16000}, {16000, 48000}, {8000, 8000}} {
		in := sine(440, c[0], c[0]/2)
		want := make([]int16, c[1]/2)
		NewResampler(c[0], c[1]).Resample(in, want)
		for _, size := range []int{1, 7, c[0] / 50, 2000} {
			r := NewResampler(c[0], c[1])
			var got []int16
			buf := make([]int16, c[1])
			for part := range slices.Chunk(in, size) {
				got = append(got, buf[:r.Resample(part, buf)]...)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d to %d in pieces of %d: another sound, %d samples for %d", c[0], c[1], size, len(got), len(want))
			}
		}
	}
}

func TestResampleLoud(t *testing.T) {
	for _, c := range [][2]int{{8000, 16000}, {16000, 8000}, {48000, 8000}} {
		in, out := make([]int16, 4800), make([]int16, 9600)
		for i := range in {
			in[i] = math.MinInt16 + int16(i/30%2)*math.MaxInt16 + int16(i/30%2)*math.MaxInt16
		}
		n := NewResampler(c[0], c[1]).Resample(in, out)
		for i := 1; i < n; i++ {
			if out[i-1] > 30000 && out[i] < -30000 && c[1] >= c[0] {
				t.Fatalf("%v: the sum ran over at %d", c, i)
			}
		}
	}
	if NewResampler(8000, 44100) != nil || NewResampler(0, 8000) != nil {
		t.Error("a resampler for a rate that isn't ours")
	}
}

func TestResampleAllocs(t *testing.T) {
	r, in, out := NewResampler(16000, 8000), make([]int16, 320), make([]int16, 160)
	if a := testing.AllocsPerRun(100, func() { r.Resample(in, out) }); a != 0 {
		t.Errorf("%v allocations", a)
	}
}

func BenchmarkResample(b *testing.B) {
	for _, c := range [][2]int{{8000, 16000}, {16000, 8000}, {8000, 48000}, {48000, 8000}, {16000, 48000}, {48000, 16000}} {
		b.Run(fmt.Sprintf("%dto%d", c[0], c[1]), func(b *testing.B) {
			in, out := make([]int16, c[0]/50), make([]int16, c[1]/50)
			r := NewResampler(c[0], c[1])
			for b.Loop() {
				r.Resample(in, out)
			}
		})
	}
}
