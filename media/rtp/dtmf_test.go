package rtp_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"mediasrv/media/codec"
	"mediasrv/media/prompt"
	"mediasrv/media/rtp"
)

// beep is a pair of tones in a test: their level in dBm0 (full scale of a sine is +3.14), how far off they are in percent, and how long they last.
type beep struct {
	low, high  float64
	offL, offH float64
	ms         int
	gap, gapAt int     // ms without tone, from gapAt on
	noise      float64 // dBm0; 0: none
	digit      byte
	after      int // ms of silence behind
	shift      int // samples of silence before
}

var lows, highs = [4]float64{697, 770, 852, 941}, [4]float64{1209, 1336, 1477, 1633}

func amplitude(dbm float64) float64 { return 32767 * math.Pow(10, (dbm-3.14)/20) }

func (b beep) sound(rate int) []int16 {
	i := strings.IndexByte("123A456B789C*0#D", b.digit)
	l, h := lows[i/4]*(1+b.offL/100), highs[i%4]*(1+b.offH/100)
	r := rand.New(rand.NewPCG(1, uint64(b.shift)))
	n := b.ms * rate / 1000
	out := make([]int16, b.shift+n+b.after*rate/1000)
	for k := range out {
		s := 0.0
		t := float64(k-b.shift) / float64(rate)
		if at := (k - b.shift) * 1000 / rate; k >= b.shift && k < b.shift+n && (b.gap == 0 || at < b.gapAt || at >= b.gapAt+b.gap) {
			s = amplitude(b.low)*math.Sin(2*math.Pi*l*t) + amplitude(b.high)*math.Sin(2*math.Pi*h*t+1)
		}
		if b.noise != 0 {
			s += r.NormFloat64() * amplitude(b.noise) / math.Sqrt2
		}
		out[k] = int16(max(-32768, min(32767, s)))
	}
	return out
}

// detect gives the digits that are pressed, each with - when it is released.
func detect(pcm []int16, rate int) string {
	d := rtp.NewDetector()
	out := ""
	for len(pcm) > 0 {
		n := min(len(pcm), rate/50)
		for digit, pressed, ok := d.Feed(pcm[:n], rate); ok; digit, pressed, ok = d.Feed(nil, rate) {
			if out += string(digit); !pressed {
				out = out[:len(out)-1] + "-"
			}
		}
		pcm = pcm[n:]
	}
	return out
}

func TestDTMFLimits(t *testing.T) {
	for _, c := range []struct {
		name string
		b    beep
		want bool
	}{
		{"as sent", beep{low: -9, high: -7, ms: 100}, true},
		{"40 ms", beep{low: -9, high: -7, ms: 40}, true},
		{"20 ms", beep{low: -9, high: -7, ms: 20}, false},
		{"quiet: -25 dBm0", beep{low: -25, high: -25, ms: 50}, true},
		{"loud: 0 dBm0", beep{low: -3, high: -3, ms: 50}, true},
		{"too quiet: -50 dBm0", beep{low: -50, high: -50, ms: 100}, false},
		{"high stronger by 4 dB", beep{low: -12, high: -8, ms: 50}, true},
		{"low stronger by 8 dB", beep{low: -8, high: -16, ms: 50}, true},
		{"high stronger by 12 dB", beep{low: -20, high: -8, ms: 100}, false},
		{"low stronger by 16 dB", beep{low: -8, high: -24, ms: 100}, false},
		{"1.5 % up", beep{low: -9, high: -9, offL: 1.5, offH: 1.5, ms: 50}, true},
		{"1.5 % down", beep{low: -9, high: -9, offL: -1.5, offH: -1.5, ms: 50}, true},
		{"1.5 % apart", beep{low: -9, high: -9, offL: 1.5, offH: -1.5, ms: 50}, true},
		{"low 3.5 % up", beep{low: -9, high: -9, offL: 3.5, ms: 200}, false},
		{"low 3.5 % down", beep{low: -9, high: -9, offL: -3.5, ms: 200}, false},
		{"high 3.5 % up", beep{low: -9, high: -9, offH: 3.5, ms: 200}, false},
		{"high 3.5 % down", beep{low: -9, high: -9, offH: -3.5, ms: 200}, false},
		{"interrupted for 8 ms", beep{low: -9, high: -9, ms: 100, gap: 8, gapAt: 45}, true},
		{"low stronger by 8 dB, and down", beep{low: -8, high: -15, offL: -1.5, offH: -1.5, ms: 60}, true},
		{"high stronger by 4 dB, and up", beep{low: -12, high: -8, offL: 1.5, offH: 1.5, ms: 50, noise: -25}, true},
		{"noise at 15 dB below", beep{low: -10, high: -10, ms: 60, noise: -25}, true},
		{"only one tone", beep{low: -60, high: -9, ms: 200}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, digit := range []byte("0123456789*#ABCD") {
				for shift := 0; shift < 160; shift += 23 {
					b := c.b
					b.digit, b.after, b.shift = digit, 100, shift
					want := ""
					if c.want {
						want = string(digit) + "-"
					}
					if got := detect(b.sound(8000), 8000); got != want {
						t.Fatalf("%c, %d samples later: got %q, want %q", digit, shift, got, want)
					}
				}
			}
		})
	}
}

// Digits 40 ms apart are digits of their own, and one after the other without a pause are too; at any rate, and through G.711.
func TestDTMFSequence(t *testing.T) {
	const all = "0123456789*#ABCD112233"
	for _, rate := range []int{8000, 16000, 48000} {
		var pcm []int16
		want := ""
		for i := range len(all) {
			pcm = append(pcm, beep{low: -9, high: -7, digit: all[i], ms: 45, after: 45, shift: i * 7}.sound(rate)...)
			want += all[i:i+1] + "-"
		}
		if got := detect(pcm, rate); got != want {
			t.Errorf("%d Hz: %q", rate, got)
		}
		enc, _ := codec.NewEncoder(codec.PCMU, codec.Rate)
		dec, _ := codec.NewDecoder(codec.PCMU, codec.Rate)
		if rate == 8000 {
			b, back := make([]byte, len(pcm)), make([]int16, len(pcm))
			_, _ = enc.Encode(pcm, b)
			_, _ = dec.Decode(b, back)
			if got := detect(back, rate); got != want {
				t.Errorf("through G.711: %q", got)
			}
		}
	}
	pcm := append(beep{low: -9, high: -7, digit: '1', ms: 100}.sound(8000), beep{low: -9, high: -7, digit: '2', ms: 100, after: 60}.sound(8000)...)
	if got := detect(pcm, 8000); got != "1-2-" {
		t.Errorf("without a pause: %q", got)
	}
}

// What the generator makes is heard, at every rate, at a level that doesn't clip.
func TestDTMFTone(t *testing.T) {
	for _, rate := range []int{8000, 16000, 48000} {
		for _, digit := range []byte("0123456789*#ABCDad") {
			tone, ok := rtp.NewTone(digit, rate)
			if !ok {
				t.Fatalf("%c is no digit", digit)
			}
			pcm := make([]int16, rate/10)
			for i := 0; i < len(pcm); i += rate / 50 {
				tone.Read(pcm[i : i+rate/50])
			}
			want := strings.ToUpper(string(digit)) + "-"
			if got := detect(append(pcm, make([]int16, rate/10)...), rate); got != want {
				t.Errorf("%c at %d Hz: %q", digit, rate, got)
			}
			if pcm[0] != 0 || pcm[1] > 2000 {
				t.Errorf("%c begins with %v", digit, pcm[:3])
			}
		}
	}
	if _, ok := rtp.NewTone('x', 8000); ok {
		t.Error("x is a digit")
	}
}

// talkOff is speech that is like digits here and there.
func talkOff(tb testing.TB) []int16 {
	tb.Helper()
	b, err := os.ReadFile("testdata/talk.ul")
	if err != nil {
		tb.Fatal(err)
	}
	dec, _ := codec.NewDecoder(codec.PCMU, codec.Rate)
	speech := make([]int16, len(b))
	if _, err := dec.Decode(b, speech); err != nil {
		tb.Fatal(err)
	}
	return speech
}

// Speech and music aren't digits (talk-off), at any level.
func TestDTMFTalkOff(t *testing.T) {
	speech := talkOff(t)
	for name, pcm := range map[string][]int16{
		"speech": speech, "music": prompt.Music().PCM(), "ringback": prompt.Ringback("DE").PCM(), "ringback, US": prompt.Ringback("US").PCM(),
	} {
		for _, shift := range []int{0, 31, 67} {
			for _, gain := range []int{1, 3} {
				loud := make([]int16, len(pcm)-shift)
				for i, s := range pcm[shift:] {
					loud[i] = int16(max(-32768, min(32767, int(s)*gain)))
				}
				if got := detect(loud, 8000); got != "" {
					t.Errorf("%s, %d times as loud: %q", name, gain, got)
				}
			}
		}
	}
}

func TestDTMFAllocs(t *testing.T) {
	d, pcm := rtp.NewDetector(), beep{low: -9, high: -7, digit: '5', ms: 20}.sound(8000)
	tone, _ := rtp.NewTone('1', 8000)
	if a := testing.AllocsPerRun(100, func() { tone.Read(pcm); d.Feed(pcm, 8000) }); a != 0 {
		t.Errorf("%v allocations", a)
	}
}

func FuzzDetector(f *testing.F) {
	f.Add([]byte{0, 1, 127, 128, 255}, 8000)
	f.Fuzz(func(t *testing.T, b []byte, rate int) {
		if rate < 1 || rate > 192000 {
			return
		}
		d := rtp.NewDetector()
		pcm := make([]int16, 4*len(b))
		for i := range pcm {
			pcm[i] = int16(int8(b[i/4])) * 256
		}
		for range 6 {
			if digit, _, ok := d.Feed(pcm, rate); ok {
				if _, known := rtp.Code(digit); !known {
					t.Fatalf("digit %q", digit)
				}
			}
		}
	})
}

func BenchmarkDetector(b *testing.B) {
	b.Run("speech8000", func(b *testing.B) {
		pcm := talkOff(b)
		d := rtp.NewDetector()
		for at := 0; b.Loop(); at = (at + 160) % (len(pcm) - 160) {
			d.Feed(pcm[at:at+160], 8000)
		}
	})
	for _, c := range []struct {
		name string
		dbm  float64
	}{{"digit", -9}, {"silence", -60}} {
		for _, rate := range []int{8000, 16000} {
			b.Run(fmt.Sprintf("%s%d", c.name, rate), func(b *testing.B) {
				d, pcm := rtp.NewDetector(), beep{low: c.dbm, high: c.dbm, digit: '5', ms: 20}.sound(rate)
				for b.Loop() {
					d.Feed(pcm, rate)
				}
			})
		}
	}
}
