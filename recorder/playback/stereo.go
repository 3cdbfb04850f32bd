package playback

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"mediasrv/media/wav"
)

const (
	frameBytes = 4 // two channels of 16 bits
	chunk      = 4096
)

// Leg is a sound with one channel and its place among others.
type Leg struct {
	Sound Sound
	From  int64 // frames behind the beginning of the whole
	Right bool  // else left
}

// Stereo is legs as one sound with two channels.
type Stereo struct {
	legs   []Leg
	frames int64
	pcm    [chunk]int16
}

// Together puts legs side by side, as long as the longest. They are borrowed. It is one reader's at a time.
func Together(legs []Leg) *Stereo {
	s := &Stereo{legs: legs}
	for _, l := range legs {
		s.frames = max(s.frames, l.From+l.Sound.Frames())
	}
	return s
}

// Frames is how many samples each channel has.
func (s *Stereo) Frames() int64 { return s.frames }

// ReadAt reads both channels from a frame on; what a leg doesn't have is silence.
func (s *Stereo) ReadAt(pcm []int16, frame int64) (int, error) {
	n := int(min(int64(len(pcm)/2), chunk, s.frames-frame))
	if n <= 0 || frame < 0 {
		return 0, io.EOF
	}
	clear(pcm[:2*n])
	for _, l := range s.legs {
		if err := s.add(l, pcm[:2*n], frame); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// add adds a leg's part of what begins at a frame.
func (s *Stereo) add(l Leg, pcm []int16, frame int64) error {
	skip := max(0, l.From-frame) // frames before the leg begins
	side := 0
	if l.Right {
		side = 1
	}
	for frames := int64(len(pcm) / 2); skip < frames; {
		n, err := l.Sound.ReadAt(s.pcm[:frames-skip], frame+skip-l.From)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("playback: %w", err)
		}
		for i, sample := range s.pcm[:n] {
			at := &pcm[2*(int(skip)+i)+side]
			*at = int16(max(-32768, min(32767, int(*at)+int(sample))))
		}
		skip += int64(n)
	}
	return nil
}

// File is a WAV file of a sound with two channels that is made while it is read: nothing is kept.
type File struct {
	sound  *Stereo
	header []byte
	pos    int64
	pcm    [2 * chunk]int16
}

// NewFile makes a file of a sound that it borrows. The error is wav.ErrFull.
func NewFile(s *Stereo, rate int) (*File, error) {
	header, err := wav.Header(rate, 2, s.Frames()*frameBytes)
	if err != nil {
		return nil, fmt.Errorf("playback: %w", err)
	}
	return &File{sound: s, header: header}, nil
}

func (f *File) size() int64 { return int64(len(f.header)) + f.sound.Frames()*frameBytes }

// Seek is io.Seeker's.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.pos
	case io.SeekEnd:
		offset += f.size()
	}
	if offset < 0 {
		return 0, fmt.Errorf("playback: there is nothing %d bytes before the beginning", -offset)
	}
	f.pos = offset
	return offset, nil
}

// Read is io.Reader's. A place inside a sample is allowed: ranges begin anywhere.
func (f *File) Read(b []byte) (int, error) {
	if f.pos < int64(len(f.header)) {
		n := copy(b, f.header[f.pos:])
		f.pos += int64(n)
		return n, nil
	}
	at := f.pos - int64(len(f.header))
	frame, inside := at/frameBytes, int(at%frameBytes)
	if len(b) == 0 {
		return 0, nil
	}
	want := min(len(f.pcm)/2, (len(b)+inside+frameBytes-1)/frameBytes)
	n, err := f.sound.ReadAt(f.pcm[:2*want], frame)
	if err != nil {
		return 0, err
	}
	raw := make([]byte, 0, n*frameBytes)
	for _, s := range f.pcm[:2*n] {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(s))
	}
	done := copy(b, raw[inside:])
	f.pos += int64(done)
	return done, nil
}
