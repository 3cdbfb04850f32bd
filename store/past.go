package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/routing/stats"
)

const queryPast = `SELECT c.id, c.caller, c.entry, c.trunk, c.began, e.at, coalesce(e.kind, ''), coalesce(e.queue, ''), coalesce(e.agent, ''),
	iif(e.kind IN ('call-ended', 'digit'), e.detail, '')
	FROM calls c LEFT JOIN events e ON e.call = c.id AND (e.kind IN (` + countedKinds + `) OR e.kind = 'digit' AND e.agent = '')
	WHERE c.direction = 'inbound' AND c.began >= ? AND c.began < ?
	ORDER BY c.began, c.id, e.at, e.node, e.sequence`

// PastCalls are the calls that came in within a time, in their order. Those that go on last until now.
func (s *Store) PastCalls(ctx context.Context, from, to, now time.Time) ([]fact.PastCall, error) {
	rows, err := s.read.QueryContext(ctx, queryPast, stamp(from), stamp(to))
	if err != nil {
		return nil, fmt.Errorf("store: calls of the past: %w", err)
	}
	var all []fact.PastCall
	var last fact.CallID
	var told stats.Call
	end := func() {
		if last != "" {
			sumUp(&all[len(all)-1], &told, now)
		}
	}
	err = each(rows, func() error {
		var id fact.CallID
		var c fact.PastCall
		var e fact.Event
		if err := rows.Scan(&id, &c.From, &c.Entry, &c.Trunk, moment{&c.At}, moment{&e.At}, &e.Kind, &e.Queue, &e.Agent, &e.Detail); err != nil {
			return err
		}
		if id != last {
			end()
			all, last, told = append(all, c), id, stats.Call{}
		}
		at := &all[len(all)-1]
		if e.Kind == fact.DigitPressed {
			if len(e.Detail) == 1 && strings.Contains("0123456789*#ABCD", e.Detail) {
				at.Keys = append(at.Keys, fact.PastKey{After: e.At.Sub(at.At), Digit: e.Detail[0]})
			}
			return nil
		}
		told.Add(e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: calls of the past: %w", err)
	}
	end()
	return all, nil
}

// sumUp says how long the caller waited, and what agents did.
func sumUp(c *fact.PastCall, told *stats.Call, now time.Time) {
	told.Sum(now)
	for _, v := range told.Visits {
		c.Waited += v.Wait(now)
		c.GaveUp = v.Outcome == stats.Abandoned
		c.Talked = c.Talked || v.Outcome == stats.Answered
	}
	for _, o := range told.Offers {
		c.Talk += o.Work.Talk + o.Work.Hold
		c.WrapUp += o.Work.WrapUp
	}
}

// PastStatuses are what agents chose to be within a time, and what they were when it began.
func (s *Store) PastStatuses(ctx context.Context, from, to time.Time) ([]fact.AgentChange, error) {
	var all []fact.AgentChange
	last := map[string]string{}
	err := s.agentStates(ctx, fact.StatisticsQuery{From: from, To: to, Now: to}, func(user, status, _ string, at, _ time.Time) {
		if last[user] == status {
			return
		}
		if last[user] = status; at.Before(from) {
			at = from
		}
		all = append(all, fact.AgentChange{At: at, User: user, Status: status})
	})
	if err != nil {
		return nil, fmt.Errorf("store: statuses of the past: %w", err)
	}
	slices.SortStableFunc(all, func(a, b fact.AgentChange) int { return a.At.Compare(b.At) })
	return all, nil
}
