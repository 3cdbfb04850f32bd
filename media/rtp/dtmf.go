package rtp

import (
	"math"
	"math/cmplx"
)

// The detector works on blocks of 12.75 ms at 8 kHz: the shortest digit (40 ms, ITU-T Q.24) holds two whole ones wherever it begins.
const (
	dtmfRate  = 8000
	dtmfBlock = 102
)

// Limits of what counts as a digit, after Q.24.
const (
	dtmfQuiet  = 7e3  // mean square of a frame that isn't looked at: -40 dBm0
	dtmfFloor  = 3e4  // mean square of the weaker tone: -30 dBm0 each
	dtmfOthers = 4.0  // a tone is above the others of its group by 6 dB
	dtmfHigh   = 4.0  // the high tone may be stronger by 6 dB (4, and what a wrong frequency takes away)
	dtmfLow    = 10.0 // and the low one by 10 dB (8)
	dtmfShare  = 0.5  // of the energy that is in the two tones, before their frequencies are known
	dtmfPure   = 0.82 // and afterwards
	dtmfOff    = 0.025

	// What no two tones of a digit can be, whatever 18 % of other sound may be with them. It is far cheaper to see than tones are.
	dtmfSlow  = 0.2 // energy of the differences between samples to that of the samples: two tones have 0.31
	dtmfFast  = 1.9 // and 1.34
	dtmfThird = 64  // a third of a block holds at least that part of its energy, since a tone goes on: with two tones it is 1/4.4
)

// tones are the frequencies, Hz: the low group, and the high group.
func tones() [8]float64 { return [8]float64{697, 770, 852, 941, 1209, 1336, 1477, 1633} }

// dtmfKeys are the digits by low tone and high tone.
const dtmfKeys = "123A456B789C*0#D"

// Detector finds digits in the voice (ITU-T Q.23, Q.24). It is plain data of one stream on one worker; make it with NewDetector.
type Detector struct {
	factor    [8]float32       // of the recursion
	turn      [8]complex128    // of one sample
	back      [8]complex128    // of a block, backwards
	pcm       [dtmfBlock]int16 // the block
	n         int              // samples in it
	sum       float32          // energy of the block
	before    [8]complex128    // the block before
	sumBefore float32          // its energy
	last      byte             // what the block before looked like; 0: nothing
	held      byte             // the digit that is pressed; 0: none
	off       int              // samples without it
	left      int              // averaging down to 8 kHz: samples that wait
	over      int32            // and their sum
	events    [4]dtmfEvent     // not yet told
	queued    int
}

type dtmfEvent struct {
	digit   byte
	pressed bool
}

// NewDetector makes a detector.
func NewDetector() *Detector {
	d := &Detector{}
	for i, hz := range tones() {
		w := 2 * math.Pi * hz / dtmfRate
		d.factor[i] = float32(2 * math.Cos(w))
		d.turn[i] = cmplx.Rect(1, -w)
		d.back[i] = cmplx.Rect(1, -w*dtmfBlock)
	}
	return d
}

// Feed takes the next samples, some 20 ms at a time, at 8000, 16000 or 48000 Hz. ok says that a digit was pressed or released; one of them is told per
// call, and a digit is told about 30 ms after it began.
func (d *Detector) Feed(pcm []int16, rate int) (digit byte, pressed, ok bool) {
	switch {
	case rate <= dtmfRate:
		d.listen(pcm)
	case d.quiet(pcm, rate):
		d.rest(len(pcm) * dtmfRate / rate)
	default:
		d.average(pcm, rate/dtmfRate)
	}
	if d.queued == 0 {
		return 0, false, false
	}
	e := d.events[0]
	d.queued--
	copy(d.events[:], d.events[1:])
	return e.digit, e.pressed, true
}

// quiet is the gate in front of averaging: most of a call is silence or speech of the other side.
func (d *Detector) quiet(pcm []int16, rate int) bool {
	step := max(rate/dtmfRate, 1)
	sum, n := int64(0), 0
	for i := 0; i < len(pcm); i += step {
		sum += int64(pcm[i]) * int64(pcm[i])
		n++
	}
	return sum < int64(n)*dtmfQuiet
}

// rest lets n quiet samples pass.
func (d *Detector) rest(n int) {
	d.n, d.last = 0, 0
	d.miss(n)
}

// average brings pcm to 8 kHz.
func (d *Detector) average(pcm []int16, by int) {
	var buf [160]int16
	n := 0
	for _, s := range pcm {
		d.over += int32(s)
		if d.left++; d.left < by {
			continue
		}
		buf[n] = int16(d.over / int32(by))
		d.over, d.left = 0, 0
		if n++; n == len(buf) {
			d.listen(buf[:])
			n = 0
		}
	}
	d.listen(buf[:n])
}

// listen takes samples at 8 kHz.
func (d *Detector) listen(pcm []int16) {
	for len(pcm) > 0 {
		n := copy(d.pcm[d.n:], pcm)
		pcm = pcm[n:]
		if d.n += n; d.n == dtmfBlock {
			d.n = 0
			d.block()
		}
	}
}

// block judges a block. Most can't be a digit, which their energy tells.
func (d *Detector) block() {
	sum, likely := d.gate()
	d.sum = float32(sum)
	if sum < dtmfQuiet*dtmfBlock || d.held == 0 && !likely { // while a digit is held, less is enough for it to go on
		d.last = 0
		d.miss(dtmfBlock)
		return
	}
	d.judge()
}

// gate is the energy of a block, and whether it is spread in time and pitch as that of two tones; of a quiet one that isn't looked at.
func (d *Detector) gate() (sum int64, likely bool) {
	const third = dtmfBlock / 3
	least := int64(math.MaxInt64)
	for from := 0; from < dtmfBlock; from += third {
		part := int64(0)
		for _, s := range d.pcm[from : from+third] {
			part += int64(s) * int64(s)
		}
		sum += part
		least = min(least, part)
	}
	if sum < dtmfQuiet*dtmfBlock || least*dtmfThird < sum {
		return sum, false
	}
	slope, before := int64(0), int64(d.pcm[0])
	for _, s := range d.pcm {
		slope += (int64(s) - before) * (int64(s) - before)
		before = int64(s)
	}
	ratio := float64(slope) / float64(sum)
	return sum, ratio > dtmfSlow && ratio < dtmfFast
}

// goertzel runs the recursions of a group's four tones side by side, since each waits for its own last step, and gives their phases and energies.
func (d *Detector) goertzel(group int, now *[8]complex128, power *[8]float64) {
	f0, f1, f2, f3 := d.factor[group], d.factor[group+1], d.factor[group+2], d.factor[group+3]
	var a0, a1, a2, a3, b0, b1, b2, b3 float32
	for _, s := range d.pcm {
		x := float32(s)
		a0, b0 = x+f0*a0-b0, a0
		a1, b1 = x+f1*a1-b1, a1
		a2, b2 = x+f2*a2-b2, a2
		a3, b3 = x+f3*a3-b3, a3
	}
	for i, s := range [4][2]float32{{a0, b0}, {a1, b1}, {a2, b2}, {a3, b3}} {
		k := group + i
		now[k] = complex(float64(s[0]), 0) - d.turn[k]*complex(float64(s[1]), 0)
		power[k] = energy(now[k])
	}
}

// judge judges a block together with the one before it: both must be the same pair, and the phases between them give the frequencies.
func (d *Detector) judge() {
	var now [8]complex128
	var power [8]float64
	seen, found := byte(0), byte(0)
	d.goertzel(0, &now, &power)
	if low := strongest(power[:4]); d.stands(power[:4], low, dtmfShare/(1+dtmfHigh)) { // else the high group needn't be looked at
		d.goertzel(4, &now, &power)
		if high := 4 + strongest(power[4:]); d.stands(power[4:], high-4, 0) && d.pair(power[low], power[high]) {
			seen = dtmfKeys[low*4+high-4]
			if d.last == seen && d.pure(&now, low, high) {
				found = seen
			}
		}
	}
	switch {
	case found != 0 && found != d.held:
		d.release()
		d.held, d.off = found, 0
		d.tell(found, true)
	case found != 0 || seen != 0 && seen == d.held:
		d.off = 0
	default:
		d.miss(dtmfBlock)
	}
	d.last, d.before, d.sumBefore = seen, now, d.sum
}

// stands says whether a group's strongest tone is above the others, and above a share of the block's energy.
func (d *Detector) stands(group []float64, best int, share float64) bool {
	own := group[best]
	if own < dtmfFloor*dtmfBlock || own < share*float64(d.sum) {
		return false
	}
	for i, p := range group {
		if i != best && p*dtmfOthers > own {
			return false
		}
	}
	return true
}

// pair says whether two tones may be a digit.
func (d *Detector) pair(low, high float64) bool {
	return high <= dtmfHigh*low && low <= dtmfLow*high && low+high >= dtmfShare*float64(d.sum)
}

// pure says whether both frequencies are right and hold all of the energy, in this block as in the one before.
func (d *Detector) pure(now *[8]complex128, low, high int) bool {
	total, before := 0.0, 0.0
	for _, i := range [...]int{low, high} {
		turned := cmplx.Phase(now[i] * cmplx.Conj(d.before[i]) * d.back[i])
		off := turned / (2 * math.Pi) // in bins of a block
		if math.Abs(off)*dtmfRate/dtmfBlock > dtmfOff*tones()[i] {
			return false
		}
		seen := sq(sinc(off)) // what a block sees of such a tone
		total += energy(now[i]) / seen
		before += energy(d.before[i]) / seen
	}
	return total > dtmfPure*float64(d.sum) && before > dtmfPure*float64(d.sumBefore)
}

// energy is that of a tone in a block.
func energy(x complex128) float64 { return 2 * (real(x)*real(x) + imag(x)*imag(x)) / dtmfBlock }

// miss counts samples without the digit that is pressed; a gap of less than 10 ms is none.
func (d *Detector) miss(n int) {
	if d.held == 0 {
		return
	}
	if d.off += n; d.off >= 2*dtmfBlock {
		d.release()
	}
}

func (d *Detector) release() {
	if d.held != 0 {
		d.tell(d.held, false)
		d.held = 0
	}
}

func (d *Detector) tell(digit byte, pressed bool) {
	if d.queued < len(d.events) {
		d.events[d.queued] = dtmfEvent{digit, pressed}
		d.queued++
	}
}

func strongest(power []float64) int {
	best := 0
	for i, p := range power {
		if p > power[best] {
			best = i
		}
	}
	return best
}

func sq(x float64) float64 { return x * x }

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}
