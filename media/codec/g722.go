package codec

import "fmt"

// G.722 at 64 kbit/s: two sub-bands of 8 kHz, each coded as an ADPCM of its own (6 bits below 4 kHz, 2 bits above). The block numbers are those of the
// Recommendation. All numbers are its own fixed-point ones, so that coder and decoder of different makers stay in step to the bit.

// g722Frame is how many octets are worked on at once: 20 ms.
const g722Frame = 160

// qmfTaps is the length of the filter that splits and joins the bands; qmfPast is how much of the past it needs.
const (
	qmfTaps = 24
	qmfPast = qmfTaps - 2
)

// maxCode is the last of the lower band's codes for one sign: those behind it are for 56 and 48 kbit/s only, and would silence the decoder.
const maxCode = 29

// predictor is the adaptive predictor of one band (block 4): two poles, six zeros.
type predictor struct {
	s  int32 // predicted signal
	sz int32 // the zeros' part of it
	a1 int32
	a2 int32
	r1 int32    // reconstructed signal before, doubled
	p0 int32    // partially reconstructed signal before
	p1 int32    // and the one before that
	b  [6]int32 // coefficients of the zeros
	d  [6]int32 // quantised differences before, the latest first
}

// band is one ADPCM.
type band struct {
	predictor
	nb  int32 // logarithm of the scale
	det int32 // scale of the quantiser (block 3)
}

// adapt takes the quantised difference d and predicts the next sample.
func (p *predictor) adapt(d int32) {
	r, p0 := clip16(p.s+d), clip16(p.sz+d)

	// UPPOL2, UPPOL1: the poles follow the signs of the partial signal.
	same := (p0^p.p0)>>31 | 1 // 1 or -1
	step := min(max(-same*clip16(p.a1<<2), -32767-1), 32767)
	a2 := step>>7 + ((p0^p.p1)>>31|1)<<7 + p.a2*32512>>15
	a2 = min(max(a2, -12288), 12288)
	limit := 15360 - a2
	a1 := min(max(same*192+p.a1*32640>>15, -limit), limit)

	// UPZERO: the zeros follow the signs of the differences. No sum can leave 16 bits.
	gain := int32(128)
	if d == 0 {
		gain = 0
	}
	d1, d2, d3, d4, d5, d6 := p.d[0], p.d[1], p.d[2], p.d[3], p.d[4], p.d[5]
	b1 := p.b[0]*32640>>15 + gain*((d^d1)>>31|1)
	b2 := p.b[1]*32640>>15 + gain*((d^d2)>>31|1)
	b3 := p.b[2]*32640>>15 + gain*((d^d3)>>31|1)
	b4 := p.b[3]*32640>>15 + gain*((d^d4)>>31|1)
	b5 := p.b[4]*32640>>15 + gain*((d^d5)>>31|1)
	b6 := p.b[5]*32640>>15 + gain*((d^d6)>>31|1)
	p.b = [6]int32{b1, b2, b3, b4, b5, b6}
	p.d = [6]int32{d, d1, d2, d3, d4, d5}

	// FILTEP, FILTEZ, PREDIC.
	r0 := clip16(2 * r)
	sp := clip16(a1*r0>>15 + a2*p.r1>>15)
	sz := clip16(b1*d>>14 + b2*d1>>14 + b3*d2>>14 + b4*d3>>14 + b5*d4>>14 + b6*d5>>14)
	p.a1, p.a2, p.r1 = a1, a2, r0
	p.p0, p.p1 = p0, p.p0
	p.sz, p.s = sz, clip16(sp+sz)
}

// scaleLow sets the lower band's quantiser by the four upper bits of its code (block 3L).
func (b *band) scaleLow(code byte) {
	b.nb = min(max(b.nb*127>>7+g722.stepLow[code&15], 0), maxLow)
	b.det = g722.scaleLow[b.nb>>6]
}

// scaleHigh sets the upper band's quantiser by its code (block 3H).
func (b *band) scaleHigh(code byte) {
	b.nb = min(max(b.nb*127>>7+g722.stepHigh[code&3], 0), maxHigh)
	b.det = g722.scaleHigh[b.nb>>6]
}

func clip16(x int32) int32 { return min(max(x, -32768), 32767) }

// clip15 is LIMIT (block 6): what a band gives out.
func clip15(x int32) int32 { return min(max(x, -16384), 16383) }

// g722Encoder is the encoder of one stream.
type g722Encoder struct {
	low, high band
	past      [qmfPast]int32 // samples before this call's
}

// g722Decoder is the decoder of one stream.
type g722Decoder struct {
	low, high band
	past      [qmfPast]int32 // sums and differences of the bands before this call's
	echo      echo
}

func newG722Encoder() *g722Encoder {
	return &g722Encoder{low: band{det: 32}, high: band{det: 8}}
}

func newG722Decoder() *g722Decoder {
	return &g722Decoder{low: band{det: 32}, high: band{det: 8}, echo: newEcho(16000)}
}

// Encode implements Encoder.
func (e *g722Encoder) Encode(pcm []int16, out []byte) (int, error) {
	if len(pcm)%2 != 0 || len(out) < len(pcm)/2 {
		return 0, fmt.Errorf("codec: g722: %d samples into %d bytes: %w", len(pcm), len(out), ErrUnsupported)
	}
	n := len(pcm) / 2
	for at := 0; at < n; at += g722Frame {
		end := min(at+g722Frame, n)
		e.frame(pcm[2*at:2*end], out[at:end])
	}
	return n, nil
}

// frame encodes up to 20 ms.
func (e *g722Encoder) frame(pcm []int16, out []byte) {
	var x [qmfPast + 2*g722Frame]int32
	var high [g722Frame]int32
	copy(x[:], e.past[:])
	for i, s := range pcm {
		x[qmfPast+i] = int32(s)
	}
	var low [g722Frame]int32
	for i := range out {
		odd, even := qmf(x[2*i : 2*i+qmfTaps : 2*i+qmfTaps])
		low[i], high[i] = (even+odd)>>14, (even-odd)>>14
	}
	copy(e.past[:], x[len(pcm):len(pcm)+qmfPast])
	for i := range out {
		out[i] = e.low.quantiseLow(low[i])
	}
	for i := range out {
		out[i] |= e.high.quantiseHigh(high[i]) << 6
	}
}

// quantiseLow gives the code of a sample, six bits (blocks 1L to 4L).
func (b *band) quantiseLow(x int32) byte {
	diff := clip16(x - b.s)
	sign := diff >> 31 // 0 or -1
	size := diff ^ sign
	k := 0
	for step := 16; step > 0; step >>= 1 {
		if g722.decision[(k+step)&31]*b.det>>12 <= size {
			k += step
		}
	}
	k = min(k, maxCode) // a leap from silence goes beyond every decision
	code := g722.codes[sign&1][k&31]
	d := b.det * g722.inverse4[code>>2&15] >> 15
	b.scaleLow(code >> 2)
	b.adapt(d)
	return code
}

// quantiseHigh gives the code of a sample, two bits (blocks 1H to 4H).
func (b *band) quantiseHigh(x int32) byte {
	diff := clip16(x - b.s)
	sign := diff >> 31
	code := byte(3 + 2*sign) // 3, or 1 if it is negative: near
	if diff^sign >= 564*b.det>>12 {
		code--
	}
	d := b.det * g722.inverse2[code&3] >> 15
	b.scaleHigh(code)
	b.adapt(d)
	return code
}

// Decode implements Decoder.
func (d *g722Decoder) Decode(payload []byte, pcm []int16) (int, error) {
	if 2*len(payload) > len(pcm) {
		return 0, ErrMalformed
	}
	for at := 0; at < len(payload); at += g722Frame {
		end := min(at+g722Frame, len(payload))
		d.frame(payload[at:end], pcm[2*at:2*end])
	}
	pcm = pcm[:2*len(payload)]
	d.echo.heard(pcm)
	return len(pcm), nil
}

// Conceal implements Decoder.
func (d *g722Decoder) Conceal(pcm []int16) (int, error) {
	d.echo.fill(pcm)
	return len(pcm), nil
}

// frame decodes up to 20 ms.
func (d *g722Decoder) frame(payload []byte, pcm []int16) {
	var x [qmfPast + 2*g722Frame]int32
	copy(x[:], d.past[:])
	fresh := x[qmfPast:]
	for i, c := range payload {
		fresh[2*i] = d.low.soundLow(c & 63)
	}
	for i, c := range payload {
		low, high := fresh[2*i], d.high.soundHigh(c>>6)
		fresh[2*i], fresh[2*i+1] = low+high, low-high
	}
	for i := range payload {
		odd, even := qmf(x[2*i : 2*i+qmfTaps : 2*i+qmfTaps])
		pcm[2*i], pcm[2*i+1] = int16(clip16(even>>11)), int16(clip16(odd>>11))
	}
	copy(d.past[:], x[2*len(payload):2*len(payload)+qmfPast])
}

// soundLow is what a code of the lower band stands for (blocks 2L to 6L).
func (b *band) soundLow(code byte) int32 {
	out := clip15(b.s + b.det*g722.inverse6[code&63]>>15)
	d := b.det * g722.inverse4[code>>2&15] >> 15
	b.scaleLow(code >> 2)
	b.adapt(d)
	return out
}

// soundHigh is what a code of the upper band stands for (blocks 2H to 6H).
func (b *band) soundHigh(code byte) int32 {
	d := b.det * g722.inverse2[code&3] >> 15
	out := clip15(b.s + d)
	b.scaleHigh(code)
	b.adapt(d)
	return out
}

// qmf is one step of the filter that splits and joins the bands: the sums over the even and the odd places of x, whose coefficients mirror each other.
func qmf(x []int32) (first, second int32) {
	_ = x[qmfTaps-1]
	first = 3*x[0] - 11*x[2] + 12*x[4] + 32*x[6] - 210*x[8] + 951*x[10] +
		3876*x[12] - 805*x[14] + 362*x[16] - 156*x[18] + 53*x[20] - 11*x[22]
	second = -11*x[1] + 53*x[3] - 156*x[5] + 362*x[7] - 805*x[9] + 3876*x[11] +
		951*x[13] - 210*x[15] + 32*x[17] + 12*x[19] - 11*x[21] + 3*x[23]
	return first, second
}
