package rtp

import (
	"encoding/binary"
	"strings"
	"time"
)

// keys16 are the digits by their event code (RFC 4733, 3.2).
const keys16 = "0123456789*#ABCD"

// How a Keypad judges what belongs together.
const (
	eventPause     = int64(150 * time.Millisecond) // an event that pauses so long counts as ended: its end packets are lost
	eventNear      = int64(35 * time.Millisecond)  // the copies of an end packet come at least so fast
	eventStraggler = 500                           // packets behind the newest: one is late up to there; more is a sender that begins anew
)

// Key is a digit that was pressed.
type Key struct {
	Digit  byte // 0-9 * # A-D
	Length time.Duration
}

// Code is the event code of a digit; false if it is none.
func Code(digit byte) (uint8, bool) {
	if digit >= 'a' && digit <= 'd' {
		digit -= 'a' - 'A'
	}
	i := strings.IndexByte(keys16, digit)
	return uint8(max(i, 0)), i >= 0
}

// Event is the payload of a telephone-event packet (RFC 4733, 2.3).
type Event struct {
	Code     uint8
	End      bool
	Volume   uint8 // -dBm0
	Duration uint16
}

// ParseEvent reads a payload; false if it is too short.
func ParseEvent(b []byte) (Event, bool) {
	if len(b) < 4 {
		return Event{}, false
	}
	return Event{Code: b[0], End: b[1]&0x80 != 0, Volume: b[1] & 0x3f, Duration: binary.BigEndian.Uint16(b[2:])}, true
}

// WriteEvent writes a payload of four bytes.
func WriteEvent(b []byte, e Event) {
	_ = b[3]
	b[0], b[1] = e.Code, e.Volume&0x3f
	if e.End {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], e.Duration)
}

// DigitOf is the digit of an event code; 0: it is no digit's.
func DigitOf(code uint8) byte {
	if int(code) < len(keys16) {
		return keys16[code]
	}
	return 0
}
