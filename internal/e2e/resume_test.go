//go:build e2e

package e2e

import (
	"testing"
	"time"
)

// kill -9 while one agent wraps up and a caller waits: after the next start the agents are as they were, the wrap-up ends when it would have, the
// waiting call is closed, and the next caller is offered.
func TestKilledWhileCallersWait(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{WrapUp: "45s"})
	aiko, ben := s.browse("aiko", agentTone), s.openDesk("ben", 1400)
	ben.logIn(password)
	ben.status("away")
	c := s.dial(quietNumber)
	aiko.answers()
	aiko.click("hangup")
	c.ended()
	aiko.shows("wrapup", "")
	waits := s.dial(quietNumber)
	s.want("1", `SELECT count(*) FROM situations WHERE stage = 'wait' AND queue = 'quiet'`)
	s.want("away", `SELECT status FROM agents WHERE user = 'ben'`)
	var until, since string
	if err := s.query(&until, `SELECT wrapup_until FROM agents WHERE user = 'aiko' AND activity = 'wrap-up'`); err != nil {
		t.Fatal(err)
	}
	if err := s.query(&since, `SELECT since FROM agents WHERE user = 'ben'`); err != nil {
		t.Fatal(err)
	}
	s.kill()
	waits.hangUp()
	s.launch()
	s.want("crash", `SELECT end_reason FROM calls ORDER BY began DESC LIMIT 1`)
	s.want("0", `SELECT count(*) FROM situations`)
	s.want("wrap-up", `SELECT activity FROM agents WHERE user = 'aiko'`)
	s.want(until, `SELECT wrapup_until FROM agents WHERE user = 'aiko'`)
	s.want(since, `SELECT since FROM agents WHERE user = 'ben' AND status = 'away'`)
	if !s.out.has("call was cut off by a crash") {
		t.Error("the log doesn't say who was cut off")
	}
	next := s.dial(quietNumber)
	aiko.answers() // its page has come back by itself, and the wrap-up is over
	var rang string
	if err := s.query(&rang, `SELECT max(at) FROM events WHERE kind = 'offered'`); err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, rang)
	if err != nil {
		t.Fatal(err)
	}
	if end, err := time.Parse(time.RFC3339, until); err != nil || at.Before(end) || at.After(end.Add(30*time.Second)) {
		t.Errorf("aiko is rung at %v, and the wrap-up ended at %v (%v)", at, end, err)
	}
	next.hangUp()
	next.ended()
}
