package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/web"
)

// statsCmd prints statistics.
type statsCmd struct {
	File  string `default:"mediasrv.yml" placeholder:"FILE" help:"The operator's file. Default: ${default}."`
	From  string `default:"today" placeholder:"TIME" help:"A date or 2026-11-21T09:30 by the company's clock, today or yesterday. Default: ${default}."`
	To    string `placeholder:"TIME" help:"When it ends, which is not in it; also now. Default: a day later."`
	Of    string `default:"queue" enum:"company,queue,agent,entry,trunk" placeholder:"WHAT" help:"What rows are about: company, queue, agent, entry, trunk. Default: ${default}."`
	By    string `default:"whole" enum:"15m,hour,day,whole" placeholder:"INTERVAL" help:"How long the time of a row is: 15m, hour, day, whole. Default: ${default}."`
	Queue string `placeholder:"NAME" help:"Of this queue only."`
	Agent string `placeholder:"LOGIN" help:"Of this agent only; with --of agent."`
	Entry string `placeholder:"NUMBER" help:"Of calls to this number only."`
	Trunk string `placeholder:"NAME" help:"Of calls in by this trunk only."`
	CSV   bool   `name:"csv" help:"Print CSV with every figure."`
}

// Help is shown by mediasrv stats --help.
func (statsCmd) Help() string {
	return `Prints figures of a time; docs/statistics.md defines each. It reads the database of the file's data_dir, beside a running server too.

Examples:
  mediasrv stats
  mediasrv stats --from yesterday --queue support --by hour
  mediasrv stats --from 2026-11-01 --to 2026-12-01 --of agent --csv > november.csv`
}

// Run prints the statistics.
func (c *statsCmd) Run(ctx context.Context, tty terminal) (err error) {
	cfg, err := config.Load(c.File)
	if err != nil {
		return err
	}
	q, err := web.NewStatisticsQuery(cfg, c.From, c.To, time.Now())
	if err != nil {
		return usageError{err.Error()}
	}
	q.By, q.Interval = fact.StatisticsBy(c.Of), fact.StatisticsInterval(c.By)
	q.Queue, q.Agent, q.Entry, q.Trunk = c.Queue, c.Agent, c.Entry, c.Trunk
	db, err := openBooks(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.Statistics(ctx, q)
	if wrong := fact.QueryError(""); errors.As(err, &wrong) {
		return usageError{wrong.Error()}
	}
	switch {
	case err != nil:
		return err
	case c.CSV:
		return web.WriteStatistics(tty.out, rows, q)
	}
	return printStatistics(tty.out, rows, q)
}

// printStatistics prints the figures that people ask for most.
func printStatistics(out io.Writer, rows []fact.StatisticsRow, q fact.StatisticsQuery) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if q.By == fact.ByAgent {
		fmt.Fprintln(w, "agent\tfrom\tanswered\tmissed\trefused\tAHT\ttalk\twrap-up\tlogged in\tavailable\tbusy\taway\toccupancy")
	} else {
		fmt.Fprintf(w, "%s\tfrom\toffered\tanswered\tservice level\tASA\tabandoned\tshort\telsewhere\ttimed out\tfailed\tAHT\tmissed\n", q.By)
	}
	for _, r := range rows {
		name, from := r.Name, r.From.In(q.Zone).Format("2006-01-02 15:04")
		if name == "" {
			name = "–"
		}
		if a := r.Agent; a != nil {
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, from, r.Answered, r.Missed, r.Refused, clock(r.HandlingMean),
				clock(&r.Talk), clock(&r.WrapUp), clock(&a.LoggedIn), clock(&a.Available), clock(&a.Busy), clock(&a.Away), percent(a.Occupancy))
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%d\n", name, from, r.Offered, r.Answered, percent(r.ServiceLevel), clock(r.AnswerSpeed),
			r.Abandoned, r.AbandonedShort, r.Overflowed, r.TimedOut, r.Failed, clock(r.HandlingMean), r.Missed)
	}
	return w.Flush()
}

// clock is seconds as 1:02:03 or 2:03; a dash where there is nothing.
func clock(seconds *float64) string {
	if seconds == nil {
		return "–"
	}
	s := int(*seconds + 0.5)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

func percent(share *float64) string {
	if share == nil {
		return "–"
	}
	return strconv.Itoa(int(*share*100+0.5)) + " %"
}
