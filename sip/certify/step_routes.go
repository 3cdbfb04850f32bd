package certify

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// recordRoute calls as if two proxies of ours were on the way, and looks how the route comes back.
func recordRoute(ctx context.Context, a *Agent) []Finding {
	var f findings
	route := func(name string) string { return fmt.Sprintf("<sip:%s@%s;lr>", name, a.sentBy()) }
	sent := []string{route("second"), route("first")}
	c, res := a.tryCall(ctx, &f, how{headers: []string{"Record-Route: " + sent[0], "Record-Route: " + sent[1]}})
	if c == nil {
		return f
	}
	if res == nil || res.code() >= 300 {
		f.odd("RFC 3261, 12.1.1", "refuses a call that came by proxies (Record-Route): %s", status(res))
		return f
	}
	got := res.values("Record-Route")
	ours := slices.DeleteFunc(slices.Clone(got), func(r string) bool { return !strings.Contains(r, a.sentBy()) })
	switch {
	case len(ours) == 0:
		f.wrong("RFC 3261, 12.1.1", "drops Record-Route from its 200: proxies on the way would not see the rest of the call")
	case len(ours) != 2 || !strings.Contains(ours[0], "second") || !strings.Contains(ours[1], "first"):
		f.wrong("RFC 3261, 12.1.1", "doesn't keep the order of Record-Route in its 200: %s", strings.Join(ours, ", "))
	default:
		f.ok("RFC 3261, 12.1.1", "keeps Record-Route as it came")
	}
	if own := len(got) - len(ours); own > 0 {
		f.ok("RFC 3261, 16.6", "has %d proxies of its own on the way", own)
	}
	c.routes = slices.DeleteFunc(c.routes, func(r string) bool { return strings.Contains(r, a.sentBy()) }) // we are those proxies
	c.hop = c.nextHop()
	c.accept(&f, res)
	c.over = true
	end := a.answer(ctx, c.ask("BYE", ""), answerIn)
	f.check(end != nil && end.code() < 300, "RFC 3261, 12.2.1.1", "takes requests in the call at its Contact and routes",
		"doesn't take requests at its own Contact and routes: "+status(end))
	return f
}
