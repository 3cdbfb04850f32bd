package codec

import (
	"math"
	"testing"
)

// jumps is the largest step between neighbouring samples.
func jumps(pcm []int16) int {
	most := 0
	for i := 1; i < len(pcm); i++ {
		most = max(most, int(math.Abs(float64(pcm[i])-float64(pcm[i-1]))))
	}
	return most
}

// A lost packet in a tone isn't heard: what is made up goes on in phase, without a step on either side. Then it fades.
func TestEcho(t *testing.T) {
	for _, c := range []Type{PCMU, G722} {
		for _, hz := range []float64{80, 100, 123, 200, 313, 440, 1000} {
			rate := Rates(c)[0]
			enc, _ := NewEncoder(c, rate)
			dec, _ := NewDecoder(c, rate)
			frame := rate / 50
			tone := sine(hz, rate, rate)
			var heard []int16
			out, pcm := make([]byte, 1000), make([]int16, MaxSamples(rate))
			for i := range 20 {
				n, _ := enc.Encode(tone[i*frame:(i+1)*frame], out)
				if i == 10 {
					_, _ = dec.Conceal(pcm[:frame])
				} else if _, err := dec.Decode(out[:n], pcm); err != nil {
					t.Fatal(err)
				}
				heard = append(heard, pcm[:frame]...)
			}
			steady := jumps(heard[5*frame : 10*frame])
			if got := jumps(heard[9*frame : 13*frame]); got > steady*5/4+200 {
				t.Errorf("%v, %v Hz: a step of %d around the loss, %d without one", c, hz, got, steady)
			}
			if e := energy(heard[10*frame:11*frame]) - energy(heard[5*frame:6*frame]); e < -3.5 || e > 1 {
				t.Errorf("%v, %v Hz: what is made up has %.1f dB of the voice's level", c, hz, e)
			}
			for range 4 {
				_, _ = dec.Conceal(pcm[:frame])
			}
			if p := peak(pcm[:frame]); p != 0 {
				t.Errorf("%v: still a peak of %d after 80 ms", c, p)
			}
		}
	}
}

func BenchmarkEcho(b *testing.B) {
	d := newPulse(&ulaw)
	in, pcm := make([]byte, 160), make([]int16, 160)
	for b.Loop() {
		_, _ = d.Decode(in, pcm)
		_, _ = d.Conceal(pcm)
	}
}
