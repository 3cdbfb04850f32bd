package stats

import (
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// Callbacks count for company and queue, in the interval in which something happened to them.
func TestFiguresOfCallbacks(t *testing.T) {
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	events := []fact.Event{
		{Kind: fact.CallbackAsked, Queue: "a"},
		{Kind: fact.CallbackAsked, Queue: "b"},
		{Kind: fact.CallbackDialled, Queue: "a"},
		{Kind: fact.CallbackFailed, Queue: "a"},
		{Kind: fact.CallbackEnded, Queue: "a", Detail: "completed"},
		{Kind: fact.CallbackEnded, Queue: "a", Detail: "exhausted: busy"},
		{Kind: fact.CallbackEnded, Queue: "a", Detail: "cancelled: by aiko"},
		{Kind: CallbackLost, Queue: "a"},
		{Kind: fact.CallbackAsked, Queue: "a", At: at.Add(2 * time.Hour)},
	}
	for by, want := range map[fact.StatisticsBy][]fact.Figures{
		fact.ByQueue: {
			{CallbacksAsked: 1, CallbackAttempts: 1, CallbacksReached: 1, CallbacksFailed: 1, CallbacksCancelled: 1, CallbacksAbandoned: 1}, {CallbacksAsked: 1},
		},
		fact.ByCompany: {{CallbacksAsked: 2, CallbackAttempts: 1, CallbacksReached: 1, CallbacksFailed: 1, CallbacksCancelled: 1, CallbacksAbandoned: 1}},
		fact.ByAgent:   nil,
	} {
		table, err := NewTable(fact.StatisticsQuery{From: at, To: at.Add(time.Hour), By: by, Interval: fact.WholeTime, Zone: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.At.IsZero() {
				e.At = at
			}
			table.Callback(e)
		}
		rows, err := table.Rows()
		if err != nil || len(rows) != len(want) {
			t.Fatalf("%s: %+v %v", by, rows, err)
		}
		for i, r := range rows {
			if r.Figures != want[i] {
				t.Errorf("%s %s: %+v, want %+v", by, r.Name, r.Figures, want[i])
			}
		}
	}
}
