package certify

import (
	"context"
	"fmt"
	"time"
)

// reliable asks for reliable provisional responses and acknowledges them late, once, to see them repeated.
func reliable(ctx context.Context, a *Agent) []Finding {
	var f findings
	c, err := a.dial(how{headers: []string{"Supported: 100rel"}})
	if err != nil {
		f.untested("", "%v", err)
		return f
	}
	first := c.untilReliable(ctx, &f)
	if first == nil {
		c.unreliable(ctx, &f)
		return f
	}
	c.early(first)
	f.check(first.number("RSeq") > 0, "RFC 3262, 3", fmt.Sprintf("sends %s reliably", status(first)), "sends "+status(first)+" with Require: 100rel, but without RSeq")
	a.pause(ctx, 1200*time.Millisecond)
	if n := c.copies(first); n > 1 {
		f.ok("RFC 3262, 3", "repeats %s until PRACK comes", status(first))
	} else if !c.invite.answered() && !a.wire.reliable() {
		f.wrong("RFC 3262, 3", "doesn't repeat %s though PRACK hasn't come for more than a second", status(first))
	}
	res := a.answer(ctx, c.prack(first), answerIn)
	switch {
	case res == nil:
		x := f.wrong("RFC 3262, 3", "doesn't answer PRACK")
		x.advise(keyReliable("off", "PRACK isn't answered, and calls would fail after 32 s"))
	case res.code() >= 300:
		x := f.wrong("RFC 3262, 3", "refuses PRACK: %s", status(res))
		x.advise(keyReliable("off", "PRACK is refused"))
	default:
		f.ok("RFC 3262, 3", "answers PRACK with %s", status(res))
		after := c.copies(first)
		a.pause(ctx, 2500*time.Millisecond)
		f.check(c.copies(first) == after, "RFC 3262, 3", "stops repeating it then", "goes on repeating "+status(first)+" after PRACK")
	}
	c.prackRest(ctx, &f, first)
	return f
}

// untilReliable waits for the first reliable provisional response; nil: the call is answered, or fails, without one.
func (c *call) untilReliable(ctx context.Context, f *findings) *message {
	is := func(m *message) bool { return m.lists("Require", "100rel") }
	for tries := 0; ; tries++ {
		c.agent.until(ctx, ringFor, func() bool { return c.invite.answered() || c.invite.provisional(is) != nil })
		res := c.invite.final()
		if m := c.invite.provisional(is); m != nil {
			return m
		}
		if res == nil || res.code() != 401 && res.code() != 407 || !c.again(f, res, tries) {
			return nil
		}
	}
}

// unreliable judges a call without reliable responses.
func (c *call) unreliable(ctx context.Context, f *findings) {
	res := c.invite.final()
	switch {
	case res == nil:
		f.wrong("RFC 3261, 13.3.1", "the test call isn't answered")
		return
	case res.code() == 420:
		x := f.wrong("RFC 3262, 4", "refuses a call only because it says Supported: 100rel")
		x.advise(keyReliable("off", "the trunk refuses the word"))
		return
	case res.code() >= 300:
		f.wrong("RFC 3261, 13.3.1", "the test call isn't answered: %s", status(res))
		return
	}
	c.settle(f, res)
	switch {
	case c.agent.supports["100rel"] || res.lists("Supported", "100rel"):
		f.untested("RFC 3262, 3", "says that it supports 100rel, and sent no provisional response reliably")
	default:
		f.untested("RFC 3262, 3", "doesn't do 100rel; calls go without it")
	}
}

// early makes the early dialog of a provisional response, whose Contact PRACK goes to.
func (c *call) early(m *message) {
	c.establish(m)
	c.answered = false // it is no call yet
}

// copies is how often a provisional response has come.
func (c *call) copies(first *message) int {
	n := 0
	for _, m := range c.invite.responses {
		if m.code() == first.code() && m.value("RSeq") == first.value("RSeq") {
			n++
		}
	}
	return n
}

func (c *call) prack(m *message) *client {
	n, method := m.cseq()
	c.cseq++
	r := c.inDialog("PRACK")
	r.cseq, r.contact, r.headers = c.cseq, "-", []string{fmt.Sprintf("RAck: %d %d %s", m.number("RSeq"), n, method)}
	return c.agent.ask(r)
}

// prackRest acknowledges what else comes until the call is answered.
func (c *call) prackRest(ctx context.Context, f *findings, first *message) {
	last := first.number("RSeq")
	done := map[int]bool{last: true}
	fresh := func(m *message) bool { return m.number("RSeq") > 0 && !done[m.number("RSeq")] }
	for {
		c.agent.until(ctx, ringFor, func() bool { return c.invite.answered() || c.invite.provisional(fresh) != nil })
		m := c.invite.provisional(fresh)
		if m == nil {
			break
		}
		if n := m.number("RSeq"); n != last+1 {
			f.wrong("RFC 3262, 3", "numbers reliable responses %d after %d, and not one by one", n, last)
		}
		last = m.number("RSeq")
		done[last] = true
		c.agent.answer(ctx, c.prack(m), answerIn)
	}
	if res := c.invite.final(); res != nil && res.code() < 300 {
		c.accept(f, res)
	} else if len(*f) > 0 && f.worst() != Wrong {
		f.wrong("RFC 3262, 3", "the call isn't answered after PRACK: %s", status(res))
	}
}
