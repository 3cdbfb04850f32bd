package prompt

import (
	"errors"
	"fmt"
	"time"

	"mediasrv/media/codec"
)

// Rate is the sampling rate of a prompt's PCM, Hz.
const Rate = 8000

// FrameTime is how much audio one payload holds; frameLen is the same in samples.
const (
	FrameTime = 20 * time.Millisecond
	frameLen  = Rate / 50
)

// MaxLength is the longest prompt: what is longer would take tens of megabytes of memory.
const MaxLength = 20 * time.Minute

var (
	// ErrEmpty means that there is no audio.
	ErrEmpty = errors.New("has no audio")
	// ErrTooLong means that the audio is longer than MaxLength.
	ErrTooLong = fmt.Errorf("is longer than %v", MaxLength)
	// ErrRate means that the sampling rate is none that audio has.
	ErrRate = errors.New("sampling rate must be 1000 to 384000 Hz")
)

// Prompt is audio, encoded once per codec into packets of 20 ms. It is immutable and shared.
type Prompt struct {
	name string
	pcm  []int16 // 8 kHz, whole frames
	pcmu [][]byte
	pcma [][]byte
	g722 [][]byte
	opus [][]byte
}

// New encodes PCM (mono) for PCMU, PCMA, Opus (8 kHz mode, 24 kbit/s) and G.722, which gets the upper band as well where the source has it. pcm is borrowed. It takes some milliseconds per second of
// audio, so it is called when a file is loaded, not in a call. The errors are ErrEmpty, ErrTooLong, ErrRate, and those of the codecs.
func New(name string, pcm []int16, rate int) (*Prompt, error) {
	return build(name, pcm, rate, func([]int16) volume { return volume{} })
}

// NewNormalised is New for audio of any level: it is brought to about -19 dBFS, measured over the frames of 20 ms in which something is
// heard, so that pauses don't count. Peaks are limited smoothly, never clipped.
func NewNormalised(name string, pcm []int16, rate int) (*Prompt, error) {
	return build(name, pcm, rate, speech)
}

func build(name string, pcm []int16, rate int, level func([]int16) volume) (*Prompt, error) {
	switch {
	case rate < minRate || rate > maxRate:
		return nil, fmt.Errorf("prompt: %s: %w, got %d", name, ErrRate, rate)
	case len(pcm) == 0:
		return nil, fmt.Errorf("prompt: %s: %w", name, ErrEmpty)
	case int64(len(pcm)) > int64(rate)*int64(MaxLength/time.Second):
		return nil, fmt.Errorf("prompt: %s: %w", name, ErrTooLong)
	}
	narrow := resample(pcm, rate)
	v := level(narrow)
	p := &Prompt{name: name, pcm: pad(v.apply(narrow, Rate))}
	var wide []int16
	if rate >= wideRate {
		wide = v.apply(convert(pcm, rate, wideRate), wideRate)
	}
	if err := p.encode(wide, 0); err != nil {
		return nil, fmt.Errorf("prompt: %s: %w", name, err)
	}
	return p, nil
}

// loop makes a prompt of PCM at 8 kHz that is meant to be repeated: whole frames, which the prompt keeps. Without Opus (no memory)
// it is still there for G.711.
func loop(name string, pcm []int16) *Prompt {
	p := &Prompt{name: name, pcm: pad(pcm)}
	_ = p.encode(nil, min(10, len(p.pcm)/frameLen)) // a codec that fails has no frames
	return p
}

// Name is for logs.
func (p *Prompt) Name() string { return p.name }

// Length is how long it plays: whole frames.
func (p *Prompt) Length() time.Duration { return time.Duration(len(p.pcm)/frameLen) * FrameTime }

// Frames are the 20 ms payloads for a codec; nil if it isn't encoded for it. Read only.
func (p *Prompt) Frames(c codec.Type) [][]byte {
	switch c {
	case codec.PCMU:
		return p.pcmu
	case codec.PCMA:
		return p.pcma
	case codec.Opus:
		return p.opus
	case codec.G722:
		return p.g722
	case codec.None, codec.CN:
	}
	return nil
}

// PCM is the audio at 8 kHz, for mixing: as many whole frames of 160 samples as Frames has. Read only.
func (p *Prompt) PCM() []int16 { return p.pcm }

// pad adds silence up to a whole frame; pcm is kept.
func pad(pcm []int16) []int16 {
	if rest := len(pcm) % frameLen; rest != 0 {
		pcm = append(pcm, make([]int16, frameLen-rest)...)
	}
	return pcm
}
