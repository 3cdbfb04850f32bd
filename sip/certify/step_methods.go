package certify

import "context"

// unknownMethod asks for what nobody can.
func unknownMethod(ctx context.Context, a *Agent) []Finding {
	var f findings
	c := a.begin(ctx, &f, how{})
	if c == nil {
		return f
	}
	res := a.answer(ctx, c.ask("CERTIFY", ""), answerIn)
	switch {
	case res == nil:
		f.wrong("RFC 3261, 8.2.1", "doesn't answer a method that it doesn't know in a call")
	case res.code() == 405 && len(res.values("Allow")) == 0:
		f.wrong("RFC 3261, 8.2.1", "says 405 to a method that it doesn't know without Allow")
	case res.code() == 405 || res.code() == 501:
		f.ok("RFC 3261, 8.2.1", "answers a method that it doesn't know with %s", status(res))
	default:
		f.odd("RFC 3261, 8.2.1", "answers a method that it doesn't know with %s; 405 or 501 is due", status(res))
	}
	if c.over {
		f.wrong("RFC 3261, 8.2.1", "hangs up because of a method that it doesn't know")
		return f
	}
	c.end(ctx)
	a.extension(ctx, &f)
	return f
}

// extension demands one that doesn't exist.
func (a *Agent) extension(ctx context.Context, f *findings) {
	c, err := a.dial(how{headers: []string{"Require: certify"}})
	if err != nil {
		f.untested("", "%v", err)
		return
	}
	res := c.until1xx(ctx, f)
	switch {
	case res == nil && c.ringing(), res != nil && res.code() < 300:
		if res != nil {
			c.settle(f, res)
		}
		f.odd("RFC 3261, 8.2.2.3", "takes a call that requires an extension which doesn't exist; 420 is due")
	case res == nil:
		f.wrong("RFC 3261, 8.2.2.3", "doesn't answer a call that requires an extension which doesn't exist")
	case res.code() == 420 && len(res.values("Unsupported")) == 0:
		f.wrong("RFC 3261, 8.2.2.3", "says 420 without Unsupported")
	case res.code() == 420:
		f.ok("RFC 3261, 8.2.2.3", "refuses an extension that it doesn't know with 420 and its name")
	default:
		f.odd("RFC 3261, 8.2.2.3", "refuses an extension that it doesn't know with %s instead of 420", status(res))
	}
}
