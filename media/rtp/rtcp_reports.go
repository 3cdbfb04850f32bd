package rtp

import (
	"encoding/binary"
	"time"
)

// Limits of reports.
const (
	interval = 5 * time.Second  // between our reports, half of it before the first (RFC 3550, 6.2)
	maxTrip  = 20 * time.Second // a longer round trip is a mistake
)

// Reports is one endpoint's RTCP (RFC 3550, 6): it counts what was sent and received, makes our reports, takes the peer's, and rates the line
// once a second. It is plain data of one worker: nothing in it is a pointer, nothing is allocated. Times are in ns since 1970.
type Reports struct {
	SSRC uint32 // ours, of what we send; set before the first Make

	cname   [maxCNAME]byte
	cnameN  uint8
	pt      uint8 // of the packets that tell jitter
	rate    int   // their clock's, Hz
	model   Model // of what we hear
	seed    uint32
	in      source
	out     sender
	next    int64 // when the next report is due; 0: nothing is planned
	began   int64
	window  tally
	latest  Quality
	hearing remote
}

// sender is what we sent.
type sender struct {
	rate    int
	packets uint32
	octets  uint32
	ts      uint32 // of the last packet
	at      int64
	told    uint32 // packets at the last report
}

// remote is what the peer's reports say.
type remote struct {
	srs     uint32 // how many came
	ssrc    uint32 // of the SR
	lsr     uint32
	srAt    int64
	packets uint32 // that the peer sent, by its last SR
	trip    time.Duration
	loss    float64 // %
	jitter  uint32  // in units of our clock
	reports uint32  // blocks about our stream
}

// Name sets the CNAME of our reports; what is too long is cut.
func (r *Reports) Name(cname string) { r.cnameN = uint8(copy(r.cname[:], cname)) }

// Expect says what was agreed: the payload type and clock rate that the peer sends, the clock rate that we send, and how the codec bears loss.
func (r *Reports) Expect(pt uint8, receive, send int, m Model) {
	if pt != r.pt || receive != r.rate {
		r.in.timed, r.in.jitter = false, 0
	}
	r.pt, r.rate, r.out.rate, r.model = pt, receive, send, m
}

// Sent notes an RTP packet that we sent, with n bytes of payload.
func (r *Reports) Sent(h Header, n int, now int64) {
	o := &r.out
	o.packets++
	o.octets += uint32(n)
	o.ts, o.at = h.Timestamp, now
}

// Received notes a valid RTP packet of the peer, with n bytes of payload: every one, whatever it holds.
func (r *Reports) Received(h Header, n int, now int64) {
	if r.began == 0 {
		r.began = now
	}
	if !r.in.take(h) {
		return
	}
	if h.PT == r.pt && r.rate > 0 && n > 0 {
		r.in.time(units(now-r.began, r.rate), h.Timestamp, r.rate)
	}
}

// Make writes our next report into buf, which has room for MaxControl, if one is due; else it returns nil. Call it every 100 ms or so from the time on
// when media may be sent. Reports come every 5 s, half as late at first, each time up to half of that sooner or later.
func (r *Reports) Make(now int64, buf []byte) []byte {
	switch {
	case r.next == 0:
		r.seed = r.SSRC ^ uint32(now) | 1
		r.next = now + r.pause(interval/2)
		return nil
	case now < r.next:
		return nil
	}
	r.next = now + r.pause(interval)
	return r.compound(buf, now)
}

// Bye writes our last report, with a BYE (RFC 3550, 6.6), into buf, which has room for MaxControl. If nothing was ever sent it returns nil (6.3.7).
func (r *Reports) Bye(now int64, buf []byte) []byte {
	if r.out.packets == 0 {
		return nil
	}
	b := r.compound(buf, now)
	at := len(b)
	return finish(head(b, typeBYE, 1, r.SSRC), at)
}

// pause is a time of d, half of it more or less, by xorshift.
func (r *Reports) pause(d time.Duration) int64 {
	r.seed ^= r.seed << 13
	r.seed ^= r.seed >> 17
	r.seed ^= r.seed << 5
	return int64(d/2) + int64(r.seed%1024)*int64(d)/1024
}

// compound writes an SR, or an RR if nothing was sent since the last report, and a CNAME.
func (r *Reports) compound(buf []byte, now int64) []byte {
	b := buf[:0]
	blocks := 0
	if r.in.known {
		blocks = 1
	}
	if o := &r.out; o.packets != o.told && o.rate > 0 {
		b = head(b, typeSR, blocks, r.SSRC)
		b = binary.BigEndian.AppendUint64(b, ntp(now))
		b = binary.BigEndian.AppendUint32(b, o.ts+units(now-o.at, o.rate))
		b = binary.BigEndian.AppendUint32(b, o.packets)
		b = binary.BigEndian.AppendUint32(b, o.octets)
		o.told = o.packets
	} else {
		b = head(b, typeRR, blocks, r.SSRC)
	}
	if r.in.known {
		k := r.in.report()
		if r.hearing.srs > 0 && r.hearing.ssrc == r.in.ssrc {
			k.lsr, k.dlsr = r.hearing.lsr, units(now-r.hearing.srAt, 1<<16)
		}
		b = k.append(b)
	}
	return appendCNAME(finish(b, 0), r.SSRC, r.cname[:r.cnameN])
}

// Take reads the peer's RTCP: compound or reduced in size (RFC 5506). What it doesn't know it passes over. The error is ErrMalformed: then nothing of it counts.
func (r *Reports) Take(packet []byte, now int64) error {
	if len(packet) == 0 || !valid(packet) {
		return ErrMalformed
	}
	for len(packet) > 0 {
		var s section
		s, packet, _ = cut(packet)
		switch s.kind {
		case typeSR:
			r.told(s, now)
			r.judged(s.blocks(), now)
		case typeRR:
			r.judged(s.blocks(), now)
		}
	}
	return nil
}

// told takes an SR's sender information.
func (r *Reports) told(s section, now int64) {
	h := &r.hearing
	h.srAt = now
	h.srs++
	h.ssrc = binary.BigEndian.Uint32(s.body)
	h.lsr = middle(binary.BigEndian.Uint64(s.body[4:]))
	h.packets = binary.BigEndian.Uint32(s.body[16:])
}

// judged takes what the peer says of our stream.
func (r *Reports) judged(blocks []byte, now int64) {
	for ; len(blocks) >= blockSize; blocks = blocks[blockSize:] {
		k := readBlock(blocks)
		if k.ssrc != r.SSRC {
			continue
		}
		h := &r.hearing
		h.reports++
		h.loss, h.jitter = float64(k.fraction)*100/256, k.jitter
		if k.lsr == 0 {
			continue
		}
		trip := int32(middle(ntp(now)) - k.lsr - k.dlsr)
		if d := time.Duration(max(trip, 0)) * time.Second / (1 << 16); d <= maxTrip && trip > -(1<<16) {
			h.trip = d
		}
	}
}

// Peer tells what the peer's last SR says it has sent, in packets, and how many SRs came so far.
func (r *Reports) Peer() (packets, reports uint32) { return r.hearing.packets, r.hearing.srs }
