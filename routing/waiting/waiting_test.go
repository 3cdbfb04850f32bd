package waiting

import (
	"testing"
	"time"

	"mediasrv/routing/fact"
)

func TestPlain(t *testing.T) {
	began := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	at := func(d time.Duration) time.Time { return began.Add(d) }
	full := Plain{Greeting: true, LongestWait: time.Minute, Message: true}
	builtin := Plain{RingFor: 6 * time.Second, LongestWait: 30 * time.Minute}
	for _, tt := range []struct {
		name     string
		strategy Plain
		now      time.Duration
		view     View
		want     Step
	}{
		{"greeting first", full, 0, View{}, Step{Front: Greeting, Behind: Music, Wake: at(time.Minute)}},
		{"greeting once", full, time.Second, View{Greeted: true}, Step{Behind: Music, Wake: at(time.Minute)}},
		{"greeting goes on while an agent rings", full, 0, View{Ringing: true}, Step{Front: Greeting, Behind: Music, Wake: at(time.Minute)}},
		{"built-in rings", builtin, 0, View{}, Step{Behind: Ringback, Wake: at(6 * time.Second)}},
		{"then plays", builtin, 6 * time.Second, View{}, Step{Behind: Music, Wake: at(30 * time.Minute)}},
		{"longest wait while ringing", full, time.Minute, View{Greeted: true, Ringing: true}, Step{Behind: Music, Closed: true}},
		{"nobody answered", full, 80 * time.Second, View{Greeted: true}, Step{Front: Message, Behind: Music, Closed: true}},
		{"message cuts a greeting that still plays", full, time.Minute, View{}, Step{Front: Message, Behind: Music, Closed: true}},
		{"message over", full, 90 * time.Second, View{Said: true}, Step{Behind: Music, Closed: true, End: fact.EndLongestWait}},
		{"no message", builtin, 30 * time.Minute, View{}, Step{Behind: Music, Closed: true, End: fact.EndLongestWait}},
		{"no longest wait", Plain{}, 100 * time.Hour, View{}, Step{Behind: Music}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.view.Began, tt.view.Now = began, at(tt.now)
			if got := tt.strategy.Next(tt.view); got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}
