package rtp

import (
	"testing"
	"time"

	"mediasrv/media/codec"
)

// The pairs of R and MOS that G.107, annex B, and G.109 publish; and what R a line has by default.
func TestMOS(t *testing.T) {
	near(t, "the best line", ModelOf(codec.PCMU).Rate(0, 0), 93.2, 0)
	for _, c := range []struct{ r, mos float64 }{
		{93.2, 4.41},
		{90, 4.34},
		{80, 4.03},
		{70, 3.60},
		{60, 3.10},
		{50, 2.58},
		{0, 1},
		{-5, 1},
		{100, 4.5},
		{130, 4.5},
		{3, 1},
	} {
		near(t, "MOS", MOS(c.r), c.mos, 0.0065)
	}
	last := 1.0
	for r := 0.0; r <= 110; r += 0.25 {
		if m := MOS(r); m < last || m > 4.5 {
			t.Fatalf("MOS of %v is %v, before it was %v", r, m, last)
		} else {
			last = m
		}
	}
}

// G.711 with concealment under random loss: the provisional planning values of G.113, appendix I, which the model meets within 3.
func TestLoss(t *testing.T) {
	m := ModelOf(codec.PCMA)
	for _, c := range []struct{ loss, ie float64 }{{0, 0}, {1, 5}, {2, 7}, {3, 10}, {5, 15}, {7, 20}, {10, 25}, {15, 35}, {20, 45}} {
		near(t, "Ie-eff", m.impairment(c.loss), c.ie, 3)
	}
	// The other codecs of table I.4, by the formula of G.107: G.729A with voice activity detection, GSM EFR.
	near(t, "G.729A at 2 %", Model{Ie: 11, Bpl: 19}.impairment(2), 19, 1)
	near(t, "GSM EFR at 2 %", Model{Ie: 5, Bpl: 10}.impairment(2), 20, 1)
	for _, c := range []codec.Type{codec.PCMU, codec.G722, codec.Opus} {
		if r := ModelOf(c).Rate(3*time.Second, 100); r < 0 || r > 20 {
			t.Errorf("%v on a dead line: %v", c, r)
		}
	}
}

// The curve of delay without echo: nothing to 100 ms, a few points to the 150 ms of G.114, then it gets steep.
func TestDelay(t *testing.T) {
	for _, c := range []struct {
		ms time.Duration
		id float64
	}{{0, 0}, {100, 0}, {150, 0.2}, {200, 3.0}, {250, 8.9}, {300, 14.9}, {400, 24.0}, {500, 30.4}} {
		near(t, "Idd", delayImpairment(c.ms*time.Millisecond), c.id, 0.6)
	}
}
