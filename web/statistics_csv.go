package web

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"mediasrv/routing/fact"
)

// column is a figure with its name; value nil: nothing to divide by.
type column struct {
	Name  string
	value func(fact.StatisticsRow) *float64
}

func count(name string, f func(fact.Figures) int) column {
	return column{name, func(r fact.StatisticsRow) *float64 { return new(float64(f(r.Figures))) }}
}

func seconds(name string, f func(fact.Figures) float64) column {
	return column{name, func(r fact.StatisticsRow) *float64 { return new(f(r.Figures)) }}
}

func maybe(name string, f func(fact.Figures) *float64) column {
	return column{name, func(r fact.StatisticsRow) *float64 { return f(r.Figures) }}
}

func ofAgent(name string, f func(*fact.AgentTimes) *float64) column {
	return column{name, func(r fact.StatisticsRow) *float64 {
		if r.Agent == nil {
			return nil
		}
		return f(r.Agent)
	}}
}

// columns are those of statistics of agents, or of all others. Times are seconds.
func columns(of fact.StatisticsBy) []column {
	handled := []column{
		maybe("talk_mean", func(f fact.Figures) *float64 { return f.TalkMean }), maybe("hold_mean", func(f fact.Figures) *float64 { return f.HoldMean }),
		maybe("wrap_up_mean", func(f fact.Figures) *float64 { return f.WrapUpMean }), maybe("handling_mean", func(f fact.Figures) *float64 { return f.HandlingMean }),
		seconds("talk", func(f fact.Figures) float64 { return f.Talk }), seconds("longest_talk", func(f fact.Figures) float64 { return f.LongestTalk }),
		seconds("hold", func(f fact.Figures) float64 { return f.Hold }), seconds("wrap_up", func(f fact.Figures) float64 { return f.WrapUp }),
		count("offers", func(f fact.Figures) int { return f.Offers }), count("missed", func(f fact.Figures) int { return f.Missed }),
		count("refused", func(f fact.Figures) int { return f.Refused }), count("offers_lost", func(f fact.Figures) int { return f.OffersLost }),
		count("transferred", func(f fact.Figures) int { return f.Transferred }),
	}
	answered := count("answered", func(f fact.Figures) int { return f.Answered })
	if of == fact.ByAgent {
		return append(append([]column{answered}, handled...),
			ofAgent("logged_in", func(a *fact.AgentTimes) *float64 { return &a.LoggedIn }), ofAgent("available", func(a *fact.AgentTimes) *float64 { return &a.Available }),
			ofAgent("busy", func(a *fact.AgentTimes) *float64 { return &a.Busy }), ofAgent("away", func(a *fact.AgentTimes) *float64 { return &a.Away }),
			ofAgent("ringing", func(a *fact.AgentTimes) *float64 { return &a.Ringing }), ofAgent("talking", func(a *fact.AgentTimes) *float64 { return &a.Talking }),
			ofAgent("in_wrap_up", func(a *fact.AgentTimes) *float64 { return &a.WrapUp }), ofAgent("occupancy", func(a *fact.AgentTimes) *float64 { return a.Occupancy }),
		)
	}
	return append(append([]column{
		count("calls", func(f fact.Figures) int { return f.Calls }), count("closed", func(f fact.Figures) int { return f.Closed }),
		count("offered", func(f fact.Figures) int { return f.Offered }), answered,
		count("answered_within", func(f fact.Figures) int { return f.AnsweredWithin }), count("abandoned", func(f fact.Figures) int { return f.Abandoned }),
		count("abandoned_short", func(f fact.Figures) int { return f.AbandonedShort }), count("overflowed", func(f fact.Figures) int { return f.Overflowed }),
		count("timed_out", func(f fact.Figures) int { return f.TimedOut }), count("failed", func(f fact.Figures) int { return f.Failed }),
		count("waiting", func(f fact.Figures) int { return f.Waiting }),
		maybe("service_level", func(f fact.Figures) *float64 { return f.ServiceLevel }), maybe("answer_speed", func(f fact.Figures) *float64 { return f.AnswerSpeed }),
		seconds("longest_wait", func(f fact.Figures) float64 { return f.LongestWait }), maybe("abandon_wait", func(f fact.Figures) *float64 { return f.AbandonWait }),
	}, handled...),
		count("callbacks_asked", func(f fact.Figures) int { return f.CallbacksAsked }), count("callback_attempts", func(f fact.Figures) int { return f.CallbackAttempts }),
		count("callbacks_reached", func(f fact.Figures) int { return f.CallbacksReached }), count("callbacks_failed", func(f fact.Figures) int { return f.CallbacksFailed }),
		count("callbacks_cancelled", func(f fact.Figures) int { return f.CallbacksCancelled }),
		count("callbacks_abandoned", func(f fact.Figures) int { return f.CallbacksAbandoned }),
	)
}

// WriteStatistics writes rows as CSV (RFC 4180). Times of the day are those of the query's zone.
func WriteStatistics(to io.Writer, rows []fact.StatisticsRow, q fact.StatisticsQuery) error {
	w := csv.NewWriter(to)
	w.UseCRLF = true
	all := columns(q.By)
	line := []string{string(q.By), "from", "to"}
	for _, c := range all {
		line = append(line, c.Name)
	}
	if err := w.Write(line); err != nil {
		return err
	}
	for _, r := range rows {
		line = append(line[:0], harmless(r.Name), r.From.In(q.Zone).Format(time.RFC3339), r.To.In(q.Zone).Format(time.RFC3339))
		for _, c := range all {
			line = append(line, figure(c.value(r)))
		}
		if err := w.Write(line); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// figure is a number without the noise of floating point; nil is empty.
func figure(f *float64) string {
	if f == nil {
		return ""
	}
	text := strconv.FormatFloat(*f, 'f', 3, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// harmless keeps spreadsheets from taking a name for a formula: a caller can dial what looks like one. A telephone number is none.
func harmless(name string) string {
	number := strings.TrimPrefix(name, "+")
	if name != "" && strings.ContainsRune("=+-@\t\r", rune(name[0])) && strings.Trim(number, "0123456789") != "" {
		return "'" + name
	}
	return name
}
