package store

import (
	"context"
	"fmt"
	"strings"

	"mediasrv/routing/fact"
)

const putAudit = `INSERT INTO audit (id, at, who, what, call, user, detail) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

func (w *rowWriter) putAudit(r fact.Audit) error {
	return w.exec(putAudit, r.ID, stamp(r.At), r.Who, string(r.What), r.Call, r.User, r.Detail)
}

// Audit returns the rows of the trail that a filter lets through, the latest first. It reads the database.
func (s *Store) Audit(ctx context.Context, f fact.AuditFilter) ([]fact.AuditView, error) {
	where, args := []string{"at IS NOT NULL"}, []any{}
	add := func(condition string, value any) {
		where, args = append(where, condition), append(args, value)
	}
	for column, value := range map[string]string{"who": f.Who, "what": f.What, "user": f.User, "call": f.Call} {
		if value != "" {
			add(column+" = ?", value)
		}
	}
	if !f.From.IsZero() {
		add("at >= ?", stamp(f.From))
	}
	if !f.To.IsZero() {
		add("at < ?", stamp(f.To))
	}
	if f.Before != "" {
		add("(at, id) < (SELECT at, id FROM audit WHERE id = ?)", f.Before)
	}
	rows, err := s.read.QueryContext(ctx, `SELECT id, at, who, what, call, user, detail FROM audit
		WHERE `+strings.Join(where, " AND ")+` ORDER BY at DESC, id DESC LIMIT ?`, append(args, f.Most)...)
	if err != nil {
		return nil, fmt.Errorf("store: audit: %w", err)
	}
	return collect(rows, "audit", func(v *fact.AuditView) []any {
		return []any{&v.ID, moment{&v.At}, &v.Who, &v.What, &v.Call, &v.User, &v.Detail}
	})
}
