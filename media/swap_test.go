package media_test

import (
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
)

// One endpoint takes the place of another: it hears and is heard in its stead, and the tap follows.
func TestSwap(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	b, fb := w.Join(room, codec.PCMU)
	c, fc := w.Join(room, codec.PCMA)
	fa.Say(440)
	fb.Say(1000)
	fc.Say(1800)
	tap := media.NewTap(1, 10*time.Second)
	p := talk(a.ID(), b.ID())
	p.Taps[0] = media.TapRow{Tap: tap, Of: b.ID()}
	room.Set(p)
	w.Run(time.Second)
	room.Swap(b.ID(), c.ID())
	w.Run(200 * time.Millisecond)
	w.Forget()
	w.Run(time.Second)
	all := []float64{440, 1000, 1800}
	hears(t, "the one who stays", fa, all, 1800)
	hears(t, "the new one", fc, all, 440)
	hears(t, "the old one", fb, all)
	var frame media.TapFrame
	for tap.Read(&frame) { // up to the last one
	}
	if one := mediatest.Level(frame.PCM[:frame.N], 1800); one < 10*mediatest.Level(frame.PCM[:frame.N], 1000) {
		t.Error("the tap is on the old one still")
	}
}

// Swap of a plan is its own opposite.
func TestSwapOfPlans(t *testing.T) {
	tap := media.NewTap(1, time.Second)
	p := talk(0, 1, 2)
	p.Rows[1].Digits, p.Rows[3].Mute = true, true
	p.Taps[0] = media.TapRow{Tap: tap, Of: 1}
	before := p
	p.Swap(1, 3)
	if p.Rows[0].Hears != media.Of(2, 3) || p.Rows[3].Hears != media.Of(0, 2) || !p.Rows[3].Digits || !p.Rows[1].Mute || p.Rows[1].Hears != 0 || p.Taps[0].Of != 3 {
		t.Errorf("%+v", p)
	}
	p.Swap(3, 1)
	if p != before {
		t.Errorf("%+v", p)
	}
}
