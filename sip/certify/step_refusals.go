package certify

import (
	"context"
	"slices"
)

// busy calls the busy number that the operator has named.
func busy(ctx context.Context, a *Agent) []Finding {
	return a.refusal(ctx, a.opt.Busy, "--busy", "RFC 3261, 21.4.24", []int{486, 600})
}

// unknown calls the number that doesn't exist.
func unknown(ctx context.Context, a *Agent) []Finding {
	return a.refusal(ctx, a.opt.Unknown, "--unknown", "RFC 3261, 21.4.5", []int{404, 410, 484, 604, 480})
}

func (a *Agent) refusal(ctx context.Context, number, flag, rfc string, right []int) []Finding {
	var f findings
	if number == "" {
		f.untested(rfc, "no number is given (%s); no other than the given ones is ever called", flag)
		return f
	}
	c, res := a.tryCall(ctx, &f, how{number: number})
	switch {
	case c == nil:
	case res == nil:
		f.wrong(rfc, "%s gets no final answer within %s", number, ringFor)
	case res.code() < 300:
		c.settle(&f, res)
		f.odd(rfc, "%s is answered: an announcement that is charged as a call?", number)
	case slices.Contains(right, res.code()):
		f.ok(rfc, "%s gets %s%s", number, status(res), cause(res))
	default:
		f.odd(rfc, "%s gets %s%s, which says something else", number, status(res), cause(res))
	}
	if res != nil && res.code() >= 300 && res.value("Reason") == "" {
		f.untested("RFC 3326, 2", "no Reason beside %s", status(res))
	}
	return f
}
