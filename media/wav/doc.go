// Package wav reads and writes WAV files (RIFF WAVE, Multimedia Programming Interface and Data Specifications 1.0; WAVEFORMATEXTENSIBLE).
// It reads what other programs write, also when sizes are wrong, and writes 16-bit PCM that survives a crash.
package wav

import "errors"

var (
	// ErrFormat means that it isn't a WAV file, or one that is broken.
	ErrFormat = errors.New("not a WAV file")
	// ErrUnsupported means that the samples are coded in a way that this package doesn't know.
	ErrUnsupported = errors.New("unsupported coding")
	// ErrTooLong means that there are more samples than asked for.
	ErrTooLong = errors.New("too long")
	// ErrFull means that a WAV file can't get longer: its sizes have 32 bits.
	ErrFull = errors.New("a WAV file ends at 4 GB")
)

// Format says how samples are stored.
type Format struct {
	Rate     int // Hz
	Channels int
	Coding   Coding
	Bits     int // per sample as stored
}

// Coding is how a sample is coded.
type Coding uint16

// The codings that are read. The numbers are the format tags of the fmt chunk.
const (
	PCM  Coding = 1
	ALaw Coding = 6
	ULaw Coding = 7
)
