// Package mediatest helps tests that need media: far ends in memory that speak a tone and keep what they hear, and an engine in virtual time.
package mediatest

import (
	"math"
	"slices"
)

// rate of all PCM here, Hz, and what a tone's level is measured over.
const (
	rate  = 8000
	piece = rate / 10
)

// Amplitude of the tones that are spoken.
const Amplitude = 8000

// Tone is samples of a sine, of which at were spoken before.
func Tone(hz float64, at, samples int) []int16 { return sine(Amplitude, hz, at, samples) }

func sine(amplitude int, hz float64, at, samples int) []int16 {
	pcm := make([]int16, samples)
	for i := range pcm {
		pcm[i] = int16(float64(amplitude) * math.Sin(2*math.Pi*hz*float64(at+i)/rate))
	}
	return pcm
}

// Levels is the amplitude of a tone in every 100 ms of pcm (Goertzel).
func Levels(pcm []int16, hz float64) []float64 {
	var out []float64
	c := 2 * math.Cos(2*math.Pi*hz/rate)
	for ; len(pcm) >= piece; pcm = pcm[piece:] {
		var a, b float64
		for _, s := range pcm[:piece] {
			a, b = c*a-b+float64(s), a
		}
		out = append(out, math.Sqrt(max(0, a*a+b*b-c*a*b))*2/piece)
	}
	return out
}

// Level is the median of Levels: what the tone is most of the time; 0 for less than 100 ms.
func Level(pcm []int16, hz float64) float64 {
	l := Levels(pcm, hz)
	if len(l) == 0 {
		return 0
	}
	slices.Sort(l)
	return l[len(l)/2]
}

// Hears says whether a tone of about the usual Amplitude is in pcm most of the time.
func Hears(pcm []int16, hz float64) bool { return Level(pcm, hz) > Amplitude/4 }
