package certify

import "context"

// bye ends a call.
func bye(ctx context.Context, a *Agent) []Finding {
	var f findings
	c := a.begin(ctx, &f, how{})
	if c == nil {
		return f
	}
	c.cseq--
	old := c.ask("INFO", "") // the INVITE's own CSeq once more
	if res := a.answer(ctx, old, answerIn); res == nil {
		f.odd("RFC 3261, 12.2.2", "doesn't answer a request whose CSeq isn't higher than the one before (500 is due)")
	} else {
		f.ok("RFC 3261, 12.2.2", "answers a request whose CSeq isn't higher with %s", status(res))
	}
	if c.over {
		f.wrong("RFC 3261, 12.2.2", "hangs up because of a request whose CSeq isn't higher")
		return f
	}
	c.over = true
	t := c.ask("BYE", "", "Reason: Q.850;cause=16")
	res := a.answer(ctx, t, answerIn)
	if res == nil {
		f.wrong("RFC 3261, 15.1.2", "doesn't answer BYE within %s: BYE would be repeated for 32 s", answerIn)
		return f
	}
	f.check(res.code() < 300, "RFC 3261, 15.1.2", "answers BYE with "+status(res), "answers BYE with "+status(res))
	if t.sent > 1 {
		f.odd("RFC 3261, 17.2.2", "BYE was answered only after %d tries", t.sent)
	}
	if again := a.answer(ctx, c.ask("BYE", ""), answerIn); again == nil {
		f.odd("RFC 3261, 15.1.2", "doesn't answer BYE in a call that is over (481 is due)")
	} else {
		f.ok("RFC 3261, 15.1.2", "answers BYE in a call that is over with %s", status(again))
	}
	c.audio.silence()
	return f
}
