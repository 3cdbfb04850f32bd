package prompt

import (
	"fmt"

	"github.com/hraban/opus"

	"mediasrv/media/codec"
)

// Opus as prompts need it: narrow-band speech and music, well made, since it is encoded only once.
const (
	opusBitrate    = 24000
	opusComplexity = 10
)

// wideRate is what G.722 is sampled at.
const wideRate = 16000

// encode fills the payloads of every codec; wide is the same audio at wideRate, nil if there is no more than at 8 kHz. Encoders that remember first hear
// the last warm frames, so that the first payload fits behind the last one of a loop.
func (p *Prompt) encode(wide []int16, warm int) error {
	var err error
	if p.pcmu, err = p.pulse(codec.PCMU); err != nil {
		return err
	}
	if p.pcma, err = p.pulse(codec.PCMA); err != nil {
		return err
	}
	if err = p.subbands(wide, warm); err != nil {
		return err
	}
	n := len(p.pcm) / frameLen
	enc, err := opus.NewEncoder(Rate, 1, opus.AppVoIP)
	if err != nil {
		return fmt.Errorf("opus: %w", err)
	}
	if err := enc.SetBitrate(opusBitrate); err != nil {
		return fmt.Errorf("opus: bitrate: %w", err)
	}
	if err := enc.SetComplexity(opusComplexity); err != nil {
		return fmt.Errorf("opus: complexity: %w", err)
	}
	frames, buf := make([][]byte, n), [1275]byte{}
	for i := -warm; i < n; i++ {
		size, err := enc.Encode(p.frame((i+n)%n), buf[:])
		if err != nil {
			return fmt.Errorf("opus: frame %d: %w", i, err)
		}
		if i >= 0 {
			frames[i] = append([]byte(nil), buf[:size]...)
		}
	}
	p.opus = frames
	return nil
}

// subbands fills the payloads of G.722, whose frames are as many as the others'.
func (p *Prompt) subbands(wide []int16, warm int) error {
	enc, err := codec.NewEncoder(codec.G722, wideRate)
	if err != nil {
		return fmt.Errorf("encoder: %w", err)
	}
	const size = wideRate / 50
	up, n := codec.NewResampler(Rate, wideRate), len(p.pcm)/frameLen
	out := slots(n, frameLen)
	var pcm [size]int16
	var spare [frameLen]byte
	for i := -warm; i < n; i++ {
		at, slot := (i+n)%n, spare[:]
		if wide == nil {
			up.Resample(p.frame(at), pcm[:])
		} else {
			clear(pcm[copy(pcm[:], wide[min(at*size, len(wide)):]):])
		}
		if i >= 0 {
			slot = out[i]
		}
		if _, err := enc.Encode(pcm[:], slot); err != nil {
			return fmt.Errorf("G.722: frame %d: %w", i, err)
		}
	}
	p.g722 = out
	return nil
}

// pulse is the audio in G.711.
func (p *Prompt) pulse(t codec.Type) ([][]byte, error) {
	enc, err := codec.NewEncoder(t, codec.Rate)
	if err != nil {
		return nil, fmt.Errorf("encoder: %w", err)
	}
	out := slots(len(p.pcm)/frameLen, frameLen)
	for i, slot := range out {
		if _, err := enc.Encode(p.frame(i), slot); err != nil {
			return nil, fmt.Errorf("%s: frame %d: %w", t, i, err)
		}
	}
	return out, nil
}

func (p *Prompt) frame(i int) []int16 { return p.pcm[i*frameLen : (i+1)*frameLen] }

// slots cuts one slab into n pieces of size bytes.
func slots(n, size int) [][]byte {
	slab, out := make([]byte, n*size), make([][]byte, n)
	for i := range out {
		out[i] = slab[i*size : (i+1)*size : (i+1)*size]
	}
	return out
}
