package main

import (
	"context"

	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip"
	"mediasrv/web"
)

var _ web.Operations = operations{}

// operations gives operators' pages the trunks of the SIP stack and the calls of the contact centre.
type operations struct {
	centre *routing.Centre
	stack  *sip.Stack
}

func (o operations) Trunks() []fact.TrunkState                   { return o.stack.Trunks() }
func (o operations) Start(order fact.Order) (fact.CallID, error) { return o.centre.Start(order) }

func (o operations) EndOrder(id fact.CallID) error { return o.centre.EndOrder(id) }

func (o operations) Order(ctx context.Context, id fact.CallID, after int) (fact.OrderView, bool) {
	return o.centre.Order(ctx, id, after)
}
