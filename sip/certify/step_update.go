package certify

import "context"

// update tries UPDATE in the call.
func update(ctx context.Context, a *Agent) []Finding {
	var f findings
	c := a.begin(ctx, &f, how{})
	if c == nil || c.theirs.audio() == nil {
		return f
	}
	if a.silentOn("UPDATE") {
		f.untested("RFC 3311, 5.2", "doesn't name UPDATE in Allow; we refresh sessions by re-INVITE then")
		return f
	}
	res := a.answer(ctx, c.ask("UPDATE", ""), answerIn)
	switch {
	case res == nil:
		x := f.wrong("RFC 3311, 5.2", "doesn't answer UPDATE: session timers would end calls")
		x.advise(keyTimerOff())
		return f
	case res.code() == 405 || res.code() == 501:
		level := OK
		if a.allows["update"] {
			level = Wrong
		}
		f.add(level, "RFC 3261, 20.5", "answers UPDATE with %s", status(res))
		return f
	case res.code() >= 300:
		f.wrong("RFC 3311, 5.2", "refuses UPDATE without a description: %s", status(res))
	default:
		f.check(res.description() == nil, "RFC 3311, 5.2", "answers UPDATE without a description with "+status(res),
			"answers UPDATE without an offer with a description")
	}
	a.updateOffer(ctx, &f, c)
	return f
}

// updateOffer holds and takes back by UPDATE.
func (a *Agent) updateOffer(ctx context.Context, f *findings, c *call) {
	for _, dir := range []string{sendOnly, sendRecv} {
		res := a.answer(ctx, c.ask("UPDATE", c.describe(c.offered(func(o *offer) { o.dir = dir }).lines())), answerIn)
		switch {
		case res == nil:
			f.wrong("RFC 3311, 5.2", "doesn't answer UPDATE with an offer")
			return
		case res.code() >= 300:
			f.odd("RFC 3311, 5.2", "refuses UPDATE with an offer (%s): %s", dir, status(res))
			return
		case res.description().audio() == nil:
			f.wrong("RFC 3311, 5.1", "answers UPDATE with an offer without a description")
			return
		}
		d := res.description()
		c.judgeVersion(f, d, "UPDATE")
		if got := d.audio().dir; dir == sendOnly && got != recvOnly && got != inactive || dir == sendRecv && got != sendRecv {
			f.wrong("RFC 3264, 6.1", "answers %s in UPDATE with %s", dir, got)
			return
		}
		c.theirs = d
	}
	f.ok("RFC 3311, 5.2", "answers UPDATE with an offer (hold and back)")
}
