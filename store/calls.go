package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

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

// OpenConversations returns the conversations that are not closed, oldest first.
func (s *Store) OpenConversations() ([]fact.Conversation, error) {
	rows, err := s.read.Query(`SELECT id, customer, name, queue, agent, status, previous, notes, opened, changed
		FROM conversations WHERE status <> 'closed' ORDER BY opened, id`)
	if err != nil {
		return nil, fmt.Errorf("store: open conversations: %w", err)
	}
	return collect(rows, "open conversations", func(c *fact.Conversation) []any {
		return []any{
			&c.ID, &c.Customer, &c.Name, &c.Queue, &c.Agent, &c.Status, &c.Previous, &c.Notes, moment{&c.Opened}, moment{&c.Changed},
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

// orphan is a call of this node that was never ended.
type orphan struct {
	id           fact.CallID
	conversation fact.ConversationID
	last         string // the last moment of which we know that it went on
}

// OrphanCalls ends the calls that a crash of this node left open, with their legs, and says how many calls. They end when their last
// event happened, with EndCrash. To be called before the first call begins.
func (s *Store) OrphanCalls() (int, error) {
	var found []orphan
	err := s.inTx(context.Background(), func(tx *sql.Tx) error {
		rows, err := tx.Query(`SELECT id, conversation, coalesce(nullif(max(coalesce(began, ''), coalesce(answered, ''), coalesce(talked, ''),
			coalesce((SELECT max(at) FROM events WHERE events.call = calls.id), '')), ''), ?) FROM calls WHERE node = ? AND ended IS NULL`,
			stamp(time.Now()), s.node)
		if err != nil {
			return err
		}
		found, err = collect(rows, "orphans", func(o *orphan) []any { return []any{&o.id, &o.conversation, &o.last} })
		if err != nil {
			return err
		}
		for _, o := range found {
			if err := s.endOrphan(tx, o); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("store: end the calls of a crash: %w", explain(err))
	}
	return len(found), nil
}

func (s *Store) endOrphan(tx *sql.Tx, o orphan) error {
	crash := fact.EndCrash.String()
	if _, err := tx.Exec(`UPDATE calls SET ended = ?, end_reason = ? WHERE id = ?`, o.last, crash, o.id); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE legs SET ended = ?, end_reason = ? WHERE call = ? AND ended IS NULL`, o.last, crash, o.id); err != nil {
		return err
	}
	_, err := tx.Exec(putEvent, s.node, s.journal.nextSequence(), o.last, o.conversation, o.id, "", fact.CallEnded, "", "", crash)
	return err
}
