package media_test

import (
	"fmt"
	"testing"
	"time"

	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

// all are the payload types under which a peer may send, beside the codec that was chosen.
func all(chosen codec.Type) (f [3]codec.Further) {
	n := 0
	for _, one := range []codec.Further{{Codec: codec.PCMU}, {Codec: codec.PCMA, RecvPT: 8}, {Codec: codec.G722, RecvPT: 9}, {Codec: codec.Opus, RecvPT: 111}} {
		if one.Codec != chosen && n < len(f) {
			f[n] = one
			n++
		}
	}
	return f
}

// A peer may change at any time to another codec of the answer, and back (RFC 3264, 6.1): it is heard after a moment, decoded or relayed.
func TestPeerChangesItsCodec(t *testing.T) {
	for _, listener := range []codec.Type{codec.PCMA, codec.Opus} {
		w := mediatest.New(t, nil)
		room, _ := w.Room()
		a, fa := w.Join(room, codec.PCMU)
		n := fa.Negotiated()
		n.Format.Also = all(codec.PCMU)
		a.Negotiate(n)
		b, fb := w.Join(room, listener)
		room.Set(talk(a.ID(), b.ID()))
		others := map[codec.Type]*mediatest.Far{codec.PCMU: fa}
		for i, c := range []codec.Type{codec.PCMU, codec.PCMA, codec.G722, codec.Opus, codec.PCMU} {
			if others[c] == nil {
				others[c] = w.Far(c)
			}
			for other, f := range others {
				f.Mute(other != c)
				f.Call(a.Local().Addr)
				f.Say(tones[i%4])
			}
			w.Run(1200 * time.Millisecond) // the sources differ here: after 300 ms of silence the latch follows
			w.Forget()
			before := w.Engine.Stats()
			w.Run(time.Second)
			after := w.Engine.Stats()
			hears(t, fmt.Sprintf("%v of a peer that sends %v", listener, c), fb, tones, tones[i%4])
			for piece, l := range mediatest.Levels(fb.Heard(), tones[i%4]) {
				if l < mediatest.Amplitude/2 {
					t.Errorf("%v to %v: level %.0f in piece %d", c, listener, l, piece)
				}
			}
			if after.Concealed != before.Concealed || after.Dropped["skipped"] != before.Dropped["skipped"] {
				t.Errorf("%v to %v: %d pieces were made up, %d packets left out", c, listener, after.Concealed-before.Concealed,
					after.Dropped["skipped"]-before.Dropped["skipped"])
			}
			if relayed := after.Relayed - before.Relayed; (relayed > 40) != (c == listener) {
				t.Errorf("%v to %v: %d packets relayed", c, listener, relayed)
			}
		}
		w.Run(time.Second)
		if q := a.Quality(); q.MOS < 4 || q.Jitter > 5*time.Millisecond {
			t.Errorf("the line after all: %+v", q)
		}
		// What was agreed is still what we send.
		for _, h := range fa.Packets() {
			if h.PT != 0 {
				t.Fatalf("we send payload type %d", h.PT)
			}
		}
	}
}

// A refreshed agreement doesn't interrupt a peer that sends the other codec; one without it does.
func TestOtherCodecStaysOverARefresh(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMA)
	n := fa.Negotiated()
	n.Format.Codec, n.Format.SendPT, n.Format.RecvPT = codec.PCMU, 0, 0
	n.Format.Also = all(codec.PCMU)
	a.Negotiate(n)
	b, fb := w.Join(room, codec.PCMU)
	fa.Say(440)
	room.Set(talk(a.ID(), b.ID()))
	w.Run(time.Second)
	drops := w.Engine.Stats().Dropped["type"]
	w.Forget()
	a.Negotiate(n)
	w.Run(time.Second)
	hears(t, "after a refresh", fb, tones, 440)
	if n := w.Engine.Stats().Dropped["type"] - drops; n != 0 {
		t.Errorf("%d packets were refused after a refresh", n)
	}
	n.Format.Also = [3]codec.Further{}
	a.Negotiate(n)
	w.Run(time.Second)
	if n := w.Engine.Stats().Dropped["type"] - drops; n < 45 {
		t.Errorf("only %d packets of a codec that isn't agreed any more were refused", n)
	}
}

// A peer that changes its codec with every packet costs a decoder a second, not one per packet.
func TestPeerChangesItsCodecAllTheTime(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	n := fa.Negotiated()
	n.Format.Also = all(codec.PCMU)
	a.Negotiate(n)
	w.Run(100 * time.Millisecond)
	for i := range 250 {
		fa.Change(func(h *rtp.Header) { h.PT = uint8(i % 2 * 8) })
		w.Run(20 * time.Millisecond)
	}
	if n := w.Engine.Stats().Dropped["type"]; n < 110 || n > 140 {
		t.Errorf("%d of 250 packets were refused", n)
	}
}

// Payload types differ in each direction, for voice and for digits (RFC 3264, 5.1).
func TestAsymmetricPayloadTypes(t *testing.T) {
	w := mediatest.New(t, nil)
	room, events := w.Room()
	a, fa := w.Join(room, codec.Opus)
	n := fa.Negotiated() // the far end sends 111 and 101
	n.Format.SendPT, n.Format.EventSend = 107, 96
	a.Negotiate(n)
	p := talk(a.ID())
	p.Rows[a.ID()].Digits = true
	room.Set(p)
	fa.Press("5")
	if err := a.SendDigits("7"); err != nil {
		t.Fatal(err)
	}
	w.Run(time.Second)
	if got := digits(events()); got != "5" {
		t.Errorf("heard %q", got)
	}
	seen := map[uint8]int{}
	for _, h := range fa.Packets() {
		seen[h.PT]++
	}
	if len(seen) != 2 || seen[107] < 30 || seen[96] < 5 {
		t.Errorf("we sent payload types %v", seen)
	}
	if s := dropped(w.Engine.Stats()); s != "" {
		t.Errorf("dropped: %s", s)
	}
}
