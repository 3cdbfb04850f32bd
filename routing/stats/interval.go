package stats

import (
	"fmt"
	"slices"
	"time"

	"mediasrv/routing/fact"
)

// mostIntervals bounds a query: 15 minutes for a year are 35,040.
const mostIntervals = 40_000

// Errors of queries.
const (
	ErrNoTime       = fact.QueryError("the time must end after it begins")
	ErrManyRows     = fact.QueryError("that would be too many rows: ask for a shorter time or longer intervals")
	ErrUnknown      = fact.QueryError("statistics are of company, queue, agent, entry or trunk, and by 15m, hour, day or whole")
	ErrAgentFilter  = fact.QueryError("one agent can be asked for in statistics of agents only")
	ErrNumberFilter = fact.QueryError("statistics of agents can't be of one number or trunk")
)

// borders are the beginnings of the intervals from from, and to. They are where the clock of the zone shows whole quarters, hours or days, so that a day has
// 23 or 25 hours when clocks are changed; the first and the last interval may be cut short.
func borders(from, to time.Time, interval fact.StatisticsInterval, zone *time.Location) ([]time.Time, error) {
	if !from.Before(to) {
		return nil, ErrNoTime
	}
	all := []time.Time{from}
	if interval == fact.WholeTime {
		return append(all, to), nil
	}
	for at := from; ; {
		next, ok := after(at.In(zone), interval)
		if !ok {
			return nil, fmt.Errorf("%w: not %q", ErrUnknown, interval)
		}
		if !next.Before(to) {
			return append(all, to), nil
		}
		if len(all) == mostIntervals {
			return nil, ErrManyRows
		}
		all = append(all, next)
		at = next
	}
}

// after is the first border after a local time.
func after(at time.Time, interval fact.StatisticsInterval) (time.Time, bool) {
	var every time.Duration
	switch interval {
	case fact.EveryDay:
		return midnight(at), true
	case fact.EveryHour:
		every = time.Hour
	case fact.EveryQuarter:
		every = 15 * time.Minute
	case fact.WholeTime:
		return time.Time{}, false
	default:
		return time.Time{}, false
	}
	past := time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second + time.Duration(at.Nanosecond())
	return at.Add(every - past%every), true
}

// midnight is the beginning of the next day; where clocks skip it, the first moment that there is.
func midnight(at time.Time) time.Time {
	y, m, d := at.Date()
	next := time.Date(y, m, d+1, 0, 0, 0, 0, at.Location())
	if next.Day() == d { // Date may give the moment before a gap as well as that after it
		next = next.Add(time.Hour)
	}
	return next
}

// find is the interval that a moment is in; -1: none.
func find(borders []time.Time, at time.Time) int {
	i, exact := slices.BinarySearchFunc(borders, at, func(b, at time.Time) int { return b.Compare(at) })
	if !exact {
		i--
	}
	if i >= len(borders)-1 {
		return -1
	}
	return i
}
