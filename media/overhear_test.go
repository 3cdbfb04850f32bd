package media_test

import (
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

// voiceOnly makes a call of one party without telephone-events whose digits are wanted, and whom nobody hears.
func voiceOnly(t *testing.T) (*mediatest.World, *media.Room, *mediatest.Far, func() []media.Event) {
	t.Helper()
	w := mediatest.New(t, nil)
	room, events := w.Room()
	e, f := w.Join(room, codec.PCMU)
	n := f.Negotiated()
	n.Format.EventRecv, n.Format.EventSend = 0, 0
	e.Negotiate(n)
	var p media.Plan
	p.Rows[e.ID()].Digits = true
	room.Set(p)
	f.Say(440)
	w.Run(200 * time.Millisecond)
	return w, room, f, events
}

// A digit ends as well when its peer falls silent with it (discontinuous transmission), and is as long as it was.
func TestDigitBeforeAPause(t *testing.T) {
	w, _, f, events := voiceOnly(t)
	f.Whistle('7')
	w.Run(100 * time.Millisecond)
	f.Mute(true)
	w.Run(400 * time.Millisecond)
	if got := digits(events()); got != "7" {
		t.Fatalf("heard %q", got)
	}
	if d := kinds(events(), media.Digit)[0].Length; d < 60*time.Millisecond || d > 300*time.Millisecond {
		t.Errorf("it took %v", d)
	}
}

// Packets that come once more, late, are no further digit; those of a sender that has begun anew are.
func TestDigitsOnceMore(t *testing.T) {
	w, _, f, events := voiceOnly(t)
	f.Whistle('7')
	w.Run(200 * time.Millisecond)
	f.Change(func(h *rtp.Header) { h.Seq -= 11 })
	f.Whistle('7')
	w.Run(200 * time.Millisecond)
	if got := digits(events()); got != "7" {
		t.Errorf("late packets: %q", got)
	}
	f.Change(func(h *rtp.Header) { h.Seq -= 11; h.SSRC++ })
	f.Whistle('8')
	w.Run(200 * time.Millisecond)
	if got := digits(events()); got != "78" {
		t.Errorf("a new stream: %q", got)
	}
}

// A voice that is listened to for digits goes on being, without one that is lost or told twice, when somebody hears it as well and when nobody does again.
func TestDigitsOfAVoiceThatIsHeardNowAndThen(t *testing.T) {
	w, room, f, events := voiceOnly(t)
	b, _ := w.Join(room, codec.PCMA)
	var p media.Plan
	p.Rows[0].Digits = true
	alone := p
	p.Rows[b.ID()].Hears = media.Of(0)
	for i, d := range "12345678" {
		if room.Set(p); i%2 == 1 {
			room.Set(alone)
		}
		f.Whistle(byte(d))
		w.Run(300 * time.Millisecond)
	}
	if got := digits(events()); got != "12345678" {
		t.Errorf("heard %q", got)
	}
}
