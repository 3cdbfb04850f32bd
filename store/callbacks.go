package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mediasrv/routing/fact"
)

const (
	callbackColumns = `id, conversation, plan, automatic, state, queue, number, name, entry, priority, front, since, created, due, changed,
		owner, anyone, by, agent, attempts, call, epoch, lease`
	putCallback = `INSERT INTO callbacks (` + callbackColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET conversation = excluded.conversation, plan = excluded.plan, automatic = excluded.automatic, state = excluded.state,
		queue = excluded.queue, number = excluded.number, name = excluded.name, entry = excluded.entry, priority = excluded.priority, front = excluded.front,
		since = excluded.since, created = excluded.created, due = excluded.due, changed = excluded.changed, owner = excluded.owner, anyone = excluded.anyone,
		by = excluded.by, agent = excluded.agent, attempts = excluded.attempts, call = excluded.call, epoch = excluded.epoch, lease = excluded.lease
		WHERE excluded.epoch > callbacks.epoch`
	callbacksHold = `state NOT IN ('completed', 'exhausted', 'cancelled')`
	// callbacksMost is how many Callbacks returns at most.
	callbacksMost = 500
)

func callbackArgs(r fact.Callback) []any {
	return []any{
		r.ID, r.Conversation, r.Plan, r.Automatic, string(r.State), r.Queue, r.Number, r.Name, r.Entry, r.Priority, r.Front, stamp(r.Since), stamp(r.Created),
		stamp(r.Due), stamp(r.Changed), r.Owner, r.Anyone, r.By, r.Agent, r.Attempts, r.Call, r.Epoch, stamp(r.Lease),
	}
}

// CommitCallback keeps a callback before it returns, so that not even a power cut forgets it; or ctx ends. While the database is locked it is tried
// again.
func (s *Store) CommitCallback(ctx context.Context, r fact.Callback) error {
	for {
		err := s.commitFull(ctx, putCallback, callbackArgs(r)...)
		if err == nil || refused(err) {
			return err
		}
		s.errors.Add(1)
		select {
		case <-ctx.Done():
			return fmt.Errorf("store: commit a callback: %w", explain(err))
		case <-s.stop:
			return ErrClosed
		case <-time.After(firstBackoff):
		}
	}
}

// commitFull runs one statement that is on the disk when it returns (synchronous FULL), on the connection of the writer.
func (s *Store) commitFull(ctx context.Context, statement string, args ...any) (err error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // gives it back
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = FULL"); err != nil {
		return err
	}
	defer func() {
		if _, e := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = NORMAL"); err == nil {
			err = e
		}
	}()
	_, err = conn.ExecContext(ctx, statement, args...)
	return err
}

// OpenCallbacks returns the callbacks that hold, the oldest first.
func (s *Store) OpenCallbacks() ([]fact.Callback, error) {
	rows, err := s.read.Query(`SELECT ` + callbackColumns + `, '' FROM callbacks WHERE ` + callbacksHold + ` ORDER BY since, id`)
	if err != nil {
		return nil, fmt.Errorf("store: open callbacks: %w", err)
	}
	all, err := collect(rows, "open callbacks", callbackFields)
	out := make([]fact.Callback, 0, len(all))
	for _, c := range all {
		out = append(out, c.Callback)
	}
	return out, err
}

// listed is a callback with the status of its conversation.
type listed struct {
	fact.Callback
	about string
}

func callbackFields(c *listed) []any {
	return []any{
		&c.ID, &c.Conversation, &c.Plan, &c.Automatic, &c.State, &c.Queue, &c.Number, &c.Name, &c.Entry, &c.Priority, &c.Front,
		moment{&c.Since},
		moment{&c.Created},
		moment{&c.Due},
		moment{&c.Changed},
		&c.Owner, &c.Anyone, &c.By, &c.Agent, &c.Attempts, &c.Call, &c.Epoch,
		moment{&c.Lease},
		&c.about,
	}
}

// Callbacks returns the callbacks that a filter chooses, at most 500: those that hold first, the next due one first.
func (s *Store) Callbacks(ctx context.Context, f fact.CallbackFilter) ([]fact.CallbackView, error) {
	where, args := callbackWhere(f)
	most := callbacksMost
	if f.Most > 0 && f.Most < most {
		most = f.Most
	}
	columns := "c." + strings.Join(strings.Split(strings.Join(strings.Fields(callbackColumns), " "), ", "), ", c.")
	rows, err := s.read.QueryContext(ctx, `SELECT `+columns+`, coalesce(v.status, '') FROM callbacks c LEFT JOIN conversations v ON v.id = c.conversation
		WHERE `+where+` ORDER BY (c.`+callbacksHold+`) DESC, c.due, c.id LIMIT ?`, append(args, most)...)
	if err != nil {
		return nil, fmt.Errorf("store: callbacks: %w", err)
	}
	all, err := collect(rows, "callbacks", callbackFields)
	out := make([]fact.CallbackView, 0, len(all))
	for _, c := range all {
		out = append(out, c.View(c.about))
	}
	return out, err
}

func callbackWhere(f fact.CallbackFilter) (string, []any) {
	all, args := []string{"1"}, []any{}
	add := func(text string, values ...any) { all, args = append(all, text), append(args, values...) }
	switch {
	case f.State == "open":
		add("c." + callbacksHold)
	case f.State != "":
		add("c.state = ?", string(f.State))
	}
	if f.Type != "" {
		add("c.automatic = ?", f.Type == "automatic")
	}
	if f.About != "" {
		add("coalesce(v.status, '') = ?", f.About)
	}
	if f.Queues != nil {
		marks := make([]string, len(f.Queues))
		values := make([]any, len(f.Queues))
		for i, q := range f.Queues {
			marks[i], values[i] = "?", q
		}
		add("c.queue IN ("+strings.Join(marks, ", ")+")", values...)
	}
	if !f.Before.IsZero() {
		add("c.since <= ?", stamp(f.Before))
	}
	if !f.Day.IsZero() {
		y, m, d := f.Day.Date()
		begin := time.Date(y, m, d, 0, 0, 0, 0, f.Day.Location())
		add("c.due >= ? AND c.due < ?", stamp(begin), stamp(begin.AddDate(0, 0, 1)))
	}
	return strings.Join(all, " AND "), args
}

// CallbackEvents is the time line of callbacks in a conversation.
func (s *Store) CallbackEvents(ctx context.Context, conversation fact.ConversationID) ([]fact.Event, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT at, conversation, call, leg, kind, queue, agent, detail
		FROM events WHERE conversation = ? AND kind LIKE 'callback-%' ORDER BY at, node, sequence`, conversation)
	if err != nil {
		return nil, fmt.Errorf("store: events of callbacks: %w", err)
	}
	return collect(rows, "events of callbacks", func(e *fact.Event) []any {
		return []any{moment{&e.At}, &e.Conversation, &e.Call, &e.Leg, &e.Kind, &e.Queue, &e.Agent, &e.Detail}
	})
}
