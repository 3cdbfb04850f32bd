package wav

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"mediasrv/media/codec"
)

const (
	extensible  = 0xFFFE
	maxChunk    = 64 << 10 // a larger fmt chunk is nonsense
	maxChannels = 8
	unknownSize = math.MaxUint32 // a writer that streams writes 0xFFFFFFFF or 0
)

// Reader reads samples. It keeps a few kilobytes, whatever the file says.
type Reader struct {
	r      *bufio.Reader
	format Format
	riff   uint32
	pos    int64      // bytes read up to the first sample
	left   int64      // bytes of the data chunk; as many as there are if the file doesn't say
	law    [256]int16 // for G.711
	buf    [4096]byte
}

// NewReader reads up to the first sample. The errors are ErrFormat, ErrUnsupported and r's own.
func NewReader(r io.Reader) (*Reader, error) {
	w := &Reader{r: bufio.NewReaderSize(r, 4096)}
	var head [12]byte
	if err := w.full(head[:]); err != nil {
		return nil, err
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return nil, fmt.Errorf("wav: %w: no RIFF WAVE header", ErrFormat)
	}
	w.riff = binary.LittleEndian.Uint32(head[4:])
	for {
		if found, err := w.chunk(); err != nil || found {
			return w, err
		}
	}
}

// Format is what the file says about its samples.
func (w *Reader) Format() Format { return w.format }

// chunk reads one chunk up to its end, or the data chunk up to its beginning: true.
func (w *Reader) chunk() (bool, error) {
	var head [8]byte
	if err := w.full(head[:]); err != nil {
		return false, err
	}
	size := int64(binary.LittleEndian.Uint32(head[4:]))
	switch string(head[:4]) {
	case "fmt ":
		if size < 14 || size > maxChunk {
			return false, fmt.Errorf("wav: %w: fmt chunk of %d bytes", ErrFormat, size)
		}
		body := make([]byte, size)
		if err := w.full(body); err != nil {
			return false, err
		}
		if err := w.parse(body); err != nil {
			return false, err
		}
		return false, w.skip(size & 1)
	case "data":
		if w.format.Channels == 0 {
			return false, fmt.Errorf("wav: %w: data before fmt", ErrFormat)
		}
		streamed := size == 0 && (w.riff == 0 || w.riff == unknownSize)
		if w.left = size; size == unknownSize || streamed {
			w.left = math.MaxInt64
		}
		return true, nil
	default:
		return false, w.skip(size + size&1)
	}
}

func (w *Reader) parse(b []byte) error {
	tag := binary.LittleEndian.Uint16(b)
	rate := binary.LittleEndian.Uint32(b[4:])
	f := Format{Channels: int(binary.LittleEndian.Uint16(b[2:])), Rate: int(rate), Bits: 8}
	if len(b) >= 16 {
		f.Bits = int(binary.LittleEndian.Uint16(b[14:]))
	}
	if tag == extensible && len(b) >= 26 {
		tag = binary.LittleEndian.Uint16(b[24:]) // the sub-format's GUID begins with the tag
	}
	f.Coding = Coding(tag)
	if f.Channels < 1 || f.Channels > maxChannels || rate < 1 || rate > 1<<20 {
		return fmt.Errorf("wav: %w: %d channels at %d Hz", ErrFormat, f.Channels, rate)
	}
	if !f.known() {
		return fmt.Errorf("wav: %w: format tag %d with %d bits", ErrUnsupported, tag, f.Bits)
	}
	w.format = f
	return w.expand()
}

// lawOf is the codec of G.711; None: another coding.
func lawOf(c Coding) codec.Type {
	switch c {
	case ALaw:
		return codec.PCMA
	case ULaw:
		return codec.PCMU
	case PCM:
	}
	return codec.None
}

// known says whether the samples can be read.
func (f Format) known() bool {
	switch f.Coding {
	case PCM:
		return f.Bits == 8 || f.Bits == 16 || f.Bits == 24 || f.Bits == 32
	case ALaw, ULaw:
		return f.Bits == 8
	}
	return false
}

// expand makes the table for G.711.
func (w *Reader) expand() error {
	t := lawOf(w.format.Coding)
	if t == codec.None {
		return nil
	}
	dec, err := codec.NewDecoder(t, codec.Rate)
	if err != nil {
		return fmt.Errorf("wav: %w", err)
	}
	var all [256]byte
	for i := range all {
		all[i] = byte(i)
	}
	if _, err := dec.Decode(all[:], w.law[:]); err != nil {
		return fmt.Errorf("wav: %w", err)
	}
	return nil
}

// Read fills pcm with samples (of all channels, interleaved) and says how many; only whole sample frames. At the end it is 0 and
// io.EOF. A file that is shorter than its header says ends where it ends. pcm must have room for one sample of each channel.
func (w *Reader) Read(pcm []int16) (int, error) {
	width, block := w.format.Bits/8, w.block()
	want := min(len(pcm)*width, len(w.buf))
	want = int(min(int64(want), w.left)) / block * block
	if want == 0 {
		return 0, io.EOF
	}
	n, err := io.ReadFull(w.r, w.buf[:want])
	w.left -= int64(n)
	if err != nil {
		w.left = 0
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, fmt.Errorf("wav: %w", err)
		}
	}
	n = n / block * block
	if n == 0 {
		return 0, io.EOF
	}
	for i := range n / width {
		pcm[i] = w.sample(w.buf[i*width : (i+1)*width])
	}
	return n / width, nil
}

// block is how many bytes the samples of one moment have.
func (w *Reader) block() int { return w.format.Bits / 8 * w.format.Channels }

func (w *Reader) sample(b []byte) int16 {
	switch {
	case w.format.Coding != PCM:
		return w.law[b[0]]
	case len(b) == 1:
		return (int16(b[0]) - 128) << 8
	default:
		return int16(binary.LittleEndian.Uint16(b[len(b)-2:])) // the upper 16 of 16, 24 or 32 bits
	}
}

// ReadMono reads all that is left, channels mixed in equal parts; ErrTooLong if there are more than limit sample frames.
func (w *Reader) ReadMono(limit int) ([]int16, error) {
	var out []int16
	var buf [4096]int16
	ch := w.format.Channels
	for {
		n, err := w.Read(buf[:len(buf)/ch*ch])
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if len(out)+n/ch > limit {
			return nil, fmt.Errorf("wav: %w: more than %d samples", ErrTooLong, limit)
		}
		for i := 0; i < n; i += ch {
			sum := 0
			for _, s := range buf[i : i+ch] {
				sum += int(s)
			}
			out = append(out, int16(sum/ch))
		}
	}
}

func (w *Reader) full(b []byte) error {
	if _, err := io.ReadFull(w.r, b); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("wav: %w: it ends in its header", ErrFormat)
		}
		return fmt.Errorf("wav: %w", err)
	}
	w.pos += int64(len(b))
	return nil
}

func (w *Reader) skip(n int64) error {
	if _, err := io.CopyN(io.Discard, w.r, n); err != nil {
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("wav: %w: it ends in its header", ErrFormat)
		}
		return fmt.Errorf("wav: %w", err)
	}
	w.pos += n
	return nil
}
