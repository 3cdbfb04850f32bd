//go:build e2e

package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// A tab that the browser freezes for longer than consent lasts (30 s; its scripts stand still) goes on talking: consent and media don't need
// scripts. Thawed, it is in the call as before.
func TestFrozenTab(t *testing.T) {
	if !isolated(t) {
		return
	}
	s := direct(t).start(options{})
	aiko := s.browseWith("aiko", agentTone, "{}")
	c := s.conversation(aiko)
	aiko.life(page.SetWebLifecycleStateStateFrozen)
	c.hearsMore(35)
	c.hearsAtTheEnd(agentTone, true)
	if s.out.has("media lost") {
		t.Error("the server took the tab for lost")
	}
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'agent-answered'`)
	aiko.life(page.SetWebLifecycleStateStateActive)
	c.hearsMore(4) // what the page does when it finds that half a minute is gone
	aiko.shows("call-state", "talking")
	aiko.hears(callerTone)
	c.hearsAtTheEnd(agentTone, true)
	aiko.click("hangup")
	c.ended()
	s.want("agent-hung-up", `SELECT end_reason FROM calls`)
}

// life sets the page's life-cycle state.
func (a *agent) life(state page.SetWebLifecycleStateState) {
	a.t.Helper()
	if _, err := chromedp.Call(a.ctx, page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: state}); err != nil {
		a.t.Fatalf("%s: become %s: %v", a.user, state, err)
	}
}

// A browser that refuses the microphone answers nothing: the caller waits on, and is served once the agent allows it.
func TestRefusedMicrophone(t *testing.T) {
	if !isolated(t) {
		return
	}
	s := direct(t).start(options{})
	aiko := s.browseWith("aiko", agentTone, "{}")
	script[bool](aiko, `(() => {
		window.realMic = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
		navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
		return true;
	})()`)
	c := s.dial(quietNumber)
	aiko.shows("call-state", "ringing")
	aiko.click("answer")
	aiko.shows("status-menu", "away") // until the agent has seen to it
	script[bool](aiko, `(navigator.mediaDevices.getUserMedia = window.realMic, true)`)
	aiko.status("available")
	aiko.answers()
	c.hearsAtTheEnd(agentTone, true)
	aiko.click("hangup")
	c.ended()
}
