package store

import (
	"fmt"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// The calls of a day are told with what could be made of them again: keys but no secret ones, waits, who gave up, and what agents did.
func TestPastCalls(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	start(t, s)
	aDay(s)
	digit := func(call string, seconds float64, agent, key string) {
		s.Append(fact.Event{At: at(seconds), Call: fact.CallID(call), Kind: fact.DigitPressed, Agent: agent, Detail: key})
	}
	digit("c5", 401, "", "1")
	digit("c5", 402.5, "", "•")
	digit("c5", 403, "ben", "7")
	s.Append(fact.Call{ID: "c9", Direction: fact.Outbound, Entry: "+1", Began: at(10)})
	flush(t, s)
	all, err := s.PastCalls(t.Context(), noon(), noon().Add(24*time.Hour), at(10_000))
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, c := range all {
		told[c.From] = fmt.Sprint(c.At.Sub(noon()), c.Entry, c.Trunk, c.Keys, c.Waited, c.GaveUp, c.Talked, c.Talk, c.WrapUp)
	}
	for from, want := range map[string]string{
		"+100": "0s+1t1[] 10s false true 1m40s 20s",
		"+101": "1m40s+1t1[] 40s false true 1m0s 0s",
		"+102": "3m20s+1t1[] 3s true false 0s 0s",
		"+104": "6m40s+2t2[{1s 49}] 1m30s false false 0s 0s",
		"+105": "8m20s+2t2[] 0s false false 0s 0s",
	} {
		if told[from] != want {
			t.Errorf("%s: %s, want %s", from, told[from], want)
		}
	}
	if early, err := s.PastCalls(t.Context(), noon(), at(100), at(10_000)); err != nil || len(early) != 1 {
		t.Errorf("before %v: %v %v", at(100), early, err)
	}
}

// Statuses are told as they were at the beginning, and when they changed; what agents do is no change.
func TestPastStatuses(t *testing.T) {
	s, _ := openAt(t, dbPath(t))
	start(t, s)
	for _, c := range []fact.AgentChange{
		{At: at(-100), User: "aiko", Status: "available", Activity: "idle"},
		{At: at(50), User: "aiko", Status: "available", Activity: "talking"},
		{At: at(20), User: "ben", Status: "available", Activity: "idle"},
		{At: at(90), User: "aiko", Status: "away", Activity: "idle"},
		{At: at(500), User: "ben", Status: "offline", Activity: "idle"},
	} {
		s.Append(c)
	}
	flush(t, s)
	all, err := s.PastStatuses(t.Context(), noon(), at(200))
	var got string
	for _, c := range all {
		got += fmt.Sprint(c.At.Sub(noon()), c.User, c.Status, " ")
	}
	if want := "0saikoavailable 20sbenavailable 1m30saikoaway "; err != nil || got != want {
		t.Errorf("%s (%v), want %s", got, err, want)
	}
}
