package codec

import "math"

// noise is comfort noise (RFC 3389): while the sender pauses, it sends the level of its silence and, mostly, its colour. Decode takes such a payload and
// gives the first 20 ms of noise, Conceal gives as much more as is wanted, for as long as the sender is silent.
type noise struct {
	rate   int
	seed   uint32
	gain   float32 // of the noise before the filter
	wanted float32 // gain goes there, so that steps aren't heard
	order  int
	k      [noiseOrder]float32 // reflection coefficients
	state  [noiseOrder + 1]float32
}

// Limits of comfort noise.
const (
	noiseOrder = 10 // further coefficients are ignored: that much colour is enough
	noiseLoud  = 30 // -dBov: what claims to be louder is none, and would hurt
	noiseNone  = 78 // -dBov: silence from there on
)

func newNoise(rate int) *noise { return &noise{rate: rate, seed: 1} }

// Decode implements Decoder: the payload is described in RFC 3389, 3.1.
func (n *noise) Decode(payload []byte, pcm []int16) (int, error) {
	if len(payload) == 0 {
		return 0, nil
	}
	samples := n.rate / 50
	if len(pcm) < samples {
		return 0, ErrMalformed
	}
	n.order = min(len(payload)-1, noiseOrder)
	power := 1.0 // of the filter's output for noise of power 1
	for i := range n.order {
		k := (float64(payload[1+i]) - 127) / 128
		k = min(max(k, -0.97), 0.97) // near 1 it would whistle
		n.k[i] = float32(k)
		power /= 1 - k*k
	}
	level := int(payload[0] & 0x7f)
	n.wanted = 0
	if level < noiseNone {
		rms := 32768 * math.Pow(10, -float64(max(level, noiseLoud))/20)
		n.wanted = float32(rms / math.Sqrt(power) * math.Sqrt(3)) // uniform noise from -1 to 1 has a power of a third
	}
	return n.Conceal(pcm[:samples])
}

// Conceal implements Decoder: it goes on with the noise.
func (n *noise) Conceal(pcm []int16) (int, error) {
	step := (n.wanted - n.gain) / float32(max(len(pcm), 1))
	for i := range pcm {
		n.gain += step
		n.seed = n.seed*1664525 + 1013904223
		pcm[i] = round(n.colour(float32(int32(n.seed)) / (1 << 31) * n.gain))
	}
	n.gain = n.wanted
	return len(pcm), nil
}

// colour is the all-pole filter as a lattice, which is stable whatever the coefficients below 1.
func (n *noise) colour(x float32) float32 {
	for i := n.order - 1; i >= 0; i-- {
		x -= n.k[i] * n.state[i]
		n.state[i+1] = n.state[i] + n.k[i]*x
	}
	n.state[0] = x
	return x
}
