package certify

import "context"

// options probes the trunk as its health is probed.
func options(ctx context.Context, a *Agent) []Finding {
	var f findings
	uri := a.uri("")
	t := a.ask(a.lone("OPTIONS", uri))
	res := a.answer(ctx, t, answerIn)
	if res != nil && (res.code() == 401 || res.code() == 407) {
		if header, ok := a.login(&f, res, "OPTIONS", uri, 0); ok {
			r := t.request
			r.cseq, r.headers = r.cseq+1, []string{header}
			t = a.ask(r)
			res = a.answer(ctx, t, answerIn)
		}
	}
	switch {
	case res == nil:
		x := f.wrong("RFC 3261, 11.2", "doesn't answer OPTIONS from %s within %s (a trunk that knows its customers by address or by registration answers only those)", a.sentBy(), answerIn)
		x.advise(keyNoProbe())
		return f
	case res.code() >= 200 && res.code() < 300:
		f.ok("RFC 3261, 11.2", "answers OPTIONS with %s after %s", status(res), seconds(res.at.Sub(t.began)))
	case res.code() == 503:
		f.odd("RFC 3261, 11.2", "answers OPTIONS with %s: it takes no calls at present%s", status(res), cause(res))
	default:
		f.ok("RFC 3261, 11.2", "answers OPTIONS with %s, so it is there", status(res))
	}
	a.probed = true
	a.learn(res)
	if t.sent > 1 {
		f.odd("RFC 3261, 17.1.2.1", "OPTIONS was answered only after %d tries: it is slow, or packets are lost", t.sent)
	}
	if res.code() < 300 && len(res.values("Allow")) == 0 {
		f.untested("RFC 3261, 11.2", "doesn't say which methods it takes (Allow)")
	}
	return f
}
