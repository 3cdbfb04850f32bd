package certify

import (
	"context"
	"time"

	"mediasrv/media/codec"
)

// changeCodec offers only another codec than the one that is spoken.
func changeCodec(ctx context.Context, a *Agent) []Finding {
	var f findings
	c := a.begin(ctx, &f, how{})
	if c == nil || c.theirs.audio() == nil {
		return f
	}
	_, now := c.theirs.audio().voice()
	other := codec.None
	for _, x := range append(a.codecs, codec.PCMA, codec.PCMU) {
		if x != now {
			other = x
			break
		}
	}
	began := time.Now()
	heard := a.until(ctx, hearIn, func() bool { return c.audio.hears(began) })
	res, d := c.reoffer(ctx, &f, "another codec", c.offered(func(o *offer) { o.codecs = []codec.Type{other} }))
	switch {
	case res == nil:
		return f
	case d == nil && (res.code() == 488 || res.code() == 606):
		x := f.odd("RFC 3261, 14.2", "takes %s, but not a change to %s in the call (%s)", now, other, status(res))
		x.advise(keyCodecs("[" + now.String() + "]"))
		a.pause(ctx, time.Second)
		f.check(!c.over, "RFC 3261, 14.2", "keeps the call after it has refused a change", "hangs up after it has refused a change of the call")
		return f
	case d == nil:
		refusedOffer(&f, "another codec", res)
		return f
	}
	pt, voice := d.audio().voice()
	if voice != other {
		f.wrong("RFC 3264, 6.1", "answers an offer of %s with %s", other, orNone(voice))
		return f
	}
	if !heard {
		f.ok("RFC 3264, 8.3.2", "changes from %s to %s", now, other)
		return f
	}
	changed := time.Now()
	if a.until(ctx, hearIn, func() bool { return c.audio.speaks(changed, pt) }) {
		f.ok("RFC 3264, 8.3.2", "changes from %s to %s, and its audio does", now, other)
	} else {
		f.wrong("RFC 3264, 8.3.2", "agrees to change from %s to %s, and goes on without it", now, other)
	}
	return f
}

func orNone(c codec.Type) string {
	if c == codec.None {
		return "no codec"
	}
	return c.String()
}
