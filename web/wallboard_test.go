package web

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// The wallboard tells queues and agents now and at every change, and nothing while there is none. The figures of today are asked for at most
// every five seconds, however many pages there are, and only while there are any.
func TestWallboard(t *testing.T) {
	var mu sync.Mutex
	longest := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	figures := Figures{
		Queues: []fact.QueueView{{Name: "sales"}, {Name: "support", Waiting: 2, Longest: &longest}},
		Agents: []fact.AgentView{
			{User: "aiko", Status: "available", Activity: "talking"}, {User: "ben", Status: "away", Activity: "idle"}, {User: "dana", Status: "offline", Activity: "idle"},
		},
	}
	books := &countedBooks{rows: []fact.StatisticsRow{{Name: "support", Figures: fact.Figures{Offered: 4, Answered: 3, Abandoned: 1, ServiceLevel: new(0.75)}}}}
	change := func(o *Options) {
		o.Books = books
		o.Figures = func() Figures {
			mu.Lock()
			defer mu.Unlock()
			return figures
		}
	}
	inBubble(t, change, func(l *lab) {
		t := l.t
		l.cfg.Company.TimeZone = time.UTC
		l.cfg.Queues = map[string]*config.Queue{
			"support": {Name: "support", Agents: []string{"aiko", "ben"}, ServiceLevel: config.ServiceLevel{Within: 20 * time.Second}},
			"sales":   {Name: "sales", Agents: []string{"ben", "dana"}},
		}
		c := l.loggedIn("dana")
		time.Sleep(time.Minute)
		if n := books.count(); n != 0 {
			t.Errorf("%d queries without a page", n)
		}
		conn, status, err := c.dial(wallboardPath)
		if err != nil {
			t.Fatal(status, err)
		}
		defer func() { _ = conn.CloseNow() }()
		next := func() wallboardMessage {
			t.Helper()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			_, text, err := conn.Read(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var m wallboardMessage
			if err := json.Unmarshal(text, &m); err != nil || m.Type != "wallboard" {
				t.Fatalf("%s %v", text, err)
			}
			return m
		}
		m := next()
		if m.Queues[1].Today == nil { // was not known at first
			m = next()
		}
		q := m.Queues[1]
		if len(m.Queues) != 2 || q.Name != "support" || q.Waiting != 2 || !q.Longest.Equal(longest) || q.Within != 20 || len(q.Agents) != 2 || q.Agents["talking"] != 1 || q.Agents["away"] != 1 {
			t.Errorf("%+v", m.Queues)
		}
		if q.Today == nil || q.Today.Offered != 4 || q.Today.Abandoned != 1 || *q.Today.ServiceLevel != 0.75 || m.Queues[0].Today.Offered != 0 || m.Queues[0].Today.ServiceLevel != nil {
			t.Errorf("today: %+v %+v", q.Today, m.Queues[0].Today)
		}
		if len(m.Agents) != 3 || m.Agents[0].State != "talking" || m.Agents[1].State != "away" || len(m.Agents[1].Queues) != 2 || len(m.Agents[0].Queues) != 1 {
			t.Errorf("%+v", m.Agents)
		}
		began := time.Now()
		go func() {
			time.Sleep(10 * time.Second)
			mu.Lock()
			figures.Queues = []fact.QueueView{{Name: "sales", Waiting: 1}, figures.Queues[1]}
			mu.Unlock()
		}()
		if m = next(); m.Queues[0].Waiting != 1 || time.Since(began) < 10*time.Second || time.Since(began) > 10*time.Second+wallboardEvery {
			t.Errorf("after %s: %+v", time.Since(began), m.Queues)
		}
		if n := books.count(); n < 2 || n > 4 {
			t.Errorf("%d queries in ten seconds", n)
		}
		_ = conn.CloseNow()
		time.Sleep(time.Minute)
		before := books.count()
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := books.count(); n != before {
			t.Errorf("%d queries after the page has gone", n-before)
		}
	})
}

// countedBooks counts queries.
type countedBooks struct {
	fakeBooks
	mu   sync.Mutex
	n    int
	rows []fact.StatisticsRow
}

func (b *countedBooks) Statistics(context.Context, fact.StatisticsQuery) ([]fact.StatisticsRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
	return b.rows, nil
}

func (b *countedBooks) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.n
}
