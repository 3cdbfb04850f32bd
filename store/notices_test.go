package store

import (
	"reflect"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// What supervisors have set is there after a restart until its time is over, or it was taken back.
func TestQueueNoticesSurvive(t *testing.T) {
	path := dbPath(t)
	s, _ := openAt(t, path)
	start(t, s)
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	closing := fact.QueueNotice{Queue: "support", Kind: fact.QueueClosed, Until: now.Add(time.Hour), Say: "lunch", By: "dana", At: now}
	incident := fact.QueueNotice{Queue: "sales", Kind: fact.QueueIncident, Until: now.Add(time.Hour), File: "/down.wav", By: "dana", At: now}
	back := incident
	back.Until = now
	s.Append(closing, incident)
	s.Append(back)
	flush(t, s)
	again, _ := openAt(t, path)
	for at, want := range map[time.Time][]fact.QueueNotice{now: {closing}, now.Add(-time.Second): {back, closing}, now.Add(time.Hour): nil} {
		got, err := again.QueueNotices(at)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("at %v: %+v, %v", at, got, err)
		}
	}
}
