package media_test

import (
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
)

// More voices are to be decoded at once than there are kits, and nobody makes new ones for a while: they are silent until somebody does.
func TestMoreVoicesThanKits(t *testing.T) {
	w := mediatest.New(t, nil)
	var fars []*mediatest.Far
	for range 30 {
		r, _ := w.Room()
		a, fa := w.Join(r, codec.PCMU)
		b, fb := w.Join(r, codec.PCMA)
		fa.Say(440)
		fb.Say(440)
		fars = append(fars, fa, fb)
		var p media.Plan
		p.Rows[a.ID()].Hears, p.Rows[b.ID()].Hears = media.Of(b.ID()), media.Of(a.ID())
		r.Set(p)
	}
	w.Stall(true)
	w.Run(300 * time.Millisecond)
	silent := 0
	for _, f := range fars {
		if heard := f.Heard(); len(heard) > 0 && !mediatest.Hears(heard, 440) {
			silent++
		}
	}
	if silent == 0 {
		t.Error("there were kits for all")
	}
	w.Stall(false)
	w.Run(300 * time.Millisecond)
	w.Forget()
	w.Run(300 * time.Millisecond)
	for i, f := range fars {
		if heard := f.Heard(); !mediatest.Hears(heard, 440) {
			t.Errorf("party %d, with a kit: %d samples, 440 Hz at %.0f", i, len(heard), mediatest.Level(heard, 440))
		}
	}
}
