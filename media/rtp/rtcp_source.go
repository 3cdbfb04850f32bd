package rtp

import "time"

// Limits of RFC 3550, A.1; maxSeqGap is MAX_DROPOUT.
const maxMisorder = 100

// maxTransit is how much a packet's way may differ from the one before; more is a jump of the sender's clock and no jitter.
const maxTransit = 2 // s

// source is what is known of the stream that we receive (RFC 3550, A.1, A.3, A.8). Nothing in it is a pointer.
type source struct {
	known    bool
	ssrc     uint32
	base     uint32 // first sequence number, with its cycles
	max      uint16
	cycles   uint32
	bad      uint32 // the sequence number that would be next after a jump; none: over 65535
	received uint32

	expectedPrior, receivedPrior uint32 // at the last report

	timed   bool
	transit uint32
	jitter  uint32 // times 16

	ended totals // of the streams before this one
}

// totals are of all streams of a peer, one after the other.
type totals struct{ expected, received uint32 }

func (s *source) totals() totals {
	t := s.ended
	if s.known {
		t.expected += s.expected()
		t.received += s.received
	}
	return t
}

const noBad = 1 << 17

func (s *source) begin(h Header) {
	*s = source{known: true, ssrc: h.SSRC, base: uint32(h.Seq), max: h.Seq, bad: noBad, ended: s.totals()}
}

// take notes a packet; false if it is a single one from far off in the sequence, which may be a stray.
func (s *source) take(h Header) bool {
	if !s.known || h.SSRC != s.ssrc {
		s.begin(h)
	}
	switch delta := h.Seq - s.max; {
	case delta < maxSeqGap:
		if h.Seq < s.max {
			s.cycles += 1 << 16
		}
		s.max = h.Seq
	case delta <= 65535-maxMisorder: // a jump: two in a row are a sender that began again
		if uint32(h.Seq) != s.bad {
			s.bad = uint32(h.Seq + 1)
			return false
		}
		s.begin(h)
	}
	s.received++
	return true
}

// time notes when a packet came, in units of its clock (RFC 3550, A.8).
func (s *source) time(arrival, ts uint32, rate int) {
	transit := arrival - ts
	d := int32(transit - s.transit)
	s.transit = transit
	if !s.timed || d > int32(maxTransit*rate) || d < -int32(maxTransit*rate) {
		s.timed = true
		return
	}
	if d < 0 {
		d = -d
	}
	s.jitter += uint32(d) - (s.jitter+8)>>4
}

func (s *source) highest() uint32  { return s.cycles + uint32(s.max) }
func (s *source) expected() uint32 { return s.highest() - s.base + 1 }

// report is a report block's part of the stream, and begins the next interval (RFC 3550, A.3).
func (s *source) report() block {
	expected := s.expected() - s.expectedPrior
	lost := int64(expected) - int64(s.received-s.receivedPrior)
	s.expectedPrior, s.receivedPrior = s.expected(), s.received
	k := block{ssrc: s.ssrc, highest: s.highest(), jitter: s.jitter >> 4}
	if expected != 0 && lost > 0 {
		k.fraction = uint8(min(lost<<8/int64(expected), 255))
	}
	k.lost = int32(max(min(int64(s.expected())-int64(s.received), 0x7fffff), -0x800000))
	return k
}

// units is a time in units of a clock, without overflow for years.
func units(ns int64, rate int) uint32 {
	return uint32(ns/1e9*int64(rate) + ns%1e9*int64(rate)/1e9)
}

// span is a number of units as time.
func span(n uint32, rate int) time.Duration {
	if rate == 0 {
		return 0
	}
	return time.Duration(int64(n) * int64(time.Second) / int64(rate))
}
