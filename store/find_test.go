package store

import (
	"testing"
	"time"

	"mediasrv/routing/fact"
)

func TestFindCalls(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	start(t, s)
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	s.Append(
		fact.Call{ID: "0199-aaaa-111111", Direction: fact.Inbound, From: "+819012345678", Entry: "+81312345678", Trunk: "a", Queue: "q", Began: at, Ended: at.Add(time.Minute), End: fact.EndCallerGone},
		fact.Call{ID: "0199-bbbb-222222", Direction: fact.Inbound, From: "+819012345678", Began: at.Add(time.Hour)},
		fact.Call{ID: "0199-cccc-33_333", Direction: fact.Inbound, Began: at.Add(2 * time.Hour)},
		fact.Leg{ID: "l1", Call: "0199-aaaa-111111", SIPID: "abc@192.0.2.1", Began: at},
	)
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]fact.CallID{
		"last":             {"0199-cccc-33_333"},
		"0199-aaaa-111111": {"0199-aaaa-111111"},
		"111111":           {"0199-aaaa-111111"},
		"1111":             {}, // too little of it
		"abc@192.0.2.1":    {"0199-aaaa-111111"},
		"+819012345678":    {"0199-bbbb-222222", "0199-aaaa-111111"},
		"33_333":           {"0199-cccc-33_333"},
		"______":           {},
		"%%%%%%":           {},
		"":                 {"0199-cccc-33_333"}, // a withheld number
		"' OR 1=1 --":      {},
	} {
		got, err := s.FindCalls(name)
		if err != nil || len(got) != len(want) {
			t.Errorf("%q: %+v, %v; want %v", name, got, err, want)
			continue
		}
		for i := range want {
			if got[i].ID != want[i] {
				t.Errorf("%q: %s at %d, want %s", name, got[i].ID, i, want[i])
			}
		}
	}
	got, err := s.FindCalls("111111")
	if err != nil || len(got) != 1 || got[0].From != "+819012345678" || got[0].End != fact.EndCallerGone || !got[0].Ended.Equal(at.Add(time.Minute)) || got[0].Trunk != "a" {
		t.Errorf("%+v, %v", got, err)
	}
}
