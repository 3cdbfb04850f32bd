package rtp

import (
	"bytes"
	"errors"
	"testing"

	pion "github.com/pion/rtp"
)

func TestParse(t *testing.T) {
	plain := []byte{0x80, 0x80 | 96, 0x12, 0x34, 1, 2, 3, 4, 5, 6, 7, 8, 'a', 'b', 'c'}
	change := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(plain)) }
	for _, c := range []struct {
		name string
		in   []byte
		want string
		bad  bool
	}{
		{"plain", plain, "abc", false},
		{"no payload", plain[:12], "", false},
		{"empty", nil, "", true},
		{"short", plain[:11], "", true},
		{"version 1", change(func(b []byte) []byte { b[0] = 0x40; return b }), "", true},
		{"CSRC", change(func(b []byte) []byte { b[0] |= 1; return append(b[:12], 9, 9, 9, 9, 'x') }), "x", false},
		{"CSRC cut off", change(func(b []byte) []byte { b[0] |= 2; return b }), "", true},
		{"extension", change(func(b []byte) []byte { b[0] |= 0x10; return append(b[:12], 0xbe, 0xde, 0, 1, 1, 1, 1, 1, 'y') }), "y", false},
		{"empty extension", change(func(b []byte) []byte { b[0] |= 0x10; return append(b[:12], 0xbe, 0xde, 0, 0, 'y') }), "y", false},
		{"extension cut off", change(func(b []byte) []byte { b[0] |= 0x10; return append(b[:12], 0xbe, 0xde, 0, 2, 1, 1, 1, 1) }), "", true},
		{"extension without length", change(func(b []byte) []byte { b[0] |= 0x10; return append(b[:12], 0xbe) }), "", true},
		{"padding", change(func(b []byte) []byte { b[0] |= 0x20; return append(b, 0, 2) }), "abc", false},
		{"padding of zero", change(func(b []byte) []byte { b[0] |= 0x20; return append(b, 0) }), "", true},
		{"padding too long", change(func(b []byte) []byte { b[0] |= 0x20; return append(b, 200) }), "", true},
		{"only padding", change(func(b []byte) []byte { b[0] |= 0x20; return append(b[:12], 1) }), "", false},
	} {
		h, payload, err := Parse(c.in)
		if c.bad {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("%s: %v, %q, %v", c.name, h, payload, err)
			}
			continue
		}
		want := Header{Marker: true, PT: 96, Seq: 0x1234, Timestamp: 0x01020304, SSRC: 0x05060708}
		if err != nil || h != want || string(payload) != c.want {
			t.Errorf("%s: %v, %q, %v", c.name, h, payload, err)
		}
	}
}

func TestWrite(t *testing.T) {
	var b [HeaderSize]byte
	want := Header{Marker: true, PT: 111, Seq: 65535, Timestamp: 1 << 31, SSRC: 0xdeadbeef}
	Write(b[:], want)
	if got, _, err := Parse(b[:]); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	if a := testing.AllocsPerRun(100, func() { Write(b[:], want); _, _, _ = Parse(b[:]) }); a != 0 {
		t.Errorf("%v allocations", a)
	}
}

func TestIsRTCP(t *testing.T) {
	if !IsRTCP([]byte{0x80, 200}) || IsRTCP([]byte{0x80, 0x80 | 111}) || IsRTCP([]byte{0x80}) || IsRTCP([]byte{0, 200}) {
		t.Error("RTP and RTCP are mixed up")
	}
}

// What pion reads, we read the same way.
func FuzzParse(f *testing.F) {
	f.Add([]byte{0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xff})
	f.Add([]byte{0xb1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0xbe, 0xde, 0, 1, 0, 0, 0, 0, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, payload, err := Parse(b)
		if err != nil {
			return
		}
		if len(payload) > len(b)-HeaderSize {
			t.Fatalf("payload of %d in %d bytes", len(payload), len(b))
		}
		var p pion.Packet
		if p.Unmarshal(bytes.Clone(b)) != nil {
			return // pion also looks into extensions
		}
		if p.SequenceNumber != h.Seq || p.Timestamp != h.Timestamp || p.SSRC != h.SSRC || p.PayloadType != h.PT || p.Marker != h.Marker || !bytes.Equal(p.Payload, payload) {
			t.Errorf("%+v %x, pion says %+v %x", h, payload, p.Header, p.Payload)
		}
	})
}
