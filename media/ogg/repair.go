package ogg

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"mediasrv/media/codec"
)

// found is a page of a file.
type found struct {
	at      int64
	raw     []byte // valid until the next one is read
	granule uint64
}

// pages goes through a file up to its end, or to the first page that isn't whole.
type pages struct {
	r  *bufio.Reader
	at int64
	b  []byte
}

func newPages(r io.Reader) *pages { return &pages{r: bufio.NewReaderSize(r, 64<<10)} }

// next reads a page; false: there is none, or it is broken. The error is the file's.
func (p *pages) next() (found, bool, error) {
	p.b = append(p.b[:0], make([]byte, pageHead)...)
	if ok, err := p.full(p.b); !ok {
		return found{}, false, err
	}
	if !bytes.HasPrefix(p.b, []byte("OggS\x00")) {
		return found{}, false, nil
	}
	lacing := int(p.b[26])
	p.b = append(p.b, make([]byte, lacing)...)
	if ok, err := p.full(p.b[pageHead:]); !ok {
		return found{}, false, err
	}
	size := 0
	for _, n := range p.b[pageHead:] {
		size += int(n)
	}
	p.b = append(p.b, make([]byte, size)...)
	if ok, err := p.full(p.b[pageHead+lacing:]); !ok {
		return found{}, false, err
	}
	f := found{at: p.at, raw: p.b, granule: binary.LittleEndian.Uint64(p.b[6:])}
	want := binary.LittleEndian.Uint32(p.b[22:])
	clear(p.b[22:26])
	whole := checksum(p.b) == want
	binary.LittleEndian.PutUint32(p.b[22:], want)
	p.at += int64(len(p.b))
	return f, whole, nil
}

func (p *pages) full(b []byte) (bool, error) {
	_, err := io.ReadFull(p.r, b)
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return err == nil, nil
	}
	return false, fmt.Errorf("ogg: %w", err)
}

// Damaged is a file that can be repaired.
type Damaged interface {
	io.ReaderAt
	File
}

// Repair makes a file whole that was cut off while it was written: it drops what is behind the last whole page, and marks that one as the end. size is how long it
// is. It returns how many channels the file has, and how long it is in sample frames. ErrFormat: its headers aren't whole.
func Repair(f Damaged, size int64) (channels int, frames int64, err error) {
	p := newPages(io.NewSectionReader(f, 0, size))
	var last found
	for n := 0; ; n++ {
		page, ok, err := p.next()
		if err != nil {
			return 0, 0, err
		}
		if !ok && n < 2 {
			return 0, 0, fmt.Errorf("ogg: %w: its headers are not whole", ErrFormat)
		}
		if !ok {
			break
		}
		if n == 0 {
			if channels = channelsOf(page.raw); channels == 0 {
				return 0, 0, fmt.Errorf("ogg: %w: it has no OpusHead", ErrFormat)
			}
		}
		last = found{at: page.at, raw: append(last.raw[:0], page.raw...), granule: page.granule}
	}
	if last.granule > math.MaxInt64/2 {
		return 0, 0, fmt.Errorf("ogg: %w: its last page has no end", ErrFormat)
	}
	frames = max(0, (int64(last.granule)-codec.ArchiveDelay)/units) //nolint:gosec // looked at above
	return channels, frames, finish(f, last)
}

// channelsOf reads an identification header; 0: it is none.
func channelsOf(page []byte) int {
	body := page[pageHead+int(page[26]):]
	if len(body) < 19 || !bytes.HasPrefix(body, []byte("OpusHead")) {
		return 0
	}
	return int(body[9])
}

// finish marks a page as the last, and cuts off what is behind it.
func finish(f Damaged, p found) error {
	if p.raw[5]&flagLast == 0 {
		p.raw[5] |= flagLast
		clear(p.raw[22:26])
		binary.LittleEndian.PutUint32(p.raw[22:], checksum(p.raw))
		if _, err := f.WriteAt(p.raw[:pageHead], p.at); err != nil {
			return fmt.Errorf("ogg: %w", err)
		}
	}
	if err := f.Truncate(p.at + int64(len(p.raw))); err != nil {
		return fmt.Errorf("ogg: %w", err)
	}
	return nil
}
