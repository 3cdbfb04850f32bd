// Package hours says whether somebody works at a time, and when that changes. It is pure.
package hours

import (
	"slices"
	"time"

	"mediasrv/config"
)

// horizon is how far ahead a change is looked for: a year, and the holidays around its end.
const horizon = 400

// Open says whether somebody works at a time. Without hours somebody always does.
//
// The wall clock decides: where summer time begins, the hour that is skipped is nobody's; where it ends, the hour that comes twice counts twice.
// A span over midnight belongs to the day on which it begins, so a holiday takes the night that follows it, and not the night before.
func Open(h *config.Hours, at time.Time) bool {
	if h == nil {
		return true
	}
	local := at.In(h.Zone)
	today, clock := config.DateOf(local), sinceMidnight(local)
	if _, shut := during(h, at); shut {
		return false
	}
	return within(spans(h, today), clock) || within(spans(h, before(today)), clock+24*time.Hour)
}

// Next is when Open changes next after a time; zero: not within a year.
func Next(h *config.Hours, at time.Time) time.Time {
	if h == nil {
		return time.Time{}
	}
	now := Open(h, at)
	first := config.DateOf(at.In(h.Zone))
	for i := -1; i <= horizon; i++ {
		day := time.Date(first.Year, first.Month, first.Day+i, 12, 0, 0, 0, h.Zone) // noon: never skipped
		for _, edge := range edges(h, day) {
			if edge.After(at) && Open(h, edge) != now {
				return edge
			}
		}
	}
	return time.Time{}
}

// edges are the times at which the spans of a day begin and end, and at which the clock is put forward or back, in their order.
func edges(h *config.Hours, noon time.Time) []time.Time {
	day := config.DateOf(noon)
	var all []time.Time
	for _, s := range spans(h, day) {
		all = append(all, wall(day, s.From, h.Zone))
		if _, shift := noon.ZoneBounds(); !shift.IsZero() && shift.Before(wall(day, s.To, h.Zone)) && shift.After(wall(day, s.From, h.Zone)) {
			all = append(all, shift)
		}
		all = append(all, wall(day, s.To, h.Zone))
	}
	for _, s := range h.Shut {
		for _, edge := range []time.Time{s.From, s.To} {
			if config.DateOf(edge.In(h.Zone)) == day {
				all = append(all, edge)
			}
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// during is the holiday with times that a time is in.
func during(h *config.Hours, at time.Time) (config.Shut, bool) {
	for _, s := range h.Shut {
		if !at.Before(s.From) && at.Before(s.To) {
			return s, true
		}
	}
	return config.Shut{}, false
}

// spans are the working times that begin on a day.
func spans(h *config.Hours, day config.Date) []config.Span {
	if s, special := h.Special[day]; special {
		return s
	}
	return h.Week[time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC).Weekday()]
}

func within(all []config.Span, clock time.Duration) bool {
	for _, s := range all {
		if clock >= s.From && clock < s.To {
			return true
		}
	}
	return false
}

// sinceMidnight is what a clock on the wall shows.
func sinceMidnight(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(t.Nanosecond())
}

// wall is when a clock on the wall shows a time of a day; a time that is skipped is moved by what is skipped.
func wall(day config.Date, clock time.Duration, zone *time.Location) time.Time {
	return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, int(clock), zone)
}

func before(d config.Date) config.Date {
	return config.DateOf(time.Date(d.Year, d.Month, d.Day-1, 0, 0, 0, 0, time.UTC))
}

// Why says whether somebody works at a time, and if not, why not and until when, for people.
func Why(h *config.Hours, at time.Time) (open bool, why string) {
	if Open(h, at) {
		return true, ""
	}
	why = "outside of the hours " + h.Name
	today := config.DateOf(at.In(h.Zone))
	_, special := h.Special[today]
	switch shut, timed := during(h, at); {
	case timed:
		why = "a holiday of the hours " + h.Name + ": " + shut.Name
	case h.Named[today] != "":
		why = "a holiday of the hours " + h.Name + ": " + h.Named[today]
	case special:
		why = "a special day of the hours " + h.Name
	}
	if next := Next(h, at); !next.IsZero() {
		why += ", until " + next.In(h.Zone).Format("Mon 2006-01-02 15:04")
	}
	return false, why
}
