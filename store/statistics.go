package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/routing/stats"
)

// Statistics answers a query from what was committed. It reads all calls of the time: a day of 5,000 calls takes a fraction of a second (docs/statistics.md).
// Queries that make no sense are refused with the errors of routing/stats.
func (s *Store) Statistics(ctx context.Context, q fact.StatisticsQuery) ([]fact.StatisticsRow, error) {
	table, err := stats.NewTable(q)
	if err != nil {
		return nil, err
	}
	if q.By == fact.ByAgent {
		if err := s.agentStates(ctx, q, table.State); err != nil {
			return nil, fmt.Errorf("store: statistics: states of agents: %w", err)
		}
	} else if err := s.callsBegan(ctx, q, table.Began); err != nil {
		return nil, fmt.Errorf("store: statistics: calls: %w", err)
	}
	if err := s.eachCall(ctx, q.From, q.To, func(c told) {
		c.Sum(q.Now)
		table.Add(&c.Call, c.entry, c.trunk)
	}); err != nil {
		return nil, fmt.Errorf("store: statistics: events: %w", err)
	}
	if err := s.callbackEvents(ctx, q, table.Callback); err != nil {
		return nil, fmt.Errorf("store: statistics: callbacks: %w", err)
	}
	return table.Rows()
}

// told is a call with what its events tell.
type told struct {
	stats.Call
	id           fact.CallID
	conversation fact.ConversationID
	entry, trunk string
	caller       string
}

// The kinds of these events are all that stats.Call counts; the second list is that of the index events_of_queues.
const (
	countedKinds = `'queued', 'away', 'menu', 'left-queue', 'overflow', 'voicemail', 'offered', 'refused', 'missed', 'offer-failed', 'agent-answered', 'held', 'resumed', 'agent-left', 'transfer', 'transferred', 'taken-over', 'wrap-up-began', 'wrap-up-ended', 'call-ended'`
	queryEvents  = `SELECT e.call, e.at, e.kind, e.queue, e.agent, iif(e.kind = 'call-ended', e.detail, ''), c.conversation, c.entry, c.trunk, c.caller
		FROM calls c JOIN events e ON e.call = c.id
		WHERE c.direction = 'inbound' AND c.id IN (SELECT call FROM events WHERE kind IN ('queued', 'away', 'offered') AND at >= ? AND at < ?)
		AND e.kind IN (` + countedKinds + `)
		ORDER BY e.call, e.at, e.node, e.sequence`
)

// eachCall tells all calls in which something was queued, offered or closed in a time, whole.
func (s *Store) eachCall(ctx context.Context, from, to time.Time, tell func(told)) error {
	rows, err := s.read.QueryContext(ctx, queryEvents, stamp(from), stamp(to))
	if err != nil {
		return err
	}
	var now told
	err = each(rows, func() error {
		var e fact.Event
		var of told
		if err := rows.Scan(&of.id, moment{&e.At}, &e.Kind, &e.Queue, &e.Agent, &e.Detail, &of.conversation, &of.entry, &of.trunk, &of.caller); err != nil {
			return err
		}
		if of.id != now.id {
			if now.id != "" {
				tell(now)
			}
			now = of
		}
		now.Add(e)
		return nil
	})
	if err == nil && now.id != "" {
		tell(now)
	}
	return err
}

func (s *Store) callsBegan(ctx context.Context, q fact.StatisticsQuery, tell func(entry, trunk string, at time.Time)) error {
	rows, err := s.read.QueryContext(ctx, `SELECT entry, trunk, began FROM calls WHERE direction = 'inbound' AND began >= ? AND began < ?`, stamp(q.From), stamp(q.To))
	if err != nil {
		return err
	}
	return each(rows, func() error {
		var entry, trunk string
		var at time.Time
		if err := rows.Scan(&entry, &trunk, moment{&at}); err != nil {
			return err
		}
		tell(entry, trunk, at)
		return nil
	})
}

// queryCallbacks finds what has happened to callbacks; its first half uses the index events_of_callbacks, the second events_of_queues.
const queryCallbacks = `SELECT at, kind, queue, detail FROM events WHERE kind IN ('callback-asked', 'callback-dialled', 'callback-ended') AND at >= ?1 AND at < ?2
	UNION ALL SELECT c.ended, 'callback-lost', e.queue, '' FROM events e JOIN calls c ON c.id = e.call
	WHERE e.kind IN ('queued', 'away', 'offered') AND e.kind = 'queued' AND e.at >= ?1 AND e.at < ?2 AND c.direction = 'outbound' AND c.talked IS NULL
	AND c.end_reason IN ('caller-hung-up', 'caller-gone', 'media-lost', 'timeout', 'transport')`

func (s *Store) callbackEvents(ctx context.Context, q fact.StatisticsQuery, tell func(fact.Event)) error {
	if q.By != fact.ByCompany && q.By != fact.ByQueue {
		return nil
	}
	rows, err := s.read.QueryContext(ctx, queryCallbacks, stamp(q.From), stamp(q.To))
	if err != nil {
		return err
	}
	return each(rows, func() error {
		var e fact.Event
		if err := rows.Scan(moment{&e.At}, &e.Kind, &e.Queue, &e.Detail); err != nil {
			return err
		}
		tell(e)
		return nil
	})
}

// queryStates finds each user by a jump in the index, and begins with the state in which the time found the user.
const queryStates = `WITH RECURSIVE users (user) AS (
		SELECT min(user) FROM agent_changes
		UNION ALL SELECT (SELECT min(user) FROM agent_changes WHERE user > users.user) FROM users WHERE users.user IS NOT NULL)
	SELECT a.user, a.at, a.status, a.activity FROM users JOIN agent_changes a ON a.user = users.user
	WHERE a.at < ?2 AND a.at >= coalesce((SELECT max(at) FROM agent_changes b WHERE b.user = users.user AND b.at <= ?1), '')
	ORDER BY a.user, a.at, a.node, a.sequence`

// agentStates tells how long agents were in which state.
func (s *Store) agentStates(ctx context.Context, q fact.StatisticsQuery, tell func(user, status, activity string, from, to time.Time)) error {
	end := q.To
	if q.Now.Before(end) {
		end = q.Now
	}
	rows, err := s.read.QueryContext(ctx, queryStates, stamp(q.From), stamp(q.To))
	if err != nil {
		return err
	}
	var last fact.AgentChange
	err = each(rows, func() error {
		var c fact.AgentChange
		if err := rows.Scan(&c.User, moment{&c.At}, &c.Status, &c.Activity); err != nil {
			return err
		}
		until := c.At
		if last.User != c.User {
			until = end
		}
		if last.User != "" {
			tell(last.User, last.Status, last.Activity, last.At, until)
		}
		last = c
		return nil
	})
	if err == nil && last.User != "" {
		tell(last.User, last.Status, last.Activity, last.At, end)
	}
	return err
}

// each reads and closes rows.
func each(rows *sql.Rows, row func() error) error {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := row(); err != nil {
			return err
		}
	}
	return rows.Err()
}
