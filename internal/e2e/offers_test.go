//go:build e2e

package e2e

import (
	"syscall"
	"testing"
)

// An agent who refuses is not rung again before the others; the next one is.
func TestRefusedOfferGoesToTheNextAgent(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	aiko, ben := s.browse("aiko", agentTone), s.openDesk("ben", 1400)
	c := s.dial(supportNumber)
	aiko.shows("call-state", "ringing")
	ben.logIn(password)
	ben.status("available")
	aiko.refuse()
	ben.answers()
	ben.click("hangup")
	c.ended()
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'refused' AND agent = 'aiko'`)
	s.want("ben", `SELECT agent FROM calls`)
	s.want("agent-hung-up", `SELECT end_reason FROM calls`)
	aiko.shows("status-menu", "available")
}

// Two offers in a row that ring out make an agent away, and say so.
func TestUnansweredOffersMakeAnAgentAway(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{Ring: "6s"})
	aiko := s.browse("aiko", agentTone)
	c := s.dial(quietNumber)
	aiko.shows("call-state", "ringing")
	s.want("2", `SELECT count(*) FROM events WHERE kind = 'missed' AND agent = 'aiko'`)
	aiko.shows("status-menu", "away")
	aiko.shows("notice", "not answer")
	// The caller is still there, and gets the agent who comes back.
	aiko.status("available")
	aiko.answers()
	aiko.click("hangup")
	c.ended()
}

// A caller who gives up while waiting (in early media), and while an agent's phone rings, leaves nothing behind.
func TestCancelWhileWaitingAndWhileRinging(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	s.sipp("cancel", earlyNumber, "-d", "1500").succeeded()
	s.want("caller-gone", `SELECT end_reason FROM calls ORDER BY began DESC LIMIT 1`)
	aiko := s.browse("aiko", agentTone)
	c := s.dial(earlyNumber)
	aiko.shows("call-state", "ringing")
	c.hangUp()
	c.ended()
	aiko.shows("call-state", "idle")
	s.want("2", `SELECT count(*) FROM calls WHERE end_reason = 'caller-gone'`)
	// The agent is free at once: the next call rings.
	next := s.dial(quietNumber)
	aiko.answers()
	next.hangUp()
	next.ended()
}

// The agent hangs up: the caller gets a BYE.
func TestAgentHangsUp(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	aiko := s.browse("aiko", agentTone)
	p := s.sipp("wait_bye", quietNumber, "-t", "t1") // over TCP
	aiko.answers()
	aiko.click("hangup")
	p.succeeded()
	s.want("agent-hung-up", `SELECT end_reason FROM calls`)
	aiko.shows("wrapup", "")
}

// Muting is heard: the customer no longer hears the agent.
func TestMute(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	aiko := s.browse("aiko", agentTone)
	c := s.dial(supportNumber)
	aiko.answers()
	c.hearsAtTheEnd(agentTone, true)
	aiko.click("mute")
	c.hearsAtTheEnd(agentTone, false)
	aiko.click("mute")
	c.hearsAtTheEnd(agentTone, true)
	aiko.click("hangup")
	c.ended()
}

// A browser that vanishes in mid-call loses no caller: the caller hears music and gets the next agent.
func TestBrowserVanishes(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	aiko := s.browse("aiko", agentTone)
	c := s.dial(supportNumber)
	aiko.answers()
	aiko.stop()
	ben := s.browse("ben", 1400)
	ben.answers()
	c.hearsAtTheEnd(1400, true)
	ben.click("hangup")
	c.ended()
}

// Twenty callers and two agents: every caller is served once, in turn.
func TestTwentyCallsTwoAgents(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{WrapUp: "0s"})
	agents := []*agent{s.browse("aiko", agentTone), s.browse("ben", 1400)}
	p := s.sipp("wait_bye", supportNumber, "-m", "20", "-l", "20", "-r", "10", "-timeout", "280s")
	served := make(chan struct{})
	for _, a := range agents {
		go func() { a.serveUntil(served) }()
	}
	p.succeeded()
	close(served)
	s.want("20", `SELECT count(*) FROM calls WHERE end_reason = 'agent-hung-up'`)
	s.want("20", `SELECT count(*) FROM events WHERE kind = 'agent-answered'`)
	s.want("0", `SELECT count(*) FROM legs WHERE ended IS NULL OR ended = ''`)
	eventually(t, "sixty recordings", func() error { return s.countRecordings(60) })
	for _, user := range []string{"aiko", "ben"} {
		s.want("1", `SELECT count(*) > 3 FROM calls WHERE agent = ?`, user)
	}
	s.signal(syscall.SIGTERM)
	if code := s.ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
