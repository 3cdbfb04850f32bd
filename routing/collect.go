package routing

import (
	"strings"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// maskedDigit stands in time lines for a digit that must not be known.
const maskedDigit = "•"

// mask hides the caller's digits from everything that is written, and what the call's recording would hear of them.
func (s *script) mask(on bool) {
	if s.masked == on {
		return
	}
	s.masked, s.typed = on, ""
	s.hushed = s.c.clock.Now().Add(secretFor)
	s.pauseRecording(on, "")
}

// collect lets the caller hear a menu's prompt and type digits. They are complete by their end key, by their number, or when no other comes for the
// menu's wait. EndUnset: they may be too few.
func (s *script) collect(m *config.Menu) (digits string, why fact.EndReason) {
	a := &asker{script: s, q: question{prompt: s.prompts.Heard(m.Prompt), wait: m.Wait}}
	a.begin()
	for {
		if digits, done := s.typedFor(m.Collect); done && (!a.talking || m.BargeIn) {
			return digits, fact.EndUnset
		}
		switch e := s.await(a.until); e.kind { //nolint:exhaustive // nothing else is of interest
		case over:
			return "", e.why
		case pressed:
			if !a.talking || m.BargeIn {
				a.quiet()
			}
		case played:
			if a.talking && e.token == a.playing {
				a.quiet()
			}
		case timeUp:
			if !a.talking {
				return strings.TrimSuffix(s.typed, m.Collect.End), fact.EndUnset
			}
			s.log.Warn("prompt did not end", "prompt", a.q.prompt.Name())
			a.quiet()
		}
	}
}

// typedFor is what the caller has typed, without the key that ends it; true: it is complete.
func (s *script) typedFor(c *config.Collect) (string, bool) {
	if digits, _, ended := strings.Cut(s.typed, c.End); ended && c.End != "" {
		return digits, true
	}
	if len(s.typed) >= c.Max {
		return s.typed[:c.Max], true
	}
	return s.typed, false
}
