package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// booksTime is how long a query may take. It is shorter than requestTime.
const booksTime = 25 * time.Second

// PeriodInput is which time and queue is asked for; huma reads embedded structs only if they are exported.
type PeriodInput struct {
	From  string `query:"from" maxLength:"40" example:"2026-11-21" doc:"when it begins: a date or 2026-11-21T09:30, by the company's clock, RFC 3339, today or yesterday; left out: today"`
	To    string `query:"to" maxLength:"40" doc:"when it ends, which is not in it; left out: a day later"`
	Queue string `query:"queue" maxLength:"64" doc:"of this one only"`
}

type statisticsInput struct {
	PeriodInput
	Of    string `query:"of" enum:"company,queue,agent,entry,trunk" default:"queue" doc:"what rows are about"`
	By    string `query:"by" enum:"15m,hour,day,whole" default:"whole" doc:"how long the time of a row is; its borders are those of the company's clock"`
	Agent string `query:"agent" maxLength:"64" doc:"of this one only; with of=agent"`
	Entry string `query:"entry" maxLength:"64" doc:"of calls to this number only; not with of=agent"`
	Trunk string `query:"trunk" maxLength:"64" doc:"of calls in by this trunk only; not with of=agent"`
}

type statisticsOutput struct{ Body statisticsView }

type statisticsView struct {
	From time.Time            `json:"from"`
	To   time.Time            `json:"to"`
	Zone string               `json:"zone" doc:"of the company's clock"`
	Rows []fact.StatisticsRow `json:"rows" doc:"of each name that something is known of every interval, by name and time"`
}

type csvOutput struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// addStatistics adds the routes of supervisors' reports.
func (s *Server) addStatistics(api huma.API) {
	fails := []int{http.StatusUnprocessableEntity, http.StatusServiceUnavailable}
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "statistics", Method: http.MethodGet, Path: "/api/statistics", Summary: "What happened, by queue, agent, number or trunk and interval",
		Description: "docs/statistics.md defines every figure.", Errors: fails,
	}, func(ctx context.Context, in *statisticsInput) (*statisticsOutput, error) {
		q, rows, err := s.statistics(ctx, in)
		if err != nil {
			return nil, err
		}
		return &statisticsOutput{statisticsView{From: q.From.UTC(), To: q.To.UTC(), Zone: q.Zone.String(), Rows: rows}}, nil
	})
	route(s, api, needSupervisor, huma.Operation{
		OperationID: "statistics-csv", Method: http.MethodGet, Path: "/api/statistics.csv", Summary: "The same as CSV, to be downloaded", Errors: fails,
		Responses: map[string]*huma.Response{"200": {Description: "CSV (RFC 4180) in UTF-8", Content: map[string]*huma.MediaType{"text/csv": {}}}},
	}, s.statisticsCSV)
	s.addAbandoned(api)
}

// NewStatisticsQuery is a query of a time, by the clock and the service levels of a file. Errors are fact.QueryErrors.
func NewStatisticsQuery(cfg *config.Config, from, to string, now time.Time) (fact.StatisticsQuery, error) {
	q := fact.StatisticsQuery{Now: now, Zone: cfg.Company.TimeZone, Usual: fact.ServiceLevel(cfg.Company.ServiceLevel), Levels: map[string]fact.ServiceLevel{}}
	for name, queue := range cfg.Queues {
		q.Levels[name] = fact.ServiceLevel(queue.ServiceLevel)
	}
	var err error
	if q.From, err = readMoment(from, now.In(q.Zone)); err != nil {
		return q, err
	}
	q.To = q.From.In(q.Zone).AddDate(0, 0, 1)
	if to != "" {
		q.To, err = readMoment(to, now.In(q.Zone))
	}
	return q, err
}

// readMoment reads a moment as people write it, by the clock of now. Empty: when today began.
func readMoment(text string, now time.Time) (time.Time, error) {
	y, m, d := now.Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, now.Location())
	switch text {
	case "", "today":
		return today, nil
	case "yesterday":
		return today.AddDate(0, 0, -1), nil
	case "now":
		return now, nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fact.QueryError("a time is a date such as 2026-11-21, or 2026-11-21T09:30, today, yesterday or now; not " + text)
}

func (s *Server) statistics(ctx context.Context, in *statisticsInput) (fact.StatisticsQuery, []fact.StatisticsRow, error) {
	q, err := NewStatisticsQuery(s.opt.Config(), in.From, in.To, time.Now())
	if err != nil {
		return q, nil, s.unanswered(err)
	}
	q.By, q.Interval = fact.StatisticsBy(in.Of), fact.StatisticsInterval(in.By)
	q.Queue, q.Agent, q.Entry, q.Trunk = in.Queue, in.Agent, in.Entry, in.Trunk
	ctx, cancel := context.WithTimeout(ctx, booksTime)
	defer cancel()
	rows, err := s.opt.Books.Statistics(ctx, q)
	return q, rows, s.unanswered(err)
}

func (s *Server) statisticsCSV(ctx context.Context, in *statisticsInput) (*csvOutput, error) {
	q, rows, err := s.statistics(ctx, in)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := WriteStatistics(&text, rows, q); err != nil {
		return nil, err
	}
	name := "statistics-" + in.Of + "-" + q.From.In(q.Zone).Format(time.DateOnly) + ".csv"
	return &csvOutput{Type: "text/csv; charset=utf-8", Disposition: `attachment; filename="` + name + `"`, Body: text.Bytes()}, nil
}

// unanswered is the answer to a query that failed.
func (s *Server) unanswered(err error) error {
	var wrong fact.QueryError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return huma.Error422UnprocessableEntity("Not possible: " + wrong.Error() + ".")
	case errors.Is(err, context.DeadlineExceeded):
		return huma.Error503ServiceUnavailable("That took too long. Ask for a shorter time.")
	}
	return s.unread("statistics can't be read", err)
}
