package certify

import (
	"context"
	"time"
)

// glare sends a second offer before the first one is settled.
func glare(ctx context.Context, a *Agent) []Finding {
	var f findings
	c := a.begin(ctx, &f, how{})
	if c == nil || c.theirs.audio() == nil {
		return f
	}
	body := c.describe(c.offered(nil).lines())
	first := c.ask("INVITE", body)
	second := c.ask("INVITE", body)
	a.until(ctx, answerIn, func() bool { return first.answered() && second.answered() })
	one, two := first.final(), second.final()
	for t, m := range map[*client]*message{first: one, second: two} {
		t.next = time.Time{}
		if m != nil && m.code() < 300 {
			c.ack(t, "")
		}
	}
	judgeGlare(&f, one, two)
	a.pause(ctx, time.Second)
	if c.over {
		f.wrong("RFC 3261, 14.2", "hangs up after two re-INVITEs at once")
		return f
	}
	res, d := c.reoffer(ctx, &f, "an offer after the glare", c.offered(nil))
	if d == nil {
		refusedOffer(&f, "an offer after the glare", res)
	}
	return f
}

func judgeGlare(f *findings, one, two *message) {
	switch {
	case one == nil || two == nil:
		f.wrong("RFC 3261, 14.2", "doesn't answer both of two re-INVITEs that come at once: %s, %s", status(one), status(two))
	case two.code() < 300 && one.code() < 300:
		f.ok("RFC 3261, 14.2", "takes two re-INVITEs that come at once, one after the other")
	case two.code() == 500 || two.code() == 491:
		f.ok("RFC 3261, 14.2", "answers a re-INVITE while another one is pending with %s", status(two))
		if two.code() == 500 && two.value("Retry-After") == "" {
			f.odd("RFC 3261, 14.2", "says 500 to a re-INVITE while another one is pending without Retry-After")
		}
	default:
		f.odd("RFC 3261, 14.2", "answers two re-INVITEs that come at once with %s and %s", status(one), status(two))
	}
}
