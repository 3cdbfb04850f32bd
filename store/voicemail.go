package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mediasrv/routing/fact"
)

// voicemailsMost is how many messages Voicemails returns.
const voicemailsMost = 200

const voicemailColumns = `SELECT v.id, v.conversation, v.call, v.box, v.queue, v.number, v.name, v.entry, v.began, v.ms, v.heard, v.heard_by, v.done, v.done_by,
	coalesce(r.path, ''), r.began, r.ended FROM voicemails v LEFT JOIN recordings r ON r.segment = v.segment AND v.segment <> '' `

// Voicemails returns the messages of queues (nil: of all), at most 200: those that are still to be dealt with, the oldest first; or with done the others, the latest
// first. It reads the database.
func (s *Store) Voicemails(ctx context.Context, queues []string, done bool) ([]fact.VoicemailView, error) {
	if queues != nil && len(queues) == 0 {
		return nil, nil
	}
	of, args := "1", make([]any, len(queues))
	for i, q := range queues {
		args[i] = q
	}
	if queues != nil {
		of = "v.queue IN (?" + strings.Repeat(", ?", len(queues)-1) + ")"
	}
	order := "v.done IS NULL ORDER BY v.began, v.id"
	if done {
		order = "v.done IS NOT NULL ORDER BY v.began DESC, v.id DESC"
	}
	where := fmt.Sprintf("WHERE %s AND %s LIMIT %d", of, order, voicemailsMost)
	return s.voicemails(ctx, where, args...)
}

// Voicemail finds one message; false: there is none.
func (s *Store) Voicemail(ctx context.Context, id fact.VoicemailID) (fact.VoicemailView, bool, error) {
	all, err := s.voicemails(ctx, "WHERE v.id = ?", id)
	if err != nil || len(all) == 0 {
		return fact.VoicemailView{}, false, err
	}
	return all[0], true, nil
}

// voicemailRow is a message with what its view makes something of.
type voicemailRow struct {
	fact.VoicemailView
	heard, done, from, to time.Time
	ms                    int64
}

func (s *Store) voicemails(ctx context.Context, where string, args ...any) ([]fact.VoicemailView, error) {
	rows, err := s.read.QueryContext(ctx, voicemailColumns+where, args...)
	if err != nil {
		return nil, fmt.Errorf("store: voicemails: %w", err)
	}
	found, err := collect(rows, "voicemails", func(v *voicemailRow) []any {
		return []any{
			&v.ID, &v.Conversation, &v.Call, &v.Box, &v.Queue, &v.Number, &v.Name, &v.Entry,
			moment{&v.At},
			&v.ms,
			moment{&v.heard},
			&v.HeardBy,
			moment{&v.done},
			&v.DoneBy, &v.Path,
			moment{&v.from},
			moment{&v.to},
		}
	})
	if err != nil {
		return nil, err
	}
	views := make([]fact.VoicemailView, 0, len(found))
	for _, v := range found {
		v.Ready = v.Path != ""
		v.Seconds = float64(v.ms) / 1000
		if v.ms == 0 && v.Ready { // the recording knows, that of a crash was repaired
			v.Seconds = v.to.Sub(v.from).Seconds()
		}
		for _, at := range []struct {
			from time.Time
			to   **time.Time
		}{{v.heard, &v.Heard}, {v.done, &v.Done}} {
			if !at.from.IsZero() {
				*at.to = &at.from
			}
		}
		views = append(views, v.VoicemailView)
	}
	return views, nil
}
