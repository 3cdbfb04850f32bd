package store

import (
	"context"
	"fmt"
	"time"

	"mediasrv/routing/fact"
)

// pastContactsMost is how many calls of a customer PastContacts returns.
const pastContactsMost = 30

// PastContacts are the calls with a customer, in either direction, the latest first, without one that still goes on.
func (s *Store) PastContacts(ctx context.Context, number string) ([]fact.PastContact, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT c.id, c.conversation, c.direction, c.queue, c.agent, c.disposition, c.began, c.talked, c.ended, c.end_reason,
		coalesce(v.status, ''), coalesce(v.notes, ''), coalesce(v.priority, 0), coalesce(v.tags, '[]')
		FROM calls c LEFT JOIN conversations v ON v.id = c.conversation
		WHERE c.caller = ? AND c.conversation <> '' AND c.ended IS NOT NULL ORDER BY c.began DESC LIMIT ?`, number, pastContactsMost)
	if err != nil {
		return nil, fmt.Errorf("store: past contacts: %w", err)
	}
	all, err := collect(rows, "past contacts", func(p *pastContact) []any {
		return []any{
			&p.Call, &p.Conversation, &p.Direction, &p.Queue, &p.Agent, &p.Disposition,
			moment{&p.At},
			moment{&p.talked},
			moment{&p.ended},
			&p.End, &p.Status, &p.Notes, &p.Priority,
			texts{&p.Tags},
		}
	})
	out := make([]fact.PastContact, 0, len(all))
	for _, p := range all {
		if !p.talked.IsZero() && p.ended.After(p.talked) {
			p.Talked = p.ended.Sub(p.talked).Seconds()
		}
		out = append(out, p.PastContact)
	}
	return out, err
}

// pastContact is a call as it is read.
type pastContact struct {
	fact.PastContact
	talked, ended time.Time
}
