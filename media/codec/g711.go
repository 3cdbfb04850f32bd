package codec

// law is one companding law of G.711 as tables.
type law struct {
	encode [1 << 14]byte // by the upper 14 bits of a sample
	decode [256]int16
}

func newLaw(encode func(int) byte, decode func(byte) int16) law {
	var l law
	for i := range l.encode {
		l.encode[i] = encode(int(int16(i << 2)))
	}
	for i := range l.decode {
		l.decode[i] = decode(byte(i))
	}
	return l
}

// ulawByte encodes a 16-bit sample by µ-law (G.711, table 2).
func ulawByte(s int) byte {
	const bias, clip = 0x84, 32635
	sign := 0
	if s < 0 {
		s, sign = -s, 0x80
	}
	s = min(s, clip) + bias
	exp := 7
	for mask := 0x4000; exp > 0 && s&mask == 0; mask >>= 1 {
		exp--
	}
	return ^byte(sign | exp<<4 | (s>>(exp+3))&15)
}

func ulawSample(b byte) int16 {
	b = ^b
	s := (int(b&15)<<3 + 0x84) << ((b & 0x70) >> 4)
	if b&0x80 != 0 {
		return int16(0x84 - s)
	}
	return int16(s - 0x84)
}

// alawByte encodes a 16-bit sample by A-law (G.711, table 1).
func alawByte(s int) byte {
	sign := 0x80
	if s < 0 {
		s, sign = -s-1, 0
	}
	s >>= 3 // 13 bits: 12 of magnitude
	exp := 0
	for m := s >> 5; m != 0; m >>= 1 {
		exp++
	}
	mantissa := s >> 1 & 15
	if exp > 0 {
		mantissa = s >> exp & 15
	}
	return byte(sign|exp<<4|mantissa) ^ 0x55
}

func alawSample(b byte) int16 {
	b ^= 0x55
	s := int(b&15)<<4 + 8
	if exp := b & 0x70 >> 4; exp > 0 {
		s = (s + 0x100) << (exp - 1)
	}
	if b&0x80 == 0 {
		s = -s
	}
	return int16(s)
}

// pulse is G.711, both ways.
type pulse struct {
	table *law
	echo  echo
}

func newPulse(l *law) *pulse { return &pulse{table: l, echo: newEcho(Rate)} }

// Encode implements Encoder.
func (p *pulse) Encode(pcm []int16, out []byte) (int, error) {
	if len(out) < len(pcm) {
		return 0, ErrMalformed
	}
	out = out[:len(pcm)]
	for i, s := range pcm {
		out[i] = p.table.encode[uint16(s)>>2]
	}
	return len(pcm), nil
}

// Decode implements Decoder.
func (p *pulse) Decode(payload []byte, pcm []int16) (int, error) {
	if len(payload) > len(pcm) {
		return 0, ErrMalformed
	}
	pcm = pcm[:len(payload)]
	for i, b := range payload {
		pcm[i] = p.table.decode[b]
	}
	p.echo.heard(pcm)
	return len(pcm), nil
}

// Conceal implements Decoder.
func (p *pulse) Conceal(pcm []int16) (int, error) {
	p.echo.fill(pcm)
	return len(pcm), nil
}
