package fake

import (
	"context"
	"sync"

	"mediasrv/routing/fact"
)

// Store keeps records in memory.
type Store struct {
	Forget   bool                                       // keep nothing: for long runs
	OnAppend func(fact.Record)                          // sees every record; nil: nobody
	OnCommit func(context.Context, fact.Callback) error // what CommitCallback does before it keeps the row; nil: nothing

	mu      sync.Mutex
	records []fact.Record
}

// Append implements routing.Store.
func (s *Store) Append(r ...fact.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, record := range r {
		if s.OnAppend != nil {
			s.OnAppend(record)
		}
	}
	if !s.Forget {
		s.records = append(s.records, r...)
	}
}

// CommitCallback implements routing.Store.
func (s *Store) CommitCallback(ctx context.Context, c fact.Callback) error {
	if s.OnCommit != nil {
		if err := s.OnCommit(ctx, c); err != nil {
			return err
		}
	}
	s.Append(c)
	return nil
}

// Callbacks are the callbacks as they were written last.
func (s *Store) Callbacks() []fact.Callback {
	return latest(Of[fact.Callback](s), func(c fact.Callback) fact.CallbackID { return c.ID })
}

// Of are all records of one type, in order.
func Of[R fact.Record](s *Store) []R {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []R
	for _, r := range s.records {
		if r, ok := r.(R); ok {
			all = append(all, r)
		}
	}
	return all
}

// Calls are the calls as they were written last, in the order in which they began.
func (s *Store) Calls() []fact.Call {
	return latest(Of[fact.Call](s), func(c fact.Call) fact.CallID { return c.ID })
}

// Legs are the legs as they were written last.
func (s *Store) Legs() []fact.Leg {
	return latest(Of[fact.Leg](s), func(l fact.Leg) fact.LegID { return l.ID })
}

// Conversations are the conversations as they were written last.
func (s *Store) Conversations() []fact.Conversation {
	return latest(Of[fact.Conversation](s), func(c fact.Conversation) fact.ConversationID { return c.ID })
}

// Kinds are the kinds of events of all calls, in order.
func (s *Store) Kinds() []fact.EventKind {
	var kinds []fact.EventKind
	for _, e := range Of[fact.Event](s) {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// Events are the events of all calls, in order.
func (s *Store) Events() []fact.Event { return Of[fact.Event](s) }

// Audits is the audit trail.
func (s *Store) Audits() []fact.Audit { return Of[fact.Audit](s) }

func latest[R any, K comparable](all []R, id func(R) K) []R {
	at := make(map[K]int)
	var kept []R
	for _, r := range all {
		if i, seen := at[id(r)]; seen {
			kept[i] = r
			continue
		}
		at[id(r)] = len(kept)
		kept = append(kept, r)
	}
	return kept
}
