package impair

import (
	"testing"
	"time"
)

func TestLine(t *testing.T) {
	const packets = 20000
	c := Conditions{Loss: 0.05, Duplicate: 0.01, Reorder: 0.02, Delay: 80 * time.Millisecond, Jitter: 20 * time.Millisecond}
	l, now := newLine(1), time.Unix(0, 0)
	var last time.Time
	lost, twice, overtook := 0, 0, 0
	var sum time.Duration
	for range packets {
		now = now.Add(20 * time.Millisecond)
		at := l.arrivals(now, c)
		switch len(at) {
		case 0:
			lost++
			continue
		case 2:
			twice++
		}
		if at[0].Before(last) {
			overtook++
		} else {
			last = at[0]
		}
		sum += at[0].Sub(now)
	}
	share := func(n int) float64 { return float64(n) / packets }
	if s := share(lost); s < 0.04 || s > 0.06 {
		t.Errorf("lost %v", s)
	}
	if s := share(twice); s < 0.005 || s > 0.015 {
		t.Errorf("twice %v", s)
	}
	if s := share(overtook); s < 0.01 || s > 0.03 {
		t.Errorf("overtook %v", s)
	}
	if mean := sum / packets; mean < 65*time.Millisecond || mean > 95*time.Millisecond {
		t.Errorf("mean delay %v", mean)
	}
	perfect := newLine(1)
	for range 1000 {
		if at := perfect.arrivals(now, Conditions{}); len(at) != 1 || !at[0].Equal(now) {
			t.Fatal(at)
		}
	}
}
