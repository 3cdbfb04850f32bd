package codec

import (
	"errors"
	"math"
	"testing"
)

// tone is a sine at hz, 20 ms per frame.
func tone(hz float64, frame int) []int16 {
	pcm := make([]int16, Frame)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(frame*Frame+i)/Rate))
	}
	return pcm
}

// power is the share of pcm's energy that is at hz.
func power(pcm []int16, hz float64) float64 {
	var re, im, all float64
	for i, s := range pcm {
		a := 2 * math.Pi * hz * float64(i) / Rate
		re += float64(s) * math.Cos(a)
		im += float64(s) * math.Sin(a)
		all += float64(s) * float64(s)
	}
	if all == 0 {
		return 0
	}
	return 2 * (re*re + im*im) / (all * float64(len(pcm)))
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		name string
		want Type
		rate int
		pt   uint8
		ok   bool
	}{
		{"PCMU", PCMU, 8000, 0, true},
		{"pcma", PCMA, 8000, 8, true},
		{"G722", G722, 8000, 9, true},
		{"OPUS", Opus, 48000, 0, false},
		{"telephone-event", None, 0, 0, false},
		{"", None, 0, 0, false},
	} {
		got := Parse(c.name)
		pt, ok := got.StaticPT()
		if got != c.want || got.ClockRate() != c.rate || pt != c.pt || ok != c.ok {
			t.Errorf("%q: %v, %d Hz, payload type %d %v", c.name, got, got.ClockRate(), pt, ok)
		}
		if ok && Static(pt) != got {
			t.Errorf("payload type %d is %v", pt, Static(pt))
		}
	}
	if Static(3) != None || Static(111) != None {
		t.Error("a stranger's payload type has a codec")
	}
}

// Known pairs of G.711, and every byte through decode and encode.
func TestG711(t *testing.T) {
	for _, c := range []struct {
		l      *law
		sample int16
		want   byte
	}{
		{&ulaw, 0, 0xff},
		{&ulaw, 32635, 0x80},
		{&ulaw, -32635, 0x00},
		{&ulaw, 1000, 0xce},
		{&ulaw, -1000, 0x4e},
		{&alaw, 0, 0xd5},
		{&alaw, 32767, 0xaa},
		{&alaw, -32768, 0x2a},
		{&alaw, 1000, 0xfa},
		{&alaw, -1000, 0x7a},
	} {
		if got := c.l.encode[uint16(c.sample)>>2]; got != c.want {
			t.Errorf("%d is encoded as %#x, want %#x", c.sample, got, c.want)
		}
	}
	for name, l := range map[string]*law{"µ": &ulaw, "A": &alaw} {
		for b := range 256 {
			s := l.decode[b]
			if got := l.encode[uint16(s)>>2]; got != byte(b) && s != 0 {
				t.Errorf("%s-law: %#x is %d, which is %#x", name, b, s, got)
			}
		}
	}
}

func TestTone(t *testing.T) {
	for _, c := range []Type{PCMU, PCMA, Opus} {
		t.Run(c.String(), func(t *testing.T) {
			enc, err := NewEncoder(c, Rate)
			if err != nil {
				t.Fatal(err)
			}
			dec, err := NewDecoder(c, Rate)
			if err != nil {
				t.Fatal(err)
			}
			var out [400]byte
			var pcm [MaxTime * Rate / 1000]int16
			var heard []int16
			for i := range 20 {
				n, err := enc.Encode(tone(440, i), out[:])
				if err != nil {
					t.Fatal(err)
				}
				if got := Samples(c, out[:n], Rate); got != Frame {
					t.Fatalf("frame %d holds %d samples", i, got)
				}
				m, err := dec.Decode(out[:n], pcm[:])
				if err != nil || m != Frame {
					t.Fatalf("frame %d: %d samples, %v", i, m, err)
				}
				heard = append(heard, pcm[:m]...)
			}
			if p := power(heard[800:], 440); p < 0.9 {
				t.Errorf("only %.2f of what came out is the tone", p)
			}
			if n, err := dec.Conceal(pcm[:Frame]); n != Frame || err != nil || power(pcm[:Frame], 440) < 0.5 {
				t.Errorf("concealed %d, %v, %.2f tone", n, err, power(pcm[:Frame], 440))
			}
			for range 10 {
				_, _ = dec.Conceal(pcm[:Frame])
			}
			if p := peak(pcm[:Frame]); p > 800 {
				t.Errorf("concealment still at %d after 200 ms", p)
			}
			if n, err := dec.Decode(nil, pcm[:]); n != 0 || err != nil {
				t.Errorf("empty payload: %d, %v", n, err)
			}
			if a := testing.AllocsPerRun(100, func() {
				n, _ := enc.Encode(heard[:Frame], out[:])
				_, _ = dec.Decode(out[:n], pcm[:])
				_, _ = dec.Conceal(pcm[:Frame])
			}); a != 0 {
				t.Errorf("%v allocations", a)
			}
		})
	}
}

func peak(pcm []int16) int {
	p := 0
	for _, s := range pcm {
		p = max(p, int(s), -int(s))
	}
	return p
}

func TestUnsupported(t *testing.T) {
	for _, c := range []Type{None} {
		if _, err := NewEncoder(c, Rate); !errors.Is(err, ErrUnsupported) {
			t.Errorf("encoder of %q: %v", c, err)
		}
		if _, err := NewDecoder(c, Rate); !errors.Is(err, ErrUnsupported) {
			t.Errorf("decoder of %q: %v", c, err)
		}
	}
}

func TestOpusSamples(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		want int
	}{
		{"empty", nil, 0},
		{"SILK 20 ms", []byte{1 << 3}, 160},
		{"SILK 60 ms", []byte{3 << 3}, 480},
		{"hybrid 20 ms", []byte{13 << 3}, 160},
		{"CELT 2.5 ms", []byte{16 << 3}, 20},
		{"two of 20 ms", []byte{31<<3 | 1}, 320},
		{"six of 20 ms", []byte{31<<3 | 3, 6}, 960},
		{"seven of 20 ms", []byte{31<<3 | 3, 7}, 0},
		{"count missing", []byte{31<<3 | 3}, 0},
		{"no frames", []byte{31<<3 | 3, 0}, 0},
	} {
		if got := Samples(Opus, c.b, Rate); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestPtime(t *testing.T) {
	for _, c := range []struct {
		codec    Type
		ms, want int
	}{{PCMU, 0, 20}, {PCMU, 10, 10}, {PCMA, 30, 30}, {PCMU, 60, 60}, {PCMU, 70, 20}, {PCMU, 25, 20}, {Opus, 30, 20}, {Opus, 50, 40}, {Opus, 60, 60}, {PCMU, -3, 20}} {
		if got := Ptime(c.codec, c.ms); got != c.want {
			t.Errorf("%v at %d ms: %d, want %d", c.codec, c.ms, got, c.want)
		}
	}
}

func FuzzOpusDecode(f *testing.F) {
	f.Add([]byte{8, 1, 2, 3}, uint8(0))
	f.Add([]byte{0xff, 0x03}, uint8(1))
	for i, rate := range Rates(Opus) {
		enc, err := newOpusEncoder(rate)
		if err != nil {
			f.Fatal(err)
		}
		enc.SetLoss(20)
		list := packets(f, enc, speech(f, rate), rate)
		f.Add(list[len(list)/2], uint8(i))
	}
	f.Fuzz(func(t *testing.T, b []byte, which uint8) {
		rate := Rates(Opus)[which%3]
		dec, err := newOpusDecoder(rate)
		if err != nil {
			t.Fatal(err)
		}
		pcm := make([]int16, MaxSamples(rate))
		if n, err := dec.DecodeFEC(b, pcm[:rate/50]); n != rate/50 || err != nil {
			t.Errorf("%d samples of FEC, %v", n, err)
		}
		if n, err := dec.Decode(b, pcm); err == nil && !Silent(Opus, b) && n != Samples(Opus, b, rate) {
			t.Errorf("%d samples, but the packet says %d", n, Samples(Opus, b, rate))
		}
		if n, err := dec.Conceal(pcm[:rate/100]); n != rate/100 || err != nil {
			t.Errorf("%d samples made up, %v", n, err)
		}
	})
}
