package main

import (
	"context"

	"mediasrv/routing/fact"
	"mediasrv/store"
	"mediasrv/web"
)

var _ web.Trail = trail{}

// trail gives pages the audit trail, up to what has just happened unless the database is slow.
type trail struct{ books *store.Store }

func (t trail) Audit(ctx context.Context, f fact.AuditFilter) ([]fact.AuditView, error) {
	wait, cancel := context.WithTimeout(ctx, commitWait)
	defer cancel()
	_ = t.books.Flush(wait) // what isn't there in time is seen by the next reading
	return t.books.Audit(ctx, f)
}

func (t trail) Acted(a fact.Audit) { t.books.Append(a) }
