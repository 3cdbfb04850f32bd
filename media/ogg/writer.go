package ogg

import (
	"encoding/binary"
	"fmt"
	"io"

	"mediasrv/media/codec"
)

const (
	maxWaiting = 8 << 10 // bytes that wait for the disk; then sound is left out
	maxPacket  = 400     // bytes of a frame of 20 ms at our rate, with room
)

// File is where a Writer writes.
type File interface {
	io.WriterAt
	Truncate(size int64) error
}

// Writer encodes 8 kHz PCM. When the file can't be written (the disk is full) it keeps what waits for the next Flush, and what comes meanwhile is left
// out: it becomes silence, so that everything behind it is at its place. One goroutine uses a Writer.
type Writer struct {
	f       File
	streams []stream
	page    page
	packet  []byte
	out     []byte // pages for the disk
	off     int64  // where out belongs in the file
	have    int    // samples in the streams' frames
	encoded int64  // sample frames in packets
	frames  int64  // sample frames taken, with those that were left out
	hole    int64  // of them, those left out and not yet made silence of
	ended   bool
}

// stream is one channel.
type stream struct {
	enc     codec.Encoder
	pcm     [codec.Frame]int16
	silence []byte // a packet
	buf     [maxPacket]byte
}

// NewWriter writes nothing yet: the headers go with the first Flush. The file must be empty; the caller closes it after Close. serial tells streams apart, and
// should be random.
func NewWriter(f File, channels int, serial uint32) (*Writer, error) {
	w := &Writer{f: f, streams: make([]stream, channels), page: page{serial: serial, flags: flagFirst}}
	for i := range w.streams {
		if err := w.streams[i].begin(); err != nil {
			return nil, err
		}
	}
	w.page.add(head(channels))
	w.out = w.page.appendTo(w.out)
	w.page.add(tags())
	w.out = w.page.appendTo(w.out)
	return w, nil
}

// begin makes the encoder, and what it says of silence: in a row its packets are all alike.
func (s *stream) begin() error {
	enc, err := codec.NewArchive()
	if err != nil {
		return fmt.Errorf("ogg: %w", err)
	}
	for range 10 {
		n, err := enc.Encode(s.pcm[:], s.buf[:])
		if err != nil {
			return fmt.Errorf("ogg: %w", err)
		}
		s.silence = append(s.silence[:0], s.buf[:n]...)
	}
	if s.enc, err = codec.NewArchive(); err != nil {
		return fmt.Errorf("ogg: %w", err)
	}
	return nil
}

// head is the identification header (RFC 7845, 5.1). Two channels are two streams, neither of which is coupled: mapping family 1.
func head(channels int) []byte {
	le := binary.LittleEndian
	b := append([]byte("OpusHead\x01"), byte(channels))
	b = le.AppendUint16(b, codec.ArchiveDelay)
	b = le.AppendUint32(b, codec.Rate)
	b = le.AppendUint16(b, 0)
	if channels == 1 {
		return append(b, 0)
	}
	b = append(b, 1, byte(channels), 0)
	for i := range channels {
		b = append(b, byte(i))
	}
	return b
}

// tags is the comment header (RFC 7845, 5.2). It says nothing of the call: the metadata do.
func tags() []byte {
	const vendor = "mediasrv"
	b := binary.LittleEndian.AppendUint32([]byte("OpusTags"), uint32(len(vendor)))
	return binary.LittleEndian.AppendUint32(append(b, vendor...), 0)
}

// Frames is how long the file is so far, in sample frames, with all that waits or was left out.
func (w *Writer) Frames() int64 { return w.frames }

// Write appends whole sample frames, interleaved; pcm is borrowed. It returns how many sample frames were left out, with the reason.
func (w *Writer) Write(pcm []int16) (lost int, err error) {
	n := len(pcm) / len(w.streams)
	if err := w.room(); err != nil {
		w.frames, w.hole = w.frames+int64(n), w.hole+int64(n)
		return n, err
	}
	w.frames += int64(n)
	for len(pcm) > 0 {
		for i := range w.streams {
			w.streams[i].pcm[w.have] = pcm[i]
		}
		pcm = pcm[len(w.streams):]
		if w.have++; w.have == codec.Frame {
			if err := w.encode(); err != nil {
				return 0, err
			}
		}
	}
	return 0, nil
}

// Silence appends sample frames of silence. However many: they reach the disk with the next Flush.
func (w *Writer) Silence(frames int) (lost int, err error) {
	w.frames, w.hole = w.frames+int64(frames), w.hole+int64(frames)
	return 0, nil
}

// room sees to it that little waits for the disk.
func (w *Writer) room() error {
	if w.hole == 0 && len(w.out) < maxWaiting {
		return nil
	}
	return w.Flush()
}

// encode makes packets of the streams' frames.
func (w *Writer) encode() error {
	w.packet = w.packet[:0]
	for i := range w.streams {
		s := &w.streams[i]
		n, err := s.enc.Encode(s.pcm[:], s.buf[:])
		if err != nil {
			return fmt.Errorf("ogg: %w", err)
		}
		w.pack(i, s.buf[:n])
	}
	w.have = 0
	w.put()
	return nil
}

// pack adds a stream's frame to the packet; all but the last one's say how long they are (RFC 6716, appendix B).
func (w *Writer) pack(i int, frame []byte) {
	if i == len(w.streams)-1 {
		w.packet = append(w.packet, frame...)
		return
	}
	w.packet = append(w.packet, frame[0])
	if n := len(frame) - 1; n < 252 {
		w.packet = append(w.packet, byte(n)) //nolint:gosec // below 252
	} else {
		low := 252 + n&3
		w.packet = append(w.packet, byte(low), byte((n-low)/4)) //nolint:gosec // n is below maxPacket
	}
	w.packet = append(w.packet, frame[1:]...)
}

// put adds the packet to the page, whose end may be reached with it.
func (w *Writer) put() {
	if !w.page.fits(len(w.packet)) {
		w.out = w.page.appendTo(w.out)
	}
	w.encoded += codec.Frame
	w.page.add(w.packet)
	w.page.granule = uint64(w.encoded * units)
}

// Flush writes all whole frames, as pages. After an error it may be called again.
func (w *Writer) Flush() error {
	for {
		if err := w.write(); err != nil {
			return err
		}
		if w.hole == 0 {
			break
		}
		if err := w.fill(); err != nil {
			return err
		}
	}
	if w.page.packets == 0 {
		return nil
	}
	w.out = w.page.appendTo(w.out)
	return w.write()
}

// write brings pages to the disk.
func (w *Writer) write() error {
	for len(w.out) > 0 {
		n, err := w.f.WriteAt(w.out, w.off)
		w.off += int64(n)
		w.out = w.out[:copy(w.out, w.out[n:])]
		if err != nil {
			return fmt.Errorf("ogg: %w", err)
		}
	}
	return nil
}

// fill makes silence of what was left out, as much as may wait for the disk.
func (w *Writer) fill() error {
	for w.hole > 0 && len(w.out) < maxWaiting {
		if w.have == 0 && w.hole >= codec.Frame {
			w.packet = w.packet[:0]
			for i := range w.streams {
				w.pack(i, w.streams[i].silence)
			}
			w.put()
			w.hole -= codec.Frame
			continue
		}
		n := int(min(w.hole, int64(codec.Frame-w.have)))
		for i := range w.streams {
			clear(w.streams[i].pcm[w.have : w.have+n])
		}
		w.hole -= int64(n)
		if w.have += n; w.have == codec.Frame {
			if err := w.encode(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close flushes, and ends the stream at its last sample (RFC 7845, 4.4). After an error it may be called again.
func (w *Writer) Close() error {
	if err := w.Flush(); err != nil {
		return err
	}
	for !w.ended && (w.have > 0 || w.encoded < w.frames+codec.ArchiveDelay/units || w.page.packets == 0) { // the encoder holds the end back
		for i := range w.streams {
			clear(w.streams[i].pcm[w.have:])
		}
		if err := w.encode(); err != nil {
			return err
		}
	}
	if !w.ended {
		w.ended = true
		w.page.flags |= flagLast
		w.page.granule = uint64(w.frames*units + codec.ArchiveDelay)
		w.out = w.page.appendTo(w.out)
	}
	if err := w.write(); err != nil {
		return err
	}
	if err := w.f.Truncate(w.off); err != nil {
		return fmt.Errorf("ogg: %w", err)
	}
	return nil
}
