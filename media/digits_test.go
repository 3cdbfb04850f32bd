package media_test

import (
	"errors"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

func digits(events []media.Event) string {
	var s []byte
	for _, e := range kinds(events, media.Digit) {
		s = append(s, e.Digit)
	}
	return string(s)
}

// Digits are events while the plan asks for them, on either clock, and are no gap in the voice's sequence.
func TestDigits(t *testing.T) {
	for _, c := range []codec.Type{codec.PCMU, codec.Opus} {
		w := mediatest.New(t, nil)
		room, events := w.Room()
		e, f := w.Join(room, c)
		f.Say(440)
		var p media.Plan
		room.Set(p)
		f.Press("99")
		w.Run(600 * time.Millisecond)
		if got := digits(events()); got != "" {
			t.Errorf("%v: unwanted digits %q", c, got)
		}
		p.Rows[e.ID()].Digits = true
		room.Set(p)
		f.Press("0159*#AD")
		w.Run(2 * time.Second)
		if got := digits(events()); got != "0159*#AD" {
			t.Errorf("%v: digits %q", c, got)
		}
		for _, d := range kinds(events(), media.Digit) {
			if d.Length != 100*time.Millisecond || d.Endpoint != e.ID() {
				t.Errorf("%v: %+v", c, d)
			}
		}
		if got := dropped(w.Engine.Stats()); got != "" {
			t.Errorf("%v: %s", c, got)
		}
	}
}

// A peer without telephone-events says its digits in its voice: they are events all the same, once each, and only while the plan asks for them.
func TestDigitsInTheVoice(t *testing.T) {
	for _, c := range []codec.Type{codec.PCMU, codec.PCMA, codec.G722} {
		w := mediatest.New(t, nil)
		room, events := w.Room()
		e, f := w.Join(room, c)
		n := f.Negotiated()
		n.Format.EventRecv, n.Format.EventSend = 0, 0
		e.Negotiate(n)
		f.Say(440)
		w.Run(200 * time.Millisecond)
		f.Whistle('9')
		w.Run(400 * time.Millisecond)
		if got := digits(events()); got != "" {
			t.Errorf("%v: unwanted digits %q", c, got)
		}
		var p media.Plan
		p.Rows[e.ID()].Digits = true
		room.Set(p)
		w.Run(200 * time.Millisecond) // until the voice is decoded
		for _, d := range "1590*#" {
			f.Whistle(byte(d))
			w.Run(300 * time.Millisecond)
		}
		if got := digits(events()); got != "1590*#" {
			t.Errorf("%v: digits %q", c, got)
		}
	}
}

func TestSendDigits(t *testing.T) {
	for _, c := range []codec.Type{codec.PCMU, codec.Opus} {
		w := mediatest.New(t, nil)
		room, _ := w.Room()
		e, f := w.Join(room, c)
		w.Run(100 * time.Millisecond)
		if err := e.SendDigits("0123456789*#abcD"); err != nil {
			t.Fatal(err)
		}
		w.Run(4 * time.Second)
		if got := f.Digits(); got != "0123456789*#ABCD" {
			t.Errorf("%v: the peer got %q", c, got)
		}
	}
}

// Digits as tones, for peers without telephone-events: in any codec, also packed in 60 ms.
func TestPlayDigits(t *testing.T) {
	for _, c := range []codec.Type{codec.PCMU, codec.PCMA, codec.G722} {
		w := mediatest.New(t, nil)
		room, _ := w.Room()
		e, f := w.Join(room, c)
		n := f.Negotiated()
		n.Format.EventSend, n.Format.EventRecv, n.Format.Ptime = 0, 0, 60
		e.Negotiate(n)
		w.Run(100 * time.Millisecond)
		f.Forget()
		if err := e.PlayDigits("159*0#D"); err != nil {
			t.Fatal(err)
		}
		w.Run(2 * time.Second)
		heard, got := rtp.NewDetector(), ""
		const rate = codec.Rate
		for pcm := f.Heard(); len(pcm) >= rate/50; pcm = pcm[rate/50:] {
			if d, pressed, ok := heard.Feed(pcm[:rate/50], rate); ok && !pressed {
				got += string(d)
			}
		}
		if got != "159*0#D" || f.Digits() != "" {
			t.Errorf("%v: the peer heard %q and got %q", c, got, f.Digits())
		}
		if err := e.PlayDigits("x"); !errors.Is(err, media.ErrDigit) {
			t.Errorf("x: %v", err)
		}
	}
}

func TestSendDigitsFails(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	e, f := w.Join(room, codec.PCMU)
	if err := e.SendDigits("12x"); !errors.Is(err, media.ErrDigit) {
		t.Errorf("x: %v", err)
	}
	without := f.Negotiated()
	without.Format.EventSend = 0
	e.Negotiate(without)
	if err := e.SendDigits("1"); !errors.Is(err, media.ErrNoEvents) {
		t.Errorf("no telephone-event: %v", err)
	}
	e.Close()
	if err := e.SendDigits("1"); !errors.Is(err, media.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// A key that is held when the stream becomes another one counts, once: its end doesn't come any more.
func TestDigitOfAStreamThatEnds(t *testing.T) {
	w := mediatest.New(t, nil)
	room, events := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	var p media.Plan
	p.Rows[a.ID()].Digits = true
	room.Set(p)
	w.Run(100 * time.Millisecond)
	fa.Press("4")
	w.Run(60 * time.Millisecond)
	fa.Change(func(h *rtp.Header) { h.SSRC++; h.Seq += 20000; h.Timestamp += 1 << 30 })
	fa.Hush()
	w.Run(20 * time.Millisecond)
	if got := digits(events()); got != "4" {
		t.Errorf("heard %q at the change", got)
	}
	w.Run(time.Second)
	if got := digits(events()); got != "4" {
		t.Errorf("heard %q", got)
	}
}
