package prompt

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// toneLevel is the amplitude of a tone or of a tone pair: -19 dBFS, as loud as speech.
const toneLevel = 32767 * 0.112 * math.Sqrt2

// cadence is a country's ringing tone (ITU-T E.180, supplement 2). Two frequencies are added, or the second modulates the first.
type cadence struct {
	hz, second float64
	modulates  bool
	onOff      []time.Duration
}

func cadenceOf(country string) cadence {
	ms := func(v ...int) (d []time.Duration) {
		for _, x := range v {
			d = append(d, time.Duration(x)*time.Millisecond)
		}
		return d
	}
	switch strings.ToUpper(country) {
	case "JP":
		return cadence{400, 16, true, ms(1000, 2000)}
	case "US", "CA", "PR":
		return cadence{440, 480, false, ms(2000, 4000)}
	case "GB", "IE", "NZ":
		return cadence{400, 450, false, ms(400, 200, 400, 2000)}
	case "KR", "TW":
		return cadence{440, 480, false, ms(1000, 2000)}
	case "HK":
		return cadence{440, 480, false, ms(400, 200, 400, 3000)}
	case "IN":
		return cadence{400, 25, true, ms(400, 200, 400, 2000)}
	case "CN":
		return cadence{450, 0, false, ms(1000, 4000)}
	case "FR":
		return cadence{440, 0, false, ms(1500, 3500)}
	case "TR":
		return cadence{450, 0, false, ms(2000, 4000)}
	default:
		return cadence{425, 0, false, ms(1000, 4000)}
	}
}

// Ringback is one period of the ringing tone of a country (ISO 3166 code); the European one if the country isn't known. It is to be looped.
func Ringback(country string) *Prompt {
	c := cadenceOf(country)
	var pcm []int16
	for i, d := range c.onOff {
		n := samples(d)
		if i%2 == 1 {
			pcm = append(pcm, make([]int16, n)...)
			continue
		}
		for j := range n {
			pcm = append(pcm, clip(toneLevel*c.at(float64(j)/Rate)*edge(j, n)))
		}
	}
	return loop("ringback "+strings.ToUpper(country), pcm)
}

// at is the tone at a time in seconds, -1 to 1.
func (c cadence) at(t float64) float64 {
	a, b := math.Sin(2*math.Pi*c.hz*t), math.Sin(2*math.Pi*c.second*t)
	switch {
	case c.modulates:
		return a * (1 + 0.85*b) / 1.17 // as loud as without modulation
	case c.second > 0:
		return (a + b) / math.Sqrt2
	default:
		return a
	}
}

// Tone is a sine of -19 dBFS, 20 to 3800 Hz, at least 20 ms and at most MaxLength long.
func Tone(hz float64, length time.Duration) *Prompt {
	hz = max(20, min(3800, hz))
	pcm := make([]int16, samples(max(FrameTime, min(MaxLength, length))))
	for i := range pcm {
		pcm[i] = clip(toneLevel * math.Sin(2*math.Pi*hz*float64(i)/Rate) * edge(i, len(pcm)))
	}
	return loop(fmt.Sprintf("tone %g Hz", hz), pcm)
}

// Sorry is what callers hear in place of a sentence that can't be spoken: the special information tone (ITU-T E.180), which networks play before
// they say why a call can't be completed.
func Sorry() *Prompt {
	var pcm []int16
	for _, hz := range [...]float64{950, 1400, 1800} {
		n := samples(330 * time.Millisecond)
		for j := range n {
			pcm = append(pcm, clip(toneLevel*math.Sin(2*math.Pi*hz*float64(j)/Rate)*edge(j, n)))
		}
	}
	return loop("special information tone", append(pcm, make([]int16, samples(time.Second))...))
}

// edge fades a tone of n samples in and out within 5 ms, so that it doesn't click.
func edge(i, n int) float64 {
	const fade = Rate / 200
	return min(1, float64(min(i, n-1-i))/fade)
}

func samples(d time.Duration) int { return int(d * Rate / time.Second) }
