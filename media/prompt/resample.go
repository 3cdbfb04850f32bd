package prompt

import "math"

const (
	minRate = 1000
	maxRate = 384000
)

// The low-pass filter of resample: a windowed sinc of 36 zero crossings to each side, of which each is tabled 256 times. It passes
// 0-3400 Hz and takes away 80 dB from 4000 Hz on, at 8 kHz.
const (
	crossings = 36
	perZero   = 256
	passband  = 0.925 // of half the lower rate
	kaiserB   = 8.0
)

// resample returns pcm at 8 kHz, in memory of its own.
func resample(pcm []int16, rate int) []int16 { return convert(pcm, rate, Rate) }

// convert returns pcm at another rate, in memory of its own. It is meant for prompts, which are resampled once: good, not fast.
func convert(pcm []int16, rate, to int) []int16 {
	if rate == to {
		return append([]int16(nil), pcm...)
	}
	step := float64(rate) / float64(to)
	scale := passband * min(1, 1/step) // cut-off, of half the input rate
	table, half := sincTable(), crossings/scale
	out := make([]int16, max(1, int(math.Round(float64(len(pcm))/step))))
	for i := range out {
		at := float64(i) * step
		sum := 0.0
		for j := max(0, int(math.Ceil(at-half))); j <= min(len(pcm)-1, int(at+half)); j++ {
			x := math.Abs(at-float64(j)) * scale * perZero
			k := min(int(x), len(table)-2)
			sum += float64(pcm[j]) * (table[k] + (table[k+1]-table[k])*(x-float64(k)))
		}
		out[i] = clip(sum * scale)
	}
	return out
}

// sincTable is one side of the filter.
func sincTable() []float64 {
	t := make([]float64, crossings*perZero+2)
	for i := range t {
		x := float64(i) / perZero
		w := 1 - (x/crossings)*(x/crossings)
		if w <= 0 {
			break
		}
		t[i] = bessel(kaiserB*math.Sqrt(w)) / bessel(kaiserB)
		if i > 0 {
			t[i] *= math.Sin(math.Pi*x) / (math.Pi * x)
		}
	}
	return t
}

// bessel is the modified Bessel function of order 0, for the Kaiser window.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-12*sum; k++ {
		term *= x * x / (4 * k * k)
		sum += term
	}
	return sum
}

func clip(x float64) int16 {
	return int16(max(math.MinInt16, min(math.MaxInt16, math.RoundToEven(x))))
}
