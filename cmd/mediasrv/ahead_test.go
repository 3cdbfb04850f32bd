package main

import (
	"testing"
	"time"
)

func TestTimeAhead(t *testing.T) {
	zone := time.FixedZone("JST", 9*3600)
	now := time.Date(2026, 11, 21, 13, 30, 0, 0, zone)
	for text, want := range map[string]time.Time{
		"14:00":                     time.Date(2026, 11, 21, 14, 0, 0, 0, zone),
		"13:30":                     time.Date(2026, 11, 22, 13, 30, 0, 0, zone), // over: tomorrow
		"09:00":                     time.Date(2026, 11, 22, 9, 0, 0, 0, zone),
		"2026-12-24 14:00":          time.Date(2026, 12, 24, 14, 0, 0, 0, zone),
		"2026-12-24T14:00:00+01:00": time.Date(2026, 12, 24, 22, 0, 0, 0, zone),
		"2h":                        now.Add(2 * time.Hour),
	} {
		if got, err := timeAhead(text, now, zone); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "noon", "25:00", "-2h", "14"} {
		if got, err := timeAhead(text, now, zone); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
