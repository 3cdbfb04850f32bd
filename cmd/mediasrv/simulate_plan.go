package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"mediasrv/config"
	"mediasrv/routing/simulate"
)

const (
	firstKey = 2 * time.Second // after the call began
	nextKey  = 500 * time.Millisecond
	keyWait  = time.Second // of a w
	justOne  = time.Hour   // that is kept of a single call

	longestPlan = 31 * 24 * time.Hour
)

// plan is what the flags describe.
func (c *simulateCmd) plan(ctx context.Context, cfg *config.Config) (simulate.Plan, error) {
	if err := c.sensible(cfg); err != nil {
		return simulate.Plan{}, err
	}
	zone := cfg.Company.TimeZone
	p := simulate.Plan{Seed: c.Seed, Talk: c.Talk, PickUp: c.PickUp, Misses: c.Misses, Reached: c.Reached}
	begin, err := beginning(c.At, time.Now().In(zone))
	if err != nil {
		return p, usageError{"simulate: --at " + c.At + ": " + err.Error()}
	}
	p.From, p.To = begin, begin.Add(c.For)
	switch {
	case c.Day != "":
		err = c.past(ctx, cfg, &p)
	case c.Arrivals != "":
		err = c.described(cfg, &p)
	case c.Calls > 0:
		c.atRandom(cfg, &p)
	default:
		err = c.alone(&p)
	}
	if err != nil {
		return p, err
	}
	slices.SortStableFunc(p.Callers, func(a, b simulate.Caller) int { return a.At.Compare(b.At) })
	p.Shifts, err = c.shifts(ctx, cfg, cfg, p)
	return p, err
}

// sensible refuses flags that make no sense.
func (c *simulateCmd) sensible(cfg *config.Config) error {
	ways := 0
	for _, set := range []bool{c.Day != "", c.Calls > 0, c.Arrivals != ""} {
		if set {
			ways++
		}
	}
	switch {
	case ways > 1:
		return usageError{"simulate: --day, --calls and --arrivals describe the calls in different ways: use one of them"}
	case ways == 0 && c.Number == "":
		return usageError{"simulate: say what comes: --number for one call, or --day, --calls or --arrivals for many"}
	case c.Number != "" && cfg.Entry(c.Number, c.Number) == nil:
		return usageError{"simulate: " + c.Number + " is no number of the file; there are " + strings.Join(slices.Sorted(maps.Keys(cfg.Numbers)), ", ")}
	}
	for _, user := range append(slices.Clone(c.Agents), c.Without...) {
		if u := cfg.Users[user]; u == nil || !u.Agent {
			return usageError{"simulate: " + user + " is no agent of the file"}
		}
	}
	return c.inBounds()
}

func (c *simulateCmd) inBounds() error {
	switch {
	case c.Calls < 0 || c.For <= 0 || c.For > longestPlan:
		return usageError{"simulate: --calls must not be negative, and --for be up to 744h"}
	case min(c.Talk, c.Patience, c.PickUp) < 0:
		return usageError{"simulate: --talk, --patience and --pick-up must not be negative"}
	case min(c.Misses, c.Reached) < 0 || max(c.Misses, c.Reached) > 1:
		return usageError{"simulate: --misses and --reached are shares, from 0 to 1"}
	}
	return nil
}

// alone is one caller, who is patient.
func (c *simulateCmd) alone(p *simulate.Plan) error {
	keys, err := keysOf(c.Digits)
	if err != nil {
		return err
	}
	p.To = p.From.Add(justOne)
	p.Callers = []simulate.Caller{{At: p.From, From: c.caller(), To: c.Number, Keys: keys, Talk: c.Talk, WrapUp: c.WrapUp}}
	return nil
}

func (c *simulateCmd) caller() string {
	if c.From == "withheld" {
		return ""
	}
	return c.From
}

// keysOf reads the keys of a caller, as `mediasrv call` has them.
func keysOf(digits string) ([]simulate.Key, error) {
	var keys []simulate.Key
	after := firstKey
	for _, d := range digits {
		switch {
		case d == 'w':
			after += keyWait
		case strings.ContainsRune("0123456789*#ABCD", d):
			keys = append(keys, simulate.Key{After: after, Digit: byte(d)})
			after += nextKey
		default:
			return nil, usageError{fmt.Sprintf("simulate: --digits %s: %q is no key: there are 0 to 9, *, #, A to D, and w, which waits a second", digits, d)}
		}
	}
	return keys, nil
}

// atRandom spreads calls over a time and the numbers.
func (c *simulateCmd) atRandom(cfg *config.Config, p *simulate.Plan) {
	numbers := []string{c.Number}
	if c.Number == "" {
		numbers = numbersOf(cfg)
	}
	rnd := rand.New(rand.NewPCG(c.Seed, 1))
	for i := range c.Calls {
		p.Callers = append(p.Callers, c.somebody(rnd, p.From, p.To, numbers[i%len(numbers)], i))
	}
}

// numbersOf are those of the file that callers dial.
func numbersOf(cfg *config.Config) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(cfg.Numbers)), func(n string) bool { return cfg.Numbers[n].Pattern })
}

// somebody is a caller at random.
func (c *simulateCmd) somebody(rnd *rand.Rand, from, to time.Time, number string, i int) simulate.Caller {
	who := simulate.Caller{
		At:   from.Add(time.Duration(rnd.Float64() * float64(to.Sub(from)))),
		From: fmt.Sprintf("+8150%08d", i+1), To: number,
		Talk: around(rnd, c.Talk), Patience: around(rnd, c.Patience), WrapUp: c.WrapUp,
	}
	if c.WrapUp >= 0 {
		who.WrapUp = around(rnd, c.WrapUp)
	}
	return who
}

// around draws a time with an average: memoryless, as times of talk and patience roughly are.
func around(rnd *rand.Rand, average time.Duration) time.Duration {
	return time.Duration(-math.Log(1-rnd.Float64()) * float64(average))
}

// beginning reads when a simulation begins; empty: now.
func beginning(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return now.Truncate(time.Second), nil
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, nil
		}
	}
	day, clockText, named := strings.Cut(text, " ")
	if !named {
		clockText = text
	}
	clock, err := time.Parse("15:04", clockText)
	if err != nil {
		return time.Time{}, errors.New(`expected "Sun 09:00", 09:00 or "2026-12-24 09:00"`)
	}
	for ahead := range 7 {
		at := time.Date(now.Year(), now.Month(), now.Day()+ahead, clock.Hour(), clock.Minute(), 0, 0, now.Location())
		if !named || len(day) >= 3 && strings.HasPrefix(strings.ToLower(at.Weekday().String()), strings.ToLower(day)) {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no day of the week: Mon, Tue, Wed, Thu, Fri, Sat or Sun", day)
}
