package main

import (
	"context"

	"mediasrv/routing"
	"mediasrv/routing/callback"
	"mediasrv/routing/fact"
	"mediasrv/store"
	"mediasrv/web"
)

var _ web.Callbacks = callbacks{}

// callbacks gives pages the callbacks of the database, and the contact centre the agents' wishes.
type callbacks struct {
	*routing.Centre
	books *store.Store
}

// Callbacks has what was changed before it was called, unless the database is slow.
func (c callbacks) Callbacks(ctx context.Context, f fact.CallbackFilter) ([]fact.CallbackView, error) {
	wait, cancel := context.WithTimeout(ctx, commitWait)
	defer cancel()
	_ = c.books.Flush(wait) // what isn't there yet is shown by the next reading
	return c.books.Callbacks(ctx, f)
}

func (c callbacks) CallbackEvents(ctx context.Context, conversation fact.ConversationID) ([]fact.Event, error) {
	return c.books.CallbackEvents(ctx, conversation)
}

// callbackFigures are those of callbacks for /metrics.
func callbackFigures(s callback.Stats) web.CallbackFigures {
	f := web.CallbackFigures{Open: s.Open, Attempts: s.Attempts, Ended: make(map[string]uint64, len(s.Ended))}
	for how, n := range s.Ended {
		f.Ended[string(how)] = n
	}
	return f
}
