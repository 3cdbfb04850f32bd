package media

import (
	"math/bits"

	"mediasrv/media/rtp"
)

// relay is the way of a voice to one who hears nothing else and has the same codec: its packets are sent on as they come, with the numbers of our own
// stream, in which losses and the order stay as they are.
type relay struct {
	from     *Endpoint // nil: the clock sends
	anchored bool      // the fields below hold for a stream
	ssrc     uint32    // the stream's
	next     uint16    // behind its newest packet
	end      uint32    // RTP time behind its newest packet
	oldest   uint16    // what is before it came too late to get a number
	seq      uint16    // added to its numbers
	ts       uint32    // added to its times
	at       int64     // when the newest packet came

	// After a relay.
	held  bool // the voice waits until what comes decoded is behind what was sent on
	who   EndpointID
	until uint32 // RTP time of who's stream
	limit int64  // but not longer
}

// How far a packet may be from the one before it and be of the same stream.
const (
	relayGap  = 500 // packets
	relayJump = 5   // seconds
	relayBack = 200 // packets that a late one may be late
)

func first(s Set) int { return bits.TrailingZeros8(uint8(s)) }

// switchTo makes from's voice go to e directly; nil: the clock sends again.
func (e *Endpoint) switchTo(w *Worker, from *Endpoint, now int64) {
	o := &e.say
	d := &o.direct
	old := d.from
	if old != nil {
		old.in.relay &^= 1 << e.id
	}
	if from != nil {
		before, alone := o.source, source{voices: 1 << from.id}
		e.skip(0)
		*d = relay{from: from, at: now}
		from.in.relay |= 1 << e.id
		o.source, o.marker = alone, o.marker || before != alone
		if before.voices.Has(from.id) {
			e.takeOver(w, from, now)
		}
		return
	}
	if pause := now - d.at; pause >= relayPause { // time goes on, as on the clock
		e.skip(int(pause/frameTime) - 1)
	}
	*d = relay{held: d.anchored, who: old.id, until: d.end, limit: d.at + relayWait}
}

// takeOver sends on what was received and not yet played.
func (e *Endpoint) takeOver(w *Worker, from *Endpoint, now int64) {
	if !from.in.need {
		return
	}
	seq := from.in.jitter.Seq()
	for {
		h, payload, units, ok := from.in.jitter.Waiting(seq)
		if !ok {
			return
		}
		n := copy(w.packet[rtp.HeaderSize:maxPayload], payload)
		e.pass(w, w.packet[:rtp.HeaderSize+n], h, w.packet[rtp.HeaderSize:rtp.HeaderSize+n], units, now)
		seq = h.Seq + 1
	}
}

// pass sends a packet on; payload is the end of b, or all of it but padding. Its header is overwritten.
func (e *Endpoint) pass(w *Worker, b []byte, h rtp.Header, payload []byte, units uint32, now int64) {
	o := &e.say
	d := &o.direct
	if !d.follows(h, e.codec.ClockRate()) {
		if d.anchored {
			o.marker = true
		}
		d.anchored, d.ssrc, d.next, d.end, d.oldest = true, h.SSRC, h.Seq, h.Timestamp, h.Seq
		d.seq, d.ts = o.seq-h.Seq, o.ts-h.Timestamp
	}
	if int16(h.Seq-d.oldest) < 0 {
		w.count[dropLate]++
		return
	}
	out := rtp.Header{Marker: h.Marker, PT: o.format.SendPT, Seq: h.Seq + d.seq, Timestamp: h.Timestamp + d.ts, SSRC: o.ssrc}
	if int16(h.Seq-d.next) >= 0 {
		out.Marker = out.Marker || o.marker
		o.marker = false
		d.next, d.end, d.at = h.Seq+1, h.Timestamp+units, now
		o.seq, o.ts = d.next+d.seq, d.end+d.ts
		if d.next-d.oldest > 2*relayBack {
			d.oldest = d.next - relayBack
		}
	}
	at := cap(b) - cap(payload) - rtp.HeaderSize
	packet := b[at : at+rtp.HeaderSize+len(payload)]
	rtp.Write(packet, out)
	w.count[relayed]++
	e.transmit(w, packet, out, now)
}

// follows says whether a packet is of the stream that is relayed.
func (d *relay) follows(h rtp.Header, clock int) bool {
	if !d.anchored || h.SSRC != d.ssrc {
		return false
	}
	gap, jump := int16(h.Seq-d.next), int32(h.Timestamp-d.end)
	limit := int32(relayJump * clock)
	return gap < relayGap && gap > -relayGap && jump < limit && jump > -limit
}

// withhold takes the number of a packet that is not sent on out of what those get who are relayed: it is no loss.
func (e *Endpoint) withhold(h rtp.Header) {
	for set := e.in.relay; set != 0; set &= set - 1 {
		d := &e.room.here[first(set)].say.direct
		if d.anchored && h.SSRC == d.ssrc && int16(h.Seq-d.next) >= 0 && int16(h.Seq-d.next) < relayGap {
			d.next, d.oldest = h.Seq+1, h.Seq+1
			d.seq--
		}
	}
}

// heldBack says whether to send nothing in this tick, since all that is decoded by now was already sent on as packets: what the clock sends is a little
// behind the relay. What begins beside the voice waits as well.
func (e *Endpoint) heldBack(voices Set, now int64) bool {
	d := &e.say.direct
	if !d.held {
		return false
	}
	who := e.room.here[d.who]
	d.held = who != nil && voices.Has(d.who) && now <= d.limit && (!who.in.dated || int32(who.in.at-d.until) < 0)
	return d.held
}
