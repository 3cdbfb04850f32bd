package codec

import (
	"math"
	"slices"
)

// Resampler turns PCM of one rate into another's: 8000, 16000 and 48000 Hz, by polyphase FIR filters. What both rates can carry passes unchanged up
// to 85 % of the lower rate's half (3.4 kHz of 4, 7 of 8); above 115 % of it everything is 65 dB down, so that nothing folds into the band
// that passes. It keeps the filter's memory between calls, and allocates nothing once it is made. The delay is 2 ms, or 1 ms between 16 and 48 kHz.
type Resampler struct {
	up, down int
	phases   [][]float32 // of the filter, each with its taps in the order of time
	lines    [][]float32 // the memory: one of all samples going up, one for each phase going down
	fill     int         // in every line
	turn     int         // going down: the line that takes the next sample
	same     bool
}

// chunk is how many samples a line takes at once, beside the filter's memory.
const chunk = 320

// NewResampler makes a resampler between two of 8000, 16000 and 48000 Hz; nil if there is none.
func NewResampler(from, to int) *Resampler {
	for _, r := range [...]int{from, to} {
		if r != 8000 && r != 16000 && r != 48000 {
			return nil
		}
	}
	r := &Resampler{up: max(1, to/from), down: max(1, from/to), same: from == to}
	if r.same {
		return r
	}
	n := r.up * r.down
	r.phases = polyphase(n, float64(min(from, to))/float64(max(from, to)))
	if r.down > 1 {
		slices.Reverse(r.phases)
	} else {
		for _, p := range r.phases {
			for i := range p {
				p[i] *= float32(r.up)
			}
		}
	}
	taps := len(r.phases[0])
	r.lines = make([][]float32, r.down)
	for i := range r.lines {
		r.lines[i] = make([]float32, taps-1+chunk)
	}
	r.fill = taps - 1
	return r
}

// Resample turns in into out, and returns how many samples it wrote: len(in) * to / from, to the sample if in is whole frames; out has room for them. It
// borrows both.
func (r *Resampler) Resample(in, out []int16) int {
	if r.same {
		return copy(out, in)
	}
	n := 0
	for len(in) > 0 {
		if r.down > 1 {
			in = r.spread(in)
			n += r.narrow(out[n:])
		} else {
			in = r.append(in)
			n += r.widen(out[n:])
		}
		r.forget()
	}
	return n
}

// append takes what fits into the line, going up.
func (r *Resampler) append(in []int16) []int16 {
	line := r.lines[0]
	k := min(len(in), len(line)-r.fill)
	free := line[r.fill : r.fill+k]
	for i, s := range in[:k] {
		free[i] = float32(s)
	}
	r.fill += k
	return in[k:]
}

// widen makes up samples of each one that is new.
func (r *Resampler) widen(out []int16) int {
	n := 0
	taps := len(r.phases[0])
	line := r.lines[0]
	for at := 0; at+taps <= r.fill && n+r.up <= len(out); at++ {
		x := line[at : at+taps]
		for _, p := range r.phases {
			out[n] = round(dot(p, x))
			n++
		}
	}
	return n
}

// spread deals what fits out to the lines, going down.
func (r *Resampler) spread(in []int16) []int16 {
	k := 0
	for ; k < len(in) && r.fill < len(r.lines[0]); k++ {
		r.lines[r.turn][r.fill] = float32(in[k])
		if r.turn++; r.turn == r.down {
			r.turn = 0
			r.fill++
		}
	}
	return in[k:]
}

// narrow makes one sample of each round of the lines that is new.
func (r *Resampler) narrow(out []int16) int {
	n := 0
	taps := len(r.phases[0])
	for at := 0; at+taps <= r.fill && n < len(out); at++ {
		sum := float32(0)
		for i, p := range r.phases {
			sum += dot(p, r.lines[i][at:at+taps])
		}
		out[n] = round(sum)
		n++
	}
	return n
}

// forget moves the filter's memory to the front.
func (r *Resampler) forget() {
	keep := len(r.phases[0]) - 1
	from := r.fill - keep
	for _, line := range r.lines {
		copy(line, line[from:min(r.fill+1, len(line))]) // with the sample of a round that isn't whole yet
	}
	r.fill = keep
}

// dot is the sum of products. Four sums run side by side, since an addition waits for the one before it.
func dot(h, x []float32) float32 {
	var a, b, c, d float32
	x = x[:len(h)]
	for len(h) >= 4 && len(x) >= 4 {
		a += h[0] * x[0]
		b += h[1] * x[1]
		c += h[2] * x[2]
		d += h[3] * x[3]
		h, x = h[4:], x[4:]
	}
	for i, v := range h {
		a += v * x[i]
	}
	return (a + b) + (c + d)
}

func round(x float32) int16 {
	if x < 0 {
		return int16(max(x-0.5, math.MinInt16))
	}
	return int16(min(x+0.5, math.MaxInt16))
}

// polyphase designs a low-pass filter (Kaiser window) whose middle is at ratio of the half of the higher rate, and deals it out to n phases: the first
// is that of an output sample which falls together with an input sample, going up.
func polyphase(n int, ratio float64) [][]float32 {
	const (
		perPhase = 32
		beta     = 6.2
	)
	length := n * perPhase
	h := make([]float64, length)
	middle := float64(length-1) / 2
	sum := 0.0
	for i := range h {
		x := float64(i) - middle
		w := x / (float64(length) / 2)
		h[i] = bessel(beta*math.Sqrt(max(0, 1-w*w))) * sinc(x*ratio)
		sum += h[i]
	}
	phases := make([][]float32, n)
	for p := range phases {
		phases[p] = make([]float32, perPhase)
		for k := range phases[p] {
			phases[p][k] = float32(h[length-1-(k*n+n-1-p)] / sum)
		}
	}
	return phases
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
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
