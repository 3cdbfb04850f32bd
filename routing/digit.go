package routing

import (
	"slices"
	"time"

	"mediasrv/routing/fact"
)

// way is how a digit came.
type way uint8

const (
	byRTP  way = iota + 1 // RFC 4733
	byInfo                // SIP INFO (RFC 6086)
)

// digitWindow is how far apart the same digit may come by two ways and still be one: an INFO is sent when the key goes down or up, and
// RFC 4733 reports the end.
const digitWindow = time.Second

// digits counts each digit of a leg once, though the peer may send it in two ways.
type digits struct{ seen []seenDigit }

type seenDigit struct {
	digit byte
	way   way
	at    time.Time
}

// first says whether this is a new digit; false: it is the other way's copy of one.
func (d *digits) first(digit byte, by way, at time.Time) bool {
	d.seen = slices.DeleteFunc(d.seen, func(s seenDigit) bool { return at.Sub(s.at) > digitWindow })
	for i, s := range d.seen {
		if s.digit == digit && s.way != by {
			d.seen = slices.Delete(d.seen, i, i+1)
			return false
		}
	}
	d.seen = append(d.seen, seenDigit{digit, by, at})
	return true
}

// digit puts a digit into the time line, and keeps the caller's for whoever asks for keys; true: it is one of the caller's.
func (s *script) digit(p *party, digit byte, by way, at time.Time) bool {
	at = s.stamp(at)
	if by == byInfo && s.guest != nil && !s.info {
		s.info = true
		s.connect()
	}
	if !p.digits.first(digit, by, at) {
		return false
	}
	shown := string(rune(digit))
	if s.secret(p) {
		shown = maskedDigit
	}
	s.event(fact.Event{At: at, Kind: fact.DigitPressed, Leg: p.row.ID, Agent: p.row.Party.User, Detail: shown})
	s.passDigit(p, digit)
	if p != s.customer {
		return false
	}
	s.press(digit)
	return true
}

// secretFor is how long after a secret digits are still a part of it: a key is told when it is let go, and people type one too many.
const secretFor = time.Second

// secret says that a party's digits must not be known: a menu collects a card's number, or an agent has paused the recording, since somebody tells or types one.
func (s *script) secret(p *party) bool {
	return s.paused || s.masked && p == s.customer || s.c.clock.Now().Before(s.hushed)
}

// passDigit sends a digit on between the two ends of a bridge; agents' calls keep theirs.
func (s *script) passDigit(from *party, digit byte) {
	to := s.customer
	if from == s.customer {
		to = s.guest
	}
	if s.guest == nil || from != s.customer && from != s.guest {
		return
	}
	if far, ok := to.leg.(Presser); ok {
		if err := far.SendDigits(string(rune(digit))); err != nil {
			to.log.Info("a digit could not be passed on", "error", err)
		}
	}
}
