package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// fakeBooks keeps the last query.
type fakeBooks struct {
	q    fact.StatisticsQuery
	rows []fact.StatisticsRow
	gone []fact.AbandonedCall
	page string // that was asked for
	err  error
}

func (f *fakeBooks) Statistics(_ context.Context, q fact.StatisticsQuery) ([]fact.StatisticsRow, error) {
	f.q = q
	return f.rows, f.err
}

func (f *fakeBooks) Abandoned(_ context.Context, q fact.StatisticsQuery, queues []string, after fact.CallID, most int) (known []fact.AbandonedCall, more bool, err error) {
	f.q, f.page = q, fmt.Sprint(after, " ", most)
	for _, c := range f.gone {
		if queues == nil || slices.Contains(queues, c.Queue) {
			known = append(known, c)
		}
	}
	return known, most < 10, f.err
}

func (f *fakeBooks) PastContacts(context.Context, string) ([]fact.PastContact, error) {
	return []fact.PastContact{{Call: "c0", Tags: []string{}}}, f.err
}

func TestStatisticsOfTheAPI(t *testing.T) {
	books := &fakeBooks{rows: []fact.StatisticsRow{}}
	inBubble(t, func(o *Options) { o.Books = books }, func(l *lab) {
		t := l.t
		zone := time.FixedZone("JST", 9*3600)
		l.cfg.Company.TimeZone = zone
		c := l.loggedIn("dana")
		now := time.Now().In(zone)
		today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
		for query, want := range map[string]fact.StatisticsQuery{
			"":                                {From: today, To: today.AddDate(0, 0, 1), By: fact.ByQueue, Interval: fact.WholeTime},
			"?from=yesterday&of=agent&by=15m": {From: today.AddDate(0, 0, -1), To: today, By: fact.ByAgent, Interval: fact.EveryQuarter},
			"?from=2026-03-01&to=2026-04-01&of=entry&by=day&queue=a&agent=b&entry=c&trunk=d": {
				From: time.Date(2026, 3, 1, 0, 0, 0, 0, zone), To: time.Date(2026, 4, 1, 0, 0, 0, 0, zone), By: fact.ByEntry, Interval: fact.EveryDay,
				Queue: "a", Agent: "b", Entry: "c", Trunk: "d",
			},
			"?from=2026-03-01T09:30&to=2026-03-01T02:00:00Z&of=trunk&by=hour": {
				From: time.Date(2026, 3, 1, 9, 30, 0, 0, zone), To: time.Date(2026, 3, 1, 11, 0, 0, 0, zone), By: fact.ByTrunk, Interval: fact.EveryHour,
			},
		} {
			a := c.do("GET", "/api/statistics"+query, "")
			got := books.q
			if a.status != 200 || !strings.Contains(a.body, `"rows":[]`) {
				t.Errorf("%s: %d %s", query, a.status, a.body)
			}
			if !got.From.Equal(want.From) || !got.To.Equal(want.To) || got.Zone != zone {
				t.Errorf("%s: from %s to %s in %s", query, got.From, got.To, got.Zone)
			}
			got.From, got.To, got.Now, got.Zone, got.Levels = want.From, want.To, want.Now, nil, nil
			if got.By != want.By || got.Interval != want.Interval || got.Queue != want.Queue || got.Agent != want.Agent || got.Entry != want.Entry || got.Trunk != want.Trunk {
				t.Errorf("%s: %+v, want %+v", query, got, want)
			}
		}
		for _, bad := range []string{"?by=week", "?of=cat", "?from=soon", "?to=2026-13-01"} {
			if a := c.do("GET", "/api/statistics"+bad, ""); a.status != 422 {
				t.Errorf("%s: %d %s", bad, a.status, a.body)
			}
		}
		for query, want := range map[string]string{"": " 200 false", "?limit=5&after=c1": "c1 5 true"} {
			if a := c.do("GET", "/api/abandoned"+query, ""); a.status != 200 || !strings.Contains(a.body, `"more":`+want[strings.LastIndex(want, " ")+1:]) || books.page+want[strings.LastIndex(want, " "):] != want {
				t.Errorf("%s: %d %s, asked for %q", query, a.status, a.body, books.page)
			}
		}
		books.err = fact.QueryError("no")
		if a := c.do("GET", "/api/statistics", ""); a.status != 422 || !strings.Contains(a.problem(t).Detail, "Not possible: no.") {
			t.Errorf("%d %s", a.status, a.body)
		}
		books.err = context.DeadlineExceeded
		if a := c.do("GET", "/api/abandoned", ""); a.status != 503 || !strings.Contains(a.body, "shorter time") {
			t.Errorf("%d %s", a.status, a.body)
		}
		books.err = errors.New("disk")
		if a := c.do("GET", "/api/statistics.csv", ""); a.status != 503 || strings.Contains(a.body, "disk") {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}

func TestStatisticsAsCSV(t *testing.T) {
	at := time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)
	books := &fakeBooks{rows: []fact.StatisticsRow{
		{Name: "support", From: at, To: at.Add(time.Hour), Figures: fact.Figures{Offered: 4, Answered: 3, AnsweredWithin: 2, ServiceLevel: new(0.5), AnswerSpeed: new(12.25), LongestWait: 30}},
		{Name: "=cmd()", From: at, To: at.Add(time.Hour)},
		{Name: "+815012345678", From: at, To: at.Add(time.Hour)},
	}}
	inBubble(t, func(o *Options) { o.Books = books }, func(l *lab) {
		t := l.t
		l.cfg.Company.TimeZone = time.FixedZone("JST", 9*3600)
		a := l.loggedIn("dana").do("GET", "/api/statistics.csv?from=2026-11-21&by=hour", "")
		want := "queue,from,to,calls,closed,offered,answered,answered_within,abandoned,abandoned_short,overflowed,timed_out,failed,waiting,service_level,answer_speed,longest_wait,abandon_wait," +
			"talk_mean,hold_mean,wrap_up_mean,handling_mean,talk,longest_talk,hold,wrap_up,offers,missed,refused,offers_lost,transferred,callbacks_asked,callback_attempts,callbacks_reached,callbacks_failed,callbacks_cancelled,callbacks_abandoned\r\n" +
			"support,2026-11-21T00:00:00+09:00,2026-11-21T01:00:00+09:00,0,0,4,3,2,0,0,0,0,0,0,0.5,12.25,30,,,,,,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\r\n" +
			"'=cmd(),2026-11-21T00:00:00+09:00,2026-11-21T01:00:00+09:00,0,0,0,0,0,0,0,0,0,0,0,,,0,,,,,,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\r\n" +
			"+815012345678,2026-11-21T00:00:00+09:00,2026-11-21T01:00:00+09:00,0,0,0,0,0,0,0,0,0,0,0,,,0,,,,,,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\r\n"
		if a.body != want {
			t.Errorf("got\n%s, want\n%s", a.body, want)
		}
		if a.header.Get("Content-Type") != "text/csv; charset=utf-8" || a.header.Get("Content-Disposition") != `attachment; filename="statistics-queue-2026-11-21.csv"` {
			t.Errorf("%v", a.header)
		}
		books.rows[0].Agent = &fact.AgentTimes{LoggedIn: 3600, Occupancy: new(0.75)}
		a = l.loggedIn("dana").do("GET", "/api/statistics.csv?of=agent", "")
		if lines := strings.Split(a.body, "\r\n"); !strings.HasSuffix(lines[0], ",in_wrap_up,occupancy") || !strings.HasSuffix(lines[1], ",3600,0,0,0,0,0,0,0.75") || !strings.HasSuffix(lines[2], ",,,,,,,,") {
			t.Errorf("%s", a.body)
		}
	})
}
