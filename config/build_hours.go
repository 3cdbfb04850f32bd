package config

import (
	"fmt"
	"slices"
	"time"
)

func hoursKeys() *shape {
	return of(
		field{key: "time_zone", what: reads("a name such as Asia/Tokyo", timeZone), or: "the company's", about: "Of the times below."},
		field{
			key: "week", what: &shape{
				expects: `a map of days such as mon-fri: ["09:00-17:00"]`,
				names:   &names{are: "DAYS", check: dayNames, hint: "sun, mon, tue, wed, thu, fri, sat or a range such as mon-fri", each: spansOf()},
			}, or: "never",
			about: "When somebody works; `22:00-06:00` goes over midnight and belongs to the day on which it begins.",
		},
		field{key: "closed", what: listOf(reads("a date such as 2027-01-01", date)), std: "[]", about: "Days on which nobody works."},
		field{
			key: "special", what: &shape{
				expects: `a map of dates such as 2026-12-24: ["09:00-12:00"]`,
				names:   &names{are: "DATE", check: dateForm, hint: "a date such as 2026-12-24", each: spansOf()},
			}, or: "none",
			about: "Days with other times.",
		},
		field{key: "away", what: awayKeys(), or: "a built-in sentence", about: "What callers hear outside these times; then the call ends."},
		field{
			key: "holidays", what: words("an iCalendar file such as holidays.ics", 1024), or: "none",
			about: "Whole days and times in which nobody works, with their repetitions, as calendars export them (RFC 5545). `special` and `closed` go before it. Read again at each reload.",
		},
	)
}

func spansOf() *shape { return listOf(reads("a range of times such as 09:00-17:00", span)) }

func dayNames(text string) error {
	_, err := days(text)
	return err
}

func dateForm(text string) error {
	_, err := date(text)
	return err
}

func awayKeys() *shape {
	return of(append(audioFields(),
		field{key: "times", what: integer(1, 10), std: "1", about: "How often the message is played."},
		keysOf("What callers can press, also while it plays."),
		field{key: "wait", what: durationIn(0, time.Minute), std: "5s", about: "How long to wait for a key after it, if there are any."},
	)...)
}

func (b *builder) hours(n *node) {
	each(n, func(key, h *node) {
		hours := &Hours{
			Name: key.text, Zone: val(h.get("time_zone"), b.cfg.Company.TimeZone), Special: map[Date][]Span{}, Named: map[Date]string{},
			Away: b.away(h.get("away")),
		}
		b.week(hours, h.get("week"))
		if closed := h.get("closed"); closed != nil {
			for _, d := range vals[Date](closed) {
				hours.Special[d] = []Span{}
			}
			b.noDoubles(closed)
		}
		each(h.get("special"), func(at, spans *node) {
			d, err := date(at.text)
			if err != nil {
				return
			}
			if _, twice := hours.Special[d]; twice {
				b.wrong(at, "is among the closed days already")
			}
			hours.Special[d] = b.spans(spans)
		})
		b.holidays(hours, h.get("holidays"))
		if hours.never() && !b.mistaken(h) {
			b.wrong(key, "is never open: expected week, such as {mon-fri: [\"09:00-17:00\"]}")
		}
		b.cfg.Hours[key.text] = hours
	})
}

func (b *builder) week(hours *Hours, n *node) {
	first := map[time.Weekday]string{}
	each(n, func(key, spans *node) {
		all, err := days(key.text)
		if err != nil {
			return
		}
		list := b.spans(spans)
		for _, d := range all {
			if before, twice := first[d]; twice {
				b.wrong(key, fmt.Sprintf("has %s, which %s has already", weekdays[d], before))
				return
			}
			first[d] = key.text
			hours.Week[d] = list
		}
	})
}

// spans reads the times of one day, which must not overlap.
func (b *builder) spans(n *node) []Span {
	list := vals[Span](n)
	slices.SortFunc(list, func(x, y Span) int { return int(x.From - y.From) })
	for i := 1; i < len(list); i++ {
		if list[i].From < list[i-1].To {
			b.wrong(n, "has times that overlap")
			break
		}
	}
	return list
}

// never says that nobody ever works: special days pass.
func (h *Hours) never() bool {
	for _, day := range h.Week {
		if len(day) > 0 {
			return false
		}
	}
	return true
}

func (b *builder) away(n *node) *Away {
	if n == nil || !n.isMap() {
		return nil
	}
	a := &Away{Message: b.audio(n, true), Times: val(n.get("times"), 1), Replies: b.replies(n)}
	return a
}

func (b *builder) replies(n *node) Replies {
	return Replies{Keys: b.actions(n.get("keys")), Wait: val(n.get("wait"), 5*time.Second)}
}
