package prompt

import (
	"math"
	"slices"
)

const (
	speechLevel  = -19.0      // dBFS over the active frames
	maxGain      = 30.0       // dB: what is even quieter is noise
	silenceLevel = -60.0      // dBFS: a file below it is silence, and stays as it is
	activeRange  = 20.0       // dB below the loud frames that still count as active
	ceiling      = 29000      // no sample gets above it (-1.06 dBFS)
	block        = Rate / 200 // of the limiter: 5 ms
)

// normalise returns pcm (8 kHz) at the level of speech, as NewNormalised says.
func normalise(pcm []int16) []int16 { return speech(pcm).apply(pcm, Rate) }

// volume is a gain over time. The zero value changes nothing.
type volume struct {
	gain float64
	env  []float64 // factors for the middle of every block
}

// speech is what brings pcm (8 kHz) to the level of speech.
func speech(pcm []int16) volume {
	level, ok := activeLevel(pcm)
	if !ok {
		return volume{}
	}
	gain := math.Pow(10, min(maxGain, speechLevel-level)/20)
	return volume{gain: gain, env: limiter(pcm, gain)}
}

// apply returns pcm, at any rate, with its volume changed.
func (v volume) apply(pcm []int16, rate int) []int16 {
	out := append([]int16(nil), pcm...)
	if len(v.env) == 0 {
		return out
	}
	size := float64(block * rate / Rate)
	for i, s := range pcm {
		at := max(0, (float64(i)+0.5)/size-0.5)
		k := min(int(at), len(v.env)-1)
		next := v.env[min(k+1, len(v.env)-1)]
		out[i] = clip(float64(s) * v.gain * (v.env[k] + (next-v.env[k])*(at-float64(k))))
	}
	return out
}

// activeLevel is the RMS in dBFS over the frames that aren't pauses; false if all is silence.
func activeLevel(pcm []int16) (float64, bool) {
	var power []float64
	for f := range slices.Chunk(pcm, frameLen) {
		sum := 0.0
		for _, s := range f {
			sum += float64(s) * float64(s)
		}
		power = append(power, sum/float64(len(f)))
	}
	if len(power) == 0 {
		return 0, false
	}
	slices.Sort(power)
	loud := power[len(power)*95/100]
	if dbfs(loud) < silenceLevel {
		loud = power[len(power)-1] // a word in a long silence
	}
	if dbfs(loud) < silenceLevel {
		return 0, false
	}
	sum, n := 0.0, 0
	for _, p := range power {
		if dbfs(p) > dbfs(loud)-activeRange {
			sum, n = sum+p, n+1
		}
	}
	return dbfs(sum / float64(n)), true
}

// dbfs is a mean square in dB below full scale.
func dbfs(meanSquare float64) float64 { return 10 * math.Log10(meanSquare/(32768*32768)+1e-12) }

// limiter gives a factor for the middle of every block, such that a straight line between them keeps every sample below the
// ceiling: a block's factor is good enough for both of its neighbours too. It falls and rises by at most 10 % per block.
func limiter(pcm []int16, gain float64) []float64 {
	var need []float64
	for b := range slices.Chunk(pcm, block) {
		peak := 0.0
		for _, s := range b {
			peak = max(peak, math.Abs(float64(s))*gain)
		}
		need = append(need, min(1, ceiling/max(peak, 1)))
	}
	env := make([]float64, len(need))
	for i := range need {
		env[i] = slices.Min(need[max(0, i-1):min(len(need), i+2)])
	}
	const slope = 0.1
	for i := 1; i < len(env); i++ {
		env[i] = min(env[i], env[i-1]+slope)
	}
	for i := len(env) - 2; i >= 0; i-- {
		env[i] = min(env[i], env[i+1]+slope)
	}
	return env
}
