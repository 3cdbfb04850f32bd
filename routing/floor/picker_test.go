package floor

import (
	"slices"
	"testing"
	"time"

	"mediasrv/config"
)

func TestRounds(t *testing.T) {
	at := func(s int) time.Time { return time.Date(2026, 11, 21, 9, 0, s, 0, time.UTC) }
	agent := func(user string, open, idle, free int, queues ...string) Candidate {
		return Candidate{User: user, Queues: queues, Open: open, IdleFrom: at(idle), FreeFrom: at(free)}
	}
	call := func(queue string, round int, rung ...string) Waiting {
		w := Waiting{Queue: queue, Round: at(round), Rung: map[string]bool{}}
		for _, user := range rung {
			w.Rung[user] = true
		}
		return w
	}
	all := func(rings int, w Waiting) Waiting {
		w.Ring, w.Rings = config.RingAll, rings
		return w
	}
	topDown := func(w Waiting) Waiting {
		w.Ring, w.Order = config.RingTopDown, []string{"b", "c", "a"}
		return w
	}
	six := []Candidate{
		agent("a", 0, 0, 0, "q"), agent("b", 0, 1, 0, "q"), agent("c", 0, 2, 0, "q"), agent("d", 0, 3, 0, "q"), agent("e", 0, 4, 0, "q"), agent("f", 0, 5, 0, "q"),
	}
	for _, tt := range []struct {
		name    string
		waiting []Waiting
		agents  []Candidate
		want    []Match
	}{
		{"nobody waits", nil, []Candidate{agent("a", 0, 0, 0, "q")}, nil},
		{"nobody is free", []Waiting{call("q", 9)}, nil, nil},
		{"another queue's agent", []Waiting{call("q", 9)}, []Candidate{agent("a", 0, 0, 0, "p")}, nil},
		{"longest idle", []Waiting{call("q", 9)}, []Candidate{agent("a", 1, 5, 0, "q"), agent("b", 1, 4, 0, "q")}, []Match{{0, 1}}},
		{
			"fewest conversations before longest idle",
			[]Waiting{call("q", 9)},
			[]Candidate{agent("a", 2, 1, 0, "q"), agent("b", 1, 4, 0, "q")},
			[]Match{{0, 1}},
		},
		{
			"newcomer before fewest conversations",
			[]Waiting{call("q", 9, "c")},
			[]Candidate{agent("a", 0, 1, 0, "q"), agent("b", 7, 10, 10, "q")},
			[]Match{{0, 1}},
		},
		{"once per round", []Waiting{call("q", 9, "a")}, []Candidate{agent("a", 0, 0, 0, "q")}, nil},
		{"a newcomer too is rung once per round", []Waiting{call("q", 9, "a")}, []Candidate{agent("a", 0, 10, 10, "q")}, nil},
		{
			"the first in line gets the shared agent",
			[]Waiting{call("q", 9), call("p", 9)},
			[]Candidate{agent("a", 0, 0, 0, "p", "q")},
			[]Match{{0, 0}},
		},
		{
			"the second gets what the first can't use",
			[]Waiting{call("q", 9, "a"), call("p", 9)},
			[]Candidate{agent("a", 0, 0, 0, "p", "q")},
			[]Match{{1, 0}},
		},
		{
			"no agent twice",
			[]Waiting{call("q", 9), call("q", 9)},
			[]Candidate{agent("a", 0, 0, 0, "q"), agent("b", 0, 1, 0, "q")},
			[]Match{{0, 0}, {1, 1}},
		},
		{"all: five at most", []Waiting{all(0, call("q", 9))}, six, []Match{{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}}},
		{"all: those who ring already count", []Waiting{all(3, call("q", 9, "a", "b", "c"))}, six, []Match{{0, 3}, {0, 4}}},
		{"all: everybody gets one before anybody gets two", []Waiting{all(0, call("q", 9)), call("q", 9)}, six[:3], []Match{{0, 0}, {1, 1}, {0, 2}}},
		{"all: who rings already waits for who doesn't", []Waiting{all(1, call("q", 9, "a")), call("q", 9)}, six[1:2], []Match{{1, 0}}},
		{
			"top-down: the list, not the time",
			[]Waiting{topDown(call("q", 9)), topDown(call("q", 9)), topDown(call("q", 9, "a"))},
			six[:3],
			[]Match{{0, 1}, {1, 2}},
		},
		{"top-down: not even newcomers first", []Waiting{topDown(call("q", 9))}, []Candidate{agent("a", 0, 10, 10, "q"), agent("c", 9, 1, 0, "q")}, []Match{{0, 1}}},
		{"the same in everything: by name", []Waiting{call("q", 9)}, []Candidate{agent("b", 0, 0, 0, "q"), agent("a", 0, 0, 0, "q")}, []Match{{0, 1}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := (Rounds{}).Pick(tt.waiting, tt.agents); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestOrderOfTheLine(t *testing.T) {
	at := func(s int) time.Time { return time.Date(2026, 11, 21, 9, 0, s, 0, time.UTC) }
	want := []Waiting{
		{Call: "f", Priority: 5, Since: at(9)},
		{Call: "e", Priority: 1, Front: true, Since: at(8)},
		{Call: "d", Priority: 1, Since: at(1)},
		{Call: "b", Since: at(2)},
		{Call: "c", Since: at(2)},
		{Call: "a", Since: at(3)},
	}
	for i, a := range want {
		for k, b := range want {
			if got := a.before(b); got != (i < k) {
				t.Errorf("%s before %s: %v", a.Call, b.Call, got)
			}
		}
	}
}
