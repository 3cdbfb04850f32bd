package ogg

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sort"

	"mediasrv/media/codec"
)

const (
	skip    = codec.ArchiveDelay / units // samples that a decoder gives before the first one
	preroll = 4                          // packets that a decoder needs before it is right (RFC 7845, 4.6: 80 ms)
)

// Samples reads the sound of a file that Writer has written, from any place on. It is one reader's at a time.
type Samples struct {
	r        io.ReaderAt
	channels int
	frames   int64
	places   []place
	dec      []codec.Decoder
	next     int64 // the packet that the decoders have not seen yet
	have     int64 // the packet that is in pcm
	pcm      [][]int16
	page     int // the one whose packets are in packets; -1: none
	packets  [][]byte
}

// place is where a page is.
type place struct {
	at    int64
	size  int
	first int64 // packet of sound in it
}

// NewSamples finds the pages of a file that has size bytes: it reads their heads. A file that is cut off ends with its last whole page. The error is ErrFormat, or
// r's own.
func NewSamples(r io.ReaderAt, size int64) (*Samples, error) {
	s := &Samples{r: r, page: -1, have: -1, next: -1}
	var granule uint64
	var packet int64
	for at, n := int64(0), 0; ; n++ {
		head, body, err := headAt(r, at, size)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		length := len(head) + body
		switch {
		case n == 0:
			if err := s.identify(at, length); err != nil {
				return nil, err
			}
		case n > 1:
			s.places = append(s.places, place{at, length, packet})
			packet += packetsIn(head)
			granule = binary.LittleEndian.Uint64(head[6:])
		}
		at += int64(length)
	}
	if s.channels == 0 {
		return nil, fmt.Errorf("ogg: %w: its headers are not whole", ErrFormat)
	}
	s.frames = max(0, min((int64(granule&(1<<62-1))-codec.ArchiveDelay)/units, packet*codec.Frame-skip)) //nolint:gosec // 62 bits
	return s, nil
}

// headAt reads the head of a page with its lacing values; body is how many bytes follow. io.EOF: there is no whole page any more.
func headAt(r io.ReaderAt, at, size int64) (head []byte, body int, err error) {
	var b [pageHead + maxLacing]byte
	n, err := r.ReadAt(b[:min(int64(len(b)), max(0, size-at))], at)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, fmt.Errorf("ogg: %w", err)
	}
	if n < pageHead || n < pageHead+int(b[26]) {
		return nil, 0, io.EOF
	}
	if string(b[:5]) != "OggS\x00" || b[5]&flagContinued != 0 {
		return nil, 0, fmt.Errorf("ogg: %w: no page of ours at byte %d", ErrFormat, at)
	}
	head = b[: pageHead+int(b[26]) : pageHead+int(b[26])]
	for _, lace := range head[pageHead:] {
		body += int(lace)
	}
	if at+int64(len(head)+body) > size {
		return nil, 0, io.EOF
	}
	return head, body, nil
}

func packetsIn(head []byte) (n int64) {
	for _, lace := range head[pageHead:] {
		if lace < 255 {
			n++
		}
	}
	return n
}

func (s *Samples) identify(at int64, size int) error {
	page := make([]byte, size)
	if _, err := s.r.ReadAt(page, at); err != nil {
		return fmt.Errorf("ogg: %w", err)
	}
	if s.channels = channelsOf(page); s.channels < 1 || s.channels > 2 {
		return fmt.Errorf("ogg: %w: %d channels", ErrFormat, s.channels)
	}
	return nil
}

// Channels is how many there are.
func (s *Samples) Channels() int { return s.channels }

// Rate is that of the samples, Hz.
func (s *Samples) Rate() int { return codec.Rate }

// Frames is how many samples each channel has.
func (s *Samples) Frames() int64 { return s.frames }

// ReadAt fills pcm with the samples of all channels, interleaved, from a frame on, and says how many frames these are; behind the end that is 0
// with io.EOF.
func (s *Samples) ReadAt(pcm []int16, frame int64) (int, error) {
	n := int(min(int64(len(pcm)/s.channels), s.frames-frame))
	if n <= 0 || frame < 0 {
		return 0, io.EOF
	}
	for done := 0; done < n; {
		at := frame + int64(done) + skip
		if err := s.decodeTo(at / codec.Frame); err != nil {
			return 0, err
		}
		from := int(at % codec.Frame)
		part := min(n-done, codec.Frame-from)
		for i := range part {
			for c := range s.channels {
				pcm[(done+i)*s.channels+c] = s.pcm[c][from+i]
			}
		}
		done += part
	}
	return n, nil
}

// decodeTo sees to it that a packet's samples are in pcm.
func (s *Samples) decodeTo(packet int64) error {
	if s.have == packet {
		return nil
	}
	if s.next != packet {
		if err := s.begin(); err != nil {
			return err
		}
		s.next = max(0, packet-preroll)
	}
	for s.next <= packet {
		b, err := s.packetAt(s.next)
		if err != nil {
			return err
		}
		if err := s.decode(b); err != nil {
			return err
		}
		s.have, s.next = s.next, s.next+1
	}
	return nil
}

// begin makes decoders that have heard nothing.
func (s *Samples) begin() error {
	s.dec, s.pcm, s.have = nil, nil, -1
	for range s.channels {
		d, err := codec.NewDecoder(codec.Opus, codec.Rate)
		if err != nil {
			return fmt.Errorf("ogg: %w", err)
		}
		s.dec, s.pcm = append(s.dec, d), append(s.pcm, make([]int16, codec.MaxSamples(codec.Rate)))
	}
	return nil
}

func (s *Samples) decode(packet []byte) error {
	for c := range s.channels {
		frame, rest, err := unpack(packet, c == s.channels-1)
		if err != nil {
			return err
		}
		clear(s.pcm[c])
		if _, err := s.dec[c].Decode(frame, s.pcm[c]); err != nil {
			return fmt.Errorf("ogg: %w", err)
		}
		packet = rest
	}
	return nil
}

// unpack takes a channel's frame out of a packet; all but the last one's say how long they are (RFC 6716, appendix B).
func unpack(b []byte, last bool) (frame, rest []byte, err error) {
	if last {
		return b, nil, nil
	}
	if len(b) < 3 {
		return nil, nil, fmt.Errorf("ogg: %w: a packet of %d bytes", ErrFormat, len(b))
	}
	size, from := int(b[1]), 2
	if size >= 252 {
		size, from = size+4*int(b[2]), 3
	}
	if from+size > len(b) {
		return nil, nil, fmt.Errorf("ogg: %w: a frame of %d bytes in a packet of %d", ErrFormat, size, len(b))
	}
	return append([]byte{b[0]}, b[from:from+size]...), b[from+size:], nil
}

// packetAt reads the page of a packet, unless it was the last one that was read.
func (s *Samples) packetAt(n int64) ([]byte, error) {
	page := sort.Search(len(s.places), func(i int) bool { return s.places[i].first > n }) - 1
	if page < 0 {
		return nil, io.EOF
	}
	if page != s.page {
		if err := s.open(page); err != nil {
			return nil, err
		}
	}
	i := n - s.places[page].first
	if i >= int64(len(s.packets)) {
		return nil, io.EOF
	}
	return s.packets[i], nil
}

func (s *Samples) open(page int) error {
	p := s.places[page]
	b := make([]byte, p.size)
	if _, err := s.r.ReadAt(b, p.at); err != nil {
		return fmt.Errorf("ogg: %w", err)
	}
	s.page, s.packets = page, s.packets[:0]
	lacing := b[pageHead : pageHead+int(b[26])]
	body, size := b[pageHead+len(lacing):], 0
	for _, lace := range lacing {
		if size += int(lace); lace < 255 {
			s.packets = append(s.packets, body[:size])
			body, size = body[size:], 0
		}
	}
	return nil
}
