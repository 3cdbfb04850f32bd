package rtp

import "time"

// Sizes of a jitter buffer. The arena holds 500 ms of G.711, and more of Opus; the oldest packet gives way if it is full.
const (
	slots     = 32
	arenaSize = 4096
)

// Limits of delay and of concealment.
const (
	minDelay   = 20 * time.Millisecond
	maxDelay   = 200 * time.Millisecond
	maxConceal = 100 * time.Millisecond
	window     = int64(5 * time.Second) // in which jitter is watched

	// overdue is how far a packet may be behind its time before a hole in front of it is no longer waited for: the hole's time has passed
	// without us, or was never there.
	overdue = int64(40 * time.Millisecond)
)

// When a stream's clock counts as another one: a packet from the future, or one that stood still; and how many late packets in a row mean a restart.
const (
	maxAhead  = time.Second
	maxBehind = 5 * time.Second
	maxLate   = 10
	maxSeqGap = 3000 // RFC 3550, A.1
)

// Verdict is what a jitter buffer says to do for the next 20 ms.
type Verdict uint8

// The verdicts.
const (
	Wait    Verdict = iota // silence: nothing came yet, or nothing is to be made up for
	Play                   // the packet
	Conceal                // make up 20 ms for what is missing
)

// Packet is a payload with its place in time.
type Packet struct {
	Payload   []byte // borrowed from the buffer until the next Push
	Timestamp uint32 // RTP time of the first sample, also of a concealed one
	Stream    uint32 // changes when the RTP times before and after are unrelated
	Late      bool   // Conceal: nothing newer has come, so the real packet may still come and be played, with this time
}

// JitterStats counts what a buffer did not play, by cause, and what it made up.
type JitterStats struct {
	Lost      uint64 // never came, or too late
	Late      uint64 // came when its time was over
	Duplicate uint64
	Overflow  uint64 // did not fit: more than maxDelay at once
	Skipped   uint64 // left out to shorten the delay
	Concealed uint64 // pieces of 20 ms that were made up
}

// Jitter is a jitter buffer: it puts packets into order and gives them out at an even pace. Nothing in it is a pointer and nothing is allocated; it
// copies what it keeps. It is driven from one goroutine: Push at arrival, Next when 20 ms of audio are needed. Times are in ns, units are of
// the RTP clock.
//
// The delay finds itself. A packet that comes after its time is played late, which makes all that follow later too. How long packets wait until they are
// played is watched: when all but a few of them wait for longer than they need to, one is left out. Both together
// follow the network's jitter, the reader's own lateness, and clocks that differ.
type Jitter struct {
	Rate  int // RTP clock rate, Hz; set before the first Push
	Stats JitterStats

	started bool
	filling bool // the first packets are waiting for their delay
	resync  bool // the next packet's time is not compared with the one before
	quiet   bool // the sender said that it pauses (DTMF, comfort noise): silence instead of concealment
	shorten bool // leave one packet out
	late    int  // in a row
	ssrc    uint32
	stream  uint32
	since   int64 // arrival of the first packet

	next   uint16 // sequence number to play
	top    uint16 // highest so far
	nextTS uint32 // RTP time where the last packet ended
	debt   uint32 // units played since then without a packet
	made   uint32 // units of them concealed
	endTS  uint32 // where the newest packet ends

	lastTS uint32 // of the newest packet
	lastAt int64
	spread spread
	waits  waits
	delay  time.Duration // that packets wait, smoothed

	slots [slots]slot
	arena [arenaSize]byte
	head  uint32 // where the next payload goes; runs on
}

type slot struct {
	used  bool
	seq   uint16
	size  uint16
	ts    uint32
	units uint32 // 0: only fills its place in the sequence
	off   uint32
	at    int64 // arrival
}

// Push takes a packet of units length. A packet without audio (an event, comfort noise, an empty payload) has units 0: it only tells that its
// sequence number isn't lost.
func (j *Jitter) Push(h Header, payload []byte, units uint32, now int64) {
	if len(payload) > arenaSize || !j.started && units == 0 {
		return
	}
	if !j.started || h.SSRC != j.ssrc || units > 0 && j.jumped(h, now) {
		j.restart(h, now)
	}
	if !j.place(h, now) {
		return
	}
	s := &j.slots[h.Seq%slots]
	if s.used && s.seq == h.Seq {
		j.Stats.Duplicate++
		return
	}
	*s = slot{used: true, seq: h.Seq, size: uint16(len(payload)), ts: h.Timestamp, units: units, off: j.keep(payload), at: now}
	if int16(h.Seq-j.top) > 0 {
		j.top = h.Seq
	}
	if units > 0 {
		j.note(h, units, now)
	}
}

// place makes room for a packet; false if it is too late.
func (j *Jitter) place(h Header, now int64) bool {
	switch ahead := int16(h.Seq - j.next); {
	case ahead < 0:
		j.Stats.Late++
		if j.late++; j.late < maxLate {
			return false
		}
		j.restart(h, now)
	case ahead >= slots:
		j.forward(h.Seq - slots + 1)
	}
	j.late = 0
	return true
}

// note follows the stream's time.
func (j *Jitter) note(h Header, units uint32, now int64) {
	if end := h.Timestamp + units; int32(end-j.endTS) > 0 {
		j.endTS = end
	}
	j.spread.add(now, h.Timestamp, j.Rate)
	if int32(h.Timestamp-j.lastTS) >= 0 {
		j.lastTS, j.lastAt = h.Timestamp, now
	}
}

// Next gives what is to be played for the next 20 ms or more: a packet as long as it is, or a concealed piece of 20 ms.
func (j *Jitter) Next(now int64) (Packet, Verdict) {
	if !j.started {
		return Packet{}, Wait
	}
	if j.filling {
		if now-j.since < int64(j.spread.delay()) {
			return Packet{}, Wait
		}
		j.filling = false
	}
	s := j.first()
	if s == nil {
		return j.missing()
	}
	if int32(s.ts-j.nextTS) < 0 { // the sender's clock went back a little
		j.resync = true
		j.findEnd()
	}
	s = j.trim(s)
	gap := int32(s.ts - j.nextTS)
	if gap > int32(j.units(maxAhead)) {
		j.resync = true
	}
	if !j.resync && gap > int32(j.debt) && now-j.spread.due(s.ts, j.Rate) < overdue {
		p, v := j.missing()
		p.Late = false
		return p, v
	}
	p := Packet{Payload: j.payload(s), Timestamp: s.ts, Stream: j.stream}
	j.waited(s, gap, now)
	j.pass(s)
	j.resync, j.quiet, j.debt, j.made = false, false, 0, 0
	return p, Play
}

// Reset forgets everything but the counters; the next packet begins a new stream.
func (j *Jitter) Reset() { j.started = false }

// Behind is the payload behind a concealed packet: it may hold a copy of what was lost (FEC). Borrowed as Packet.Payload.
func (j *Jitter) Behind(lost Packet) ([]byte, bool) {
	s := j.from(j.next)
	if s == nil || s.ts-lost.Timestamp != uint32(j.Rate/50) {
		return nil, false
	}
	return j.payload(s), true
}

// Waiting is the packet with audio that waits at seq or behind it; false if there is none. For a relay that takes over what is not yet played.
func (j *Jitter) Waiting(seq uint16) (h Header, payload []byte, units uint32, ok bool) {
	if !j.started {
		return h, nil, 0, false
	}
	s := j.from(seq)
	if s == nil {
		return h, nil, 0, false
	}
	return Header{Seq: s.seq, Timestamp: s.ts, SSRC: j.ssrc}, j.payload(s), s.units, true
}

// Seq is the sequence number that is to be played.
func (j *Jitter) Seq() uint16 { return j.next }

// Delay is how long packets wait to be played, smoothed over about 16 of them.
func (j *Jitter) Delay() time.Duration { return j.delay }

// waited notes how long a packet waited that is played now, gap units behind the one before.
func (j *Jitter) waited(s *slot, gap int32, now int64) {
	wait := time.Duration(now - s.at)
	j.delay += (wait - j.delay) / 16
	if int64(j.debt) > int64(max(gap, 0)) { // it comes late, and so do all that follow
		j.waits = waits{}
	}
	j.waits.add(wait)
	if j.waits.excess(time.Duration(s.units) * time.Second / time.Duration(j.Rate)) {
		j.shorten, j.waits = true, waits{}
	}
}

func (j *Jitter) payload(s *slot) []byte {
	at := s.off % arenaSize
	return j.arena[at : at+uint32(s.size)]
}

// missing is 20 ms without a packet.
func (j *Jitter) missing() (Packet, Verdict) {
	p := Packet{Timestamp: j.nextTS + j.debt, Stream: j.stream, Late: true}
	step := uint32(j.Rate / 50)
	j.debt = min(j.debt+step, 1<<30)
	if j.quiet || j.made >= j.units(maxConceal) {
		return p, Wait
	}
	j.made += step
	j.Stats.Concealed++
	return p, Conceal
}

// jumped says whether a packet's time cannot be of the stream so far.
func (j *Jitter) jumped(h Header, now int64) bool {
	if gap := int16(h.Seq - j.top); gap > maxSeqGap || gap < -maxSeqGap {
		return true
	}
	step := time.Duration(int64(int32(h.Timestamp-j.lastTS)) * int64(time.Second) / int64(j.Rate))
	if int16(h.Seq-j.top) < 0 {
		return step > maxAhead // else it is only late
	}
	ahead := step - time.Duration(now-j.lastAt)
	return step < -maxAhead || ahead > maxAhead || ahead < -maxBehind
}

// restart empties the buffer and begins a new stream with a packet.
func (j *Jitter) restart(h Header, now int64) {
	for i := range j.slots {
		if s := &j.slots[i]; s.used && s.units > 0 && j.started {
			j.Stats.Overflow++
		}
		j.slots[i].used = false
	}
	j.started, j.filling, j.resync, j.quiet, j.shorten = true, true, true, false, false
	j.stream++
	j.ssrc, j.since = h.SSRC, now
	j.next, j.top, j.late = h.Seq, h.Seq, 0
	j.nextTS, j.endTS, j.debt, j.made = h.Timestamp, h.Timestamp, 0, 0
	j.lastTS, j.lastAt = h.Timestamp, now
	j.spread, j.waits, j.delay = spread{}, waits{}, minDelay
}

// keep copies a payload into the arena and returns its place.
func (j *Jitter) keep(payload []byte) uint32 {
	n := uint32(len(payload))
	if at := j.head % arenaSize; at+n > arenaSize {
		j.head += arenaSize - at
	}
	off := j.head
	copy(j.arena[off%arenaSize:], payload)
	j.head += n
	return off
}

// first is the oldest packet with audio; what is before it is passed over if it has none.
func (j *Jitter) first() *slot {
	for int16(j.top-j.next) >= 0 {
		s := &j.slots[j.next%slots]
		if !s.used || s.seq != j.next || s.units > 0 {
			break
		}
		s.used = false
		j.next++
		j.quiet = true
	}
	return j.from(j.next)
}

// from is the oldest packet with audio that is not before seq.
func (j *Jitter) from(seq uint16) *slot {
	for ; int16(j.top-seq) >= 0; seq++ {
		s := &j.slots[seq%slots]
		switch {
		case !s.used || s.seq != seq || s.units == 0:
		case j.head-s.off > arenaSize: // overwritten
			s.used = false
			j.Stats.Overflow++
		default:
			return s
		}
	}
	return nil
}

// trim passes over packets while too much waits, or when the delay is to be shortened, and returns the first that is left.
func (j *Jitter) trim(s *slot) *slot {
	limit := int32(j.units(maxDelay))
	for {
		level := int32(j.endTS - s.ts)
		next := j.from(s.seq + 1)
		switch {
		case next == nil:
			return s
		case level > limit:
			j.Stats.Overflow++
		case j.shorten && level > int32(s.units):
			j.Stats.Skipped++
		default:
			return s
		}
		j.shorten = false
		j.pass(s)
		j.resync, j.waits = true, waits{}
		s = next
	}
}

// findEnd looks where the newest packet ends.
func (j *Jitter) findEnd() {
	s := j.from(j.next)
	for j.endTS = s.ts + s.units; s != nil; s = j.from(s.seq + 1) {
		if end := s.ts + s.units; int32(end-j.endTS) > 0 {
			j.endTS = end
		}
	}
}

// pass takes a packet out.
func (j *Jitter) pass(s *slot) {
	for seq := j.next; seq != s.seq; seq++ {
		if e := &j.slots[seq%slots]; e.used && e.seq == seq {
			e.used = false // an event that nobody waits for
		} else {
			j.Stats.Lost++
		}
	}
	s.used = false
	j.next = s.seq + 1
	j.nextTS = s.ts + s.units
}

// forward makes seq the next one, and drops what is before it.
func (j *Jitter) forward(seq uint16) {
	for ; j.next != seq; j.next++ {
		if s := &j.slots[j.next%slots]; s.used && s.seq == j.next {
			s.used = false
			j.Stats.Overflow++
		} else {
			j.Stats.Lost++
		}
	}
	if int16(seq-j.top) > 0 {
		j.top = seq
	}
	j.resync = true
}

func (j *Jitter) units(d time.Duration) uint32 {
	return uint32(d * time.Duration(j.Rate) / time.Second)
}
