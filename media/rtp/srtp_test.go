package rtp

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"testing"
)

func suites() []Suite { return []Suite{AES80, AES32, GCM} }

func key(s Suite, seed byte) MasterKey {
	k := MasterKey{Suite: s}
	for i := range k.Key {
		k.Key[i] = seed + byte(i)
	}
	for i := range k.Salt {
		k.Salt[i] = seed ^ byte(i*7)
	}
	return k
}

// pair is two Protectors that face each other.
func pair(t *testing.T, s Suite) (a, b Protector) {
	t.Helper()
	a, err := NewSDES(key(s, 1), key(s, 2))
	if err != nil {
		t.Fatal(err)
	}
	b, err = NewSDES(key(s, 2), key(s, 1))
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

// plain is a packet with room behind it.
func plain(seq uint16, ssrc uint32, text string) []byte {
	b := make([]byte, HeaderSize, 200)
	Write(b, Header{PT: 0, Seq: seq, Timestamp: uint32(seq) * 160, SSRC: ssrc})
	return append(b, text...)
}

func seal(t *testing.T, p Protector, packet []byte) []byte {
	t.Helper()
	sealed, err := p.Protect(packet, cap(packet)-len(packet))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestProtectBothWays(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.String(), func(t *testing.T) {
			a, b := pair(t, s)
			for i := range 200_000 { // three times around the sequence numbers: the rollover counter has to follow
				want := plain(uint16(65_000+i), 7, "hello")
				sealed := seal(t, a, copied(want))
				if len(sealed) != len(want)+s.tag(false) || bytes.Contains(sealed, []byte("hello")) {
					t.Fatalf("%x", sealed)
				}
				got, err := b.Unprotect(sealed)
				if err != nil || !bytes.Equal(got, want) {
					t.Fatalf("packet %d: %x %v", i, got, err)
				}
			}
		})
	}
}

func TestProtectIsInPlace(t *testing.T) {
	for _, s := range suites() {
		a, b := pair(t, s)
		packet := plain(1, 7, "hello")
		sealed := seal(t, a, packet)
		if &sealed[0] != &packet[0] {
			t.Errorf("%v: sealed elsewhere", s)
		}
		opened, err := b.Unprotect(sealed)
		if err != nil || &opened[0] != &packet[0] || string(opened[HeaderSize:]) != "hello" {
			t.Errorf("%v: %v %q", s, err, opened)
		}
	}
}

func TestNoRoom(t *testing.T) {
	for _, s := range suites() {
		a, b := pair(t, s)
		packet := plain(1, 7, "hello")
		if _, err := a.Protect(packet, s.tag(false)-1); !errors.Is(err, ErrRoom) {
			t.Errorf("%v: %v", s, err)
		}
		if _, err := a.Protect(slices.Clip(packet), 100); !errors.Is(err, ErrRoom) {
			t.Errorf("%v: %v", s, err)
		}
		if _, err := a.Protect(packet[:5], 100); !errors.Is(err, ErrMalformed) {
			t.Errorf("%v: %v", s, err)
		}
		control := report(7)
		if _, err := a.ProtectRTCP(control, s.tag(true)-1); !errors.Is(err, ErrRoom) {
			t.Errorf("%v: %v", s, err)
		}
		if got, err := a.Protect(packet, s.tag(false)); err != nil {
			t.Errorf("%v: %v", s, err)
		} else if _, err := b.Unprotect(got); err != nil {
			t.Errorf("%v: %v", s, err)
		}
		if s.tag(true) > MaxOverhead {
			t.Errorf("%v adds %d", s, s.tag(true))
		}
	}
}

// copied is a copy with room behind it.
func copied(b []byte) []byte { return append(make([]byte, 0, 200), b...) }

// report is an empty receiver report with room behind it.
func report(ssrc uint32) []byte {
	b := make([]byte, 8, 200)
	copy(b, []byte{0x80, 201, 0, 1})
	binary.BigEndian.PutUint32(b[4:], ssrc)
	return append(b, "abcdefgh"...)
}

func TestProtectRTCP(t *testing.T) {
	for _, s := range suites() {
		a, b := pair(t, s)
		for i := range 300 {
			want := report(uint32(i % 3))
			sealed, err := a.ProtectRTCP(copied(want), 100)
			if err != nil || len(sealed) != len(want)+s.tag(true) || bytes.Contains(sealed, []byte("abcdefgh")) {
				t.Fatalf("%v: %v %x", s, err, sealed)
			}
			again := bytes.Clone(sealed)
			got, err := b.UnprotectRTCP(sealed)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%v: %v %x", s, err, got)
			}
			if _, err := b.UnprotectRTCP(again); !errors.Is(err, ErrForged) {
				t.Fatalf("%v: a replay: %v", s, err)
			}
		}
	}
}

func TestForgedPackets(t *testing.T) {
	for _, s := range suites() {
		a, b := pair(t, s)
		sealed := seal(t, a, plain(100, 7, "hello"))
		for i := range sealed {
			bad := bytes.Clone(sealed)
			bad[i] ^= 1
			if _, err := b.Unprotect(bad); err == nil {
				t.Errorf("%v: byte %d was changed and taken", s, i)
			}
		}
		for n := range sealed {
			if _, err := b.Unprotect(bytes.Clone(sealed[:n])); !errors.Is(err, ErrForged) && !errors.Is(err, ErrMalformed) {
				t.Errorf("%v: cut to %d: %v", s, n, err)
			}
		}
		for name, packet := range map[string][]byte{"plain": plain(101, 7, "a plain packet that is long enough"), "RTCP": report(7)} {
			if _, err := b.Unprotect(packet); err == nil {
				t.Errorf("%v: %s was taken", s, name)
			}
		}
		if _, err := b.Unprotect(bytes.Clone(sealed)); err != nil {
			t.Errorf("%v: the true one is refused after forged ones: %v", s, err)
		}
		if _, err := b.Unprotect(bytes.Clone(sealed)); !errors.Is(err, ErrForged) {
			t.Errorf("%v: a replay: %v", s, err)
		}
	}
}

// A peer that changes its SSRC starts a rollover counter of its own; the other stream's goes on (RFC 3711, 3.2.3).
func TestRolloverPerStream(t *testing.T) {
	for _, s := range suites() {
		a, b := pair(t, s)
		pass := func(seq uint16, ssrc uint32) {
			t.Helper()
			if _, err := b.Unprotect(seal(t, a, plain(seq, ssrc, "hello"))); err != nil {
				t.Fatalf("%v: %d of %d: %v", s, seq, ssrc, err)
			}
		}
		pass(65534, 1)
		pass(65535, 1)
		pass(0, 1)
		pass(65535, 2)
		pass(1, 1)
		pass(0, 2)
		late := seal(t, a, plain(5, 1, "late"))
		pass(6, 1)
		if _, err := b.Unprotect(late); err != nil {
			t.Fatalf("%v: out of order: %v", s, err)
		}
	}
}

func TestStreamsAreBounded(t *testing.T) {
	a, b := pair(t, GCM)
	for ssrc := range uint32(maxStreams) {
		if _, err := b.Unprotect(seal(t, a, plain(1, ssrc, "hello"))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Unprotect(seal(t, a, plain(1, maxStreams, "hello"))); !errors.Is(err, ErrForged) {
		t.Fatal(err)
	}
	if _, err := b.Unprotect(seal(t, a, plain(2, 3, "hello"))); err != nil {
		t.Fatalf("a known one: %v", err)
	}
}

// A key of each direction may be of another suite, as some answers have it.
func TestUnequalSuites(t *testing.T) {
	a, err := NewSDES(key(GCM, 1), key(AES32, 2))
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewSDES(key(AES32, 2), key(GCM, 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range [][2]Protector{{a, b}, {b, a}} {
		if _, err := way[1].Unprotect(seal(t, way[0], plain(1, 7, "hello"))); err != nil {
			t.Error(err)
		}
	}
}

func TestUnknownSuite(t *testing.T) {
	if _, err := NewSDES(MasterKey{}, key(GCM, 1)); !errors.Is(err, ErrSuite) {
		t.Error(err)
	}
	if _, err := NewSDES(key(GCM, 1), MasterKey{Suite: 77}); !errors.Is(err, ErrSuite) {
		t.Error(err)
	}
	for _, s := range suites() {
		if ParseSuite(s.String()) != s {
			t.Error(s)
		}
	}
	if ParseSuite("") != NoSuite || ParseSuite("F8_128_HMAC_SHA1_80") != NoSuite {
		t.Error("found")
	}
}

func TestKeysDontPrint(t *testing.T) {
	k := key(AES80, 'A')
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{k, &k} {
			if got := fmt.Sprintf(verb, v); got != "AES_CM_128_HMAC_SHA1_80 key" {
				t.Errorf("%s: %s", verb, got)
			}
		}
	}
}

// The packet of libsrtp's own validation (srtp_driver.c, srtp_validate), so that we don't agree with ourselves only.
func TestReferencePacket(t *testing.T) {
	master, _ := hex.DecodeString("e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6")
	k := MasterKey{Suite: AES80, Key: [16]byte(master), Salt: [14]byte(master[16:])}
	p, err := NewSDES(k, k)
	if err != nil {
		t.Fatal(err)
	}
	clear, _ := hex.DecodeString("800f1234decafbadcafebabe" + "abababababababababababababababab")
	want, _ := hex.DecodeString("800f1234decafbadcafebabe" + "4e55dc4ce79978d88ca4d215949d2402" + "b78d6acc99ea179b8dbb")
	got, err := p.Protect(append(make([]byte, 0, 64), clear...), 36)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%v\n%x\n%x", err, got, want)
	}
}

func TestProtectAllocatesNothing(t *testing.T) {
	if raced {
		t.Skip("the numbers hold without the race detector only; `make check` runs it so")
	}
	for _, s := range suites() {
		a, b := pair(t, s)
		packet, report := plain(0, 7, "a frame of voice"), report(7)
		n := len(packet)
		extended := append([]byte{0x91, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0xbe, 0xde, 0, 1, 0x10, 5, 0, 0}, "voice"...) // CSRC and extension
		buf := make([]byte, 200)
		seq := uint16(0)
		run := func() {
			seq++
			binary.BigEndian.PutUint16(packet[2:], seq)
			sealed, err := a.Protect(packet[:n], 100)
			if err != nil {
				t.Fatal(err)
			}
			if s != GCM { // refusing costs pion's GCM an error that it formats
				forged := buf[:copy(buf, sealed)]
				forged[20] ^= 1
				if _, err := b.Unprotect(forged); err == nil {
					t.Fatal("taken")
				}
			}
			if _, err := b.Unprotect(sealed); err != nil {
				t.Fatal(err)
			}
			binary.BigEndian.PutUint16(extended[2:], seq+3000)
			sealed, err = a.Protect(buf[:copy(buf, extended)], 100)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.Unprotect(sealed); err != nil {
				t.Fatal(err)
			}
		}
		control := func() {
			sealed, err := a.ProtectRTCP(report[:16], 100)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.UnprotectRTCP(sealed); err != nil {
				t.Fatal(err)
			}
		}
		run()
		if got := testing.AllocsPerRun(1000, run); got > 0 {
			t.Errorf("%v: %v allocations", s, got)
		}
		control()
		limit := 0.0
		if s == GCM {
			limit = 2 // 12 bytes each in pion's SRTCP, every few seconds
		}
		if got := testing.AllocsPerRun(1000, control); got > limit {
			t.Errorf("%v: %v allocations by RTCP", s, got)
		}
	}
}

func FuzzUnprotect(f *testing.F) {
	f.Add([]byte{0x80, 0})
	f.Add(plain(1, 7, "hello and some more bytes for the tag"))
	f.Add(report(7))
	f.Add([]byte{0x9f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0xbe, 0xde, 0xff, 0xff, 0x10, 5, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, s := range suites() {
			_, p := pair(t, s)
			if _, err := p.Unprotect(bytes.Clone(b)); err == nil {
				t.Fatal("authentic?")
			}
			if _, err := p.UnprotectRTCP(bytes.Clone(b)); err == nil {
				t.Fatal("authentic?")
			}
			if out, err := p.Protect(append(make([]byte, 0, len(b)+MaxOverhead), b...), MaxOverhead); err == nil && len(out) != len(b)+s.tag(false) {
				t.Fatal(len(out))
			}
		}
	})
}

// A key that stays keeps its rollover counter when the other one changes; one that changes begins anew.
func TestRekey(t *testing.T) {
	for _, s := range suites() {
		a, b := pair(t, s)
		for i := range 70_000 {
			if _, err := b.Unprotect(seal(t, a, plain(uint16(i), 7, "hello"))); err != nil {
				t.Fatal(err)
			}
		}
		if same, err := Rekey(a, key(s, 1), key(s, 2)); err != nil || same != a {
			t.Errorf("%v: nothing changed: %v", s, err)
		}
		a2, err := Rekey(a, key(s, 1), key(s, 9))
		if err != nil {
			t.Fatal(err)
		}
		b2, err := Rekey(b, key(s, 9), key(s, 1))
		if err != nil {
			t.Fatal(err)
		}
		seq := uint16(70_000 & 0xffff)
		if _, err := b2.Unprotect(seal(t, a2, plain(seq, 7, "hello"))); err != nil {
			t.Errorf("%v: the key that stayed: %v", s, err)
		}
		if _, err := a2.Unprotect(seal(t, b2, plain(5, 8, "hello"))); err != nil {
			t.Errorf("%v: the new key: %v", s, err)
		}
		if _, err := a2.Unprotect(seal(t, b, plain(6, 8, "hello"))); !errors.Is(err, ErrForged) {
			t.Errorf("%v: the old key still opens: %v", s, err)
		}
		if _, err := Rekey(a, key(s, 1), MasterKey{}); !errors.Is(err, ErrSuite) {
			t.Error(err)
		}
	}
}
