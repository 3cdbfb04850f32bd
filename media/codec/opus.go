package codec

import (
	"fmt"
	"slices"

	"github.com/hraban/opus"
)

// Narrow-band Opus towards the telephone network: at 8 kHz and complexity 0 it is nearer to the source than 48 kHz after resampling, at a
// fifth of the cost. In SDP and RTP time it is opus/48000/2 like any other (RFC 7587, 7).
const opusComplexity = 0

// maxConceal is how long a loss is made up for, ms.
const maxConceal = 100

// opusBitrate is enough for good speech at a rate.
func opusBitrate(rate int) int {
	switch rate {
	case 8000, 16000:
		return 24000
	default:
		return 32000
	}
}

type opusEncoder struct {
	enc  *opus.Encoder
	loss int
}

func newOpusEncoder(rate int) (*opusEncoder, error) {
	enc, err := opus.NewEncoder(rate, 1, opus.AppVoIP)
	if err != nil {
		return nil, fmt.Errorf("codec: opus encoder: %w", err)
	}
	if err := enc.SetBitrate(opusBitrate(rate)); err != nil {
		return nil, fmt.Errorf("codec: opus encoder: bitrate: %w", err)
	}
	if err := enc.SetComplexity(opusComplexity); err != nil {
		return nil, fmt.Errorf("codec: opus encoder: complexity: %w", err)
	}
	return &opusEncoder{enc: enc}, nil
}

// Encode implements Encoder.
func (e *opusEncoder) Encode(pcm []int16, out []byte) (int, error) {
	n, err := e.enc.Encode(pcm, slices.Clip(out)) // the library writes up to cap
	if err != nil {
		return 0, fmt.Errorf("codec: opus: %w", err)
	}
	return n, nil
}

// SetLoss implements LossAware. At a fixed rate redundancy costs quality, so there is none on a good line.
func (e *opusEncoder) SetLoss(percent int) {
	percent = min(max(percent, 0), 30)
	if percent == e.loss {
		return
	}
	if e.enc.SetPacketLossPerc(percent) == nil && e.enc.SetInBandFEC(percent > 0) == nil {
		e.loss = percent
	}
}

type opusDecoder struct {
	dec  *opus.Decoder
	rate int
	lost int // samples concealed since the last packet
}

func newOpusDecoder(rate int) (*opusDecoder, error) {
	dec, err := opus.NewDecoder(rate, 1)
	if err != nil {
		return nil, fmt.Errorf("codec: opus decoder: %w", err)
	}
	return &opusDecoder{dec: dec, rate: rate}, nil
}

// Decode implements Decoder. Whatever the library would refuse is refused before it, so that strangers' bytes cost nothing.
func (d *opusDecoder) Decode(payload []byte, pcm []int16) (int, error) {
	if opusSilent(payload) {
		return 0, nil
	}
	if n := Samples(Opus, payload, d.rate); n == 0 || n > len(pcm) {
		return 0, ErrMalformed
	}
	n, err := d.dec.Decode(payload, slices.Clip(pcm))
	if err != nil {
		return 0, ErrMalformed
	}
	d.lost = 0
	return n, nil
}

// DecodeFEC implements FEC.
func (d *opusDecoder) DecodeFEC(payload []byte, pcm []int16) (int, error) {
	if !d.length(pcm) {
		return 0, fmt.Errorf("codec: opus: %d samples at once: %w", len(pcm), ErrUnsupported)
	}
	if opusSilent(payload) || opusUnits(payload) == 0 {
		return d.Conceal(pcm)
	}
	if err := d.dec.DecodeFEC(payload, slices.Clip(pcm)); err != nil {
		return d.Conceal(pcm)
	}
	d.lost = 0
	return len(pcm), nil
}

// Conceal implements Decoder.
func (d *opusDecoder) Conceal(pcm []int16) (int, error) {
	if !d.length(pcm) {
		return 0, fmt.Errorf("codec: opus: %d samples at once: %w", len(pcm), ErrUnsupported)
	}
	if d.lost >= d.rate*maxConceal/1000 {
		clear(pcm)
		return len(pcm), nil
	}
	d.lost += len(pcm)
	if err := d.dec.DecodePLC(slices.Clip(pcm)); err != nil {
		return 0, fmt.Errorf("codec: opus: conceal: %w", err)
	}
	return len(pcm), nil
}

// length says whether the library can make up so much.
func (d *opusDecoder) length(pcm []int16) bool {
	return len(pcm) > 0 && len(pcm) <= MaxSamples(d.rate) && len(pcm)%(d.rate/400) == 0
}

// opusSilent says whether all frames of a packet are empty: nothing was sent but the header (RFC 6716, 3.1; DTX).
func opusSilent(b []byte) bool {
	switch len(b) {
	case 0, 1:
		return true
	case 2: // two frames of which the first has length 0; frames whose number is in the second byte
		return b[0]&3 == 2 && b[1] == 0 || b[0]&3 == 3 && b[1]&0xc0 == 0
	}
	return false
}

// opusUnits reads the length of a packet from its first bytes (RFC 6716, 3.1 and 3.2), at 48 kHz; 0 if it is malformed.
func opusUnits(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	frames := 1
	switch b[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(b) < 2 {
			return 0
		}
		frames = int(b[1] & 63)
	}
	n := frames * opusFrame(b[0]>>3)
	if n > MaxSamples(48000) {
		return 0
	}
	return n
}

// opusFrame is the length of one frame by the configuration number (RFC 6716, table 2), at 48 kHz.
func opusFrame(config byte) int {
	const ms = 48
	switch {
	case config < 12: // SILK
		return [4]int{10 * ms, 20 * ms, 40 * ms, 60 * ms}[config&3]
	case config < 16: // hybrid
		return [2]int{10 * ms, 20 * ms}[config&1]
	default: // CELT
		return [4]int{5 * ms / 2, 5 * ms, 10 * ms, 20 * ms}[config&3]
	}
}
