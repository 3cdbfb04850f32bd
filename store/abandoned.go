package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/routing/stats"
)

// Abandoned lists the callers who gave up within the time of a query, of its queue if it names one, the latest first, with what became of them.
func (s *Store) Abandoned(ctx context.Context, q fact.StatisticsQuery) ([]fact.AbandonedCall, error) {
	if !q.From.Before(q.To) {
		return nil, stats.ErrNoTime
	}
	all := []fact.AbandonedCall{}
	if err := s.eachCall(ctx, q.From, q.To, func(c told) {
		for _, v := range c.Visits {
			if v.Outcome != stats.Abandoned || q.Queue != "" && q.Queue != v.Queue || v.At.Before(q.From) || !v.At.Before(q.To) {
				continue
			}
			waited := v.Wait(q.Now)
			all = append(all, fact.AbandonedCall{
				Call: c.id, Conversation: c.conversation, Queue: v.Queue, Number: c.caller, Entry: c.entry,
				At: v.Ended, Waited: waited.Seconds(), Short: waited < q.LevelOf(v.Queue).Short,
			})
		}
	}); err != nil {
		return nil, fmt.Errorf("store: abandoned calls: %w", err)
	}
	slices.SortFunc(all, func(a, b fact.AbandonedCall) int { return b.At.Compare(a.At) })
	times := map[[2]string]int{}
	for _, a := range all {
		times[[2]string{a.Queue, a.Number}]++
	}
	for i := range all {
		a := &all[i]
		a.Times, a.State = 1, "open"
		if a.Number != "" {
			a.Times = times[[2]string{a.Queue, a.Number}]
		}
		if err := s.whatBecame(ctx, a); err != nil {
			return nil, fmt.Errorf("store: abandoned calls: %w", err)
		}
	}
	return all, nil
}

// queryLater finds the first later call with a number in which somebody talked, else the last one; and the customer's name.
const queryLater = `SELECT coalesce((SELECT name FROM conversations WHERE id = ?1), ''),
	(SELECT min(talked) FROM (SELECT talked FROM calls WHERE caller = ?2 AND began > ?3 AND talked IS NOT NULL
		UNION ALL SELECT talked FROM calls WHERE entry = ?2 AND direction = 'outbound' AND began > ?3 AND talked IS NOT NULL)),
	(SELECT max(began) FROM (SELECT max(began) AS began FROM calls WHERE caller = ?2 AND began > ?3
		UNION ALL SELECT max(began) FROM calls WHERE entry = ?2 AND direction = 'outbound' AND began > ?3))`

// whatBecame says whether somebody has talked with a caller who gave up. Of a withheld number nothing can be known.
func (s *Store) whatBecame(ctx context.Context, a *fact.AbandonedCall) error {
	var reached, tried time.Time
	if err := s.read.QueryRowContext(ctx, queryLater, a.Conversation, a.Number, stamp(a.At)).Scan(&a.Name, moment{&reached}, moment{&tried}); err != nil {
		return err
	}
	switch {
	case a.Number == "":
	case !reached.IsZero():
		a.State, a.Later = "reached", &reached
	case !tried.IsZero():
		a.State, a.Later = "tried", &tried
	}
	return nil
}
