package certify

import (
	"context"
	"time"

	"mediasrv/media/codec"
)

// offerless lets the other side offer, at the beginning of a call and in it.
func offerless(ctx context.Context, a *Agent) []Finding {
	var f findings
	c, res := a.tryCall(ctx, &f, how{bare: true})
	switch {
	case c == nil:
		return f
	case res == nil || res.code() >= 300:
		x := f.wrong("RFC 3261, 13.2.1", "refuses an INVITE without an offer: %s%s", status(res), cause(res))
		x.advise(keyOffer("early", "the trunk takes only calls that offer"))
		if c = a.begin(ctx, &f, how{}); c == nil {
			return f
		}
	default:
		c.accept(&f, res)
		if d := res.description(); d.audio() == nil {
			f.wrong("RFC 3261, 13.2.1", "answers an INVITE without an offer with a 200 without one")
			return f
		}
		judgeOffer(&f, res.description(), "an INVITE")
		began := time.Now()
		if a.until(ctx, hearIn, func() bool { return c.audio.hears(began) }) {
			f.ok("RFC 3261, 13.2.1", "takes an INVITE without an offer, and our answer in ACK")
		} else {
			f.wrong("RFC 3261, 13.2.1", "no audio comes after our answer in ACK")
		}
	}
	c.reofferless(ctx, &f)
	return f
}

// reofferless asks for an offer in the call.
func (c *call) reofferless(ctx context.Context, f *findings) {
	t := c.ask("INVITE", "")
	res := c.agent.answer(ctx, t, answerIn)
	switch {
	case res == nil:
		f.wrong("RFC 3261, 14.2", "doesn't answer a re-INVITE without an offer")
		return
	case res.code() >= 300:
		f.wrong("RFC 3261, 14.2", "refuses a re-INVITE without an offer: %s", status(res))
		return
	case res.description().audio() == nil:
		c.ack(t, "")
		f.wrong("RFC 3261, 14.2", "answers a re-INVITE without an offer with a 200 without one")
		return
	}
	d := res.description()
	c.judgeVersion(f, d, "its own offer")
	judgeOffer(f, d, "a re-INVITE")
	c.ack(t, c.describe(c.offered(nil).answer(d)))
	c.talk(d)
	c.agent.pause(ctx, time.Second)
	f.check(!c.over, "RFC 3261, 14.2", "takes a re-INVITE without an offer, and our answer in ACK", "hangs up after a re-INVITE without an offer")
}

func judgeOffer(f *findings, d *description, to string) {
	m := d.audio()
	_, voice := m.voice()
	switch {
	case voice == codec.None:
		f.wrong("RFC 3264, 5", "offers no codec that we know in answer to %s", to)
	case m.held():
		f.odd("RFC 3261, 14.2", "offers %s in answer to %s, so nothing would be heard", m.dir, to)
	}
	if m.events(eventRate(voice)) < 0 && m.events(8000) < 0 {
		f.odd("RFC 4733, 2.4", "offers no telephone-event in answer to %s", to)
	}
}
