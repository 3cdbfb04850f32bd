package routing_test

import (
	"errors"
	"testing"
	"time"

	"mediasrv/routing"
	"mediasrv/routing/fact"
)

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
