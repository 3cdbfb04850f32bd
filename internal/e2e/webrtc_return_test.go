//go:build e2e

package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// The agent's browser loses its line in mid-call and comes back, again and again: another network, a page that is loaded again, a tab that has crashed. Each
// time both hear each other soon, in the same call, with one recording.
func TestAgentComesBack(t *testing.T) {
	if !isolated(t) {
		return
	}
	l := direct(t)
	l.secondWay()
	s := l.start(options{})
	aiko := s.browse("aiko", agentTone)
	c := s.dial(supportNumber)
	aiko.answers()
	c.hearsAtTheEnd(agentTone, true)

	l.run(`ip link set c0 down`) // Wi-Fi is gone, the cable is there
	c.without(agentTone, 3*time.Second, func() { c.hearsMore(6) })
	aiko.hears(callerTone)
	aiko.shows("call-state", "talking")
	c.without(agentTone, 8*time.Second, func() {
		aiko.do("load the page again", chromedp.Reload(), chromedp.WaitVisible(id("call-state")))
		aiko.hears(callerTone)
	})
	c.hearsAtTheEnd(agentTone, true)
	aiko.shows("call-state", "talking")

	aiko.crash()
	c.hearsAtTheEnd(agentTone, false)
	again := s.openDesk("aiko", agentTone)
	eventually(t, "the line is known to be lost", func() error {
		if !s.out.has("the agent's line is lost") {
			return errorf("it isn't")
		}
		return nil
	})
	again.logIn(password)
	again.shows("call-state", "talking")
	again.hears(callerTone)
	c.hearsAtTheEnd(agentTone, true)

	again.click("hangup")
	c.ended()
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'agent-answered'`)
	s.want("agent-hung-up", `SELECT end_reason FROM calls`)
	eventually(t, "one recording", func() error { return s.countRecordings(3) })
}

// secondWay gives the browser another interface, by which the server is reached once the first one is gone.
func (l *lab) secondWay() {
	l.t.Helper()
	l.run(`ip link add c1 type veth peer name s1 netns {s}
		ip addr add 10.99.0.2/24 dev c1; ip link set c1 up
		ip -n {s} addr add 10.99.0.1/24 dev s1; ip -n {s} link set s1 up
		ip route add 10.88.0.1 via 10.99.0.1 metric 500`)
}

// crash lets the tab's process die.
func (a *agent) crash() {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.ctx, 3*time.Second)
	defer cancel()
	_, _ = chromedp.Call(ctx, page.Crash, cdp.Empty{}) // nobody is left to answer it
}

// without checks that while something happens the caller misses a tone for no longer than a limit.
func (c *caller) without(hz float64, limit time.Duration, do func()) {
	c.t.Helper()
	from := len(readWAVSoFar(c.t, c.heard))
	do()
	c.hearsAtTheEnd(hz, true)
	heard := sound{rate: 8000, channels: [][]float64{readWAVSoFar(c.t, c.heard)[from:]}}
	longest, run := 0, 0
	for i := range heard.windows() {
		if x := heard.at(0, i); level(x) > -45 && tone(x, hz, heard.rate) > 0.7 {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	gone := time.Duration(longest) * window
	c.t.Logf("the caller missed %.0f Hz for %s", hz, gone)
	if gone > limit {
		c.t.Errorf("the caller missed %.0f Hz for %s, longer than %s", hz, gone, limit)
	}
}
