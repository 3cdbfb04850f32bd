package ogg

import "encoding/binary"

const (
	pageHead  = 27 // bytes before the lacing values (RFC 3533, 6)
	maxLacing = 255

	flagContinued = 1
	flagFirst     = 2
	flagLast      = 4
)

// page is what is being put together of a page.
type page struct {
	serial  uint32
	number  uint32
	flags   byte
	granule uint64 // of the end of its last packet, 48 kHz
	packets int
	lacing  []byte
	body    []byte
}

// fits says whether a packet has room in the page still.
func (p *page) fits(size int) bool {
	return p.packets < maxPage && len(p.lacing)+size/255+1 <= maxLacing
}

func (p *page) add(packet []byte) {
	for n := len(packet); ; n -= 255 {
		if n < 255 {
			p.lacing = append(p.lacing, byte(n)) //nolint:gosec // below 255
			break
		}
		p.lacing = append(p.lacing, 255)
	}
	p.body = append(p.body, packet...)
	p.packets++
}

// appendTo writes the page, and begins the next one.
func (p *page) appendTo(b []byte) []byte {
	at := len(b)
	le := binary.LittleEndian
	b = append(append(b, "OggS\x00"...), p.flags)
	b = le.AppendUint64(b, p.granule)
	b = le.AppendUint32(b, p.serial)
	b = le.AppendUint32(b, p.number)
	b = le.AppendUint32(b, 0)
	b = append(b, byte(len(p.lacing))) //nolint:gosec // at most 255
	b = append(append(b, p.lacing...), p.body...)
	le.PutUint32(b[at+22:], checksum(b[at:]))
	p.number++
	p.flags, p.packets, p.lacing, p.body = 0, 0, p.lacing[:0], p.body[:0]
	return b
}

// checksum is the CRC of a page whose own field is zero: polynomial 0x04c11db7, not reflected, from 0 (RFC 3533, 6).
func checksum(b []byte) (sum uint32) {
	for _, x := range b {
		sum = sum<<8 ^ checksums[byte(sum>>24)^x]
	}
	return sum
}

//nolint:gochecknoglobals // a constant
var checksums = func() (t [256]uint32) {
	for i := range t {
		r := uint32(i) << 24 //nolint:gosec // below 256
		for range 8 {
			if r>>31 == 1 {
				r = r<<1 ^ 0x04c11db7
			} else {
				r <<= 1
			}
		}
		t[i] = r
	}
	return t
}()
