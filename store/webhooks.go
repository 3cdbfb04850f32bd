package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"mediasrv/routing/fact"
)

const putHookEvent = `INSERT INTO webhook_events (hook, at, kind, conversation, call, queue, agent, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

// TellHooks says which webhooks are to be told of an event. They are asked when it is committed, in the same transaction: so none is lost, and none is told
// twice of what a crash has taken back. To be called before Run.
func (s *Store) TellHooks(of func(fact.EventKind) []string) { s.hooks = of }

// Hooked has a token after events for webhooks were committed.
func (s *Store) Hooked() <-chan struct{} { return s.hooked }

// putEvent writes an event, and for whom it waits.
func (w *rowWriter) putEvent(sequence int64, r fact.Event) error {
	if err := w.exec(putEvent, w.node, sequence, stamp(r.At), r.Conversation, r.Call, r.Leg, r.Kind, r.Queue, r.Agent, r.Detail); err != nil || w.hooks == nil {
		return err
	}
	for _, hook := range w.hooks(r.Kind) {
		if err := w.exec(putHookEvent, hook, stamp(r.At), r.Kind, r.Conversation, r.Call, r.Queue, r.Agent, r.Detail); err != nil {
			return err
		}
		w.told = true
	}
	return nil
}

// committed wakes who tells webhooks.
func (s *Store) committed(w *rowWriter) {
	if w.told {
		select {
		case s.hooked <- struct{}{}:
		default:
		}
	}
}

// NextHookEvent is the oldest event that a webhook is to be told of; false: there is none.
func (s *Store) NextHookEvent(ctx context.Context, hook string) (fact.HookEvent, bool, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT e.id, e.kind, e.at, e.conversation, e.call, coalesce(c.direction, ''), coalesce(c.caller, ''), coalesce(v.name, ''),
		coalesce(c.entry, ''), e.queue, e.agent, coalesce(c.disposition, ''), coalesce(c.end_reason, ''), e.detail
		FROM webhook_events e LEFT JOIN calls c ON c.id = e.call LEFT JOIN conversations v ON v.id = e.conversation
		WHERE e.hook = ? ORDER BY e.id LIMIT 1`, hook)
	if err != nil {
		return fact.HookEvent{}, false, fmt.Errorf("store: webhook events: %w", err)
	}
	found, err := collect(rows, "webhook events", func(e *fact.HookEvent) []any {
		return []any{
			&e.ID, &e.Kind, moment{&e.At}, &e.Conversation, &e.Call, &e.Direction, &e.Number, &e.Name, &e.Entry, &e.Queue, &e.Agent, &e.Disposition, &e.End, &e.Detail,
		}
	})
	if err != nil || len(found) == 0 {
		return fact.HookEvent{}, false, err
	}
	return found[0], true, nil
}

// HookEventDone forgets an event that a webhook was told of, or never will be.
func (s *Store) HookEventDone(ctx context.Context, id int64) error {
	return s.change(ctx, "forget a webhook's event", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM webhook_events WHERE id = ?`, id)
		return err
	})
}

// ForgetHooks forgets the events of webhooks that are not among these.
func (s *Store) ForgetHooks(ctx context.Context, but []string) error {
	args := make([]any, len(but))
	for i, name := range but {
		args[i] = name
	}
	return s.change(ctx, "forget webhooks", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM webhook_events WHERE hook NOT IN (''`+strings.Repeat(", ?", len(but))+`)`, args...)
		return err
	})
}

// HooksWait is how many events each webhook is still to be told of.
func (s *Store) HooksWait(ctx context.Context) (map[string]int, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT hook, count(*) FROM webhook_events GROUP BY hook`)
	if err != nil {
		return nil, fmt.Errorf("store: webhook events: %w", err)
	}
	type waiting struct {
		hook string
		n    int
	}
	all, err := collect(rows, "webhook events", func(w *waiting) []any { return []any{&w.hook, &w.n} })
	counts := make(map[string]int, len(all))
	for _, w := range all {
		counts[w.hook] = w.n
	}
	return counts, err
}
