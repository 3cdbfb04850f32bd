package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const testCalendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\n" +
	"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20280101\r\nSUMMARY:New Year\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20261229\r\nDTEND;VALUE=DATE:20261231\r\nSUMMARY:Days between\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:3\r\nDTSTART;TZID=Europe/Berlin:20261124T140000\r\nDTEND;TZID=Europe/Berlin:20261124T180000\r\nSUMMARY:Works meeting\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:4\r\nDTSTART:20261002T090000\r\nDURATION:PT90M\r\nRRULE:FREQ=MONTHLY;BYDAY=1FR;COUNT=3\r\nSUMMARY:Training\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:5\r\nSTATUS:CANCELLED\r\nDTSTART;VALUE=DATE:20270505\r\nSUMMARY:Not at all\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// Whole days, days that come again, times in their own zone and in the hours', and what is left out.
func TestCalendar(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	c, err := parseCalendar([]byte(testCalendar), tokyo, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[Date]string{
		{2026, 1, 1}: "New Year", {2027, 1, 1}: "New Year", {2028, 1, 1}: "", {2036, 1, 1}: "New Year", {2037, 1, 1}: "",
		{2026, 12, 28}: "", {2026, 12, 29}: "Days between", {2026, 12, 30}: "Days between", {2026, 12, 31}: "", {2027, 5, 5}: "",
	} {
		if got := c.days[day]; got != want {
			t.Errorf("%v: %q, want %q", day, got, want)
		}
	}
	var times []string
	for _, s := range c.times {
		times = append(times, s.From.Format("0102 15:04")+" "+s.To.Sub(s.From).String()+" "+s.Name)
	}
	want := "1124 13:00 4h0m0s Works meeting, 1002 00:00 1h30m0s Training, 1106 00:00 1h30m0s Training, 1204 00:00 1h30m0s Training"
	if got := strings.Join(times, ", "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestCalendarThatIsRefusedSaysInWhichLine(t *testing.T) {
	const head = "BEGIN:VCALENDAR\nVERSION:2.0\n"
	wrap := func(lines string) string {
		return head + "BEGIN:VEVENT\nUID:1\n" + lines + "\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	for name, c := range map[string]struct {
		text string
		line int
		want string
	}{
		"no calendar":      {"hello\n", 1, "is no iCalendar file"},
		"no event":         {head + "END:VCALENDAR\n", 1, "has no event"},
		"no start":         {wrap("SUMMARY:x"), 3, "DTSTART is missing"},
		"bad start":        {wrap("SUMMARY:x\nDTSTART:tomorrow"), 6, "DTSTART is no time"},
		"unknown zone":     {wrap("DTSTART;TZID=Nowhere/City:20270101T090000\nDTEND:20270101T100000"), 5, `"Nowhere/City"`},
		"no end":           {wrap("DTSTART:20270101T090000"), 3, "DTEND is missing"},
		"end before start": {wrap("DTSTART:20270101T090000\nDTEND:20270101T080000"), 6, "is not after DTSTART"},
		"date and time":    {wrap("DTSTART:20270101\nDTEND:20270102T080000"), 6, "is a date where"},
		"bad rule":         {wrap("DTSTART:20270101\nRRULE:FREQ=SOMETIMES"), 6, "RRULE can't be read"},
		"every hour":       {wrap("DTSTART:20270101\nRRULE:FREQ=HOURLY"), 6, "comes again within a day"},
		"bad length":       {wrap("DTSTART:20270101T090000\nDURATION:long"), 6, "DURATION is no length"},
		"bad exception":    {wrap("DTSTART:20270101\nRRULE:FREQ=YEARLY\nEXDATE:never"), 7, "EXDATE is no time"},
		"endless":          {wrap("DTSTART:20200101\nDURATION:P9999D\nRRULE:FREQ=DAILY"), 3, "makes more than"},
	} {
		_, err := parseCalendar([]byte(c.text), time.UTC, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
		var at flaw
		if !errors.As(err, &at) || at.line != c.line || !strings.Contains(at.text, c.want) {
			t.Errorf("%s: line %d: %v; want line %d: %s", name, at.line, err, c.line, c.want)
		}
	}
}

// A calendar of hours: the file's own days go before it, and a mistake in it names it and its line.
func TestHoursWithACalendar(t *testing.T) {
	dir := t.TempDir()
	calendar, path := filepath.Join(dir, "h.ics"), filepath.Join(dir, "m.yml")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(calendar, testCalendar)
	write(path, "numbers: {\"+815012345678\":}\nqueues: {support: {hours: office}}\nusers: {aiko:}\n"+
		"hours:\n  office: {week: {mon-sun: [\"09:00-17:00\"]}, special: {2027-01-01: [\"10:00-12:00\"]}, holidays: h.ics}\n")
	cfg, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	h := cfg.Hours["office"]
	if len(h.Special[Date{2027, 1, 1}]) != 1 || h.Special[Date{2026, 12, 29}] == nil || len(h.Special[Date{2026, 12, 29}]) != 0 || len(h.Shut) != 4 {
		t.Errorf("%+v", h)
	}
	if len(cfg.Files) != 1 || cfg.Files[0] != calendar {
		t.Errorf("files %q", cfg.Files)
	}
	write(calendar, strings.Replace(testCalendar, "FREQ=MONTHLY", "FREQ=OFTEN", 1))
	if _, err = Load(path); err == nil || !strings.HasPrefix(err.Error(), calendar+":27:1: hours.office.holidays: RRULE can't be read") {
		t.Error(err)
	}
	if err := os.Remove(calendar); err != nil {
		t.Fatal(err)
	}
	if _, err = Load(path); err == nil || !strings.Contains(err.Error(), "m.yml:5:") || !strings.Contains(err.Error(), "does not exist") {
		t.Error(err)
	}
}
