package recorder

import "math"

// decimator brings 16 and 48 kHz down to 8 kHz, frame after frame: a low-pass filter (windowed sinc), of which every second or sixth value
// is calculated. It delays by less than 2 ms.
type decimator struct {
	factor int
	taps   []float32
	past   []float32 // the last samples, as many as there are taps, oldest first
	phase  int       // samples until the next output
}

const tapsPerPhase = 24

func newDecimator(factor int) *decimator {
	n := tapsPerPhase * factor
	d := &decimator{factor: factor, taps: make([]float32, n), past: make([]float32, n)}
	sum := 0.0
	h := make([]float64, n)
	for i := range h {
		x := (float64(i) - float64(n-1)/2) / float64(factor) * 0.9
		w := 0.42 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(n)) + 0.08*math.Cos(4*math.Pi*(float64(i)+0.5)/float64(n))
		h[i] = w * math.Sin(math.Pi*x) / (math.Pi * x)
		sum += h[i]
	}
	for i := range h {
		d.taps[i] = float32(h[i] / sum)
	}
	return d
}

// run appends the output for in to out.
func (d *decimator) run(out, in []int16) []int16 {
	for _, s := range in {
		copy(d.past, d.past[1:])
		d.past[len(d.past)-1] = float32(s)
		if d.phase--; d.phase >= 0 {
			continue
		}
		d.phase = d.factor - 1
		var sum float32
		for i, t := range d.taps {
			sum += t * d.past[i]
		}
		out = append(out, int16(max(math.MinInt16, min(math.MaxInt16, sum))))
	}
	return out
}
