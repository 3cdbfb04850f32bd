package certify

import (
	"context"
	"slices"
	"time"
)

// afterHold is how long audio may still be on its way.
const afterHold = 300 * time.Millisecond

// hold puts the call on hold in every way that is used, and takes it back.
func hold(ctx context.Context, a *Agent) []Finding {
	var f findings
	c := a.begin(ctx, &f, how{})
	if c == nil || c.theirs.audio() == nil {
		return f
	}
	began := time.Now()
	heard := a.until(ctx, hearIn, func() bool { return c.audio.hears(began) })
	for _, way := range []struct {
		name  string
		right []string // directions of the answer
		set   func(*offer)
	}{
		{sendOnly, []string{recvOnly, inactive}, func(o *offer) { o.dir = sendOnly }},
		{inactive, []string{inactive}, func(o *offer) { o.dir = inactive }},
		{"0.0.0.0", []string{recvOnly, inactive, sendRecv}, func(o *offer) { o.zero = true }},
	} {
		if c.over || !c.holdBy(ctx, &f, way.name, way.right, way.set, heard) {
			break
		}
	}
	if c.over {
		f.wrong("RFC 3264, 8.4", "hangs up when it is put on hold")
	}
	return f
}

// holdBy holds and takes back; false if the call can't go on.
func (c *call) holdBy(ctx context.Context, f *findings, name string, right []string, set func(*offer), audible bool) bool {
	res, d := c.reoffer(ctx, f, "hold ("+name+")", c.offered(set))
	if d == nil {
		refusedOffer(f, "hold ("+name+")", res)
		return res != nil && !c.over
	}
	if dir := d.audio().dir; slices.Contains(right, dir) {
		f.ok("RFC 3264, 6.1", "answers hold by %s with %s", name, dir)
	} else {
		f.wrong("RFC 3264, 6.1", "answers hold by %s with %s", name, dir)
	}
	c.agent.pause(ctx, afterHold)
	quiet := time.Now()
	c.agent.pause(ctx, 500*time.Millisecond)
	if n := len(c.audio.since(quiet)); n > 5 {
		f.odd("RFC 3264, 8.4", "goes on sending audio while it is held by %s: %d packets in half a second", name, n)
	}
	return c.takeBack(ctx, f, name, audible)
}

func (c *call) takeBack(ctx context.Context, f *findings, name string, audible bool) bool {
	res, d := c.reoffer(ctx, f, "the end of hold", c.offered(nil))
	if d == nil {
		refusedOffer(f, "the end of hold", res)
		return false
	}
	if dir := d.audio().dir; dir != sendRecv {
		f.wrong("RFC 3264, 8.4", "answers the end of hold (%s) with %s", name, dir)
	}
	back := time.Now()
	if !audible {
		return true
	}
	if c.agent.until(ctx, hearIn, func() bool { return c.audio.hears(back) }) {
		f.ok("RFC 3264, 8.4", "audio comes again after hold by %s", name)
	} else {
		f.wrong("RFC 3264, 8.4", "no audio comes after hold by %s has ended", name)
	}
	return true
}
