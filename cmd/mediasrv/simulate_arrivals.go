package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	"mediasrv/config"
	"mediasrv/routing/simulate"
)

// described reads calls from a file.
func (c *simulateCmd) described(cfg *config.Config, p *simulate.Plan) error {
	f, err := os.Open(c.Arrivals)
	if err != nil {
		return fmt.Errorf("simulate: --arrivals: %w", err)
	}
	defer f.Close()
	lines := csv.NewReader(f)
	lines.FieldsPerRecord, lines.Comment, lines.TrimLeadingSpace = 4, '#', true
	rnd := rand.New(rand.NewPCG(c.Seed, 2))
	day := p.From
	if c.At == "" {
		day = midnightOf(day)
	}
	first, last := time.Time{}, time.Time{}
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("simulate: %s: %w", c.Arrivals, err)
		}
		line, _ := lines.FieldPos(0)
		from, to, n, err := readArrivals(cfg, fields, day)
		if err != nil {
			return fmt.Errorf("simulate: %s:%d: %w", c.Arrivals, line, err)
		}
		for range n {
			p.Callers = append(p.Callers, c.somebody(rnd, from, to, fields[2], len(p.Callers)))
		}
		if first.IsZero() || from.Before(first) {
			first = from
		}
		if to.After(last) {
			last = to
		}
	}
	if first.IsZero() {
		return fmt.Errorf("simulate: %s has no line", c.Arrivals)
	}
	p.From, p.To = first, last
	return nil
}

func midnightOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// readArrivals reads a line FROM,TO,NUMBER,CALLS; the times are of one day.
func readArrivals(cfg *config.Config, fields []string, day time.Time) (from, to time.Time, n int, err error) {
	times := [2]time.Time{}
	for i := range times {
		clock, err := time.Parse("15:04", strings.TrimSpace(fields[i]))
		if err != nil && (i == 0 || fields[i] != "24:00") {
			return from, to, 0, fmt.Errorf("%q is no time of the day such as 09:30", fields[i])
		}
		times[i] = time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, day.Location())
		if err != nil {
			times[i] = times[i].AddDate(0, 0, 1)
		}
	}
	n, err = strconv.Atoi(strings.TrimSpace(fields[3]))
	switch {
	case !times[0].Before(times[1]):
		return from, to, 0, fmt.Errorf("%s is not before %s", fields[0], fields[1])
	case cfg.Entry(fields[2], fields[2]) == nil:
		return from, to, 0, fmt.Errorf("%s is no number of the file", fields[2])
	case err != nil || n < 0 || n > 100_000:
		return from, to, 0, fmt.Errorf("%q is no count of calls", fields[3])
	}
	return times[0], times[1], n, nil
}
