package certify

import "context"

// compactForm writes OPTIONS as short as may be.
func compactForm(ctx context.Context, a *Agent) []Finding {
	var f findings
	r := a.lone("OPTIONS", a.uri(""))
	r.short = true
	res := a.answer(ctx, a.ask(r), answerIn)
	switch {
	case res == nil:
		f.wrong("RFC 3261, 7.3.3", "doesn't answer OPTIONS with compact header names and a folded line, though it answers it otherwise")
	case res.code() == 400:
		f.wrong("RFC 3261, 7.3.3", "can't read compact header names or a folded line: %s", status(res))
	default:
		f.ok("RFC 3261, 7.3.3", "reads compact header names and folded lines")
	}
	return f
}
