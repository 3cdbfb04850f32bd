package codec

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// speech is a second of speech at a rate.
func speech(tb testing.TB, rate int) []int16 {
	tb.Helper()
	pcm := samples(golden(tb, "speech16k.s16"))
	out := make([]int16, rate)
	return out[:NewResampler(16000, rate).Resample(pcm, out)]
}

// packets encodes pcm in packets of 20 ms.
func packets(tb testing.TB, e Encoder, pcm []int16, rate int) [][]byte {
	tb.Helper()
	var out [][]byte
	var buf [1275]byte
	for part := range slices.Chunk(pcm, rate/50) {
		n, err := e.Encode(part, buf[:])
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, slices.Clone(buf[:n]))
	}
	return out
}

// Any rate's packets are any other rate's, since RTP doesn't say which one the sender works at.
func TestOpusRates(t *testing.T) {
	for _, from := range Rates(Opus) {
		for _, to := range Rates(Opus) {
			t.Run(fmt.Sprintf("%d to %d", from, to), func(t *testing.T) {
				enc, err1 := NewEncoder(Opus, from)
				dec, err2 := NewDecoder(Opus, to)
				if err := errors.Join(err1, err2); err != nil {
					t.Fatal(err)
				}
				var heard []int16
				pcm := make([]int16, MaxSamples(to))
				for _, p := range packets(t, enc, sine(1000, from, from/2), from) {
					n, err := dec.Decode(p, pcm)
					if err != nil || n != to/50 || Units(Opus, p) != 960 || Samples(Opus, p, to) != n {
						t.Fatalf("%d samples, %d units, %v", n, Units(Opus, p), err)
					}
					heard = append(heard, pcm[:n]...)
				}
				if at, rest := level(heard[to/4:], 1000, to); at < -3 || at > 1 || rest > -20 {
					t.Errorf("the tone comes at %.1f dB with %.1f dB of other sound", at, rest)
				}
			})
		}
	}
}

// A lost packet comes back from the copy in the next one; on a good line there is no copy, and packets are smaller for what they carry.
func TestOpusFEC(t *testing.T) {
	repaired := func(loss int) (near, copied float64) {
		enc, err1 := newOpusEncoder(16000)
		whole, err2 := newOpusDecoder(16000)
		broken, err3 := newOpusDecoder(16000)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		var _ LossAware = enc
		var _ FEC = broken
		enc.SetLoss(loss)
		var good, repair [MaxTime * 16]int16
		var diff, all, n float64
		list := packets(t, enc, speech(t, 16000), 16000)
		for i := 0; i+1 < len(list); i++ {
			if _, err := whole.Decode(list[i], good[:]); err != nil {
				t.Fatal(err)
			}
			if i%5 != 3 {
				_, _ = broken.Decode(list[i], repair[:])
				continue
			}
			if k, err := broken.DecodeFEC(list[i+1], repair[:320]); k != 320 || err != nil {
				t.Fatal(k, err)
			}
			for j := range 320 {
				diff += sq(float64(good[j]) - float64(repair[j]))
				all += sq(float64(good[j]))
			}
			n++
		}
		return diff / all, n
	}
	with, _ := repaired(20)
	without, _ := repaired(0)
	if with > 0.6*without {
		t.Errorf("lost packets are %.2f off with copies, %.2f without", with, without)
	}
}

func sq(x float64) float64 { return x * x }

func TestOpusSilent(t *testing.T) {
	for _, c := range []struct {
		b    []byte
		want bool
	}{
		{nil, true},
		{[]byte{0x78}, true}, // a packet of DTX: only its header
		{[]byte{0x79}, true},
		{[]byte{0x7a, 0}, true},
		{[]byte{0x7b, 2}, true},
		{[]byte{0x7b, 0x42}, false},
		{[]byte{0x78, 0}, false},
		{[]byte{0x78, 1, 2}, false},
	} {
		if got := Silent(Opus, c.b); got != c.want {
			t.Errorf("%x: %v", c.b, got)
		}
	}
	if Silent(PCMU, []byte{0}) || !Silent(PCMU, nil) {
		t.Error("G.711 is silent only when it is empty")
	}
	// What the library itself sends while its sender pauses is silent.
	enc, err := newOpusEncoder(16000)
	if err != nil {
		t.Fatal(err)
	}
	if err := enc.enc.SetDTX(true); err != nil {
		t.Fatal(err)
	}
	quiet := 0
	for _, p := range packets(t, enc, append(speech(t, 16000), make([]int16, 32000)...), 16000) {
		if Silent(Opus, p) {
			quiet++
		}
	}
	if quiet < 50 {
		t.Errorf("%d packets of two seconds of silence are silent", quiet)
	}
}

// Concealment goes on for 100 ms and is silence then, at no cost; any length in steps of 2.5 ms is fine, and nothing else.
func TestOpusConceal(t *testing.T) {
	for _, rate := range Rates(Opus) {
		enc, _ := newOpusEncoder(rate)
		dec, _ := newOpusDecoder(rate)
		pcm := make([]int16, MaxSamples(rate))
		for _, p := range packets(t, enc, sine(300, rate, rate/2), rate) {
			if _, err := dec.Decode(p, pcm); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 10 {
			n, err := dec.Conceal(pcm[:rate/50])
			if n != rate/50 || err != nil {
				t.Fatal(n, err)
			}
			if p := peak(pcm[:rate/50]); i == 0 && p < 3000 || i >= 5 && p != 0 {
				t.Errorf("%d Hz: %d ms after the loss the peak is %d", rate, 20*i, p)
			}
		}
		for _, n := range []int{0, rate/400 - 1, MaxSamples(rate) + rate/400} {
			if _, err := dec.Conceal(make([]int16, n)); !errors.Is(err, ErrUnsupported) {
				t.Errorf("%d samples: %v", n, err)
			}
		}
	}
}

func BenchmarkOpus(b *testing.B) {
	for _, rate := range Rates(Opus) {
		enc, _ := NewEncoder(Opus, rate)
		list := packets(b, enc, speech(b, rate), rate)
		pcm, out, frame := make([]int16, MaxSamples(rate)), make([]byte, 1275), speech(b, rate)[:rate/50]
		dec, _ := NewDecoder(Opus, rate)
		b.Run(fmt.Sprintf("encode%d", rate), func(b *testing.B) {
			for b.Loop() {
				_, _ = enc.Encode(frame, out)
			}
		})
		b.Run(fmt.Sprintf("decode%d", rate), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				_, _ = dec.Decode(list[i%len(list)], pcm)
			}
		})
	}
}
