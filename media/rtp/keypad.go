package rtp

import "time"

// Keypad turns telephone-event packets into digits, each reported once: at its end, or when it pauses because its end packets are lost, or when
// another begins. All packets of an event have one timestamp (RFC 4733, 2.2.1), and that is what tells events apart; for senders that break the rule,
// markers, durations and sequence numbers do. It is plain data of one worker; times are in ns.
type Keypad struct {
	Rate int // clock rate of the events, Hz

	known   bool // the fields below describe an event
	pending bool // it is not reported yet
	ended   bool // an end packet came; else, if it isn't pending, it was taken for ended
	code    uint8
	origin  uint32 // RTP timestamp of its first packet
	at      uint32 // of its newest segment
	seq     uint16 // of its newest packet
	segment uint32 // units in segments before this one (RFC 4733, 2.5.1.3)
	units   uint16 // duration so far
	heard   int64
}

// Push takes a packet. It returns up to two digits: one that this packet shows to be over, and the packet's own.
func (k *Keypad) Push(h Header, payload []byte, now int64) (keys [2]Key, n int) {
	e, ok := ParseEvent(payload)
	if !ok || int(e.Code) >= len(keys16) {
		return keys, 0
	}
	if k.known && k.late(h, e, now) {
		return keys, 0
	}
	if !k.known || !k.belongs(h, e, now) {
		if k.pending {
			keys[n] = k.report()
			n++
		}
		*k = Keypad{Rate: k.Rate, known: true, pending: true, code: e.Code, origin: h.Timestamp, at: h.Timestamp, units: e.Duration, seq: h.Seq}
	}
	k.heard = now
	if int16(h.Seq-k.seq) > 0 {
		k.seq = h.Seq
	}
	k.ended = k.ended || e.End
	if e.End && k.pending {
		keys[n] = k.report()
		n++
	}
	return keys, n
}

// belongs says whether a packet is of the event that is known, and follows it then.
func (k *Keypad) belongs(h Header, e Event, now int64) bool {
	switch {
	case k.same(h, e):
		k.units = max(k.units, e.Duration)
	case k.runs(h, e, now):
		k.at, k.units = h.Timestamp, max(k.units, e.Duration)
	case k.continues(h, e):
		k.segment += h.Timestamp - k.at
		k.at, k.units = h.Timestamp, e.Duration
	default:
		return false
	}
	return true
}

// Poll reports a digit whose end packets are lost; to be called now and then.
func (k *Keypad) Poll(now int64) (Key, bool) {
	if !k.pending || now-k.heard < eventPause {
		return Key{}, false
	}
	return k.report(), true
}

// Reset forgets everything, since the stream is another one. It reports a digit that was still held.
func (k *Keypad) Reset() (Key, bool) {
	key, held := Key{}, k.pending
	if held {
		key = k.report()
	}
	*k = Keypad{Rate: k.Rate}
	return key, held
}

// late: a packet of an event before this one. After a pause its place in the sequence tells; a timestamp alone may just have jumped back.
func (k *Keypad) late(h Header, e Event, now int64) bool {
	behind := k.seq - h.Seq
	straggler := behind > 0 && behind < eventStraggler
	switch age := int32(h.Timestamp - k.at); {
	case age == 0:
		return straggler && e.Code != k.code // a sender that never counts on
	case age < 0:
		return straggler || now-k.heard < eventPause
	}
	return false
}

// same: a packet with the timestamp of this event, unless it is a new press by a sender that never counts on: its duration begins again.
func (k *Keypad) same(h Header, e Event) bool {
	if h.Timestamp != k.at || e.Code != k.code {
		return false
	}
	again := int16(h.Seq-k.seq) > 0 && e.Duration < k.units && (h.Marker || k.ended && !e.End)
	return !again
}

// runs: a packet of this event though its timestamp runs along. It says itself that the event began no later than where we saw it begin.
func (k *Keypad) runs(h Header, e Event, now int64) bool {
	if h.Marker || e.Code != k.code || e.Duration < k.units {
		return false
	}
	age, frame := h.Timestamp-k.origin, uint32(k.rate()/50)
	if k.ended { // only the copies of its end may follow
		return e.End && now-k.heard < eventNear && age <= uint32(e.Duration)+3*frame
	}
	return age <= uint32(e.Duration)+frame && h.Seq-k.seq < eventStraggler
}

// continues: the next segment of an event that is too long for 16 bits (RFC 4733, 2.5.1.3).
func (k *Keypad) continues(h Header, e Event) bool {
	step := h.Timestamp - k.at
	return !k.ended && !h.Marker && e.Code == k.code && h.Seq-k.seq < eventStraggler && (step == 0xffff || step == uint32(k.units))
}

func (k *Keypad) report() Key {
	k.pending = false
	return Key{Digit: keys16[k.code], Length: time.Duration(k.segment+uint32(k.units)) * time.Second / time.Duration(k.rate())}
}

func (k *Keypad) rate() int { return max(k.Rate, 8000) }
