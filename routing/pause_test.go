package routing_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// While an agent has paused the recording, digits of either side are in no event: somebody types a card's number.
func TestDigitsOfAPauseAreSecret(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("aiko")
		c := w.call("+819012345678", salesNumber)
		w.after(time.Second)
		agent := w.answers("aiko")
		press := func(digit byte, sent string) {
			c.Digit(digit)
			agent.Digit(digit)
			w.must(w.SendDigits("aiko", sent))
			w.settle()
		}
		press('1', "12")
		w.must(w.PauseRecording("aiko"))
		press('4', "4929")
		w.must(w.ResumeRecording("aiko"))
		w.after(500 * time.Millisecond)
		press('5', "5")
		w.after(time.Second)
		press('7', "77")
		var shown []string
		for _, e := range w.store.Events() {
			if e.Kind == fact.DigitPressed || e.Kind == fact.DigitsSent {
				shown = append(shown, e.Detail)
			}
		}
		if got := strings.Join(shown, " "); got != "1 1 12 • • •••• • • • 7 7 77" {
			t.Errorf("the time line has %s", got)
		}
		if c.Sent() != "124929577" {
			t.Errorf("the customer's network got %s", c.Sent())
		}
		c.hangsUp()
	})
}

func TestPauseOfARecording(t *testing.T) {
	inWorld(t, testConfig(), func(w *world) {
		w.only("aiko")
		if err := w.PauseRecording("aiko"); !errors.Is(err, routing.ErrNoCall) {
			t.Errorf("without a call: %v", err)
		}
		c := w.call("+819012345678", salesNumber)
		w.after(time.Second)
		if err := w.PauseRecording("aiko"); !errors.Is(err, routing.ErrNotRecorded) && !errors.Is(err, routing.ErrNoCall) {
			t.Errorf("while it rings: %v", err)
		}
		w.answers("aiko")
		seg := w.recorder.Started()[0].ID
		if err := w.PauseRecording("ben"); !errors.Is(err, routing.ErrNoCall) {
			t.Errorf("by somebody else: %v", err)
		}
		w.must(w.PauseRecording("aiko"))
		w.must(w.PauseRecording("aiko"))
		if !w.recorder.Paused(seg) || !w.view("aiko").Call.Paused {
			t.Error("the recording is not paused")
		}
		w.must(w.ResumeRecording("aiko"))
		if w.recorder.Paused(seg) || w.view("aiko").Call.Paused {
			t.Error("the recording is paused still")
		}
		c.hangsUp()
		w.settle()
		w.happened(fact.RecordingBegan, fact.RecordingPaused, fact.RecordingResumed, fact.RecordingEnded)
	})
}
