package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"mediasrv/config"
	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/routing/simulate"
	"mediasrv/web"
)

// simulateCmd runs the contact centre of a file in virtual time.
type simulateCmd struct {
	File string `default:"mediasrv.yml" placeholder:"FILE" help:"The operator's file. Default: ${default}."`
	With string `placeholder:"FILE" help:"Another version of the file: the same calls come to it, and its figures stand beside."`

	Number string `placeholder:"NUMBER" help:"One call to this number of the file: what its caller meets; or with --calls, all calls."`
	From   string `default:"+815011112222" placeholder:"NUMBER" help:"The caller's number; \"withheld\" hides it. Default: ${default}."`
	Digits string `placeholder:"1w2" help:"Keys that the caller presses after the answer; w waits a second."`
	At     string `placeholder:"TIME" help:"When it begins: \"Sun 09:00\", 09:00, or \"2026-12-24 09:00\", by the company's clock. Default: now."`

	Day      string        `placeholder:"DATE" help:"The calls and agents of a day that was: 2026-11-20, or yesterday."`
	Calls    int           `placeholder:"N" help:"So many calls, at random times; to the numbers of the file, evenly."`
	For      time.Duration `default:"8h" placeholder:"8h" help:"Within so long, with --calls. Default: ${default}."`
	Arrivals string        `placeholder:"FILE.csv" help:"Calls by lines of FROM,TO,NUMBER,CALLS, for example 09:00,10:00,+81312345678,40."`

	Talk     time.Duration `default:"3m" placeholder:"3m" help:"How long they talk, on average; not with --day. Default: ${default}."`
	WrapUp   time.Duration `default:"-1s" placeholder:"30s" help:"How much wrap-up agents need, on average; not with --day. Default: all that the file gives."`
	Patience time.Duration `default:"5m" placeholder:"5m" help:"How long callers wait, on average; not with --day. A single caller waits for ever. Default: ${default}."`
	PickUp   time.Duration `default:"4s" placeholder:"4s" help:"How long agents let it ring, on average. Default: ${default}."`
	Misses   float64       `default:"0" placeholder:"0.02" help:"Share of offers that agents don't hear. Default: ${default}."`
	Reached  float64       `default:"0.7" placeholder:"0.7" help:"Share of callbacks that the customer answers. Default: ${default}."`
	Agents   []string      `placeholder:"LOGIN,…" help:"Only these agents are there. Default: all of the file, or those of the day."`
	Without  []string      `placeholder:"LOGIN,…" help:"These agents are not there."`
	Seed     uint64        `default:"1" placeholder:"N" help:"Another number makes other random times. Default: ${default}."`

	Of  string `default:"queue" enum:"company,queue,agent,entry" placeholder:"WHAT" help:"What rows are about: company, queue, agent, entry. Default: ${default}."`
	By  string `default:"whole" enum:"15m,hour,whole" placeholder:"INTERVAL" help:"How long the time of a row is: 15m, hour, whole. Default: ${default}."`
	CSV bool   `name:"csv" help:"Print CSV with every figure."`
}

// Help is shown by mediasrv simulate --help.
func (simulateCmd) Help() string {
	return `Runs the contact centre of a file without a call: the server's own menus, hours, queues, agents and callbacks, in virtual time, so that a day takes
seconds. Callers, agents and phones are played; texts take as long as people would speak them. With the same --seed the same always happens.

One call (--number without --calls) prints what its caller meets. Many calls (--day, --calls, --arrivals) print figures as "stats" does; with --with they are
printed for two files, so that agents, skills, hours or anything else can be changed in a copy and compared.

Examples:
  mediasrv simulate --number +81312345678 --at "Sun 09:00" --digits 1
  mediasrv simulate --day yesterday --with more-agents.yml --by hour
  mediasrv simulate --calls 400 --at "Mon 09:00" --for 9h --without ben --of agent`
}

// Run simulates.
func (c *simulateCmd) Run(ctx context.Context, tty terminal) error {
	cfg, err := config.Load(c.File)
	if err != nil {
		return err
	}
	plan, err := c.plan(ctx, cfg)
	if err != nil {
		return err
	}
	if c.single() {
		return c.one(ctx, cfg, plan, tty)
	}
	return c.many(ctx, cfg, plan, tty)
}

// single says that one call is asked for.
func (c *simulateCmd) single() bool { return c.Day == "" && c.Calls == 0 && c.Arrivals == "" }

// one prints what a caller meets.
func (c *simulateCmd) one(ctx context.Context, cfg *config.Config, plan simulate.Plan, tty terminal) error {
	if c.With != "" {
		return usageError{"simulate: --with compares figures of many calls: it needs --day, --calls or --arrivals"}
	}
	r, err := live(ctx, cfg, plan, tty.err)
	if err != nil {
		return err
	}
	zone, caller := cfg.Company.TimeZone, plan.Callers[0]
	var b strings.Builder
	fmt.Fprintf(&b, "From %s to %s, %s\n\n", orWithheld(caller.From), caller.To, caller.At.In(zone).Format("Mon 2006-01-02 15:04:05 MST"))
	for _, e := range r.Events {
		line := e.At.In(zone).Format("15:04:05.000") + "  " + tell(e)
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	_, err = io.WriteString(tty.out, b.String())
	return err
}

func orWithheld(number string) string {
	if number == "" {
		return "a withheld number"
	}
	return number
}

// many prints the figures of a day, of one file or of two.
func (c *simulateCmd) many(ctx context.Context, cfg *config.Config, plan simulate.Plan, tty terminal) error {
	files, cfgs := []string{c.File}, []*config.Config{cfg}
	if c.With != "" {
		other, err := config.Load(c.With)
		if err != nil {
			return err
		}
		files, cfgs = append(files, c.With), append(cfgs, other)
	}
	for i, of := range cfgs {
		plan := plan
		if i > 0 { // who is there is up to each file; who calls isn't
			var err error
			if plan.Shifts, err = c.shifts(ctx, cfg, of, plan); err != nil {
				return err
			}
		}
		began := time.Now()
		r, err := live(ctx, of, plan, tty.err)
		if err != nil {
			return err
		}
		q, err := web.NewStatisticsQuery(of, "", "", r.Ended)
		if err != nil {
			return err
		}
		q.From, q.To, q.By, q.Interval = plan.From, plan.To, fact.StatisticsBy(c.Of), fact.StatisticsInterval(c.By)
		rows, err := r.Statistics(q)
		if wrong := fact.QueryError(""); errors.As(err, &wrong) {
			return usageError{"simulate: " + wrong.Error()}
		}
		if err != nil {
			return err
		}
		if c.CSV {
			err = web.WriteStatistics(tty.out, rows, q)
		} else {
			err = printSimulation(tty.out, files[i], rows, q, plan, r)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(tty.err, "%s: %s of %s in %s\n", files[i], count(r.Calls, "call"), plan.To.Sub(plan.From).Round(time.Second), time.Since(began).Round(10*time.Millisecond))
	}
	return nil
}

// live lets a file live through a plan. What can't be heard is said, and is music, as it would be.
func live(ctx context.Context, cfg *config.Config, plan simulate.Plan, said io.Writer) (*simulate.Result, error) {
	log := slog.New(slog.DiscardHandler)
	prompts, faults := routing.Prepare(ctx, cfg, simulate.Speech{}, log)
	for _, err := range faults {
		fmt.Fprintln(said, "mediasrv: callers hear music instead:", err)
	}
	if prompts.Music == nil {
		music, err := simulate.Music()
		if err != nil {
			return nil, err
		}
		prompts.Music = music
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return simulate.Run(cfg, prompts, plan, log)
}

func printSimulation(out io.Writer, file string, rows []fact.StatisticsRow, q fact.StatisticsQuery, plan simulate.Plan, r *simulate.Result) error {
	zone := q.Zone
	fmt.Fprintf(out, "%s: %s, %s to %s\n", file, count(r.Calls, "call"), plan.From.In(zone).Format("Mon 2006-01-02 15:04"), plan.To.In(zone).Format("Mon 2006-01-02 15:04 MST"))
	if err := printStatistics(out, rows, q); err != nil {
		return err
	}
	var said []string
	backs := r.Callbacks()
	for _, state := range []fact.CallbackState{fact.CallbackCompleted, fact.CallbackExhausted, fact.CallbackCancelled, fact.CallbackInQueue, fact.CallbackAssigned, fact.CallbackNoAnswer, fact.CallbackActive} {
		if backs[state] > 0 {
			said = append(said, fmt.Sprintf("%d %s", backs[state], state))
		}
	}
	if len(said) > 0 {
		fmt.Fprintln(out, "callbacks: "+strings.Join(said, ", "))
	}
	_, err := fmt.Fprintln(out)
	return err
}

// there says whether an agent takes part, as the flags say.
func (c *simulateCmd) there(user string) bool {
	return (len(c.Agents) == 0 || slices.Contains(c.Agents, user)) && !slices.Contains(c.Without, user)
}
