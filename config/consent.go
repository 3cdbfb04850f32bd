package config

import (
	"errors"
	"time"
)

// Consent is what callers hear before they are recorded. The zero value: nothing.
type Consent struct {
	Message *Audio        // nil: they aren't asked
	Decline string        // the key of those who don't want to be recorded; empty: they can only hang up
	Wait    time.Duration // for the key, after the message
}

func consentKeys(wait, from string) *shape {
	return of(
		field{key: "message", what: audioKeys(), or: orElse(from, "none"), about: "What callers hear, once in a call."},
		field{key: "decline", what: reads("a key of a telephone", telephoneKey), or: orElse(from, "nobody can decline"), about: "Who presses this key during the message, or after it, isn't recorded: no file of the call begins."},
		field{key: "wait", what: durationIn(0, 30*time.Second), std: wait, or: from, about: "How long to wait for that key after the message."},
	)
}

func telephoneKey(text string) (string, error) {
	if len(text) != 1 || !isKey(text[0]) {
		return "", errors.New("is no key: expected one of 0 to 9, * and #")
	}
	return text, nil
}

func isKey(b byte) bool { return b >= '0' && b <= '9' || b == '*' || b == '#' }

func (b *builder) consent(n *node, base Consent) Consent {
	if message := b.audio(n.get("message"), true); message != nil {
		base.Message = message
	}
	base.Decline, base.Wait = val(n.get("decline"), base.Decline), val(n.get("wait"), base.Wait)
	return base
}

// ConsentFor is what the callers of a queue hear; of a queue that isn't there the company's holds.
func (c *Config) ConsentFor(queue string) Consent {
	if q := c.Queues[queue]; q != nil {
		return q.Consent
	}
	return c.Company.Consent
}
