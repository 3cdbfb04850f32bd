package config

import (
	"errors"
	"slices"
)

// agentStatuses are what a status can be; the company's names stand for one of them.
var agentStatuses = []string{"available", "busy", "away", "offline"}

// StatusName is a name of the company for a status.
type StatusName struct {
	Name string // "lunch"
	As   string // available, busy, away, offline
}

func statusesField() field {
	s := named("STATUS", oneOf(agentStatuses))
	s.names.check = statusName
	return field{key: "statuses", what: s, or: "none", about: "The company's own names for what agents can be, such as `lunch: away`. Each is one of available, busy, away and offline, and is the reason in the history."}
}

func statusName(text string) error {
	if slices.Contains(agentStatuses, text) {
		return errors.New("is a status already: expected a name of your own")
	}
	return name(text)
}

// statuses reads them in the order of the file.
func (b *builder) statuses(n *node) {
	each(n, func(key, value *node) {
		if as := val(value, ""); as != "" {
			b.cfg.Company.Statuses = append(b.cfg.Company.Statuses, StatusName{Name: key.text, As: as})
		}
	})
}

// StatusAs is what a name of the company stands for; empty: it is none.
func (c *Company) StatusAs(name string) string {
	for _, s := range c.Statuses {
		if s.Name == name {
			return s.As
		}
	}
	return ""
}
