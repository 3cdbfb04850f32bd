package fake

import (
	"slices"
	"sync"

	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// Dialer makes legs to agents and to parties behind trunks. OnDial decides what becomes of each.
type Dialer struct {
	OnDial func(*Leg) error // called with a leg that is not yet calling; an error is Dial's; nil: the test does all later

	mu   sync.Mutex
	legs []*Leg
	from []routing.Caller
	to   []routing.Target
}

// Dial implements routing.Dialer.
func (d *Dialer) Dial(to routing.Target, from routing.Caller, in routing.Room, events routing.Sink) (routing.Leg, error) {
	l := NewLeg(in.(*Room), fact.Party{User: to.User, Number: to.Number, Trunk: to.Trunk})
	if d.OnDial != nil {
		if err := d.OnDial(l); err != nil {
			l.room.leave(l)
			return nil, err
		}
	}
	d.mu.Lock()
	d.legs, d.from, d.to = append(d.legs, l), append(d.from, from), append(d.to, to)
	d.mu.Unlock()
	l.Connect(events)
	return l, nil
}

// Legs are all legs that were dialled, in order.
func (d *Dialer) Legs() []*Leg {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]*Leg(nil), d.legs...)
}

// Callers are what the legs were shown, in order.
func (d *Dialer) Callers() []routing.Caller {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]routing.Caller(nil), d.from...)
}

// Targets are where the legs were dialled to, in order.
func (d *Dialer) Targets() []routing.Target {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]routing.Target(nil), d.to...)
}

// Latest is the newest leg to a user; nil: none.
func (d *Dialer) Latest(user string) *Leg {
	for _, l := range slices.Backward(d.Legs()) {
		if l.party.User == user {
			return l
		}
	}
	return nil
}
