package callback

import (
	"testing"
	"time"

	"mediasrv/config"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestWindowOfACustomer(t *testing.T) {
	day := []config.Span{{From: 9 * time.Hour, To: 12 * time.Hour}, {From: 13 * time.Hour, To: 20 * time.Hour}}
	night := []config.Span{{From: 22 * time.Hour, To: 30 * time.Hour}}
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spans           []config.Span
		number          string
		at, next, until string // until: of next
	}{
		"any time":                        {nil, "+81312345678", "2026-11-21T18:00:00Z", "2026-11-21T18:00:00Z", ""},
		"Tokyo, in the morning":           {day, "+81312345678", "2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-21T03:00:00Z"},
		"Tokyo, at night":                 {day, "+81312345678", "2026-11-21T15:00:00Z", "2026-11-22T00:00:00Z", "2026-11-22T03:00:00Z"},
		"Tokyo, at noon":                  {day, "+81312345678", "2026-11-21T03:10:00Z", "2026-11-21T04:00:00Z", "2026-11-21T11:00:00Z"},
		"London, when Tokyo is asleep":    {day, "+442071838750", "2026-11-21T15:00:00Z", "2026-11-21T15:00:00Z", "2026-11-21T20:00:00Z"},
		"New York":                        {day, "+12125551234", "2026-11-21T12:00:00Z", "2026-11-21T14:00:00Z", "2026-11-21T17:00:00Z"},
		"summer time begins in the night": {day, "+12125551234", "2026-03-08T03:00:00Z", "2026-03-08T13:00:00Z", "2026-03-08T16:00:00Z"},
		"over midnight":                   {night, "+81312345678", "2026-11-21T18:00:00Z", "2026-11-21T18:00:00Z", "2026-11-21T21:00:00Z"},
		"no zone: the company's":          {day, "+88312345678", "2026-11-21T15:00:00Z", "2026-11-22T00:00:00Z", "2026-11-22T03:00:00Z"},
		"many zones: a time for all":      {[]config.Span{{From: 9 * time.Hour, To: 20 * time.Hour}}, "+18005551234", "2026-11-21T12:00:00Z", "", ""},
	} {
		w := windowOf(c.spans, c.number, tokyo)
		next := w.next(at(t, c.at))
		if c.next != "" && !next.Equal(at(t, c.next)) {
			t.Errorf("%s: next %v, want %s (zones %v)", name, next.UTC(), c.next, w.zones)
		}
		if !w.open(next) {
			t.Errorf("%s: %v is not open in %v", name, next.UTC(), w.zones)
		}
		switch until := w.until(next); {
		case c.next == "":
		case c.until == "" && !until.IsZero(), c.until != "" && !until.Equal(at(t, c.until)):
			t.Errorf("%s: until %v, want %s", name, until.UTC(), c.until)
		}
	}
	if w := windowOf([]config.Span{{From: 12 * time.Hour, To: 13 * time.Hour}}, "+79161234567", tokyo); w.open(w.next(at(t, "2026-11-21T00:00:00Z"))) && len(w.zones) > 1 {
		t.Error("eleven zones have no such hour in common")
	} else if n := w.next(at(t, "2026-11-21T00:00:00Z")); n.Sub(at(t, "2026-11-21T00:00:00Z")) > 24*time.Hour || !w.openIn(w.zones[0], n) {
		t.Errorf("called at %v, by the first of %v", n, w.zones)
	}
}
