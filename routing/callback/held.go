package callback

import (
	"slices"
	"time"

	"mediasrv/routing/fact"
)

// waits says that a customer is in a call with us, in the line of a queue: nobody is to call the same phone meanwhile, whatever was promised.
func (c *core) waits(call fact.CallID, number string, now time.Time) {
	if number == "" {
		return
	}
	for _, it := range c.sorted() {
		if it.row.Number == number && it.row.State != fact.CallbackActive { // whose phone rings already has not called from it
			c.hold(it, call, now)
		}
	}
}

// hold puts a callback off until its customer's call is over. An agent whose phone rings for it is free.
func (c *core) hold(it *item, call fact.CallID, now time.Time) {
	if call == "" || it.held == call || it.call == call {
		return
	}
	c.letGo(it)
	it.held = call
	c.held[call] = append(c.held[call], it)
	if it.row.Automatic && it.row.State != fact.CallbackActive {
		c.stop(it)
		c.consider(it, now)
	}
}

// letGo forgets that the customer is in a call.
func (c *core) letGo(it *item) {
	if it.held == "" {
		return
	}
	rest := slices.DeleteFunc(c.held[it.held], func(other *item) bool { return other == it })
	if c.held[it.held] = rest; len(rest) == 0 {
		delete(c.held, it.held)
	}
	it.held = ""
}

// ended says that a call is over: whoever was in it can be called.
func (c *core) ended(call fact.CallID, now time.Time) {
	for _, it := range slices.Clone(c.held[call]) {
		c.letGo(it)
		c.consider(it, now)
	}
}
