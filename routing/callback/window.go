package callback

import (
	"slices"
	"time"

	"mediasrv/config"

	"github.com/nyaruka/phonenumbers"
)

// windowDays is how far ahead an allowed time is looked for: whatever the zones, it comes within a day.
const windowDays = 3

// window is when a customer may be called.
type window struct {
	spans []config.Span
	zones []*time.Location // where the customer may be: all of them count
}

// windowOf is the window of a number. What its zone is the number tells; else it is taken for one of the company's.
func windowOf(spans []config.Span, number string, company *time.Location) window {
	if len(spans) == 0 {
		return window{}
	}
	w := window{spans: spans, zones: zonesOf(number)}
	if len(w.zones) == 0 {
		w.zones = []*time.Location{company}
	}
	if w.zones[0] == nil {
		w.zones[0] = time.UTC
	}
	return w
}

func zonesOf(number string) []*time.Location {
	n, err := phonenumbers.Parse(number, "")
	if err != nil {
		return nil
	}
	names, err := phonenumbers.GetTimezonesForNumber(n)
	if err != nil {
		return nil
	}
	var zones []*time.Location
	for _, name := range names {
		if name == phonenumbers.UNKNOWN_TIMEZONE {
			continue
		}
		if zone, err := time.LoadLocation(name); err == nil {
			zones = append(zones, zone)
		}
	}
	return zones
}

// open says whether it is a good time wherever the customer may be.
func (w window) open(at time.Time) bool {
	return !slices.ContainsFunc(w.zones, func(zone *time.Location) bool { return !w.openIn(zone, at) })
}

func (w window) openIn(zone *time.Location, at time.Time) bool {
	local := at.In(zone)
	h, m, s := local.Clock()
	clock := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
	return slices.ContainsFunc(w.spans, func(p config.Span) bool {
		return clock >= p.From && clock < p.To || clock+24*time.Hour < p.To
	})
}

// next is the first good time, not before at. A number whose zones have no good time in common is called by the first of them.
func (w window) next(at time.Time) time.Time {
	for ; ; w.zones = w.zones[:1] {
		if w.open(at) {
			return at
		}
		if first := w.first(at, func(s config.Span) time.Duration { return s.From }, true); !first.IsZero() {
			return first
		}
		if len(w.zones) <= 1 {
			return at // spans without any time are refused at load
		}
	}
}

// until is when a good time ends; zero: never.
func (w window) until(at time.Time) time.Time {
	return w.first(at, func(s config.Span) time.Duration { return s.To }, false)
}

// first is the first edge after a time from which on it is open, or closed.
func (w window) first(at time.Time, edge func(config.Span) time.Duration, open bool) time.Time {
	var found time.Time
	for _, zone := range w.zones {
		today := config.DateOf(at.In(zone))
		for day := -1; day < windowDays; day++ {
			for _, s := range w.spans {
				t := time.Date(today.Year, today.Month, today.Day+day, 0, 0, 0, int(edge(s)), zone)
				if t.After(at) && w.open(t) == open && (found.IsZero() || t.Before(found)) {
					found = t
				}
			}
		}
	}
	return found
}
