package media

import "time"

// Talk detection: a frame is speech if its mean amplitude is above talkLevel; the party talks after talkOn frames of the last eight, and is silent after
// talkOff frames without any.
const (
	talkLevel = 200 // about -44 dBFS
	talkOn    = 4
	talkOff   = 25
)

// talk notices who speaks.
type talk struct {
	heard  uint8 // the last eight frames, a bit each
	silent int   // frames since the last speech
	on     bool
}

// feed takes a frame; true if the state turned.
func (t *talk) feed(pcm []int16) bool {
	sum := 0
	for _, s := range pcm {
		sum += max(int(s), -int(s))
	}
	t.heard <<= 1
	t.silent++
	if sum > talkLevel*len(pcm) {
		t.heard |= 1
		t.silent = 0
	}
	on := 0
	for b := t.heard; b != 0; b &= b - 1 {
		on++
	}
	switch {
	case !t.on && on >= talkOn:
		t.on = true
		return true
	case t.on && t.silent >= talkOff:
		t.on = false
		return true
	}
	return false
}

// listen looks for what is in the voice: digits where the peer has no telephone-events, and talk.
func (e *Endpoint) listen(now int64) {
	row, in := &e.room.plan.Rows[e.id], &e.in
	if row.Talk && in.ear.feed(e.voiced()) {
		kind := Quiet
		if in.ear.on {
			kind = Talks
		}
		e.report(Event{Kind: kind}, now)
	}
	if e.pad != nil && e.inband() {
		e.tones(e.voiced(), e.rate, now)
	}
}

// tones looks for a digit in the latest sound. It is told when it ends, as a telephone-event is; passed on it is by itself, as sound.
func (e *Endpoint) tones(pcm []int16, rate int, now int64) {
	in := &e.in
	digit, pressed, ok := e.pad.Feed(pcm, rate)
	switch {
	case !ok:
	case pressed:
		in.pressed = now
	default:
		e.report(Event{Kind: Digit, Digit: digit, Length: time.Duration(now - in.pressed)}, now)
	}
}

// inband says whether digits are to be looked for in the voice. To pass them on (Row.Keys) isn't a reason: as sound they pass by themselves.
func (e *Endpoint) inband() bool {
	return e.settled && e.in.format.EventRecv == 0 && e.room.plan.Rows[e.id].Digits
}
