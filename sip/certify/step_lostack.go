package certify

import (
	"context"
	"time"
)

// lostAck withholds the ACK, and later sends the INVITE again.
func lostAck(ctx context.Context, a *Agent) []Finding {
	var f findings
	c, res := a.tryCall(ctx, &f, how{})
	if c == nil {
		return f
	}
	if res == nil || res.code() >= 300 {
		f.wrong("RFC 3261, 13.3.1", "the test call isn't answered: %s", status(res))
		return f
	}
	a.pause(ctx, 8*time.Second)
	judgeRepeats(&f, c.accepted())
	c.accept(&f, res)
	a.pause(ctx, betweenFor)
	before := len(c.accepted())
	a.pause(ctx, 5*time.Second)
	f.check(len(c.accepted()) == before, "RFC 3261, 13.3.1.4", "stops repeating the 200 when ACK has come", "goes on repeating the 200 after ACK")
	if c.over {
		f.wrong("RFC 3261, 13.3.1.4", "hangs up though ACK came within 32 s")
		return f
	}
	if !a.wire.reliable() {
		c.inviteAgain(ctx, &f)
	}
	return f
}

// accepted are the 2xx of the INVITE, each time that they came.
func (c *call) accepted() []*message {
	var out []*message
	for _, m := range c.invite.responses {
		if m.code() >= 200 && m.code() < 300 && m.toTag() == c.remoteTag {
			out = append(out, m)
		}
	}
	return out
}

// judgeRepeats: 0.5, 1, 2, 4 s after each other (RFC 3261, 13.3.1.4), over every transport.
func judgeRepeats(f *findings, all []*message) {
	if len(all) < 2 {
		f.wrong("RFC 3261, 13.3.1.4", "doesn't repeat the 200 while there is no ACK: when one is lost, the call is")
		return
	}
	want := t1
	for i := 1; i < len(all); i++ {
		got := all[i].at.Sub(all[i-1].at)
		if got < want/2 || got > 2*want {
			f.odd("RFC 3261, 13.3.1.4", "repeats the 200 after %s where %s is due", seconds(got), seconds(want))
			return
		}
		want = min(2*want, t2)
	}
	f.ok("RFC 3261, 13.3.1.4", "repeats the 200 until ACK comes: %d times in 8 s", len(all)-1)
}

// inviteAgain sends the answered INVITE once more, as a late copy would come.
func (c *call) inviteAgain(ctx context.Context, f *findings) {
	before := len(c.invite.responses)
	c.agent.send(c.invite.raw, c.invite.to)
	c.agent.pause(ctx, 2*time.Second)
	for _, m := range c.invite.responses[before:] {
		if m.toTag() != "" && m.toTag() != c.remoteTag {
			f.wrong("RFC 3261, 17.2.3", "makes a second call of an INVITE that comes again: %s with another tag", status(m))
			return
		}
	}
	f.check(!c.over, "RFC 3261, 17.2.3", "knows an INVITE that comes again", "hangs up when an answered INVITE comes again")
}
