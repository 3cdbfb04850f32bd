package certify

import (
	"context"
	"fmt"
	"strings"
)

// large sends an INVITE that doesn't fit into an Ethernet frame.
func large(ctx context.Context, a *Agent) []Finding {
	var f findings
	var padding []string
	for i := range 12 {
		padding = append(padding, fmt.Sprintf("X-Padding-%d: %s", i, strings.Repeat("x", 100)))
	}
	c, res := a.tryCall(ctx, &f, how{headers: padding})
	if c == nil {
		return f
	}
	size := len(c.invite.raw)
	switch {
	case len(c.invite.responses) == 0:
		x := f.wrong("RFC 3261, 18.1.1", "doesn't see an INVITE of %d bytes over %s: fragments of UDP are dropped on the way", size, a.transport())
		x.advise(keyTransport("tcp", "large requests don't get through over UDP"))
	case res == nil || res.code() >= 300:
		x := f.odd("RFC 3261, 18.1.1", "refuses an INVITE of %d bytes: %s", size, status(res))
		if res != nil && res.code() == 513 {
			x.advise(keyTransport("tcp", "large requests are refused over UDP"))
		}
	default:
		c.accept(&f, res)
		f.ok("RFC 3261, 18.1.1", "takes an INVITE of %d bytes over %s", size, a.transport())
	}
	return f
}
