package certify

import "context"

// cancel gives a call up before it is answered.
func cancel(ctx context.Context, a *Agent) []Finding {
	var f findings
	c, err := a.dial(how{})
	if err != nil {
		f.untested("", "%v", err)
		return f
	}
	if res := c.until1xx(ctx, &f); len(c.invite.responses) == 0 {
		f.wrong("RFC 3261, 13.3.1", "doesn't react to INVITE")
		return f
	} else if res != nil {
		c.settle(&f, res)
		f.untested("RFC 3261, 9", "the number answers at once, so there is no time for CANCEL: %s", status(res))
		return f
	}
	t := c.cancel()
	res := a.answer(ctx, t, answerIn)
	a.until(ctx, answerIn, c.invite.answered)
	end := c.invite.final()
	judgeCancel(&f, res, end)
	c.judgeCancelled(&f, res, end)
	return f
}

// judgeCancel looks at the answer to CANCEL itself.
func judgeCancel(f *findings, res, end *message) {
	switch {
	case res == nil:
		f.wrong("RFC 3261, 9.2", "doesn't answer CANCEL")
	case res.code() == 481 && end != nil && end.accepts(): // it came too late
	case res.code() >= 300:
		f.wrong("RFC 3261, 9.2", "answers CANCEL with %s", status(res))
	default:
		f.ok("RFC 3261, 9.2", "answers CANCEL with %s", status(res))
	}
}

// judgeCancelled looks at what became of the INVITE.
func (c *call) judgeCancelled(f *findings, res, end *message) {
	switch {
	case end == nil:
		f.wrong("RFC 3261, 9.2", "doesn't answer the cancelled INVITE: 487 is due")
	case end.code() == 487:
		f.ok("RFC 3261, 9.2", "answers the cancelled INVITE with 487%s", cause(end))
		if res != nil && res.toTag() != end.toTag() {
			f.odd("RFC 3261, 9.2", "CANCEL and its INVITE are answered with different To tags")
		}
	case end.code() < 300:
		c.settle(f, end)
		f.untested("RFC 3261, 9.2", "the answer crossed CANCEL; the call was acknowledged and ended")
	default:
		f.odd("RFC 3261, 9.2", "answers the cancelled INVITE with %s instead of 487", status(end))
	}
}

// until1xx waits for the first provisional response beyond a challenge. It returns the final one if that comes first; CANCEL mustn't be sent before any
// response (RFC 3261, 9.1).
func (c *call) until1xx(ctx context.Context, f *findings) *message {
	for tries := 0; ; tries++ {
		c.agent.until(ctx, answerIn, func() bool { return c.invite.answered() || c.ringing() })
		res := c.invite.final()
		if res == nil || res.code() != 401 && res.code() != 407 || !c.again(f, res, tries) {
			return res
		}
	}
}

// settle acknowledges an answer that isn't wanted; tidy ends the call.
func (c *call) settle(f *findings, res *message) {
	if res.code() < 300 {
		c.accept(f, res)
	}
}
