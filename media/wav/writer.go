package wav

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"unsafe"

	"mediasrv/media/codec"
)

const (
	headerLen = 44 // of PCM
	lawLen    = 58 // of G.711, with its fact chunk
	bufferLen = 32 << 10
	maxFile   = math.MaxUint32 // the RIFF size has 32 bits
)

// File is where a Writer writes.
type File interface {
	io.WriterAt
	Truncate(size int64) error
}

// Writer writes 16-bit PCM or G.711. Until Close the header says that the size isn't known, which most players take; Repair helps after a crash.
// When the file can't be written (the disk is full), the writer keeps what is in its buffer for the next Flush, and what comes
// meanwhile is left out: it becomes silence, so that everything behind it is at its place. One goroutine uses a Writer.
type Writer struct {
	f     File
	law   codec.Encoder // nil: PCM
	head  int64         // bytes before the samples
	block int           // bytes per sample frame
	quiet byte          // of which silence is made
	off   int64         // where buf belongs in the file
	buf   []byte        // not yet written
	hole  int64         // bytes behind buf that were left out
}

// NewWriter writes 16-bit PCM. It writes nothing yet: the header goes with the first Flush. The file must be empty; the caller closes it after Close.
func NewWriter(f File, rate, channels int) *Writer { return newWriter(f, rate, channels, 2, PCM) }

// NewLawWriter writes G.711: ALaw or ULaw.
func NewLawWriter(f File, rate, channels int, as Coding) (*Writer, error) {
	law, err := codec.NewEncoder(lawOf(as), codec.Rate)
	if err != nil {
		return nil, fmt.Errorf("wav: %w", err)
	}
	var quiet [1]byte
	if _, err := law.Encode([]int16{0}, quiet[:]); err != nil {
		return nil, fmt.Errorf("wav: %w", err)
	}
	w := newWriter(f, rate, channels, 1, as)
	w.law, w.quiet = law, quiet[0]
	return w, nil
}

func newWriter(f File, rate, channels, width int, as Coding) *Writer {
	w := &Writer{f: f, block: width * channels, buf: make([]byte, 0, bufferLen)}
	w.buf = appendHeader(w.buf, rate, channels, as, unknownSize, unknownSize)
	w.head = int64(len(w.buf))
	return w
}

func appendHeader(b []byte, rate, channels int, as Coding, riff, data uint32) []byte {
	le := binary.LittleEndian
	width, extra := 2, 0
	if as != PCM {
		width, extra = 1, 2
	}
	b = le.AppendUint32(append(b, "RIFF"...), riff)
	b = le.AppendUint32(append(b, "WAVEfmt "...), uint32(16+extra))
	b = le.AppendUint16(b, uint16(as))
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, uint32(rate*channels*width))
	b = le.AppendUint16(b, uint16(channels*width))
	b = le.AppendUint16(b, uint16(8*width))
	if as != PCM { // RFC 2361, 2: its fmt chunk has a size of what follows, and a fact chunk says how many samples there are
		b = le.AppendUint16(b, 0)
		b = le.AppendUint32(append(b, "fact"...), 4)
		b = le.AppendUint32(b, data)
	}
	return le.AppendUint32(append(b, "data"...), data)
}

// Header is what stands before so many bytes of 16-bit samples: for files that are made while they are read. The error is ErrFull.
func Header(rate, channels int, data int64) ([]byte, error) {
	if data > math.MaxUint32-headerLen {
		return nil, fmt.Errorf("wav: %w: %d bytes", ErrFull, data)
	}
	return appendHeader(nil, rate, channels, PCM, uint32(data)+headerLen-8, uint32(data)), nil
}

// Frames is how long the file is so far, in sample frames, with all that is in the buffer or was left out.
func (w *Writer) Frames() int64 {
	return (w.off + int64(len(w.buf)) + w.hole - w.head) / int64(w.block)
}

// Write appends whole sample frames, interleaved; pcm is borrowed. It returns how many sample frames were left out, with the reason: the
// file's error, or ErrFull.
func (w *Writer) Write(pcm []int16) (lost int, err error) {
	if w.law != nil {
		return w.put(len(pcm), func(b []byte) {
			_, _ = w.law.Encode(pcm[:len(b)], b) // G.711 takes any length
			pcm = pcm[len(b):]
		})
	}
	return w.put(len(pcm)*2, func(b []byte) {
		putPCM(b, pcm)
		pcm = pcm[len(b)/2:]
	})
}

// putPCM fills b with samples. In memory they lie as in the file already, on all machines but a few; a recorded call has some 30,000 a second.
func putPCM(b []byte, pcm []int16) {
	pcm = pcm[:len(b)/2]
	if len(pcm) > 0 && binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		copy(b, unsafe.Slice((*byte)(unsafe.Pointer(&pcm[0])), len(b)))
		return
	}
	for i, s := range pcm {
		binary.LittleEndian.PutUint16(b[2*i:], uint16(s))
	}
}

// Silence appends sample frames of silence, as Write does. A long silence is left out of the file, which takes no room on most disks.
func (w *Writer) Silence(frames int) (lost int, err error) {
	if size := int64(frames * w.block); size > bufferLen && w.off+int64(len(w.buf))+w.hole+size <= maxFile {
		w.hole += size
		return 0, w.Flush()
	}
	return w.put(frames*w.block, w.silence)
}

func (w *Writer) silence(b []byte) {
	for i := range b {
		b[i] = w.quiet
	}
}

// put appends size bytes, which fill provides piece by piece.
func (w *Writer) put(size int, fill func([]byte)) (lost int, err error) {
	if w.off+int64(len(w.buf))+w.hole+int64(size) > maxFile {
		return size / w.block, fmt.Errorf("wav: %w", ErrFull)
	}
	for size > 0 {
		if cap(w.buf)-len(w.buf) < w.block || w.hole > 0 {
			if err := w.Flush(); err != nil {
				w.hole += int64(size)
				return size / w.block, err
			}
		}
		n := min(size, (cap(w.buf)-len(w.buf))/w.block*w.block)
		w.buf = w.buf[:len(w.buf)+n]
		fill(w.buf[len(w.buf)-n:])
		size -= n
	}
	return 0, nil
}

// Flush writes what is in the buffer. After an error it may be called again.
func (w *Writer) Flush() error {
	for len(w.buf) > 0 {
		n, err := w.f.WriteAt(w.buf, w.off)
		w.off += int64(n)
		w.buf = w.buf[:copy(w.buf, w.buf[n:])]
		if err != nil {
			return fmt.Errorf("wav: %w", err)
		}
	}
	return w.leave()
}

// leave makes silence of what was left out: of PCM it is a hole in the file, in which zeros are read.
func (w *Writer) leave() error {
	for w.law != nil && w.hole > 0 {
		b := w.buf[:min(w.hole, bufferLen)]
		w.silence(b)
		n, err := w.f.WriteAt(b, w.off)
		w.off, w.hole = w.off+int64(n), w.hole-int64(n)
		if err != nil {
			return fmt.Errorf("wav: %w", err)
		}
	}
	w.off, w.hole = w.off+w.hole, 0
	return nil
}

// Close flushes and writes the true sizes into the header. After an error it may be called again.
func (w *Writer) Close() error {
	if err := w.Flush(); err != nil {
		return err
	}
	return seal(w.f, w.off, w.head, w.block)
}

// seal gives a file its size, and its header the sizes that follow from it; the samples begin at data, and have block bytes per sample frame.
func seal(f File, size, data int64, block int) error {
	if err := f.Truncate(size); err != nil {
		return fmt.Errorf("wav: %w", err)
	}
	if err := putSize(f, 4, size-8); err != nil {
		return err
	}
	if data == lawLen {
		if err := putSize(f, data-12, (size-data)/int64(block)); err != nil {
			return err
		}
	}
	return putSize(f, data-4, size-data)
}

func putSize(f File, at, size int64) error {
	b := binary.LittleEndian.AppendUint32(nil, uint32(min(size, maxFile)))
	if _, err := f.WriteAt(b, at); err != nil {
		return fmt.Errorf("wav: %w", err)
	}
	return nil
}
