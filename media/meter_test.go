package media_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

func sum(h media.Histogram) (n uint64) {
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// Each second of a leg is measured: on a line that loses every tenth packet, and whose peer reports what it hears.
func TestMeasured(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	good, bad := media.NewMeter(), media.NewMeter()
	a, fa := w.Join(room, codec.PCMU)
	b, fb := w.Join(room, codec.PCMU)
	a.Measure(bad)
	b.Measure(good)
	room.Set(talk(a.ID(), b.ID()))
	var peer rtp.Reports // of a's far end
	peer.SSRC = 0xfa0
	peer.Expect(0, 8000, 8000, rtp.ModelOf(codec.PCMU))
	for n := range 600 { // 12 s
		if n%10 == 9 {
			fa.Change(func(h *rtp.Header) { h.Seq++ }) // lost on its way
		}
		w.Run(20 * time.Millisecond)
		now := w.Now.UnixNano()
		for _, h := range fa.Packets() {
			if h.Seq%50 != 0 { // 2 % are lost the other way
				peer.Received(h, 160, now)
			}
		}
		w.Forget()
		if packet := peer.Make(now, make([]byte, 0, rtp.MaxControl)); packet != nil {
			_ = fa.Socket().Send(packet, a.Local().Addr)
		}
	}
	m, clean := bad.Measured(), good.Measured()
	if n := sum(m.Received.MOS); n < 10 || n > 12 {
		t.Errorf("%d seconds were measured of 12: %+v", n, m.Received.MOS)
	}
	at := slices.Index(m.Received.Loss.Bounds, 0.3)
	if n := m.Received.Loss.Counts[at] + m.Received.Loss.Counts[at-1]; n < 9 {
		t.Errorf("a loss of a tenth: %+v", m.Received.Loss)
	}
	if mean := m.Received.MOS.Sum / float64(sum(m.Received.MOS)); mean < 3 || mean > 3.7 {
		t.Errorf("MOS %.2f with a tenth lost", mean)
	}
	if mean := clean.Received.MOS.Sum / float64(sum(clean.Received.MOS)); mean < 4.3 || clean.Received.Loss.Counts[0] != sum(clean.Received.Loss) {
		t.Errorf("a clean line: MOS %.2f, %+v", mean, clean.Received.Loss)
	}
	if n := sum(m.Sent.Loss); n < 2 || n > 5 || m.Sent.Loss.Sum == 0 || sum(m.Sent.MOS) != n || sum(m.Sent.Jitter) != n {
		t.Errorf("%d reports in 12 s: %+v", n, m.Sent)
	}
	if sum(clean.Sent.MOS) != 0 {
		t.Errorf("reports of a peer that sends none: %+v", clean.Sent)
	}
	a.Close()
	w.Run(20 * time.Millisecond)
	if c := a.Course(); c.Seconds < 10 || c.Loss() < 8 || c.Loss() > 12 || c.MOS() < 2 || c.LowestMOS > c.MOS() {
		t.Errorf("its life: %+v, loss %.1f %%, MOS %.2f", c, c.Loss(), c.MOS())
	}
	_ = fb
}

// A party that isn't heard is noticed within 3 s, counted as long as it lasts, and not counted any more when its leg ends.
func TestOneWay(t *testing.T) {
	w := mediatest.New(t, nil)
	room, events := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	w.Run(time.Second)
	fa.Mute(true)
	gone := w.Now
	w.Run(3200 * time.Millisecond)
	got := kinds(events(), media.OneWay)
	if len(got) != 1 || got[0].Endpoint != a.ID() || got[0].At.Sub(gone) > 3100*time.Millisecond {
		t.Fatalf("after 3 s: %+v", events())
	}
	if s := w.Engine.Stats(); s.OneWays != 1 || s.OneWaysNow != 1 {
		t.Errorf("%+v", s)
	}
	fa.Change(func(h *rtp.Header) { h.Seq += 160 }) // it never stopped: its packets were lost
	fa.Mute(false)
	w.Run(200 * time.Millisecond)
	if s := w.Engine.Stats(); len(kinds(events(), media.BothWays)) != 1 || s.OneWays != 1 || s.OneWaysNow != 0 {
		t.Errorf("back: %+v, %+v", events(), s)
	}
	fa.Mute(true)
	w.Run(4 * time.Second)
	a.Close()
	w.Run(time.Second)
	if s := w.Engine.Stats(); s.OneWays != 2 || s.OneWaysNow != 0 {
		t.Errorf("ended: %+v", s)
	}
}

// What isn't one-way audio: hold, a party that says nothing, pauses that the sender announces, early media.
func TestNotOneWay(t *testing.T) {
	for name, play := range map[string]func(w *mediatest.World, e *media.Endpoint, f *mediatest.Far){
		"held by us": func(w *mediatest.World, e *media.Endpoint, f *mediatest.Far) {
			n := f.Negotiated()
			n.Receive = false
			e.Negotiate(n)
			f.Mute(true)
			w.Run(time.Minute)
		},
		"held by the peer": func(w *mediatest.World, e *media.Endpoint, f *mediatest.Far) {
			n := f.Negotiated()
			n.Send, n.Remote = false, netip.MustParseAddrPort("0.0.0.0:9")
			e.Negotiate(n)
			f.Mute(true)
			w.Run(time.Minute)
		},
		"mute": func(w *mediatest.World, _ *media.Endpoint, f *mediatest.Far) {
			f.Say(0)
			w.Run(time.Minute)
		},
		"DTX": func(w *mediatest.World, e *media.Endpoint, f *mediatest.Far) {
			f.Mute(true)
			for n := range 150 { // a frame of 2 bytes every 400 ms, with the numbers of a sender that left the others out
				f.Change(func(h *rtp.Header) { h.Seq++ })
				var b [rtp.HeaderSize + 1]byte
				rtp.Write(b[:], rtp.Header{PT: 111, SSRC: 0xfa0, Seq: uint16(20000 + n), Timestamp: uint32(n * 19200)})
				b[rtp.HeaderSize] = 0x08
				_ = f.Socket().Send(b[:], e.Local().Addr)
				w.Run(400 * time.Millisecond)
			}
		},
		"before the answer": func(w *mediatest.World, e *media.Endpoint, f *mediatest.Far) {
			n := f.Negotiated()
			n.Early = true
			e.Negotiate(n)
			f.Mute(true)
			w.Run(25 * time.Second)
			f.Mute(false)
			e.Answered()
			w.Run(5 * time.Second)
		},
	} {
		w := mediatest.New(t, nil)
		room, events := w.Room()
		e, f := w.Join(room, codec.Opus)
		w.Run(time.Second)
		play(w, e, f)
		if got := kinds(events(), media.OneWay); len(got) != 0 || w.Engine.Stats().OneWays != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Before the answer a peer need not send; from then on its silence counts: as one-way audio after 3 s, as the end after the media timeout.
func TestSilenceCountsFromTheAnswer(t *testing.T) {
	w := mediatest.New(t, func(c *media.Config) { c.Timeout = 10 * time.Second })
	room, events := w.Room()
	e, err := room.AddRTP(netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	f := w.Far(codec.PCMU)
	n := f.Negotiated()
	n.Early = true
	e.Negotiate(n)
	w.Run(time.Minute)
	if len(events()) != 0 {
		t.Fatalf("while it rings: %+v", events())
	}
	e.Answered()
	up := w.Now
	w.Run(12 * time.Second)
	got := events()
	if len(got) != 2 || got[0].Kind != media.OneWay || got[1].Kind != media.Lost {
		t.Fatalf("%+v", got)
	}
	for i, want := range []time.Duration{3 * time.Second, 10 * time.Second} {
		if after := got[i].At.Sub(up); after < want || after > want+200*time.Millisecond {
			t.Errorf("event %d came after %v", i, after)
		}
	}
}

// A line that gets bad, and good again, is told at the turns, of the leg whose line it is.
func TestLineIsGraded(t *testing.T) {
	w := mediatest.New(t, nil)
	room, events := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	w.Join(room, codec.PCMU)
	w.Run(10 * time.Second)
	if got := kinds(events(), media.Graded); len(got) != 0 {
		t.Fatalf("a good line is told: %+v", got)
	}
	for range 100 { // 10 s
		fa.Change(func(h *rtp.Header) { h.Seq++ }) // a fifth is lost on its way
		w.Run(100 * time.Millisecond)
	}
	got := kinds(events(), media.Graded)
	if len(got) == 0 || got[len(got)-1].Line != rtp.LineBad || got[0].Endpoint != a.ID() {
		t.Fatalf("a fifth is lost: %+v", got)
	}
	w.Run(20 * time.Second)
	if got = kinds(events(), media.Graded); got[len(got)-1].Line != rtp.LineGood {
		t.Errorf("nothing is lost any more: %+v", got)
	}
}
