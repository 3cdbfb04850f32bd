package routing

import (
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// setCallbacks says how many callbacks of a queue hold.
func (d *desk) setCallbacks(queue string, n fact.CallbackCount) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.backs[queue] = n
	d.showQueue(queue)
}

// present says whether an agent is there.
func (d *desk) present(user string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.agents[user]
	return a.Phone && (a.Status == floor.Available.String() || a.Status == floor.Busy.String() || a.Activity != floor.Idle.String())
}

// rename shows a customer's new name.
func (d *desk) rename(number, name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, k := range d.cards {
		if k.call.From == number && k.name != name {
			k.name = name
			d.showCall(id)
		}
	}
}

// cardOf is the card of the call that a user talks in or wraps up; an empty one: there is none.
func (d *desk) cardOf(user string) card {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.cards[d.agents[user].Call]; c != nil {
		return *c
	}
	return card{}
}

// queuesOf are the queues of an agent.
func (d *desk) queuesOf(user string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.agents[user].Queues
}
