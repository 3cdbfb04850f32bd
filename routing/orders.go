package routing

import (
	"context"
	"slices"
	"sync"
	"time"

	"mediasrv/routing/clock"
	"mediasrv/routing/fact"
)

const (
	ordersKept  = 5 * time.Minute // after their end
	ordersTotal = 1000            // that are kept at once
)

// orders knows how the calls go that Start has placed, until some time after their end.
type orders struct {
	clock *clock.Clock

	mu  sync.Mutex
	all map[fact.CallID]*tracked
}

type tracked struct {
	view    fact.OrderView
	changed chan struct{} // closed at the next change
	forget  time.Time     // zero: it runs
}

func newOrders(c *clock.Clock) *orders {
	return &orders{clock: c, all: map[fact.CallID]*tracked{}}
}

func (o *orders) begin(id fact.CallID, order fact.Order) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.clock.Now()
	for id, t := range o.all {
		if !t.forget.IsZero() && (now.After(t.forget) || len(o.all) >= ordersTotal) {
			delete(o.all, id)
		}
	}
	o.all[id] = &tracked{view: fact.OrderView{ID: id, Number: order.Number, By: order.By, Events: []fact.OrderEvent{}}, changed: make(chan struct{})}
}

// tell adds what has happened.
func (o *orders) tell(id fact.CallID, what fact.OrderStep, trunk, text string, status int) {
	o.add(id, fact.OrderEvent{What: what, Trunk: trunk, Text: text, Status: status}, "")
}

// end is the last thing that happens.
func (o *orders) end(id fact.CallID, why fact.EndReason, last fact.OrderEvent) {
	last.What = fact.OrderEnded
	o.add(id, last, why.String())
}

func (o *orders) add(id fact.CallID, e fact.OrderEvent, end string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := o.all[id]
	if t == nil || t.view.End != "" {
		return
	}
	e.At = o.clock.Now().UTC()
	t.view.Events = append(t.view.Events, e)
	if end != "" {
		t.view.End, t.forget = end, o.clock.Now().Add(ordersKept)
	}
	close(t.changed)
	t.changed = make(chan struct{})
}

// wait is the view as soon as it has more than after events, or has ended, or ctx ends.
func (o *orders) wait(ctx context.Context, id fact.CallID, after int) (fact.OrderView, bool) {
	for {
		o.mu.Lock()
		t := o.all[id]
		if t == nil {
			o.mu.Unlock()
			return fact.OrderView{}, false
		}
		view, changed := t.view, t.changed
		view.Events = slices.Clone(view.Events)
		o.mu.Unlock()
		if len(view.Events) > after || view.End != "" || ctx.Err() != nil {
			return view, true
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}
