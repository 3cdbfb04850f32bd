package rtp

import (
	"math"
	"strings"
)

// Levels of a digit's tones, of full scale: -9 dBm0 the low and -7 dBm0 the high one, since lines weaken high tones more.
const (
	toneLow  = 0.25
	toneHigh = 0.31
)

// Tone makes the sound of a digit (ITU-T Q.23) for as long as it is read. It is plain data and allocates nothing once it is made.
type Tone struct {
	rate int
	n    int        // samples given so far
	turn [2]float64 // per sample
	at   [2]float64 // phases
}

// NewTone makes the tone of a digit (0-9 * # A-D) at a rate; false if it is no digit.
func NewTone(digit byte, rate int) (Tone, bool) {
	if digit >= 'a' && digit <= 'd' {
		digit -= 'a' - 'A'
	}
	i := strings.IndexByte(dtmfKeys, digit)
	if i < 0 || rate < dtmfRate {
		return Tone{}, false
	}
	hz := tones()
	return Tone{rate: rate, turn: [2]float64{2 * math.Pi * hz[i/4] / float64(rate), 2 * math.Pi * hz[4+i%4] / float64(rate)}}, true
}

// Read fills pcm with the tone's next samples. The first 2 ms swell, so that the digit doesn't begin with a click.
func (t *Tone) Read(pcm []int16) {
	swell := t.rate / 500
	for i := range pcm {
		s := toneLow*math.Sin(t.at[0]) + toneHigh*math.Sin(t.at[1])
		if t.n < swell {
			s *= float64(t.n) / float64(swell)
		}
		pcm[i] = int16(math.Round(s * math.MaxInt16))
		t.n++
		for k, w := range t.turn {
			if t.at[k] += w; t.at[k] > 2*math.Pi {
				t.at[k] -= 2 * math.Pi
			}
		}
	}
}
