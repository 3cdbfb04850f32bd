package stats

import (
	"errors"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

func TestBorders(t *testing.T) {
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	day := func(z *time.Location, y int, m time.Month, d, h, min int) time.Time {
		return time.Date(y, m, d, h, min, 0, 0, z)
	}
	berlin, tokyo, kathmandu, lord, santiago := zone("Europe/Berlin"), zone("Asia/Tokyo"), zone("Asia/Kathmandu"), zone("Australia/Lord_Howe"), zone("America/Santiago")
	for name, c := range map[string]struct {
		zone     *time.Location
		from, to time.Time
		every    fact.StatisticsInterval
		want     []time.Duration // how long each interval is
	}{
		"whole":             {berlin, day(berlin, 2026, 3, 28, 0, 0), day(berlin, 2026, 3, 31, 0, 0), fact.WholeTime, []time.Duration{71 * time.Hour}},
		"23 hours":          {berlin, day(berlin, 2026, 3, 28, 0, 0), day(berlin, 2026, 3, 31, 0, 0), fact.EveryDay, []time.Duration{24 * time.Hour, 23 * time.Hour, 24 * time.Hour}},
		"25 hours":          {berlin, day(berlin, 2026, 10, 25, 0, 0), day(berlin, 2026, 10, 26, 0, 0), fact.EveryDay, []time.Duration{25 * time.Hour}},
		"hours are skipped": {berlin, day(berlin, 2026, 3, 29, 1, 0), day(berlin, 2026, 3, 29, 4, 0), fact.EveryHour, []time.Duration{time.Hour, time.Hour}},
		"hours come twice":  {berlin, day(berlin, 2026, 10, 25, 1, 0), day(berlin, 2026, 10, 25, 4, 0), fact.EveryHour, []time.Duration{time.Hour, time.Hour, time.Hour, time.Hour}},
		"ends cut short":    {tokyo, day(tokyo, 2026, 1, 1, 9, 50), day(tokyo, 2026, 1, 1, 11, 5), fact.EveryHour, []time.Duration{10 * time.Minute, time.Hour, 5 * time.Minute}},
		"quarters at :45":   {kathmandu, time.Date(2026, 1, 1, 0, 20, 0, 0, time.UTC), time.Date(2026, 1, 1, 0, 50, 0, 0, time.UTC), fact.EveryQuarter, []time.Duration{10 * time.Minute, 15 * time.Minute, 5 * time.Minute}},
		"hours of +5:45":    {kathmandu, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 1, 2, 15, 0, 0, time.UTC), fact.EveryHour, []time.Duration{15 * time.Minute, time.Hour, time.Hour}},
		"half an hour back": {lord, day(lord, 2026, 4, 5, 0, 0), day(lord, 2026, 4, 5, 3, 0), fact.EveryHour, []time.Duration{time.Hour, time.Hour, 30 * time.Minute, time.Hour}},
		"midnight skipped":  {santiago, day(santiago, 2026, 9, 5, 12, 0), day(santiago, 2026, 9, 7, 0, 0), fact.EveryDay, []time.Duration{12 * time.Hour, 23 * time.Hour}},
	} {
		got, err := borders(c.from, c.to, c.every, c.zone)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(got) != len(c.want)+1 || !got[0].Equal(c.from) || !got[len(got)-1].Equal(c.to) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
			continue
		}
		for i, d := range c.want {
			if got[i+1].Sub(got[i]) != d {
				t.Errorf("%s: interval %d is %s long, want %s: %v", name, i, got[i+1].Sub(got[i]), d, got)
			}
		}
	}
	if _, err := borders(time.Unix(0, 0), time.Unix(0, 0), fact.EveryDay, berlin); !errors.Is(err, ErrNoTime) {
		t.Error(err)
	}
}

func TestFindInterval(t *testing.T) {
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	b := []time.Time{at(10), at(20), at(30)}
	for s, want := range map[int64]int{9: -1, 10: 0, 19: 0, 20: 1, 29: 1, 30: -1, 40: -1} {
		if got := find(b, at(s)); got != want {
			t.Errorf("%d is in %d, want %d", s, got, want)
		}
	}
}
