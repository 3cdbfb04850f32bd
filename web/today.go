package web

import (
	"context"
	"sync"
	"time"

	"mediasrv/routing/fact"
)

const (
	todayEvery = 5 * time.Second // how old the figures of today may be
	todayShare = 20              // at most one part in so many of the time goes into asking for them
)

// today is the figures of queues since midnight, shared by all pages that show them, and asked for only while there are any.
type today struct {
	mu     sync.Mutex
	asking bool
	next   time.Time               // not asked again before
	day    time.Time               // whose they are
	known  map[string]fact.Figures // by queue; nil: not known
}

// figures are those that are known; if they are old, new ones are asked for meanwhile. It never blocks.
func (t *today) figures(s *Server) map[string]fact.Figures {
	now := time.Now()
	q, err := NewStatisticsQuery(s.opt.Config(), "today", "", now)
	if err != nil {
		return nil
	}
	q.By, q.Interval = fact.ByQueue, fact.WholeTime
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.day.Equal(q.From) {
		t.known, t.day, t.next = nil, q.From, time.Time{}
	}
	if !t.asking && !now.Before(t.next) {
		t.asking = true
		go t.ask(s, q)
	}
	return t.known
}

func (t *today) ask(s *Server, q fact.StatisticsQuery) {
	ctx, cancel := context.WithTimeout(s.closing, booksTime)
	defer cancel()
	began := time.Now()
	rows, err := s.opt.Books.Statistics(ctx, q)
	took := time.Since(began)
	if err != nil && s.closing.Err() == nil {
		s.log.Error("the figures of today can't be read", "error", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asking = false
	t.next = time.Now().Add(max(todayEvery, todayShare*took))
	if err != nil || !t.day.Equal(q.From) {
		return
	}
	t.known = make(map[string]fact.Figures, len(rows))
	for _, r := range rows {
		t.known[r.Name] = r.Figures
	}
}
