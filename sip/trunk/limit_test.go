package trunk

import (
	"testing"
	"time"

	"mediasrv/config"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func limited(all config.Limits, trunks ...*config.Trunk) *Set {
	file := &config.Config{Limits: all, Trunks: map[string]*config.Trunk{}}
	for _, t := range trunks {
		file.Trunks[t.Name] = t
	}
	return New(file, "realm")
}

func wants(t *testing.T, got, want Refusal) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCallsOfATrunk(t *testing.T) {
	a, b := &config.Trunk{Name: "a", MaxCalls: 2}, &config.Trunk{Name: "b"}
	s := limited(config.Limits{Calls: 4}, a, b)
	wants(t, s.Take(a, start), "")
	wants(t, s.Take(a, start), "")
	wants(t, s.Take(a, start), TooMany)
	wants(t, s.Take(b, start), "")
	wants(t, s.Take(b, start), "")
	wants(t, s.Take(b, start), ServerFull)
	s.Give(a)
	if s.Calls("a") != 1 || s.Calls("b") != 2 {
		t.Error(s.Calls("a"), s.Calls("b"))
	}
	wants(t, s.Take(b, start), "")
	wants(t, s.Take(a, start), ServerFull)
	for range 10 {
		s.Give(a) // never below none
	}
	if s.Calls("a") != 0 || s.all.calls != 3 {
		t.Error(s.Calls("a"), s.all.calls)
	}
}

// Calls per second are even over time, and a whole second's may come at once.
func TestCallsPerSecond(t *testing.T) {
	a, b := &config.Trunk{Name: "a", MaxRate: 10}, &config.Trunk{Name: "b"}
	s := limited(config.Limits{CallsPerSecond: 100}, a, b)
	taken := 0
	for ms := range 10_000 { // ten seconds of 1,000 calls each
		if s.Take(a, start.Add(time.Duration(ms)*time.Millisecond)) == "" {
			taken++
		}
	}
	if taken < 108 || taken > 110 {
		t.Error("taken in ten seconds:", taken)
	}
	wants(t, s.Take(a, start.Add(9999*time.Millisecond)), TooFast)
	taken = 0
	for range 1000 {
		if s.Take(b, start.Add(20*time.Second)) == "" {
			taken++
		}
	}
	if taken != 100 {
		t.Error("of the server:", taken)
	}
	wants(t, s.Take(b, start.Add(20*time.Second)), ServerTooFast)
	if TooFast.RetryAfter() != 1 || TooMany.RetryAfter() != 10 {
		t.Error("Retry-After")
	}
}

// A clock that goes back gives nothing away.
func TestRateWithAClockThatGoesBack(t *testing.T) {
	r := Rate{PerSecond: 1}
	if !r.Take(start) || r.Take(start.Add(-time.Hour)) || r.Take(start.Add(-time.Hour+time.Second/2)) {
		t.Error("taken")
	}
}
