package config

import (
	"slices"
	"time"
)

// wrapUpChange is what a queue or a user says about wrap-up; nil: nothing.
type wrapUpChange struct {
	Time   *time.Duration
	Extend *bool
}

// recordingChange is what a queue or a user says about recording; nil: nothing.
type recordingChange struct {
	Calls         *[]string
	Files, Format *string
	External      *bool
	Keep          *time.Duration
}

// serviceLevelChange is what a queue says about the service level; nil: nothing.
type serviceLevelChange struct {
	Within *time.Duration
	Short  *time.Duration
}

func (l *serviceLevelChange) over(base ServiceLevel) ServiceLevel {
	set(&base.Within, l.Within)
	set(&base.Short, l.Short)
	return base
}

func serviceLevelOf(n *node) *serviceLevelChange {
	return &serviceLevelChange{Within: pointer[time.Duration](n.get("within")), Short: pointer[time.Duration](n.get("short"))}
}

func (w *wrapUpChange) over(base WrapUp) WrapUp {
	if w == nil {
		return base
	}
	if w.Time != nil {
		base.Time = *w.Time
	}
	if w.Extend != nil {
		base.Extend = *w.Extend
	}
	return base
}

func (r *recordingChange) over(base Recording) Recording {
	if r == nil {
		return base
	}
	if r.Calls != nil {
		base.Inbound, base.Outbound = slices.Contains(*r.Calls, "inbound"), slices.Contains(*r.Calls, "outbound")
	}
	if r.Files != nil {
		base.PerLeg, base.Merged = *r.Files != "merged", *r.Files != "per-leg"
	}
	set(&base.Format, r.Format)
	set(&base.External, r.External)
	set(&base.Keep, r.Keep)
	return base
}

// WrapUpFor is the wrap-up of a user after a call of a queue. A queue that isn't there is the company; so is a user.
func (c *Config) WrapUpFor(queue, user string) WrapUp {
	w := c.Company.WrapUp
	if q := c.Queues[queue]; q != nil {
		w = q.WrapUp
	}
	if u := c.Users[user]; u != nil {
		w = u.wrapUp.over(w)
	}
	return w
}

// RecordingFor is what is recorded of a user's calls of a queue. A queue that isn't there is the company; so is a user.
func (c *Config) RecordingFor(queue, user string) Recording {
	r := c.Company.Recording
	if q := c.Queues[queue]; q != nil {
		r = q.Recording
	}
	if u := c.Users[user]; u != nil {
		r = u.recording.over(r)
	}
	return r
}

func wrapUpOf(n *node) *wrapUpChange {
	return &wrapUpChange{Time: pointer[time.Duration](n.get("time")), Extend: pointer[bool](n.get("extend"))}
}

func recordingOf(n *node) *recordingChange {
	r := &recordingChange{Files: pointer[string](n.get("files")), Format: pointer[string](n.get("format")), External: pointer[bool](n.get("external")), Keep: pointer[time.Duration](n.get("keep"))}
	if calls := n.get("calls"); calls != nil {
		all := vals[string](calls)
		r.Calls = &all
	}
	return r
}

// pointer is the value of a scalar that may not be there.
func pointer[T any](n *node) *T {
	if n == nil {
		return nil
	}
	if v, ok := n.value.(T); ok {
		return &v
	}
	return nil
}

// KeepFor is how long a recording is kept that is of a queue and a user's; of one that has neither, the number's that was dialled holds. 0: for ever.
func (c *Config) KeepFor(queue, user, number string) time.Duration {
	if queue == "" && user == "" {
		if n := c.Entry(number); n != nil {
			return n.Recording.Keep
		}
	}
	return c.RecordingFor(queue, user).Keep
}

// LeastKeep is the shortest time that any recording is kept; 0: all are kept for ever.
func (c *Config) LeastKeep() time.Duration {
	least := time.Duration(0)
	see := func(d time.Duration) {
		if d > 0 && (least == 0 || d < least) {
			least = d
		}
	}
	see(c.Company.Recording.Keep)
	for _, q := range c.Queues {
		see(q.Recording.Keep)
	}
	for _, u := range c.Users {
		see(u.recording.over(Recording{}).Keep)
	}
	for _, n := range c.Numbers {
		see(n.Recording.Keep)
	}
	for _, n := range c.Patterns {
		see(n.Recording.Keep)
	}
	return least
}
