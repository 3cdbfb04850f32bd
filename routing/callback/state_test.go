package callback

import (
	"errors"
	"testing"

	"mediasrv/routing/fact"
)

// TestEveryCell visits each state with each event. What is not in the table below is impossible.
func TestEveryCell(t *testing.T) {
	const (
		q, a, d, n = fact.CallbackInQueue, fact.CallbackAssigned, fact.CallbackActive, fact.CallbackNoAnswer
		c, x, z    = fact.CallbackCompleted, fact.CallbackExhausted, fact.CallbackCancelled
	)
	type at struct {
		is       fact.CallbackState
		attempts int
		e        Event
	}
	want := map[at]struct { // with one retry: two attempts
		is       fact.CallbackState
		attempts int
	}{
		{q, 0, Taken}: {a, 0}, {q, 0, Dialled}: {d, 1}, {q, 0, GotThrough}: {c, 0}, {q, 0, Cancelled}: {z, 0},
		{a, 0, Taken}: {a, 0}, {a, 0, Released}: {q, 0}, {a, 0, Crashed}: {q, 0}, {a, 0, Dialled}: {d, 1}, {a, 0, GotThrough}: {c, 0}, {a, 0, Cancelled}: {z, 0},
		{n, 1, Taken}: {a, 1}, {n, 1, Dialled}: {d, 2}, {n, 1, GotThrough}: {c, 1}, {n, 1, Cancelled}: {z, 1},
		{a, 1, Taken}: {a, 1}, {a, 1, Released}: {n, 1}, {a, 1, Crashed}: {n, 1}, {a, 1, Dialled}: {d, 2}, {a, 1, GotThrough}: {c, 1}, {a, 1, Cancelled}: {z, 1},
		{d, 1, Unanswered}: {n, 1}, {d, 1, Failed}: {q, 0}, {d, 1, Crashed}: {n, 1}, {d, 1, Talked}: {c, 1}, {d, 1, GotThrough}: {c, 1},
		{d, 2, Unanswered}: {x, 2}, {d, 2, Failed}: {n, 1}, {d, 2, Crashed}: {n, 1}, {d, 2, Talked}: {c, 2}, {d, 2, GotThrough}: {c, 2},
	}
	seen := 0
	for _, is := range []fact.CallbackState{q, a, d, n, c, x, z} {
		for attempts := range 3 {
			if is == q && attempts > 0 || is == n && attempts != 1 || is == a && attempts > 1 || is == d && attempts == 0 {
				continue // never reached with one retry
			}
			for e := Taken; e <= Cancelled; e++ {
				s := State{Is: is, Attempts: attempts, Retries: 1}
				got, err := s.On(e)
				to, possible := want[at{is, attempts, e}]
				if !possible {
					to.is, to.attempts = is, attempts
				} else {
					seen++
				}
				if got.Is != to.is || got.Attempts != to.attempts || (err == nil) != possible || err != nil && !errors.Is(err, ErrImpossible) {
					t.Errorf("%s after %d attempts on %d: got %+v, %v; want %+v, possible %v", is, attempts, e, got, err, to, possible)
				}
			}
		}
	}
	if seen != len(want) {
		t.Errorf("visited %d of %d cells", seen, len(want))
	}
}

func TestRetries(t *testing.T) {
	for retries, attempts := range map[int]int{0: 1, 4: 5} {
		s, called := State{Is: fact.CallbackInQueue, Retries: retries}, 0
		for s.Is != fact.CallbackExhausted {
			for _, e := range []Event{Taken, Dialled, Unanswered} {
				var err error
				if s, err = s.On(e); err != nil {
					t.Fatal(err)
				}
			}
			called++
		}
		if called != attempts {
			t.Errorf("%d retries: %d attempts, want %d", retries, called, attempts)
		}
	}
	s := State{Is: fact.CallbackActive, Attempts: 50, Retries: Endless}
	if s, _ = s.On(Unanswered); s.Is != fact.CallbackNoAnswer {
		t.Errorf("one of the list stays there: %+v", s)
	}
	s = State{Is: fact.CallbackActive, Attempts: 1}
	if s, _ = s.On(Crashed); s.Is != fact.CallbackInQueue || s.Attempts != 0 {
		t.Errorf("a crash takes nobody's only attempt: %+v", s)
	}
}
