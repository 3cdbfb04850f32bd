package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func golden(tb testing.TB, name string) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func samples(b []byte) []int16 {
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return pcm
}

// encodeAll encodes in pieces of n samples.
func encodeAll(tb testing.TB, e Encoder, pcm []int16, n int) []byte {
	tb.Helper()
	var out []byte
	buf := make([]byte, 4000)
	for part := range slices.Chunk(pcm, n) {
		size, err := e.Encode(part, buf)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, buf[:size]...)
	}
	return out
}

func decodeAll(tb testing.TB, d Decoder, payload []byte, n int) []int16 {
	tb.Helper()
	var out []int16
	buf := make([]int16, 6000)
	for part := range slices.Chunk(payload, n) {
		size, err := d.Decode(part, buf)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, buf[:size]...)
	}
	return out
}

// Another implementation makes the same bits of the same sound, and the same sound of the same bits, whatever the length of the pieces.
func TestG722Golden(t *testing.T) {
	for _, c := range []struct{ pcm, code string }{{"speech16k.s16", "speech.g722"}, {"loud16k.s16", "loud.g722"}} {
		want := golden(t, c.code)
		for _, n := range []int{160, 320, 322, 960, 4000} {
			got := encodeAll(t, newG722Encoder(), samples(golden(t, c.pcm)), n)
			if len(got) > len(want) || !bytes.Equal(got, want[:len(got)]) || len(want)-len(got) > 16 {
				t.Errorf("%s in pieces of %d: %d bytes, want %d others", c.pcm, n, len(got), len(want))
			}
		}
	}
	for _, c := range []struct{ code, pcm string }{{"speech.g722", "speech_decoded16k.s16"}, {"random.g722", "random_decoded16k.s16"}} {
		want := samples(golden(t, c.pcm))
		for _, n := range []int{80, 160, 161, 480, 1 << 20} {
			if n > 3000 {
				n = 3000
			}
			got := decodeAll(t, newG722Decoder(), golden(t, c.code), n)
			if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
				t.Errorf("%s in pieces of %d: %d samples, want %d others", c.code, n, len(got), len(want))
			}
		}
	}
}

// The clock of RTP says 8000 Hz: 20 ms are 160 units, 160 bytes and 320 samples.
func TestG722Clock(t *testing.T) {
	var out [160]byte
	n, err := newG722Encoder().Encode(make([]int16, 320), out[:])
	if err != nil || n != 160 || Units(G722, out[:n]) != 160 || Samples(G722, out[:n], 16000) != 320 {
		t.Errorf("20 ms: %d bytes, %d units, %d samples, %v", n, Units(G722, out[:n]), Samples(G722, out[:n], 16000), err)
	}
	if pt, ok := G722.StaticPT(); pt != 9 || !ok {
		t.Errorf("payload type %d", pt)
	}
}

func TestG722Silence(t *testing.T) {
	e, d := newG722Encoder(), newG722Decoder()
	code := encodeAll(t, e, make([]int16, 16000), 320)
	if p := peak(decodeAll(t, d, code, 160)); p > 20 {
		t.Errorf("silence comes back with a peak of %d", p)
	}
	loud := samples(golden(t, "loud16k.s16"))
	heard := decodeAll(t, d, encodeAll(t, e, append(loud, make([]int16, 8000)...), 320), 160)
	if p := peak(heard[len(heard)-4000:]); p > 20 {
		t.Errorf("after noise of full scale, silence has a peak of %d", p)
	}
}

func TestG722Sizes(t *testing.T) {
	e, d := newG722Encoder(), newG722Decoder()
	var out [160]byte
	var pcm [320]int16
	if _, err := e.Encode(pcm[:319], out[:]); !errors.Is(err, ErrUnsupported) {
		t.Errorf("an odd number of samples: %v", err)
	}
	if _, err := e.Encode(pcm[:], out[:159]); !errors.Is(err, ErrUnsupported) {
		t.Errorf("no room: %v", err)
	}
	if _, err := d.Decode(out[:], pcm[:319]); !errors.Is(err, ErrMalformed) {
		t.Errorf("no room: %v", err)
	}
	if n, err := d.Decode(nil, pcm[:]); n != 0 || err != nil {
		t.Errorf("nothing: %d, %v", n, err)
	}
}

func FuzzG722(f *testing.F) {
	f.Add([]byte{0xfa, 0, 0xff, 0x3f})
	f.Add(golden(f, "random.g722")[:480])
	f.Add(golden(f, "speech.g722")[:480])
	f.Fuzz(func(t *testing.T, b []byte) {
		d, e := newG722Decoder(), newG722Encoder()
		pcm := make([]int16, 2*len(b))
		if n, err := d.Decode(b, pcm); err != nil || n != len(pcm) {
			t.Fatalf("%d samples of %d bytes, %v", n, len(b), err)
		}
		if n, err := e.Encode(pcm, b); err != nil || n != len(b) {
			t.Fatalf("%d bytes of %d samples, %v", n, len(pcm), err)
		}
	})
}

func BenchmarkG722Encode(b *testing.B) {
	e, pcm, out := newG722Encoder(), samples(golden(b, "speech16k.s16"))[4000:4320], make([]byte, 160)
	for b.Loop() {
		_, _ = e.Encode(pcm, out)
	}
}

func BenchmarkG722Decode(b *testing.B) {
	d, code, pcm := newG722Decoder(), golden(b, "speech.g722")[2000:2160], make([]int16, 320)
	for b.Loop() {
		_, _ = d.Decode(code, pcm)
	}
}
