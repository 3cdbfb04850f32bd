package hours

import (
	"testing"
	"time"

	"mediasrv/config"
)

func span(from, to int) config.Span {
	return config.Span{From: time.Duration(from) * time.Hour, To: time.Duration(to) * time.Hour}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// office works from Monday to Friday with a lunch break, on Saturday night, and not on New Year's Day.
func office(z *time.Location) *config.Hours {
	h := &config.Hours{Zone: z, Special: map[config.Date][]config.Span{
		{Year: 2027, Month: 1, Day: 1}:   {},
		{Year: 2026, Month: 12, Day: 24}: {span(9, 12)},
	}}
	for d := time.Monday; d <= time.Friday; d++ {
		h.Week[d] = []config.Span{span(9, 12), span(13, 18)}
	}
	h.Week[time.Saturday] = []config.Span{span(22, 30)}
	return h
}

func TestOpen(t *testing.T) {
	h := office(zone(t, "Asia/Tokyo"))
	for text, want := range map[string]bool{
		"2026-11-23T08:59:59+09:00": false, // a Monday
		"2026-11-23T09:00:00+09:00": true,
		"2026-11-23T00:00:00Z":      true, // the same
		"2026-11-23T11:59:59+09:00": true,
		"2026-11-23T12:00:00+09:00": false, // lunch
		"2026-11-23T13:00:00+09:00": true,
		"2026-11-23T18:00:00+09:00": false,
		"2026-11-28T21:59:59+09:00": false, // Saturday
		"2026-11-28T22:00:00+09:00": true,
		"2026-11-29T05:59:59+09:00": true, // Sunday morning belongs to Saturday's night
		"2026-11-29T06:00:00+09:00": false,
		"2026-11-29T23:00:00+09:00": false,
		"2026-12-24T10:00:00+09:00": true,
		"2026-12-24T14:00:00+09:00": false, // a special day
		"2027-01-01T10:00:00+09:00": false, // closed
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := Open(h, at); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if !Open(nil, time.Now()) {
		t.Error("without hours it is closed")
	}
}

func TestNightBeforeAHoliday(t *testing.T) {
	h := &config.Hours{Zone: time.UTC, Special: map[config.Date][]config.Span{{Year: 2027, Month: 1, Day: 1}: {}}}
	for d := range h.Week {
		h.Week[d] = []config.Span{span(22, 30)}
	}
	for text, want := range map[string]bool{
		"2027-01-01T03:00:00Z": true,  // the night that began on New Year's Eve
		"2027-01-01T23:00:00Z": false, // the holiday's own
		"2027-01-02T03:00:00Z": false,
		"2027-01-02T23:00:00Z": true,
	} {
		at, _ := time.Parse(time.RFC3339, text)
		if got := Open(h, at); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestNext(t *testing.T) {
	h := office(zone(t, "Asia/Tokyo"))
	for text, want := range map[string]string{
		"2026-11-23T08:00:00+09:00": "2026-11-23T09:00:00+09:00",
		"2026-11-23T09:00:00+09:00": "2026-11-23T12:00:00+09:00",
		"2026-11-23T12:30:00+09:00": "2026-11-23T13:00:00+09:00",
		"2026-11-27T18:00:00+09:00": "2026-11-28T22:00:00+09:00", // over the weekend
		"2026-11-29T01:00:00+09:00": "2026-11-29T06:00:00+09:00", // within a night that began yesterday
		"2026-12-31T19:00:00+09:00": "2027-01-02T22:00:00+09:00", // over New Year's Day, a Friday
	} {
		at, _ := time.Parse(time.RFC3339, text)
		if got := Next(h, at).Format(time.RFC3339); got != want {
			t.Errorf("after %s: %s, want %s", text, got, want)
		}
	}
	if !Next(nil, time.Now()).IsZero() {
		t.Error("always open has a change")
	}
	whole := &config.Hours{Zone: time.UTC}
	for d := range whole.Week {
		whole.Week[d] = []config.Span{span(0, 24)}
	}
	if at := Next(whole, time.Now()); !at.IsZero() {
		t.Errorf("open day and night changes at %s", at)
	}
}

// In Berlin the clock goes from 2:00 to 3:00 on 2026-03-29, and from 3:00 back to 2:00 on 2026-10-25.
func TestSummerTime(t *testing.T) {
	h := &config.Hours{Zone: zone(t, "Europe/Berlin")}
	h.Week[time.Sunday] = []config.Span{span(2, 4)}
	h.Week[time.Saturday] = []config.Span{span(22, 27)} // until 3:00
	for text, want := range map[string]bool{
		"2026-03-29T00:59:59Z": true, // 1:59:59, Saturday's
		"2026-03-29T01:00:00Z": true, // 3:00, Sunday's
		"2026-03-29T01:59:59Z": true,
		"2026-03-29T02:00:00Z": false, // 4:00
		"2026-10-25T00:30:00Z": true,  // 2:30, for the first time
		"2026-10-25T01:30:00Z": true,  // 2:30, for the second time
		"2026-10-25T02:59:59Z": true,
		"2026-10-25T03:00:00Z": false,
	} {
		at, _ := time.Parse(time.RFC3339, text)
		if got := Open(h, at); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// Whatever the hours: between now and Next nothing changes, and at Next it does.
func TestNextIsTheFirstChange(t *testing.T) {
	for _, name := range []string{"UTC", "Asia/Tokyo", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"} {
		h := office(zone(t, name))
		h.Week[time.Sunday] = []config.Span{{From: 90 * time.Minute, To: 150 * time.Minute}, span(23, 26)}
		at := time.Date(2026, 3, 1, 0, 7, 0, 0, time.UTC)
		for end := at.AddDate(1, 1, 0); at.Before(end); {
			next := Next(h, at)
			was := Open(h, at)
			if next.IsZero() || Open(h, next) == was {
				t.Fatalf("%s: after %s comes %s, which changes nothing", name, at, next)
			}
			for probe := at; probe.Before(next); probe = probe.Add(15 * time.Minute) {
				if Open(h, probe) != was {
					t.Fatalf("%s: changed at %s, but Next of %s is %s", name, probe, at, next)
				}
			}
			at = next
		}
	}
}

// A holiday with times shuts within the day; a whole one is a special day without work; the reason names them.
func TestHolidaysOfACalendar(t *testing.T) {
	day := []config.Span{{From: 9 * time.Hour, To: 17 * time.Hour}}
	h := &config.Hours{
		Name: "office", Zone: time.UTC, Week: [7][]config.Span{day, day, day, day, day, day, day},
		Special: map[config.Date][]config.Span{{Year: 2026, Month: 12, Day: 25}: {}},
		Named:   map[config.Date]string{{Year: 2026, Month: 12, Day: 25}: "Christmas"},
		Shut:    []config.Shut{{From: time.Date(2026, 11, 24, 13, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 24, 15, 30, 0, 0, time.UTC), Name: "Works meeting"}},
	}
	for at, want := range map[string]string{
		"2026-11-24 12:59": "",
		"2026-11-24 13:00": "a holiday of the hours office: Works meeting, until Tue 2026-11-24 15:30",
		"2026-11-24 15:29": "a holiday of the hours office: Works meeting, until Tue 2026-11-24 15:30",
		"2026-11-24 15:30": "",
		"2026-11-24 18:00": "outside of the hours office, until Wed 2026-11-25 09:00",
		"2026-12-25 10:00": "a holiday of the hours office: Christmas, until Sat 2026-12-26 09:00",
	} {
		now, err := time.Parse("2006-01-02 15:04", at)
		if err != nil {
			t.Fatal(err)
		}
		open, why := Why(h, now)
		if open != (want == "") || why != want {
			t.Errorf("%s: %v %q, want %q", at, open, why, want)
		}
	}
	if next := Next(h, time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)); !next.Equal(h.Shut[0].From) {
		t.Errorf("changes next at %v", next)
	}
}
