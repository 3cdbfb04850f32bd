package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"mediasrv/config"
	"mediasrv/routing/alarm"
)

const (
	quotaEvery = 5 * time.Minute
	gigabyte   = 1_000_000_000
)

// quotaMeter measures how much room this month's recordings need, now and then.
type quotaMeter struct {
	cfg      func() *config.Config
	recorded func(ctx context.Context, since time.Time) (bytes int64, err error)
	log      *slog.Logger

	mu    sync.Mutex
	state alarm.QuotaState
}

// State is what was measured last. It never blocks.
func (q *quotaMeter) State() alarm.QuotaState {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.state
}

// Run measures until ctx ends. It blocks.
func (q *quotaMeter) Run(ctx context.Context) error {
	tick := time.NewTicker(quotaEvery)
	defer tick.Stop()
	for {
		q.measure(ctx, time.Now())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// measure adds up what was recorded in the company's month. Each agent of a queue has a part of the quota, and all share it.
func (q *quotaMeter) measure(ctx context.Context, now time.Time) {
	cfg := q.cfg()
	next := alarm.QuotaState{Quota: int64(cfg.Recordings.Quota) * gigabyte * int64(agentsOf(cfg)), Since: now.UTC()}
	if next.Quota > 0 {
		used, err := q.recorded(ctx, monthOf(now.In(cfg.Company.TimeZone)))
		if err != nil {
			if ctx.Err() == nil {
				q.log.Warn("the room that recordings need can't be measured; it is tried again", "error", err)
			}
			return
		}
		next.Used = used
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.state.High() {
		next.Since = q.state.Since
	}
	q.state = next
}

func monthOf(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
}

// agentsOf counts who takes calls of a queue.
func agentsOf(cfg *config.Config) int {
	agents := make(map[string]bool)
	for _, q := range cfg.Queues {
		for _, a := range q.Agents {
			agents[a] = true
		}
	}
	return len(agents)
}
