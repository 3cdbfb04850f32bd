package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"mediasrv/routing/fact"
)

const (
	putAgent = `INSERT INTO agents (user, status, activity, missed, since, idle_from, call, queue, wrapup_began, wrapup_until, wrapup_more)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user) DO UPDATE SET status = excluded.status, activity = excluded.activity, missed = excluded.missed, since = excluded.since,
		idle_from = excluded.idle_from, call = excluded.call, queue = excluded.queue, wrapup_began = excluded.wrapup_began,
		wrapup_until = excluded.wrapup_until, wrapup_more = excluded.wrapup_more`
	putSituation = `INSERT INTO situations (call, stage, queue, priority, front, since, at, whole) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (call) DO UPDATE SET stage = excluded.stage, queue = excluded.queue, priority = excluded.priority, front = excluded.front,
		since = excluded.since, at = excluded.at, whole = excluded.whole`
	dropSituation = `DELETE FROM situations WHERE call = ?`
)

func (w *rowWriter) putAgent(r fact.Agent) error {
	return w.exec(putAgent, r.User, r.Status, r.Activity, r.Missed, stamp(r.Since), stamp(r.IdleFrom), r.Call, r.Queue,
		stamp(r.WrapUpBegan), stamp(r.WrapUpUntil), r.WrapUpMore)
}

func (w *rowWriter) putSituation(r fact.Situation) error {
	return w.exec(putSituation, r.Call, r.Stage, r.Queue, r.Priority, r.Front, stamp(r.Since), stamp(r.At), r.Whole)
}

// putCall writes a call; where it was is of no use once it has ended.
func (w *rowWriter) putCall(r fact.Call) error {
	if err := w.exec(putCall, r.ID, w.node, r.Conversation, r.Direction, r.Entry, r.Trunk, r.From, r.Queue, r.Agent, r.Disposition,
		stamp(r.Began), stamp(r.Answered), stamp(r.Talked), stamp(r.Ended), reason(r.End)); err != nil || r.Ended.IsZero() {
		return err
	}
	return w.exec(dropSituation, r.ID)
}

// Resume returns what this start goes on from, and ends the calls that a crash of this node left open, with their legs: they end when their last
// event happened, with EndCrash. To be called once, before the first call begins.
func (s *Store) Resume() (fact.Resume, error) {
	var r fact.Resume
	var err error
	if r.Orphans, err = s.orphans(); err != nil {
		return fact.Resume{}, err
	}
	if r.Agents, err = s.agents(); err != nil {
		return fact.Resume{}, err
	}
	if r.Callbacks, err = s.OpenCallbacks(); err != nil {
		return fact.Resume{}, err
	}
	for _, a := range r.Agents {
		if a.Call == "" {
			continue
		}
		calls, err := s.calls(`WHERE id = ?`, a.Call)
		if err != nil {
			return fact.Resume{}, err
		}
		r.Calls = append(r.Calls, calls...)
	}
	return r, nil
}

func (s *Store) agents() ([]fact.Agent, error) {
	rows, err := s.write.Query(`SELECT user, status, activity, missed, since, idle_from, call, queue, wrapup_began, wrapup_until, wrapup_more
		FROM agents ORDER BY user`)
	if err != nil {
		return nil, fmt.Errorf("store: agents: %w", err)
	}
	return collect(rows, "agents", func(a *fact.Agent) []any {
		return []any{
			&a.User, &a.Status, &a.Activity, &a.Missed,
			moment{&a.Since},
			moment{&a.IdleFrom},
			&a.Call, &a.Queue,
			moment{&a.WrapUpBegan},
			moment{&a.WrapUpUntil},
			&a.WrapUpMore,
		}
	})
}

// orphans ends the calls that were left open and returns them, those who waited first, in the order in which queues are served.
func (s *Store) orphans() ([]fact.Orphan, error) {
	var found []fact.Orphan
	err := s.inTx(context.Background(), func(tx *sql.Tx) error {
		open, err := openCalls(tx, s.node, time.Now())
		if err != nil {
			return err
		}
		for i := range open {
			open[i].Waits = open[i].Last.Stage == "wait"
			open[i].Call.End = fact.EndCrash
			if err := s.endOrphan(tx, open[i].Call); err != nil {
				return err
			}
		}
		found = open
		_, err = tx.Exec(`DELETE FROM situations WHERE call NOT IN (SELECT id FROM calls WHERE ended IS NULL)`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: end the calls of a crash: %w", explain(err))
	}
	return found, nil
}

// openCalls are the calls of a node without an end; Ended is when the last thing happened of which we know.
func openCalls(tx *sql.Tx, node string, now time.Time) ([]fact.Orphan, error) {
	rows, err := tx.Query(`SELECT c.id, c.conversation, c.direction, c.entry, c.trunk, c.caller, c.queue, c.agent, c.disposition, c.began, c.answered, c.talked,
		coalesce(nullif(max(coalesce(c.began, ''), coalesce(c.answered, ''), coalesce(c.talked, ''),
			coalesce((SELECT max(at) FROM events WHERE events.call = c.id), '')), ''), ?),
		coalesce((SELECT name FROM conversations WHERE id = c.conversation), ''),
		coalesce(s.stage, ''), coalesce(s.queue, ''), coalesce(s.priority, 0), coalesce(s.front, 0), s.since, s.at, coalesce(s.whole, '')
		FROM calls c LEFT JOIN situations s ON s.call = c.id WHERE c.node = ? AND c.ended IS NULL
		ORDER BY coalesce(s.stage, '') <> 'wait', s.priority DESC, s.front DESC, s.since, c.id`, stamp(now), node)
	if err != nil {
		return nil, err
	}
	return collect(rows, "orphans", func(o *fact.Orphan) []any {
		last := &o.Last
		return append(
			callFields(&o.Call), &o.Name, &last.Stage, &last.Queue, &last.Priority, &last.Front,
			moment{&last.Since},
			moment{&last.At},
			&last.Whole,
		)
	})
}

func (s *Store) endOrphan(tx *sql.Tx, c fact.Call) error {
	crash := fact.EndCrash.String()
	for _, do := range []struct {
		statement string
		args      []any
	}{
		{`UPDATE calls SET ended = ?, end_reason = ? WHERE id = ?`, []any{stamp(c.Ended), crash, c.ID}},
		{`UPDATE legs SET ended = ?, end_reason = ? WHERE call = ? AND ended IS NULL`, []any{stamp(c.Ended), crash, c.ID}},
		{dropSituation, []any{c.ID}},
		{putEvent, []any{s.node, s.journal.nextSequence(), stamp(c.Ended), c.Conversation, c.ID, "", fact.CallEnded, "", "", crash}},
	} {
		if _, err := tx.Exec(do.statement, do.args...); err != nil {
			return err
		}
	}
	return nil
}
