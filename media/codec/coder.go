package codec

import (
	"fmt"
	"slices"
)

// Encoder turns PCM into payloads. It isn't safe for concurrent use, and allocates nothing once it is made.
type Encoder interface {
	// Encode encodes pcm (mono, at the encoder's rate) into out and returns how many bytes it wrote. It borrows both. Opus takes 10, 20, 40 or 60 ms,
	// G.722 an even number of samples.
	Encode(pcm []int16, out []byte) (int, error)
}

// LossAware is an Encoder that can protect its packets against loss.
type LossAware interface {
	// SetLoss says how many percent of the packets the peer reports as lost. Redundancy is sent only while it is above 0.
	SetLoss(percent int)
}

// Decoder turns payloads into PCM. It isn't safe for concurrent use, and allocates nothing once it is made.
type Decoder interface {
	// Decode decodes payload into pcm (mono, at the decoder's rate, room for MaxSamples) and returns the number of samples; 0 for a payload that
	// says nothing (Silent). It borrows both.
	Decode(payload []byte, pcm []int16) (int, error)
	// Conceal makes up len(pcm) samples for a lost packet; at most MaxSamples, in steps of 2.5 ms. What is made up fades, and is silence
	// after 100 ms without a packet.
	Conceal(pcm []int16) (int, error)
}

// FEC is a Decoder that finds a copy of a lost packet in the one behind it.
type FEC interface {
	// DecodeFEC fills pcm (as long as the lost packet, in steps of 2.5 ms) from the packet behind the lost one, which is decoded afterwards as
	// always. Where there is no copy in it, the loss is concealed.
	DecodeFEC(payload []byte, pcm []int16) (int, error)
}

// NewEncoder makes an encoder for PCM at rate; ErrUnsupported if there is none.
func NewEncoder(t Type, rate int) (Encoder, error) {
	if slices.Contains(Rates(t), rate) {
		switch t {
		case PCMU:
			return &pulse{table: &ulaw}, nil
		case PCMA:
			return &pulse{table: &alaw}, nil
		case Opus:
			return newOpusEncoder(rate)
		case G722:
			return newG722Encoder(), nil
		case None, CN:
		}
	}
	return nil, fmt.Errorf("%w: no encoder for %q at %d Hz", ErrUnsupported, t, rate)
}

// NewDecoder makes a decoder that gives PCM at rate; ErrUnsupported if there is none.
func NewDecoder(t Type, rate int) (Decoder, error) {
	if slices.Contains(Rates(t), rate) {
		switch t {
		case PCMU:
			return newPulse(&ulaw), nil
		case PCMA:
			return newPulse(&alaw), nil
		case Opus:
			return newOpusDecoder(rate)
		case G722:
			return newG722Decoder(), nil
		case CN:
			return newNoise(rate), nil
		case None:
		}
	}
	return nil, fmt.Errorf("%w: no decoder for %q at %d Hz", ErrUnsupported, t, rate)
}
