package simulate

import (
	"context"
	"strings"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/routing/stats"
)

// books keep what the contact centre would write into its database, as far as somebody asks for it.
type books struct {
	calls  map[fact.CallID]*entry
	order  []fact.CallID
	states []fact.AgentChange
	backs  map[fact.CallbackID]fact.Callback
	// callbacks are what was told of them.
	callbacks []fact.Event
	told      func(fact.Event)
	seated    func(fact.Leg)
}

// entry is a call.
type entry struct {
	stats.Call
	row fact.Call
}

// Append implements routing.Store.
func (b *books) Append(all ...fact.Record) {
	for _, r := range all {
		switch r := r.(type) {
		case fact.Call:
			b.of(r.ID).row = r
		case fact.Event:
			b.of(r.Call).Add(r)
			if strings.HasPrefix(string(r.Kind), "callback-") {
				b.callbacks = append(b.callbacks, r)
			}
			b.told(r)
		case fact.Leg:
			b.seated(r)
		case fact.AgentChange:
			b.states = append(b.states, r)
		case fact.Callback:
			b.backs[r.ID] = r
		}
	}
}

// CommitCallback implements routing.Store.
func (b *books) CommitCallback(_ context.Context, r fact.Callback) error {
	b.Append(r)
	return nil
}

func (b *books) of(id fact.CallID) *entry {
	e := b.calls[id]
	if e == nil {
		e = &entry{}
		b.calls[id], b.order = e, append(b.order, id)
	}
	return e
}

// Statistics are figures as those of the database: the same sums over the same events.
func (r *Result) Statistics(q fact.StatisticsQuery) ([]fact.StatisticsRow, error) {
	table, err := stats.NewTable(q)
	if err != nil {
		return nil, err
	}
	for _, id := range r.books.order {
		e := r.books.calls[id]
		if queue, at, ok := e.Lost(); ok && e.row.Direction == fact.Outbound {
			table.Callback(fact.Event{Kind: stats.CallbackLost, Queue: queue, At: at})
		}
		if e.row.Direction != fact.Inbound {
			continue
		}
		table.Began(e.row.Entry, e.row.Trunk, e.row.Began)
		e.Sum(q.Now)
		table.Add(&e.Call, e.row.Entry, e.row.Trunk)
	}
	for _, e := range r.books.callbacks {
		table.Callback(e)
	}
	last := map[string]fact.AgentChange{}
	tell := func(c fact.AgentChange, until time.Time) {
		if c.User != "" && until.After(q.From) {
			table.State(c.User, c.Status, c.Activity, c.At, until)
		}
	}
	for _, c := range r.books.states {
		tell(last[c.User], c.At)
		last[c.User] = c
	}
	end := q.To
	if q.Now.Before(end) {
		end = q.Now
	}
	for _, c := range last {
		tell(c, end)
	}
	return table.Rows()
}
