package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Hours says when somebody works. Times are of the wall clock of Zone.
type Hours struct {
	Name    string
	Zone    *time.Location
	Week    [7][]Span       // by time.Weekday
	Special map[Date][]Span // in place of the weekday's; nobody works: an empty list
	Named   map[Date]string // what holidays among them are called
	Shut    []Shut          // times of holidays that are no whole days: nobody works
	Away    *Away           // what callers hear outside; nil: the built-in sentence
}

// Span is a time of work within the day on which it begins, or over midnight into the next one.
type Span struct {
	From, To time.Duration // since midnight; To is later than From, and beyond 24 h where the span goes over midnight
}

// Date is a day of the calendar, in no time zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day of a time, as its own zone has it.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText implements encoding.TextMarshaler.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Away is what callers hear when nobody works, and what they can press.
type Away struct {
	Message *Audio
	Times   int // how often it is played
	Replies Replies
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// days reads mon, mon-fri and sat-tue.
func days(text string) ([]time.Weekday, error) {
	from, to, ranged := strings.Cut(text, "-")
	first, last := weekday(from), weekday(to)
	if !ranged {
		last = first
	}
	if first < 0 || last < 0 {
		return nil, errors.New("is neither a day nor a range of days")
	}
	var all []time.Weekday
	for d := first; ; d = (d + 1) % 7 {
		all = append(all, time.Weekday(d))
		if d == last {
			return all, nil
		}
	}
}

// weekday is a day's number; -1: it is none.
func weekday(text string) int {
	for i, name := range weekdays {
		if strings.EqualFold(text, name) {
			return i
		}
	}
	return -1
}

// span reads 09:00-12:00, and 22:00-06:00, which goes over midnight.
func span(text string) (Span, error) {
	from, to, ok := strings.Cut(text, "-")
	a, errA := clock(strings.TrimSpace(from))
	z, errZ := clock(strings.TrimSpace(to))
	switch {
	case !ok || errA != nil || errZ != nil || a == day:
		return Span{}, errors.New("is no range of times")
	case a == z:
		return Span{}, errors.New("has no length; the whole day is 00:00-24:00")
	case z < a:
		z += day
	}
	return Span{From: a, To: z}, nil
}

// clock reads 00:00 to 24:00.
func clock(text string) (time.Duration, error) {
	h, m, ok := strings.Cut(text, ":")
	hour, errH := strconv.ParseUint(h, 10, 8)
	minute, errM := strconv.ParseUint(m, 10, 8)
	if !ok || errH != nil || errM != nil || len(m) != 2 || hour > 24 || minute > 59 || hour == 24 && minute > 0 {
		return 0, errors.New("is no time of the day")
	}
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute, nil
}

// date reads 2027-01-01.
func date(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Date{}, errors.New("is no date")
	}
	return DateOf(t), nil
}
