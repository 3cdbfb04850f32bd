package rtp

import "encoding/binary"

// Packet types of RTCP (RFC 3550, 12.1).
const (
	typeSR   = 200
	typeRR   = 201
	typeSDES = 202
	typeBYE  = 203
)

const (
	headSize   = 4  // bytes of every RTCP packet's head
	senderSize = 20 // bytes of an SR's sender information
	blockSize  = 24 // bytes of a report block
	maxCNAME   = 40 // bytes of a CNAME that we send
	ntpEpoch   = 2208988800
)

// MaxControl is how long our RTCP packets are at most, in bytes, without protection: an SR with one block, a CNAME and a BYE.
const MaxControl = headSize + 4 + senderSize + blockSize + headSize + 4 + 2 + maxCNAME + 4 + headSize + 4

// ntp is a time in ns since 1970 as NTP's 32.32 bits since 1900 (RFC 3550, 4).
func ntp(now int64) uint64 {
	sec, frac := uint64(now/1e9), uint64(now%1e9)
	return (sec+ntpEpoch)<<32 | frac<<32/1e9
}

// middle is what reports tell of an NTP time: its middle 32 bits, in 1/65536 s.
func middle(ntp uint64) uint32 { return uint32(ntp >> 16) }

// section is one packet of a compound.
type section struct {
	kind  uint8
	count int    // of report blocks, or sources
	body  []byte // without its head and padding
}

// cut takes the first packet off a compound; false if it is malformed (RFC 3550, A.2; without its demand on the first one's type, RFC 5506).
func cut(b []byte) (s section, rest []byte, ok bool) {
	if len(b) < headSize || b[0]>>6 != 2 {
		return s, nil, false
	}
	size := headSize + 4*int(binary.BigEndian.Uint16(b[2:]))
	if size > len(b) {
		return s, nil, false
	}
	s = section{kind: b[1], count: int(b[0] & 31), body: b[headSize:size]}
	if b[0]&0x20 != 0 { // padding: the last packet's only
		pad := 0
		if len(s.body) > 0 {
			pad = int(s.body[len(s.body)-1])
		}
		if size != len(b) || pad == 0 || pad%4 != 0 || pad > len(s.body) {
			return s, nil, false
		}
		s.body = s.body[:len(s.body)-pad]
	}
	return s, b[size:], s.whole()
}

// whole says whether a packet is as long as what it says to hold.
func (s section) whole() bool {
	switch s.kind {
	case typeSR:
		return len(s.body) >= 4+senderSize+s.count*blockSize
	case typeRR:
		return len(s.body) >= 4+s.count*blockSize
	case typeBYE:
		return len(s.body) >= 4*s.count
	}
	return true
}

// blocks are an SR's or RR's report blocks.
func (s section) blocks() []byte {
	b := s.body[4:]
	if s.kind == typeSR {
		b = b[senderSize:]
	}
	return b[:s.count*blockSize]
}

// valid says whether a whole compound can be read.
func valid(b []byte) bool {
	for len(b) > 0 {
		_, rest, ok := cut(b)
		if !ok {
			return false
		}
		b = rest
	}
	return true
}

// block is what a receiver says of one stream (RFC 3550, 6.4.1).
type block struct {
	ssrc     uint32
	fraction uint8  // lost since the report before, of 256
	lost     int32  // in all, 24 bits with sign
	highest  uint32 // sequence number with its cycles
	jitter   uint32 // in units of the stream's clock
	lsr      uint32 // middle of the last SR's NTP time
	dlsr     uint32 // since then, in 1/65536 s
}

func readBlock(b []byte) block {
	return block{
		ssrc: binary.BigEndian.Uint32(b), fraction: b[4], lost: int32(binary.BigEndian.Uint32(b[4:])<<8) >> 8, highest: binary.BigEndian.Uint32(b[8:]),
		jitter: binary.BigEndian.Uint32(b[12:]), lsr: binary.BigEndian.Uint32(b[16:]), dlsr: binary.BigEndian.Uint32(b[20:]),
	}
}

func (k block) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, k.ssrc)
	b = binary.BigEndian.AppendUint32(b, uint32(k.fraction)<<24|uint32(k.lost)&0xffffff)
	b = binary.BigEndian.AppendUint32(b, k.highest)
	b = binary.BigEndian.AppendUint32(b, k.jitter)
	b = binary.BigEndian.AppendUint32(b, k.lsr)
	return binary.BigEndian.AppendUint32(b, k.dlsr)
}

// head begins a packet whose length is not known yet.
func head(b []byte, kind uint8, count int, ssrc uint32) []byte {
	return binary.BigEndian.AppendUint32(append(b, 0x80|uint8(count), kind, 0, 0), ssrc)
}

// finish writes the length of the packet that begins at at.
func finish(b []byte, at int) []byte {
	binary.BigEndian.PutUint16(b[at+2:], uint16((len(b)-at)/4-1))
	return b
}

// appendCNAME appends an SDES packet (RFC 3550, 6.5).
func appendCNAME(b []byte, ssrc uint32, cname []byte) []byte {
	at := len(b)
	b = head(b, typeSDES, 1, ssrc)
	b = append(b, 1, uint8(len(cname)))
	b = append(b, cname...)
	for b = append(b, 0); (len(b)-at)%4 != 0; {
		b = append(b, 0)
	}
	return finish(b, at)
}
