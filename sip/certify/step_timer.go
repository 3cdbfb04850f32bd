package certify

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// askedSession is the shortest session time there may be (RFC 4028, 5), so that a refresh can be waited for.
const askedSession = 90

// usualSession is what we ask for where the file says nothing, in seconds.
const usualSession = 1800

// sessionTimer asks for a short session, looks who refreshes it, and that this is done.
func sessionTimer(ctx context.Context, a *Agent) []Finding {
	var f findings
	c := a.timed(ctx, &f, "uac")
	if c == nil {
		return f
	}
	res := c.invite.final()
	expires := res.number("Session-Expires")
	if expires < 0 {
		if a.supports["timer"] {
			f.odd("RFC 4028, 9", "says that it supports timer, and answers a call with Session-Expires without it: a dead call is found by us alone")
		} else {
			f.untested("RFC 4028, 9", "doesn't do session timers; we refresh calls alone")
		}
		c.refresh(ctx, &f)
		return f
	}
	switch who := res.param("Session-Expires", "refresher"); who {
	case "uac":
		f.ok("RFC 4028, 9", "takes a session of %d s, which we refresh", expires)
		if !res.lists("Require", "timer") {
			f.odd("RFC 4028, 9", "leaves the refreshing to us without Require: timer")
		}
	case "uas":
		f.odd("RFC 4028, 9", "takes over the refreshing of a session (%d s) that we wanted to refresh", expires)
	default:
		f.wrong("RFC 4028, 9", "doesn't say who refreshes: Session-Expires: %s", res.value("Session-Expires"))
	}
	c.refresh(ctx, &f)
	c.end(ctx)
	a.theirRefresh(ctx, &f)
	return f
}

// timed makes a call with a session timer; nil if it isn't answered. A 422 is judged on the way.
func (a *Agent) timed(ctx context.Context, f *findings, refresher string) *call {
	h := how{timerSet: true, headers: []string{"Supported: timer", fmt.Sprintf("Session-Expires: %d;refresher=%s", askedSession, refresher), "Min-SE: 90"}}
	c, res := a.tryCall(ctx, f, h)
	if c == nil {
		return nil
	}
	if res != nil && res.code() == 422 {
		least := res.number("Min-SE")
		if least < 0 {
			x := f.wrong("RFC 4028, 9", "refuses a session of %d s with 422 without Min-SE: nobody knows which time it would take", askedSession)
			x.advise(keyTimerOff())
			return nil
		}
		f.ok("RFC 4028, 9", "refuses a session of %d s with 422, and says Min-SE: %d", askedSession, least)
		if least > usualSession {
			x := f.odd("RFC 4028, 9", "wants sessions of at least %d s, so every call of ours would be refused first", least)
			x.advise(keyTimerExpires(least))
		}
		res = c.longerFor(ctx, f, least, refresher)
	}
	if res == nil || res.code() >= 300 {
		x := f.wrong("RFC 4028, 9", "refuses a call with a session timer: %s", status(res))
		x.advise(keyTimerOff())
		return nil
	}
	c.accept(f, res)
	return c
}

func (c *call) longerFor(ctx context.Context, f *findings, least int, refresher string) *message {
	for i, h := range c.invited.headers {
		switch {
		case strings.HasPrefix(h, "Session-Expires:"):
			c.invited.headers[i] = fmt.Sprintf("Session-Expires: %d;refresher=%s", least, refresher)
		case strings.HasPrefix(h, "Min-SE:"):
			c.invited.headers[i] = fmt.Sprintf("Min-SE: %d", least)
		}
	}
	c.cseq++
	c.invited.cseq = c.cseq
	c.invite = c.agent.ask(c.invited)
	return c.follow(ctx, f, ringFor)
}

// refresh refreshes the session as we would: by UPDATE if the peer has it, else by re-INVITE.
func (c *call) refresh(ctx context.Context, f *findings) {
	headers := []string{"Supported: timer", fmt.Sprintf("Session-Expires: %d;refresher=uac", max(askedSession, c.invite.final().number("Session-Expires")))}
	by := "UPDATE"
	var res *message
	if c.agent.allows["update"] {
		res = c.agent.answer(ctx, c.ask("UPDATE", "", headers...), answerIn)
	}
	if res == nil || res.code() == 405 || res.code() == 501 {
		by = "re-INVITE"
		t := c.ask("INVITE", c.describe(c.offered(nil).lines()), headers...)
		if res = c.agent.answer(ctx, t, answerIn); res != nil && res.code() < 300 {
			c.ack(t, "")
		}
	}
	switch {
	case res == nil || res.code() >= 300:
		x := f.wrong("RFC 4028, 8", "doesn't take a refresh by %s: %s", by, status(res))
		x.advise(keyTimerOff())
		return
	case c.invite.final().number("Session-Expires") >= 0 && res.number("Session-Expires") < 0:
		f.odd("RFC 4028, 9", "answers a refresh by %s without Session-Expires: the timer would end with it", by)
	default:
		f.ok("RFC 4028, 8", "takes a refresh by %s", by)
	}
	c.agent.pause(ctx, time.Second)
	if c.over {
		f.wrong("RFC 4028, 8", "hangs up after a refresh")
	}
}

// theirRefresh lets the peer refresh, and waits for it if that is not too long.
func (a *Agent) theirRefresh(ctx context.Context, f *findings) {
	c := a.timed(ctx, f, "uas")
	if c == nil {
		return
	}
	res := c.invite.final()
	expires := res.number("Session-Expires")
	switch who := res.param("Session-Expires", "refresher"); {
	case expires < 0:
		return
	case who != "uas":
		x := f.odd("RFC 4028, 9", "was asked to refresh, and leaves it to us (refresher=%s)", who)
		x.advise(keyRefresher("us"))
		return
	case expires > 2*askedSession:
		f.untested("RFC 4028, 10", "says that it refreshes every %d s, which isn't waited for", expires/2)
		return
	}
	wait := time.Duration(expires) * time.Second * 2 / 3
	if a.until(ctx, wait, func() bool { return len(c.requests) > 0 || c.over }) && !c.over {
		f.ok("RFC 4028, 10", "refreshes a session of %d s by %s after %s", expires, c.requests[0].method(), seconds(c.requests[0].at.Sub(res.at)))
		a.pause(ctx, time.Second)
		f.check(!c.over, "RFC 4028, 10", "keeps the call over its refresh", "hangs up after its own refresh was answered")
		return
	}
	x := f.wrong("RFC 4028, 10", "says that it refreshes a session of %d s, and hasn't after %s", expires, seconds(wait))
	x.advise(keyRefresher("us"))
}
