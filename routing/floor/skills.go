package floor

import (
	"fmt"
	"time"

	"mediasrv/config"
)

// Level is a skill that the agent of a call must have now, and how well at least; 0: no matter.
type Level struct {
	Skill string
	Least int
}

// suits says whether an agent has the skills that a call needs.
func (w Waiting) suits(skills map[string]int) bool {
	for _, l := range w.Levels {
		if skills[l.Skill] < l.Least {
			return false
		}
	}
	return true
}

// skills brings the levels that a call needs up to date with how long it has waited.
func (c *core) skills(e *entry, now time.Time) {
	needs := config.JoinNeeds(c.cfg.Queues[e.Queue].Skills, e.Skills)
	e.Levels, e.relaxAt = nil, time.Time{}
	for _, n := range needs {
		level, next := n.At(now.Sub(e.Since))
		if level > 0 {
			e.Levels = append(e.Levels, Level{n.Skill, level})
		}
		if at := e.Since.Add(next.After); next.After > 0 && (e.relaxAt.IsZero() || at.Before(e.relaxAt)) {
			e.relaxAt = at
		}
	}
}

// relax lets agents have calls that have waited for so long that they need less.
func (c *core) relax(now time.Time) {
	for _, e := range c.line {
		if !e.relaxAt.IsZero() && !now.Before(e.relaxAt) {
			c.skills(e, now)
			e.told = false
		}
	}
}

// lacks says which skill of a call an agent lacks; empty: none.
func (c *core) lacks(a *agent, e *entry, now time.Time) string {
	for _, n := range config.JoinNeeds(c.cfg.Queues[e.Queue].Skills, e.Skills) {
		least, next := n.At(now.Sub(e.Since))
		has := a.skills[n.Skill]
		if has >= least {
			continue
		}
		why := fmt.Sprintf("lacks skill %s %d", n.Skill, least)
		if has > 0 {
			why += fmt.Sprintf(" (has %d)", has)
		}
		if next.After > 0 {
			why += fmt.Sprintf(", relaxes to %d at %s", next.Level, c.clock(e.Since.Add(next.After)))
		}
		return why
	}
	return ""
}
