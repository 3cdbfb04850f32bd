package store

import (
	"database/sql"
	"fmt"

	"mediasrv/routing/fact"
)

// lastSequence is the highest sequence of a node; 0: none.
func lastSequence(db *sql.DB, node string) (int64, error) {
	var last int64
	err := db.QueryRow(`SELECT max((SELECT coalesce(max(sequence), 0) FROM events WHERE node = ?),
		(SELECT coalesce(max(sequence), 0) FROM agent_changes WHERE node = ?))`, node, node).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("read the last sequence: %w", err)
	}
	return last, nil
}

// knownCustomers bounds how many closed conversations are looked back on, so that a start takes no longer with the years.
const knownCustomers = 100_000

// OpenConversations returns the conversations that are not closed, and of the latest customers the last one that is, so that the next contact knows
// it; oldest first.
func (s *Store) OpenConversations() ([]fact.Conversation, error) {
	rows, err := s.read.Query(`SELECT id, customer, name, queue, agent, status, previous, notes, priority, tags, opened, changed FROM (
		SELECT * FROM conversations WHERE status <> 'closed' UNION ALL
		SELECT * FROM (SELECT * FROM conversations WHERE status = 'closed' AND customer <> '' ORDER BY id DESC LIMIT ?))
		ORDER BY opened, id`, knownCustomers)
	if err != nil {
		return nil, fmt.Errorf("store: open conversations: %w", err)
	}
	return collect(rows, "open conversations", func(c *fact.Conversation) []any {
		return []any{
			&c.ID, &c.Customer, &c.Name, &c.Queue, &c.Agent, &c.Status, &c.Previous, &c.Notes, &c.Priority, texts{&c.Tags}, moment{&c.Opened}, moment{&c.Changed},
		}
	})
}

// Timeline returns a call's events in the order in which they happened.
func (s *Store) Timeline(call fact.CallID) ([]fact.Event, error) {
	rows, err := s.read.Query(`SELECT at, conversation, call, leg, kind, queue, agent, detail
		FROM events WHERE call = ? ORDER BY at, node, sequence`, call)
	if err != nil {
		return nil, fmt.Errorf("store: time line: %w", err)
	}
	return collect(rows, "time line", func(e *fact.Event) []any {
		return []any{moment{&e.At}, &e.Conversation, &e.Call, &e.Leg, &e.Kind, &e.Queue, &e.Agent, &e.Detail}
	})
}

// collect reads and closes rows; fields returns where a row's columns go.
func collect[T any](rows *sql.Rows, what string, fields func(*T) []any) ([]T, error) {
	defer func() { _ = rows.Close() }()
	var all []T
	for rows.Next() {
		var one T
		if err := rows.Scan(fields(&one)...); err != nil {
			return nil, fmt.Errorf("store: %s: %w", what, err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: %s: %w", what, err)
	}
	return all, nil
}
