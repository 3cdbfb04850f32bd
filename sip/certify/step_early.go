package certify

import (
	"context"
	"strings"
	"time"
)

// early looks at what comes before the answer.
func early(ctx context.Context, a *Agent) []Finding {
	var f findings
	c, err := a.dial(how{})
	if err != nil {
		f.untested("", "%v", err)
		return f
	}
	began := time.Now()
	res := c.hearEarly(ctx, &f)
	if res == nil || res.code() >= 300 {
		f.wrong("RFC 3261, 13.3.1", "the test call isn't answered: %s", status(res))
		return f
	}
	c.accept(&f, res)
	c.judgeProvisional(&f, res, began)
	return f
}

// judgeProvisional looks at what came before the answer.
func (c *call) judgeProvisional(f *findings, res *message, began time.Time) {
	ringing := c.invite.provisional(func(m *message) bool { return m.code() == 180 })
	progress := c.invite.provisional(func(m *message) bool { return m.code() == 183 })
	with := c.invite.provisional(func(m *message) bool { return m.description() != nil })
	switch {
	case ringing == nil && progress == nil && with == nil:
		f.untested("RFC 3960, 3", "answers without ringing, so there is no early media to look at")
		return
	case with == nil && progress != nil:
		x := f.odd("RFC 3960, 3", "sends 183 without a description: callers hear nothing of the network's tones and announcements")
		x.advise(keyEarlyMedia())
	case with == nil:
		f.ok("RFC 3960, 3.1", "rings with 180, without early media")
	default:
		f.ok("RFC 3960, 3", "has early media: %s with a description", status(with))
		judgeEarly(f, c, with, res, len(c.audio.between(began, res.at)))
	}
	if ringing != nil && with != nil && with.code() == 183 && ringing.at.After(with.at) {
		f.ok("RFC 3960, 3.1", "sends 180 after 183: the early media goes on being heard")
	}
	if m := c.invite.provisional(func(m *message) bool { return m.value("P-Early-Media") != "" }); m != nil {
		f.ok("RFC 5009, 8", "says P-Early-Media: %s", m.value("P-Early-Media"))
	}
}

// hearEarly follows the call and speaks as soon as a description comes, as callers do.
func (c *call) hearEarly(ctx context.Context, f *findings) *message {
	for tries := 0; ; tries++ {
		c.agent.until(ctx, ringFor, func() bool {
			if p := c.invite.provisional(func(m *message) bool { return m.description() != nil }); p != nil && c.theirs == nil {
				c.talk(p.description())
			}
			return c.invite.answered()
		})
		res := c.invite.final()
		if res == nil || res.code() != 401 && res.code() != 407 || !c.again(f, res, tries) {
			return res
		}
	}
}

// judgeEarly holds early media against the answer.
func judgeEarly(f *findings, c *call, with, res *message, heard int) {
	first, last := with.description(), res.description()
	switch {
	case last == nil:
		f.odd("RFC 3261, 13.2.1", "describes its audio only in %s, not in the 200", status(with))
	case strings.TrimSpace(first.text) == strings.TrimSpace(last.text):
		f.ok("RFC 3261, 13.2.1", "describes its audio in the 200 as in %s", status(with))
	case first.session == last.session && first.version == last.version:
		f.odd("RFC 3264, 8", "describes its audio otherwise in the 200 than in %s, under the same version", status(with))
	default:
		f.odd("RFC 3261, 13.2.1", "describes its audio otherwise in the 200 than in %s: the first answer should hold", status(with))
	}
	if wait := res.at.Sub(with.at); heard == 0 && wait > time.Second {
		x := f.odd("RFC 3960, 3", "promises early media, but nothing is heard for %s", seconds(wait))
		x.advise(keyEarlyMedia())
	} else if heard > 0 {
		f.ok("RFC 3960, 3", "early media is heard: %d packets", heard)
	}
}
