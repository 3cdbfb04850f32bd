//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// kill -9 in mid-call: after the next start the recording is playable and marked as repaired, and the call is closed.
func TestKilledInMidCall(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	aiko := s.browse("aiko", agentTone)
	c := s.dial(supportNumber)
	aiko.answers()
	c.hearsAtTheEnd(agentTone, true)
	s.recordsMore(2 * time.Second) // of both
	s.kill()
	s.launch()
	eventually(t, "three repaired recordings", func() error { return s.countRecordings(3) })
	merged := readWAV(t, s.recordings("*_merged_1.wav")[0])
	for channel, hz := range []float64{callerTone, agentTone} {
		if n := merged.toneWindows(channel, hz); n < 8 {
			t.Errorf("channel %d has its tone in %d windows only", channel, n)
		}
	}
	var meta struct{ Repaired bool }
	raw, err := os.ReadFile(strings.TrimSuffix(s.recordings("*_merged_1.wav")[0], ".wav") + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &meta); err != nil || !meta.Repaired {
		t.Errorf("metadata does not say repaired (%v):\n%s", err, raw)
	}
	s.want("crash", `SELECT end_reason FROM calls`)
	s.want("3", `SELECT count(*) FROM recordings WHERE repaired`)
}

// recordsMore waits until that much more of a call is in the file of both sides, which is not finished.
func (s *server) recordsMore(d time.Duration) {
	s.t.Helper()
	size := func() (n int64) {
		for _, path := range s.recordings("*_merged_1.wav.part") {
			if info, err := os.Stat(path); err == nil {
				n += info.Size()
			}
		}
		return n
	}
	const perSecond = 2 * 2 * 8000
	want := size() + int64(d.Seconds()*perSecond)
	eventually(s.t, "the recording grows", func() error {
		if got := size(); got < want {
			return errorf("%d of %d bytes", got, want)
		}
		return nil
	})
}

// SIGTERM with drain: new calls are refused, the running one goes on until its end, then the server exits with 0.
func TestDrain(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{Drain: "60s"})
	aiko := s.browse("aiko", agentTone)
	c := s.dial(supportNumber)
	aiko.answers()
	s.signal(syscall.SIGTERM)
	s.sipp("refused503", quietNumber).succeeded()
	aiko.hears(callerTone) // still
	aiko.click("hangup")
	c.ended()
	if code := s.ended(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if err := s.countRecordings(3); err != nil {
		t.Error(err)
	}
}

// SIGTERM without drain ends the calls properly: BYE, recordings closed, exit code 0. So does a second SIGTERM while draining.
func TestTerminate(t *testing.T) {
	if !alone(t) {
		return
	}
	for name, signals := range map[string]int{"at once": 1, "second signal": 2} {
		t.Run(name, func(t *testing.T) {
			drain := map[int]string{1: "0s", 2: "10m"}[signals]
			s := start(t, options{Drain: drain})
			aiko := s.browse("aiko", agentTone)
			p := s.sipp("wait_bye", supportNumber)
			aiko.answers()
			s.signal(syscall.SIGTERM)
			if signals == 2 {
				eventually(t, "draining", func() error { return s.unhealthy() })
				s.signal(syscall.SIGTERM)
			}
			p.succeeded()
			if code := s.ended(); code != 0 {
				t.Errorf("exit code %d", code)
			}
			if err := s.countRecordings(3); err != nil {
				t.Error(err)
			}
			s.want("shutdown", `SELECT end_reason FROM calls`)
		})
	}
}
