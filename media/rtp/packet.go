package rtp

import (
	"encoding/binary"
	"errors"
)

// ErrMalformed means that bytes are no RTP packet.
var ErrMalformed = errors.New("rtp: malformed packet")

// HeaderSize is the size of the headers that we write: no CSRC, no extension.
const HeaderSize = 12

// Header is the fixed part of an RTP header (RFC 3550, 5.1).
type Header struct {
	Marker    bool
	PT        uint8 // payload type, 0 to 127
	Seq       uint16
	Timestamp uint32
	SSRC      uint32
}

// Parse reads a packet in place: payload is a part of b, without CSRCs, extension and padding. It allocates nothing.
func Parse(b []byte) (h Header, payload []byte, err error) {
	if len(b) < HeaderSize || b[0]>>6 != 2 {
		return h, nil, ErrMalformed
	}
	at := HeaderSize + 4*int(b[0]&15)
	if b[0]&0x10 != 0 { // extension: its length is in words, after its profile
		if len(b) < at+4 {
			return h, nil, ErrMalformed
		}
		at += 4 + 4*int(binary.BigEndian.Uint16(b[at+2:]))
	}
	end := len(b)
	if b[0]&0x20 != 0 { // padding: the last byte counts it, itself included
		pad := int(b[end-1])
		if pad == 0 {
			return h, nil, ErrMalformed
		}
		end -= pad
	}
	if at > end {
		return h, nil, ErrMalformed
	}
	h = Header{
		Marker: b[1]&0x80 != 0, PT: b[1] & 0x7f, Seq: binary.BigEndian.Uint16(b[2:]),
		Timestamp: binary.BigEndian.Uint32(b[4:]), SSRC: binary.BigEndian.Uint32(b[8:]),
	}
	return h, b[at:end], nil
}

// Write puts a header at the start of b, which has room for HeaderSize.
func Write(b []byte, h Header) {
	_ = b[HeaderSize-1]
	b[0], b[1] = 0x80, h.PT&0x7f
	if h.Marker {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], h.Seq)
	binary.BigEndian.PutUint32(b[4:], h.Timestamp)
	binary.BigEndian.PutUint32(b[8:], h.SSRC)
}

// IsRTCP tells RTCP from RTP on one port (RFC 5761, 4).
func IsRTCP(b []byte) bool { return len(b) >= 2 && b[0]>>6 == 2 && b[1] >= 192 && b[1] <= 223 }
