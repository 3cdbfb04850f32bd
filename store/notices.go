package store

import (
	"fmt"
	"time"

	"mediasrv/routing/fact"
)

const putQueueNotice = `INSERT INTO queue_notices (queue, kind, until, say, file, by_user, at) VALUES (?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (queue, kind) DO UPDATE SET until = excluded.until, say = excluded.say, file = excluded.file, by_user = excluded.by_user, at = excluded.at`

// QueueNotices are what supervisors have set and what holds at a time.
func (s *Store) QueueNotices(at time.Time) ([]fact.QueueNotice, error) {
	rows, err := s.write.Query(`SELECT queue, kind, until, say, file, by_user, at FROM queue_notices WHERE until > ? ORDER BY queue, kind`, stamp(at))
	if err != nil {
		return nil, fmt.Errorf("store: queue notices: %w", err)
	}
	return collect(rows, "queue notices", func(n *fact.QueueNotice) []any {
		return []any{&n.Queue, &n.Kind, moment{&n.Until}, &n.Say, &n.File, &n.By, moment{&n.At}}
	})
}
