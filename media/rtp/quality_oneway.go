package rtp

import "time"

// Limits of OneWay.
const (
	deafAfter = int64(3 * time.Second)
	sentLast  = int64(time.Second) // how long ago our own last packet may be, to count as sending
)

// Turn is how a state changed.
type Turn uint8

// The turns.
const (
	Same Turn = iota
	Began
	Ended
)

// OneWay notices that a party isn't heard: we send, both directions were agreed, and for 3 s nothing valid came. Hold, mute (silence comes) and the pauses of
// a sender that leaves out silence are not that. It is plain data of one worker; times are in ns.
type OneWay struct {
	expected bool  // both directions were agreed
	since    int64 // when the 3 s begin
	sent     int64 // our last packet
	deaf     bool

	heard   bool // something came since both were agreed
	pausing bool // the peer is known to leave out silence
	last    Header
	step    uint32 // between the timestamps of two packets

	told    bool   // the peer has sent an SR
	packets uint32 // which it had sent by then
	got     bool   // something came since then
	quiet   bool   // the peer says that it sent nothing since then
	missing bool   // the peer says that it sent what didn't come
}

// strayPackets is how many packets may be on their way while an SR overtakes them.
const strayPackets = 10

// pauseSteps is how far timestamps of two packets in a row must be apart to be a pause.
const pauseSteps = 4

// Expect says what was agreed: whether we may send and whether the peer sends. Call it at every negotiation, and when media may begin.
func (o *OneWay) Expect(send, receive bool, now int64) {
	both := send && receive
	if both && !o.expected {
		o.since, o.heard, o.quiet, o.missing = now, false, false, false
	}
	o.expected = both
}

// Sent notes a packet of ours.
func (o *OneWay) Sent(now int64) { o.sent = now }

// Received notes a valid packet of the peer. pause says that it announces silence: comfort noise, or no payload.
func (o *OneWay) Received(h Header, pause bool, now int64) {
	if step := h.Timestamp - o.last.Timestamp; o.heard && h.Seq == o.last.Seq+1 && h.PT == o.last.PT && h.SSRC == o.last.SSRC && int32(step) > 0 {
		if o.step > 0 && step >= pauseSteps*o.step {
			o.pausing = true
		} else {
			o.step = step
		}
	}
	o.pausing = o.pausing || pause
	o.last, o.since, o.heard, o.got, o.quiet, o.missing = h, now, true, true, false, false
}

// Reported notes what the peer's latest SR says it has sent, in packets. Call it once for every SR.
func (o *OneWay) Reported(packets uint32) {
	if o.told && !o.got {
		more := packets - o.packets
		o.quiet, o.missing = more == 0, more > strayPackets && int32(more) > 0
	}
	o.told, o.packets, o.got = true, packets, false
}

// Poll says whether the state turned; call it several times a second.
func (o *OneWay) Poll(now int64) Turn {
	excused := o.heard && !o.missing && (o.pausing || o.quiet)
	silent := o.expected && now-o.since >= deafAfter && !excused
	switch {
	case !o.deaf && silent && now-o.sent <= sentLast:
		o.deaf = true
		return Began
	case o.deaf && !silent:
		o.deaf = false
		return Ended
	}
	return Same
}

// Deaf says whether the party isn't heard, as of the last Poll.
func (o *OneWay) Deaf() bool { return o.deaf }
