package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mediasrv/routing/fact"
)

// The statements about what becomes of recordings.
const (
	putDeletion = `INSERT INTO recording_deletions (id, at, user, reason, conversation, call, part, agent, began, ended)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	dropRecording = `DELETE FROM recordings WHERE id = ?`
	holdRecording = `UPDATE recordings SET held = ?, held_by = ?, held_why = ? WHERE id = ?`
)

func (w *rowWriter) deleteRecording(d fact.RecordingDeleted) error {
	if err := w.exec(putDeletion, d.ID, stamp(d.At), d.User, d.Reason, d.Conversation, d.Call, d.Part, d.Agent, stamp(d.Began), stamp(d.Ended)); err != nil {
		return err
	}
	if d.User != "" { // else its time was over: nobody has done it
		gone := fact.Audit{ID: "gone-" + d.ID, At: d.At, Who: d.User, What: fact.AuditRecordingGone, Call: d.Call, User: d.Agent, Detail: d.Part + ": " + d.Reason}
		if err := w.putAudit(gone); err != nil {
			return err
		}
	}
	return w.exec(dropRecording, d.ID)
}

const recordingColumns = `SELECT r.id, r.conversation, r.call, r.segment, r.leg, r.part, coalesce(c.queue, ''), r.agent, r.end_number, r.end_user, coalesce(c.entry, ''),
	coalesce(c.direction, ''), coalesce(c.disposition, ''), r.began, r.ended, r.bytes, r.format, r.sha256, r.gaps, r.marks, r.repaired, r.held, r.held_by, r.held_why, r.path
	FROM recordings r LEFT JOIN calls c ON c.id = r.call `

// Recordings returns those that a filter lets through, the latest first. It reads the database.
func (s *Store) Recordings(ctx context.Context, f fact.RecordingFilter) ([]fact.RecordingView, error) {
	var where []string
	var args []any
	add := func(condition string, values ...any) {
		where = append(where, condition)
		args = append(args, values...)
	}
	if f.Queues != nil {
		add("coalesce(c.queue, '') IN (?"+strings.Repeat(", ?", len(f.Queues))+")", "\x00") // an empty list lets nothing through
		for _, q := range f.Queues {
			args = append(args, q)
		}
	}
	if f.Agent != "" {
		add("r.agent = ?", f.Agent)
	}
	if f.Number != "" {
		text := "%" + like(f.Number) + "%"
		add(`(r.end_number LIKE ? ESCAPE '\' OR r.end_user LIKE ? ESCAPE '\')`, text, text)
	}
	if f.Call != "" {
		add("r.call = ?", f.Call)
	}
	if f.Segment != "" {
		add("r.segment = ?", f.Segment)
	}
	if f.Disposition != "" {
		add("c.disposition = ?", f.Disposition)
	}
	if !f.From.IsZero() {
		add("r.began >= ?", stamp(f.From))
	}
	if !f.To.IsZero() {
		add("r.began < ?", stamp(f.To))
	}
	if f.Before != "" {
		add("(r.began, r.id) < (SELECT began, id FROM recordings WHERE id = ?)", f.Before)
	}
	text := ""
	if where != nil {
		text = "WHERE " + strings.Join(where, " AND ")
	}
	return s.recordings(ctx, fmt.Sprintf("%s ORDER BY r.began DESC, r.id DESC LIMIT %d", text, f.Most), args...)
}

// Recording finds one by its id; false: there is none.
func (s *Store) Recording(ctx context.Context, id string) (fact.RecordingView, bool, error) {
	all, err := s.recordings(ctx, "WHERE r.id = ?", id)
	if err != nil || len(all) == 0 {
		return fact.RecordingView{}, false, err
	}
	return all[0], true, nil
}

// RecordedSince is how many bytes the recordings have that began then or later, and are there.
func (s *Store) RecordedSince(ctx context.Context, at time.Time) (bytes int64, err error) {
	if err := s.read.QueryRowContext(ctx, `SELECT coalesce(sum(bytes), 0) FROM recordings WHERE began >= ?`, stamp(at)).Scan(&bytes); err != nil {
		return 0, fmt.Errorf("store: recordings: %w", err)
	}
	return bytes, nil
}

// OldRecordings returns at most 100 that began before a time and are under no hold, the oldest first, behind another one.
func (s *Store) OldRecordings(ctx context.Context, before time.Time, after *fact.RecordingView) ([]fact.RecordingView, error) {
	where, args := "WHERE r.held IS NULL AND r.began < ?", []any{stamp(before)}
	if after != nil {
		where += " AND (r.began, r.id) > (?, ?)"
		args = append(args, stamp(after.Began), after.ID)
	}
	return s.recordings(ctx, where+" ORDER BY r.began, r.id LIMIT 100", args...)
}

// Deletions returns what was deleted since a time, the latest first.
func (s *Store) Deletions(ctx context.Context, since time.Time, most int) ([]fact.RecordingDeleted, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, at, user, reason, conversation, call, part, agent, began, ended FROM recording_deletions
		WHERE at >= ? ORDER BY at DESC, id LIMIT ?`, stamp(since), most)
	if err != nil {
		return nil, fmt.Errorf("store: deletions: %w", err)
	}
	return collect(rows, "deletions", func(d *fact.RecordingDeleted) []any {
		return []any{&d.ID, moment{&d.At}, &d.User, &d.Reason, &d.Conversation, &d.Call, &d.Part, &d.Agent, moment{&d.Began}, moment{&d.Ended}}
	})
}

// recordingRow is a recording with what its view makes something of.
type recordingRow struct {
	fact.RecordingView
	ended, held time.Time
	gaps, marks string
}

func (s *Store) recordings(ctx context.Context, where string, args ...any) ([]fact.RecordingView, error) {
	rows, err := s.read.QueryContext(ctx, recordingColumns+where, args...)
	if err != nil {
		return nil, fmt.Errorf("store: recordings: %w", err)
	}
	found, err := collect(rows, "recordings", func(r *recordingRow) []any {
		return []any{
			&r.ID, &r.Conversation, &r.Call, &r.Segment, &r.Leg, &r.Part, &r.Queue, &r.Agent, &r.Number, &r.Name, &r.Entry, &r.Direction, &r.Disposition,
			moment{&r.Began},
			moment{&r.ended},
			&r.Bytes, &r.Format, &r.SHA256, &r.gaps, &r.marks, &r.Repaired,
			moment{&r.held},
			&r.HeldBy, &r.HeldWhy, &r.Path,
		}
	})
	if err != nil {
		return nil, err
	}
	views := make([]fact.RecordingView, 0, len(found))
	for _, r := range found {
		r.Seconds = r.ended.Sub(r.Began).Seconds()
		if err := json.Unmarshal([]byte(r.gaps), &r.Gaps); err != nil {
			return nil, fmt.Errorf("store: gaps of the recording %s: %w", r.ID, err)
		}
		if err := json.Unmarshal([]byte(r.marks), &r.Marks); err != nil {
			return nil, fmt.Errorf("store: marks of the recording %s: %w", r.ID, err)
		}
		if r.Gaps == nil { // they may be null: pages want a list
			r.Gaps = []fact.Gap{}
		}
		if r.Marks == nil {
			r.Marks = []fact.Mark{}
		}
		if !r.held.IsZero() {
			r.Held = &r.held
		}
		views = append(views, r.RecordingView)
	}
	return views, nil
}
