package rtp

import (
	"math"
	"time"

	"mediasrv/media/codec"
)

// bestRating is R of a line without fault: the E-model with every parameter at its default but delay and loss (ITU-T G.107, table 2).
const bestRating = 93.2

// Model is what a codec does to a voice, and how it bears loss (ITU-T G.113, appendix I), on the scale of narrowband telephony: the better sound of
// wideband isn't rated, so that one figure compares all calls.
type Model struct {
	Ie  float64 // equipment impairment
	Bpl float64 // packet-loss robustness
}

// ModelOf is the model of a codec as we decode it: with concealment. That of G.711 is G.113's. It has none for Opus, and for G.722 on the wideband scale
// only; theirs are estimates: no impairment of their own on the narrowband scale, and loss borne less well than by G.711, since a decoder
// with memory takes a while to recover.
func ModelOf(c codec.Type) Model {
	switch c {
	case codec.G722:
		return Model{Ie: 0, Bpl: 13}
	case codec.Opus:
		return Model{Ie: 0, Bpl: 20}
	case codec.PCMU, codec.PCMA, codec.CN, codec.None:
	}
	return Model{Ie: 0, Bpl: 25.1}
}

// Rate is the rating factor R, 0 to 93.2, for a delay of one way from mouth to ear and a loss in percent that strikes at random (G.107, 3.1 to 3.5).
func (m Model) Rate(delay time.Duration, loss float64) float64 {
	return max(bestRating-delayImpairment(delay)-m.impairment(loss), 0)
}

// impairment is Ie-eff (G.107, equation 3-29, BurstR 1).
func (m Model) impairment(loss float64) float64 {
	return m.Ie + (95-m.Ie)*loss/(loss+m.Bpl)
}

// delayImpairment is Idd, of a delay without echo (G.107, equations 3-27 and 3-28).
func delayImpairment(delay time.Duration) float64 {
	ta := float64(delay) / float64(time.Millisecond)
	if ta <= 100 {
		return 0
	}
	x := math.Log2(ta / 100)
	return 25 * (math.Pow(1+math.Pow(x, 6), 1.0/6) - 3*math.Pow(1+math.Pow(x/3, 6), 1.0/6) + 2)
}

// MOS is the mean opinion score that a rating stands for, 1 to 4.5 (G.107, annex B).
func MOS(r float64) float64 {
	switch {
	case r <= 0:
		return 1
	case r >= 100:
		return 4.5
	}
	return max(1+0.035*r+r*(r-60)*(100-r)*7e-6, 1)
}
