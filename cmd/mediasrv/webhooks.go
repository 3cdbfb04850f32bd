package main

import (
	"context"
	"slices"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/web"
	"mediasrv/web/hook"
)

// newTeller makes what tells webhooks, by the file as it holds now.
func (s *server) newTeller() *hook.Teller {
	hooks := func() map[string]*config.Webhook { return s.cfg().Webhooks }
	s.store.TellHooks(func(kind fact.EventKind) (names []string) {
		for name, h := range hooks() {
			if slices.Contains(h.Events, string(kind)) {
				names = append(names, name)
			}
		}
		return names
	})
	return hook.New(hooks, s.store, s.log)
}

// countTime bounds what a scrape waits for the database.
const countTime = time.Second

// webhooks say how each is doing, for /metrics.
func (s *server) webhooks() (all []web.Webhook) {
	counts := s.teller.Counts()
	if len(counts) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), countTime)
	defer cancel()
	waiting, err := s.store.HooksWait(ctx)
	if err != nil {
		return nil // shown again when the database answers
	}
	for _, c := range counts {
		all = append(all, web.Webhook{Name: c.Hook, Waiting: waiting[c.Hook], Told: c.Told, Failures: c.Failures, Dropped: c.Dropped})
	}
	return all
}
