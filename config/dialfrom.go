package config

import (
	"maps"
	"slices"
)

// dialFromField is which of the company's numbers calls out may show.
func dialFromField(or, about string) field {
	return field{key: "dial_from", what: listOf(words(`a quoted number of numbers such as "+81312345678"`, 64)), or: or, about: about}
}

// NumbersShown are the numbers of ours that a user may show in a call out for a queue, the usual one first.
func (c *Config) NumbersShown(queue, user string) []string {
	if u := c.Users[user]; u != nil && len(u.DialFrom) > 0 {
		return u.DialFrom
	}
	if q := c.Queues[queue]; q != nil && len(q.DialFrom) > 0 {
		return q.DialFrom
	}
	all := slices.Sorted(maps.Keys(c.Numbers))
	slices.SortStableFunc(all, func(a, b string) int { return c.foreign(a, queue) - c.foreign(b, queue) })
	return all
}

// foreign is 0 for a number that leads to a queue, else 1.
func (c *Config) foreign(number, queue string) int {
	if c.Numbers[number].Queue == queue {
		return 0
	}
	return 1
}

// WayShowing is the trunk by which calls go out that show a number of ours; empty: as routes say.
func (c *Config) WayShowing(number string) string {
	if n := c.Numbers[number]; n != nil {
		return n.Way
	}
	return ""
}

// way reads by which trunk calls go out that show a number.
func (b *builder) way(number *Number, n *node) {
	trunk := n.get("trunk")
	switch {
	case trunk == nil:
	case number.Pattern:
		b.wrong(trunk, "is for a number that can be shown, and a pattern is none: leave it out")
	case b.carriesOut(trunk):
		number.Way = trunk.text
	}
}

// dialFroms reads which numbers may be shown, once all are known.
func (b *builder) dialFroms() {
	each(b.root.get("queues"), func(key, q *node) { b.cfg.Queues[key.text].DialFrom = b.shownNumbers(q.get("dial_from")) })
	each(b.root.get("users"), func(key, u *node) { b.cfg.Users[key.text].DialFrom = b.shownNumbers(u.get("dial_from")) })
}

func (b *builder) shownNumbers(n *node) []string {
	if n == nil {
		return nil
	}
	var all []string
	for _, item := range n.items {
		number, err := ReadNumber(val(item, ""), b.cfg.Company.Country)
		switch {
		case item.value == nil: // said already
		case err != nil:
			b.wrong(item, b.complain(item, err, `a number such as "+81312345678"`))
		case b.cfg.Numbers[number] == nil:
			b.wrong(item, "is none of numbers: only those can be shown; "+suggest(number, slices.Sorted(maps.Keys(b.cfg.Numbers))))
		case slices.Contains(all, number):
			b.wrong(item, item.text+" is in the list twice")
		default:
			all = append(all, number)
		}
	}
	return all
}
