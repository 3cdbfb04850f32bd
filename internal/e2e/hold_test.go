//go:build e2e

package e2e

import (
	"testing"

	"mediasrv/media/prompt"
)

// An agent holds the caller by the desk's button: the caller hears music and no agent, and after resume the agent again.
func TestHoldFromTheDesk(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	aiko := s.browse("aiko", agentTone)
	c := s.dial(supportNumber)
	aiko.answers()
	c.hearsAtTheEnd(agentTone, true)
	aiko.click("hold")
	aiko.shows("call-state", "on hold")
	c.hearsAtTheEnd(agentTone, false)
	from := len(readWAVSoFar(t, c.heard))
	c.hearsMore(12)
	to := len(readWAVSoFar(t, c.heard))
	aiko.click("resume")
	aiko.shows("call-state", "talking")
	c.hearsAtTheEnd(agentTone, true)
	aiko.click("hangup")
	c.ended()
	aiko.shows("timeline", "off hold")
	heard := readWAV(t, c.heard)
	heard.channels[0] = heard.channels[0][from:to] // there was music before the answer too
	if like := heard.likeness(0, loud(prompt.Music().PCM())); like < 0.8 {
		t.Errorf("the music was not heard on hold: likeness %.2f", like)
	}
}
