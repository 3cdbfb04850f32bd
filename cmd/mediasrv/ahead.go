package main

import (
	"errors"
	"time"
)

var errNoTime = errors.New(`expected a time such as 14:00 or "2026-12-24 14:00", or how long, such as 2h`)

// timeAhead reads a time that is to come: how long from now, a time of the day (today's, or tomorrow's if that is over), or a date with a time; in a zone.
func timeAhead(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if long, err := time.ParseDuration(text); err == nil && long > 0 {
		return now.Add(long).Truncate(time.Second), nil
	}
	if t, err := time.ParseInLocation("2006-01-02 15:04", text, zone); err == nil {
		return t, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	clock, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, errNoTime
	}
	today := now.In(zone)
	at := time.Date(today.Year(), today.Month(), today.Day(), clock.Hour(), clock.Minute(), 0, 0, zone)
	if !at.After(now) {
		at = time.Date(today.Year(), today.Month(), today.Day()+1, clock.Hour(), clock.Minute(), 0, 0, zone)
	}
	return at, nil
}
