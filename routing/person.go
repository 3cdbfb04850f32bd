package routing

import (
	"slices"

	"mediasrv/routing/fact"
)

// CallsOf is how many calls of a customer run or are wrapped up: as long as there is one, what is erased would be written again.
func (c *Centre) CallsOf(number string) int { return c.desk.callsOf(number) }

// ForgetCustomer takes a customer out of the memory: number, name and notes of conversations that are not closed, and the entries that users have made in the
// directory. The operator's file keeps its own.
func (c *Centre) ForgetCustomer(number string) {
	c.people.forget(number)
	c.conversations.forget(number)
}

func (d *desk) callsOf(number string) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range d.cards {
		if k.call.From == number {
			n++
		}
	}
	return n
}

// forget drops the entries with a number.
func (p *people) forget(number string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.kept {
		if slices.Contains(c.Numbers, number) {
			p.put(fact.Contact{ID: c.ID, Changed: p.now().Changed, Gone: true})
		}
	}
}

// forget makes a customer's conversations nobody's, as rows are after an erasure.
func (c *conversations) forget(customer string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.byCustomer, customer)
	delete(c.previous, customer)
	for id, conv := range c.byID {
		if conv.Customer == customer {
			conv.Customer, conv.Name, conv.Notes, conv.Tags = "", "", "", nil
			c.byID[id] = conv
		}
	}
}
