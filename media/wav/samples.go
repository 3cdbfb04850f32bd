package wav

import (
	"errors"
	"fmt"
	"io"
	"math"
)

// Samples reads the samples of a file from any place on. Several goroutines may read at once if r allows it.
type Samples struct {
	r      io.ReaderAt
	reader *Reader // knows how to read a sample
	start  int64   // of the samples, bytes
	frames int64
}

// NewSamples reads the header of a file that has size bytes. A file that is shorter than its header says ends where it ends. The errors are those
// of NewReader.
func NewSamples(r io.ReaderAt, size int64) (*Samples, error) {
	head := io.NewSectionReader(r, 0, size)
	w, err := NewReader(head)
	if err != nil {
		return nil, err
	}
	block := int64(w.block())
	return &Samples{r: r, reader: w, start: w.pos, frames: min(w.left, size-w.pos) / block}, nil
}

// Channels is how many there are.
func (s *Samples) Channels() int { return s.reader.format.Channels }

// Rate is that of the samples, Hz.
func (s *Samples) Rate() int { return s.reader.format.Rate }

// Frames is how many samples each channel has.
func (s *Samples) Frames() int64 { return s.frames }

// ReadAt fills pcm with the samples of all channels, interleaved, from a frame on, and says how many frames these are; behind the end that is 0
// with io.EOF.
func (s *Samples) ReadAt(pcm []int16, frame int64) (int, error) {
	channels := s.reader.format.Channels
	n := min(int64(len(pcm)/channels), s.frames-frame, math.MaxInt32)
	if n <= 0 || frame < 0 {
		return 0, io.EOF
	}
	block := s.reader.block()
	raw := make([]byte, int(n)*block)
	got, err := s.r.ReadAt(raw, s.start+frame*int64(block))
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("wav: %w", err)
	}
	if got /= block; got == 0 {
		return 0, io.EOF
	}
	width := block / channels
	for i := range got * channels {
		pcm[i] = s.reader.sample(raw[i*width : (i+1)*width])
	}
	return got, nil
}
