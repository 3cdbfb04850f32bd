package recorder

import (
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

// TestRealRoom records a call through a real media worker: G.711 with Opus, bridged; a stream begins anew; a third party who isn't tapped is not in
// the file. Everything happens in the worker's virtual time.
func TestRealRoom(t *testing.T) {
	w := mediatest.New(t, nil)
	s := newStudio(t, t.TempDir())
	s.now = func() time.Time { return w.Now }
	room, _ := w.Room()
	customer, cFar := w.Join(room, codec.PCMU)
	agent, aFar := w.Join(room, codec.Opus)
	guest, gFar := w.Join(room, codec.PCMA)
	cFar.Say(440)
	aFar.Say(880)
	gFar.Say(1320)
	w.Run(500 * time.Millisecond)
	tap, err := s.Start(twoParties("s1"))
	if err != nil {
		t.Fatal(err)
	}
	var plan media.Plan
	everybody := media.Of(customer.ID(), agent.ID(), guest.ID())
	for _, id := range []media.EndpointID{customer.ID(), agent.ID(), guest.ID()} {
		plan.Rows[id].Hears = everybody &^ media.Of(id)
	}
	plan.Taps = [media.MaxTaps]media.TapRow{{Tap: tap, Of: customer.ID(), Channel: 0}, {Tap: tap, Of: agent.ID(), Channel: 1}}
	room.Set(plan)
	run := func(d time.Duration) {
		for range d / drainEvery {
			w.Run(drainEvery)
			s.pass(w.Now, true)
		}
	}
	run(2 * time.Second)
	cFar.Change(func(h *rtp.Header) { h.SSRC, h.Timestamp, h.Seq = 77, 5, 9 })
	run(3 * time.Second)
	s.Stop("s1")
	room.Set(media.Plan{})
	run(time.Second)
	s.done.close()
	if left := s.finishAll(); left != 0 {
		t.Fatalf("%d files left\n%s", left, s.log)
	}
	rec := s.index.part(t, "merged")
	both := s.sound(rec)
	if len(both[0]) != 5*rate {
		t.Errorf("%d samples, want 5 s", len(both[0]))
	}
	quiet, worst := 0, 0
	for at := rate / 5; at+400 <= len(both[0]); at += 400 {
		for side, hz := range []float64{440, 880} {
			piece := both[side][at : at+400]
			if level(piece, hz) < mediatest.Amplitude/2 {
				quiet++
			}
			for _, other := range []float64{440, 880, 1320} {
				if l := level(piece, other); other != hz && at/rate != 2 {
					worst = max(worst, int(l))
				}
			}
		}
	}
	if quiet > 4 { // around the new stream
		t.Errorf("%d pieces of 50 ms without the side's own tone", quiet)
	}
	if worst > mediatest.Amplitude/8 {
		t.Errorf("another's tone at %d, own at %d", worst, mediatest.Amplitude)
	}
	if len(rec.Gaps) != 0 {
		t.Errorf("gaps %s", gapsOf(rec.Gaps))
	}
}
