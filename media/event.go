package media

import (
	"time"

	"mediasrv/media/rtp"
)

// EventKind names what happened in a room.
type EventKind uint8

// What a room reports.
const (
	Connected EventKind = iota + 1 // the first valid media packet came (for WebRTC: DTLS is up)
	PlayDone                       // the play with Token came to its end (never for a loop, nor for one that a plan took away)
	Digit                          // one digit, reported once, at its end
	Lost                           // no valid packet for the media timeout (WebRTC: no valid STUN check for 30 s)
	Back                           // media again after Lost
	Talks                          // the party speaks (Row.Talk)
	Quiet                          // it has stopped speaking
	OneWay                         // both directions were agreed, and nothing comes for 3 s, though we send: one-way audio
	BothWays                       // it comes again
	Graded                         // the line is better or worse than it was: Line
	Failed                         // the endpoint can't go on (DTLS failed, fingerprint mismatch, socket gone); Why says it
)

// Event is something that happened in a room.
type Event struct {
	Kind     EventKind
	Endpoint EndpointID
	Token    uint32        // PlayDone
	Digit    byte          // Digit: 0-9 * # A-D
	Length   time.Duration // Digit: how long the key was held
	At       time.Time
	Line     rtp.Line // Graded
	Why      error    // Failed
}

// Sink takes a room's events, in order. It is called from a goroutine of the engine, never from a worker's thread; it must not block.
type Sink func(Event)

// Line is how good a line is.
type Line = rtp.Line

// The grades of a line.
const (
	LineUnknown = rtp.LineUnknown
	LineGood    = rtp.LineGood
	LineWeak    = rtp.LineWeak // MOS below 4
	LineBad     = rtp.LineBad  // MOS below 3.5
)
