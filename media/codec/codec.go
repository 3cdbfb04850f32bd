// Package codec turns packets into sound and back: G.711, G.722, Opus, comfort noise; and PCM of one rate into another. It knows no sockets.
package codec

import (
	"errors"
	"strings"
)

// Rate is the telephone's sampling rate, Hz: G.711 has no other.
const Rate = 8000

// Frame is 20 ms of PCM at Rate.
const Frame = Rate / 50

// MaxTime is the longest packet in ms: Opus holds up to 120 ms (RFC 6716, 3.1).
const MaxTime = 120

// MaxSamples is the longest packet in samples at a rate.
func MaxSamples(rate int) int { return rate / 1000 * MaxTime }

// ErrUnsupported means that there is no coder for a codec, or none at a rate.
var ErrUnsupported = errors.New("codec: unsupported")

// ErrMalformed means that a payload can't be of its codec.
var ErrMalformed = errors.New("codec: malformed payload")

// Type names a payload format. The zero value is none.
type Type uint8

// The formats that mediasrv knows.
const (
	None Type = iota
	PCMU
	PCMA
	G722
	Opus
	CN // comfort noise (RFC 3389): the sender pauses, and says how its silence sounds
)

// Format is what an offer and its answer agreed on for one audio stream. Payload types may differ in each direction (RFC 3264, 5.1).
type Format struct {
	Codec     Type
	SendPT    uint8 // payload type that the peer expects
	RecvPT    uint8 // payload type that we announced
	EventSend uint8 // RFC 4733 telephone-event towards the peer; 0: the peer has none
	EventRecv uint8 // telephone-event that we announced; 0: none
	EventRate int   // clock rate of telephone-event, Hz: 8000 or 48000
	Ptime     int   // ms per packet that we send: 10 to 60, 20 by default
	Noise     uint8 // comfort noise that the peer may send (RFC 3389); 0: not agreed

	// Also are further codecs that the peer may send at any time, since both sides listed them (RFC 3264, 6.1); the first with Codec None ends the list.
	Also [3]Further
}

// Further is a codec that may be received beside the one that is used, and its payload type.
type Further struct {
	Codec  Type
	RecvPT uint8
}

// Hearing is the format with another of its codecs as the one that is received; Codec then is that one. A codec that may not be received changes nothing.
func (f Format) Hearing(c Type) Format {
	for i, a := range f.Also {
		if a.Codec == c && c != None {
			f.Also[i] = Further{Codec: f.Codec, RecvPT: f.RecvPT}
			f.Codec, f.RecvPT = a.Codec, a.RecvPT
			return f
		}
	}
	return f
}

// Further is the codec that a payload type stands for, beside the one that is used; None if it wasn't agreed.
func (f *Format) Further(pt uint8) Type {
	for _, a := range f.Also {
		if a.Codec != None && a.RecvPT == pt {
			return a.Codec
		}
	}
	return None
}

// String is the encoding name of SDP's rtpmap; empty for None.
func (t Type) String() string {
	switch t {
	case PCMU:
		return "PCMU"
	case PCMA:
		return "PCMA"
	case G722:
		return "G722"
	case Opus:
		return "opus"
	case CN:
		return "CN"
	case None:
	}
	return ""
}

// Parse finds a voice codec by its encoding name, in any case (RFC 8866, 6.6); None if it is unknown.
func Parse(name string) Type {
	for _, t := range [...]Type{PCMU, PCMA, G722, Opus} {
		if strings.EqualFold(name, t.String()) {
			return t
		}
	}
	return None
}

// ClockRate is the RTP clock rate in Hz: G.722 says 8000 though it samples at 16 kHz (RFC 3551, 4.5.2), Opus always 48000 (RFC 7587, 4.1).
func (t Type) ClockRate() int {
	switch t {
	case PCMU, PCMA, G722, CN:
		return 8000
	case Opus:
		return 48000
	case None:
	}
	return 0
}

// Rates are the sampling rates that a codec's coders work at, Hz, the lowest first.
func Rates(t Type) []int {
	switch t {
	case PCMU, PCMA:
		return []int{8000}
	case G722:
		return []int{16000}
	case Opus, CN:
		return []int{8000, 16000, 48000}
	case None:
	}
	return nil
}

// StaticPT is the payload type that RFC 3551 fixes; false if it is dynamic.
func (t Type) StaticPT() (pt uint8, ok bool) {
	switch t {
	case PCMU:
		return 0, true
	case PCMA:
		return 8, true
	case G722:
		return 9, true
	case CN:
		return 13, true
	case Opus, None:
	}
	return 0, false
}

// Static is the voice codec of a static payload type; None if it is another's or dynamic.
func Static(pt uint8) Type {
	for _, t := range [...]Type{PCMU, PCMA, G722} {
		if n, ok := t.StaticPT(); ok && n == pt {
			return t
		}
	}
	return None
}
