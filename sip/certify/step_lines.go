package certify

import (
	"context"
	"time"
)

// furtherLines offers more than audio in the call.
func furtherLines(ctx context.Context, a *Agent) []Finding {
	var f findings
	c := a.begin(ctx, &f, how{})
	if c == nil || c.theirs.audio() == nil {
		return f
	}
	for _, extra := range []struct {
		name, kind string
		lines      []string
	}{
		{"video beside the audio", "video", []string{"m=video 49170 RTP/AVP 96", "a=rtpmap:96 H264/90000", "a=inactive"}},
		{"T.38 beside the audio", "image", []string{"m=video 0 RTP/AVP 96", "m=image 49172 udptl t38", "a=T38FaxVersion:0"}},
	} {
		res, d := c.reoffer(ctx, &f, extra.name, c.offered(func(o *offer) { o.extra = extra.lines }))
		a.pause(ctx, 200*time.Millisecond)
		switch {
		case c.over:
			f.wrong("RFC 3261, 14.2", "hangs up when it is offered %s", extra.name)
			return f
		case res == nil:
			return f
		case d == nil && res.code() >= 300:
			f.ok("RFC 3261, 14.2", "refuses %s with %s and keeps the call", extra.name, status(res))
		case d != nil && len(d.media) > 0:
			last := d.media[len(d.media)-1]
			if last.kind == extra.kind && last.port != 0 {
				f.ok("RFC 3264, 6", "takes %s", extra.name)
			} else {
				f.ok("RFC 3264, 6", "refuses %s by its m-line, and keeps the audio", extra.name)
			}
		}
	}
	return f
}
