package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

const (
	calendarSize  = 1 << 20 // bytes
	calendarMost  = 10_000  // days and times in all
	calendarAhead = 10      // years for which what comes again is worked out; a reload begins anew
	calendarPast  = 1       // years that are kept
)

// Shut is a time in which nobody works, whatever the week says: a timed event of a calendar.
type Shut struct {
	From, To time.Time // UTC; To is exclusive
	Name     string
}

// calendar is what an iCalendar file (RFC 5545) says: whole days by their date, and times.
type calendar struct {
	days  map[Date]string // with what they are called
	times []Shut
}

// flaw is what is wrong with a line of a calendar.
type flaw struct {
	line int
	text string
}

func (f flaw) Error() string { return f.text }

// readCalendar reads a file. zone is that of times without one; now says which occurrences matter. Its error is a flaw where a line is to blame.
func readCalendar(path string, zone *time.Location, now time.Time) (*calendar, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, reason(path, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, calendarSize+1))
	switch {
	case err != nil:
		return nil, reason(path, err)
	case len(text) > calendarSize:
		return nil, fmt.Errorf("is larger than %d MB", calendarSize>>20)
	}
	return parseCalendar(text, zone, now)
}

func parseCalendar(text []byte, zone *time.Location, now time.Time) (*calendar, error) {
	parsed, err := ics.ParseCalendar(bytes.NewReader(text))
	if err != nil {
		return nil, flaw{lineIn(err.Error()), "is no iCalendar file: " + err.Error()}
	}
	c := &calendar{days: map[Date]string{}}
	lines := linesOfEvents(text)
	for i, e := range parsed.Events() {
		if i >= len(lines) {
			break
		}
		if err := c.add(event{VEvent: e, lines: lines[i]}, zone, now); err != nil {
			return nil, err
		}
	}
	if len(parsed.Events()) == 0 {
		return nil, flaw{1, "has no event (VEVENT)"}
	}
	return c, nil
}

var errNumber = regexp.MustCompile(`line (\d+)`) //nolint:gochecknoglobals // compiled once

// lineIn is the line that an error of the library names; 1: none.
func lineIn(text string) int {
	if m := errNumber.FindStringSubmatch(text); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil && n > 0 {
			return n
		}
	}
	return 1
}

// linesOfEvents says for each event in which lines its properties stand; "BEGIN" is its first line.
func linesOfEvents(text []byte) []map[string]int {
	var all []map[string]int
	var now map[string]int
	number := 0
	for line := range bytes.Lines(text) {
		number++
		name, _, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), ":")
		name, _, _ = strings.Cut(strings.ToUpper(name), ";")
		switch strings.ToUpper(strings.TrimSpace(string(line))) {
		case "BEGIN:VEVENT":
			now = map[string]int{"BEGIN": number}
			all = append(all, now)
		case "END:VEVENT":
			now = nil
		default:
			if now != nil && now[name] == 0 {
				now[name] = number
			}
		}
	}
	return all
}

// event is one of the calendar, with the lines of its properties.
type event struct {
	*ics.VEvent
	lines map[string]int
}

func (e event) wrong(property, text string) error {
	line := e.lines[property]
	if line == 0 {
		line = e.lines["BEGIN"]
	}
	return flaw{line, property + " " + text}
}

func (e event) value(property string) (value string, params map[string][]string) {
	p := e.GetProperty(ics.ComponentProperty(property))
	if p == nil {
		return "", nil
	}
	return p.Value, p.ICalParameters
}

// add takes an event with all its occurrences that matter.
func (c *calendar) add(e event, zone *time.Location, now time.Time) error {
	start, whole, err := e.time("DTSTART", zone)
	if err != nil {
		return err
	}
	long, err := e.length(start, whole, zone)
	if err != nil {
		return err
	}
	name, _ := e.value("SUMMARY")
	if status, _ := e.value("STATUS"); strings.EqualFold(status, "CANCELLED") {
		return nil
	}
	begins, err := e.occurrences(start, zone, now)
	if err != nil {
		return err
	}
	for _, from := range begins {
		if whole {
			for d := from; d.Before(from.Add(long)); d = d.AddDate(0, 0, 1) {
				c.days[DateOf(d)] = name
			}
		} else {
			c.times = append(c.times, Shut{From: from.UTC(), To: from.Add(long).UTC(), Name: name})
		}
		if len(c.days)+len(c.times) > calendarMost {
			return e.wrong("BEGIN", fmt.Sprintf("makes more than %d days and times", calendarMost))
		}
	}
	return nil
}

// occurrences are when an event begins, between calendarPast and calendarAhead.
func (e event) occurrences(start time.Time, zone *time.Location, now time.Time) ([]time.Time, error) {
	rule, _ := e.value("RRULE")
	if rule == "" {
		return []time.Time{start}, nil
	}
	option, err := rrule.StrToROptionInLocation(rule, start.Location())
	if err != nil {
		return nil, e.wrong("RRULE", "can't be read: "+err.Error())
	}
	if option.Freq > rrule.DAILY {
		return nil, e.wrong("RRULE", "comes again within a day: expected FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
	}
	option.Dtstart = start
	r, err := rrule.NewRRule(*option)
	if err != nil {
		return nil, e.wrong("RRULE", "can't be used: "+err.Error())
	}
	var set rrule.Set
	set.RRule(r)
	for _, property := range e.Properties {
		if property.IANAToken != "EXDATE" {
			continue
		}
		for text := range strings.SplitSeq(property.Value, ",") {
			at, _, err := calendarTime(text, property.ICalParameters, zone)
			if err != nil {
				return nil, e.wrong("EXDATE", err.Error())
			}
			set.ExDate(at)
		}
	}
	var all []time.Time
	next := set.Iterator()
	for at, ok := next(); ok && at.Before(now.AddDate(calendarAhead, 0, 0)); at, ok = next() {
		if at.After(now.AddDate(-calendarPast, 0, 0)) {
			all = append(all, at)
		}
	}
	return all, nil
}

func (e event) time(property string, zone *time.Location) (at time.Time, whole bool, err error) {
	text, params := e.value(property)
	if text == "" {
		return time.Time{}, false, e.wrong(property, "is missing")
	}
	if at, whole, err = calendarTime(text, params, zone); err != nil {
		return time.Time{}, false, e.wrong(property, err.Error())
	}
	return at, whole, nil
}

// length is how long an event is: by DTEND, DURATION in days or hours, or as RFC 5545 (3.6.1) has it without both.
func (e event) length(start time.Time, whole bool, zone *time.Location) (time.Duration, error) {
	const day = 24 * time.Hour
	if text, _ := e.value("DTEND"); text != "" {
		end, wholeEnd, err := e.time("DTEND", zone)
		switch {
		case err != nil:
			return 0, err
		case wholeEnd != whole:
			return 0, e.wrong("DTEND", "is a date where DTSTART is a time, or the other way round")
		case !end.After(start):
			return 0, e.wrong("DTEND", "is not after DTSTART")
		}
		return end.Sub(start), nil
	}
	if text, _ := e.value("DURATION"); text != "" {
		long, err := calendarLength(text)
		if err != nil {
			return 0, e.wrong("DURATION", err.Error())
		}
		return long, nil
	}
	if !whole {
		return 0, e.wrong("DTEND", "is missing: a time that closes must end")
	}
	return day, nil
}

// calendarTime reads 20270101 (a whole day, in UTC for counting), 20270101T090000Z, and 20270101T090000 with TZID or without.
func calendarTime(text string, params map[string][]string, zone *time.Location) (at time.Time, whole bool, err error) {
	if at, err := time.Parse("20060102", text); err == nil {
		return at, true, nil
	}
	if at, err := time.Parse("20060102T150405Z", text); err == nil {
		return at, false, nil
	}
	if names := params["TZID"]; len(names) > 0 {
		if zone, err = time.LoadLocation(names[0]); err != nil || names[0] == "" || names[0] == "Local" {
			return time.Time{}, false, fmt.Errorf("is in the time zone %q, which is not known: expected one such as Asia/Tokyo", names[0])
		}
	}
	at, err = time.ParseInLocation("20060102T150405", text, zone)
	if err != nil {
		return time.Time{}, false, errors.New("is no time: expected one such as 20270101 or 20270101T090000")
	}
	return at, false, nil
}

var lengthForm = regexp.MustCompile(`^P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,4})S)?)?$`) //nolint:gochecknoglobals // compiled once

// calendarLength reads PT8H and P1D (RFC 5545, 3.3.6).
func calendarLength(text string) (time.Duration, error) {
	m := lengthForm.FindStringSubmatch(text)
	var long time.Duration
	if m != nil {
		for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
			if n, err := strconv.Atoi(m[i+1]); err == nil {
				long += time.Duration(n) * unit
			}
		}
	}
	if long <= 0 {
		return 0, errors.New("is no length: expected one such as PT8H or P1D")
	}
	return long, nil
}

// holidays takes the calendar that hours name. Days that the file itself names go before those of the calendar.
func (b *builder) holidays(h *Hours, n *node) {
	if n == nil || n.value == nil {
		return
	}
	path := b.path(val(n, ""))
	b.uses(path)
	if b.silent || !b.readable(n) {
		return
	}
	c, err := readCalendar(path, h.Zone, time.Now())
	var at flaw
	switch {
	case errors.As(err, &at):
		b.mistakes = append(b.mistakes, Mistake{At: Position{File: path, Line: at.line, Column: 1}, Key: n.path, Text: at.text})
	case err != nil:
		b.wrong(n, err.Error())
	default:
		for d, name := range c.days {
			if _, own := h.Special[d]; !own {
				h.Special[d] = []Span{}
				h.Named[d] = name
			}
		}
		h.Shut = c.times
	}
}
