package main

import (
	"context"
	"time"

	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip"
	"mediasrv/store"
	"mediasrv/web"
)

var _ web.Operations = operations{}

// operations gives operators' pages the trunks of the SIP stack and the calls of the contact centre.
type operations struct {
	centre *routing.Centre
	stack  *sip.Stack
	books  *store.Store
	file   *reloader
}

func (o operations) Trunks() []fact.TrunkState                   { return o.stack.Trunks() }
func (o operations) Start(order fact.Order) (fact.CallID, error) { return o.centre.Start(order) }

func (o operations) EndOrder(id fact.CallID) error { return o.centre.EndOrder(id) }

func (o operations) Order(ctx context.Context, id fact.CallID, after int) (fact.OrderView, bool) {
	return o.centre.Order(ctx, id, after)
}

func (o operations) Reload(ctx context.Context, by string) (fact.Reload, bool) {
	return o.file.Reload(ctx, by)
}

func (o operations) Reloads() (last fact.Reload, applied, refused uint64) { return o.file.Reloads() }

// flushTime is how long a look into the past waits for what has just happened to be committed. If it isn't by then, the answer lacks it.
const flushTime = 2 * time.Second

func (o operations) QueueStates() []fact.QueueState { return o.centre.QueueStates() }

func (o operations) SetNotice(ctx context.Context, n fact.QueueNotice) error {
	return o.centre.SetNotice(ctx, n)
}

func (o operations) EndNotice(queue string, kind fact.NoticeKind, by string) error {
	return o.centre.EndNotice(queue, kind, by)
}

// History reads what was committed, and waits for what has happened until now.
func (o operations) History(name string) ([]fact.Call, []fact.Event, error) {
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	_ = o.books.Flush(ctx) // the older lines are worth more than an error; the log says what is wrong with the database
	return o.books.History(name)
}
