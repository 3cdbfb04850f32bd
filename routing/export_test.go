package routing

// Cards is how many calls the desk remembers.
func (c *Centre) Cards() int {
	c.desk.mu.Lock()
	defer c.desk.mu.Unlock()
	return len(c.desk.cards)
}
