package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/routing/stats"
)

// Abandoned lists at most so many of the callers who gave up within the time of a query, of its queue if it names one, of some queues (nil: of all), the latest
// first, with what became of them: those after a call's line, or the first. more: there are others.
func (s *Store) Abandoned(ctx context.Context, q fact.StatisticsQuery, queues []string, after fact.CallID, most int) (page []fact.AbandonedCall, more bool, err error) {
	if !q.From.Before(q.To) {
		return nil, false, stats.ErrNoTime
	}
	all, err := s.gaveUp(ctx, q, queues)
	if err != nil {
		return nil, false, fmt.Errorf("store: abandoned calls: %w", err)
	}
	times := map[[2]string]int{}
	for _, a := range all {
		times[[2]string{a.Queue, a.Number}]++
	}
	if after != "" {
		at := slices.IndexFunc(all, func(a fact.AbandonedCall) bool { return a.Call == after })
		if at < 0 {
			return nil, false, errNoSuchLine
		}
		all = all[at+1:]
	}
	if more = len(all) > most; more {
		all = all[:most]
	}
	for i := range all {
		a := &all[i]
		a.Times, a.State = 1, "open"
		if a.Number != "" {
			a.Times = times[[2]string{a.Queue, a.Number}]
		}
		if err := s.whatBecame(ctx, a); err != nil {
			return nil, false, fmt.Errorf("store: abandoned calls: %w", err)
		}
	}
	return all, more, nil
}

const errNoSuchLine = fact.QueryError("the call that the page is to begin after didn't give up in this time")

// gaveUp are all of a time, the latest first, without what became of them.
func (s *Store) gaveUp(ctx context.Context, q fact.StatisticsQuery, queues []string) ([]fact.AbandonedCall, error) {
	all := []fact.AbandonedCall{}
	if err := s.eachCall(ctx, q.From, q.To, func(c told) {
		for _, v := range c.Visits {
			if v.Outcome != stats.Abandoned || q.Queue != "" && q.Queue != v.Queue || queues != nil && !slices.Contains(queues, v.Queue) || v.At.Before(q.From) || !v.At.Before(q.To) {
				continue
			}
			waited := v.Wait(q.Now)
			all = append(all, fact.AbandonedCall{
				Call: c.id, Conversation: c.conversation, Queue: v.Queue, Number: c.caller, Entry: c.entry,
				At: v.Ended, Waited: waited.Seconds(), Short: waited < q.LevelOf(v.Queue).Short,
			})
		}
	}); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b fact.AbandonedCall) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Call, a.Call)) })
	return all, nil
}

// queryLater finds the first later call with a number in which somebody talked, else the last one; and the customer's name. The caller of a callback is the
// customer as well.
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
