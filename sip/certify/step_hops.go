package certify

import "context"

// maxForwards sends OPTIONS for a far-away number with no hop left: a proxy says 483, and an end answers itself.
func maxForwards(ctx context.Context, a *Agent) []Finding {
	var f findings
	r := a.lone("OPTIONS", a.uri(a.number))
	r.hops = "0"
	res := a.answer(ctx, a.ask(r), answerIn)
	switch {
	case res == nil:
		f.wrong("RFC 3261, 16.3", "doesn't answer a request with Max-Forwards: 0 (483, or an answer of its own, is due): a loop between two systems would never end")
	case res.code() == 483:
		f.ok("RFC 3261, 16.3", "answers Max-Forwards: 0 with 483")
	case res.code() >= 500:
		f.odd("RFC 3261, 16.3", "answers Max-Forwards: 0 with %s; 483 is due", status(res))
	default:
		f.ok("RFC 3261, 11", "answers a request with Max-Forwards: 0 itself: %s", status(res))
	}
	return f
}
