package config

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Callback is how customers are called back who have asked for it, or whose calls an agent has planned.
type Callback struct {
	Name          string
	Automatic     bool // false: agents take them from a list
	KeepsPlace    bool // as if the customer still waited; false: behind every caller who waits
	CustomerFirst bool // the customer is called, and then an agent; false: the agent's phone rings first
	Retries       int  // after the first attempt
	Delay         time.Duration
	Hours         []Span // in the customer's time zone; empty: any time
	Queue         string // whose agents call; empty: the queue in which the caller has asked
	Confirmation  *Audio // before we hang up; nil: a built-in sentence
	AskNumber     *Audio // for callers without a number; nil: a built-in sentence
	AfterCrash    bool   // also for callers whose waiting a crash has ended
}

const (
	callbackRetries = 4
	callbackDelay   = 15 * time.Minute
)

// Planned is how those are called whom an agent has promised a call, if the file doesn't say it otherwise.
func Planned() *Callback {
	return &Callback{Automatic: true, KeepsPlace: true, Retries: callbackRetries, Delay: callbackDelay}
}

func callbackKeys() *shape {
	return of(
		field{key: "type", what: oneOf([]string{"automatic", "manual"}), std: "automatic", about: "`automatic`: an agent's phone rings by itself, within the queue's hours; `manual`: agents take them from a list."},
		field{key: "priority", what: oneOf([]string{"inbound-first", "queue-position"}), std: "inbound-first", about: "Of automatic ones. `inbound-first`: every waiting caller goes before; `queue-position`: the caller keeps the place in the queue."},
		field{key: "retries", what: integer(0, 20), std: fmt.Sprint(callbackRetries), about: "Attempts after the first one, of automatic ones: 4 means 5 attempts."},
		field{key: "delay", what: durationIn(10*time.Second, day), std: spell(callbackDelay), about: "Between attempts."},
		field{key: "dial", what: oneOf([]string{"agent-first", "customer-first"}), std: "agent-first", about: "`agent-first`: the agent's phone rings, and the customer is called when the agent has answered; `customer-first`: the customer is called as soon as an agent is free, and is the first of the queue on answering."},
		field{key: "hours", what: listOf(reads("a range of times such as 09:00-17:00", span)), or: "at any time", about: "When customers may be called, in their own time zone, which the number tells."},
		field{key: "queue", what: ref("a queue"), or: "the one in which the caller waits, else `company.default_queue`", about: "Whose agents call."},
		field{key: "confirmation", what: of(audioFields()...), or: "a built-in sentence", about: "What callers hear who have asked to be called back; then we hang up."},
		field{key: "ask_number", what: of(audioFields()...), or: "a built-in sentence", about: "What callers hear whose number isn't known, or can't be called: they are to type one, and #."},
		field{key: "after_crash", what: yesNo(), std: "false", about: "Callers who waited in the queue when the server broke down are called back as well."},
	)
}

func (b *builder) callbacks(n *node) {
	each(n, func(key, c *node) {
		callback := &Callback{
			Name: key.text, Automatic: val(c.get("type"), "automatic") == "automatic", KeepsPlace: val(c.get("priority"), "") == "queue-position",
			CustomerFirst: val(c.get("dial"), "") == "customer-first", Retries: val(c.get("retries"), callbackRetries), Delay: val(c.get("delay"), callbackDelay),
			Confirmation: b.audio(c.get("confirmation"), true), AskNumber: b.audio(c.get("ask_number"), true), AfterCrash: val(c.get("after_crash"), false),
		}
		if at := c.get("hours"); at != nil {
			callback.Hours = b.spans(at)
		}
		if q := c.get("queue"); b.exists(q, b.queueNames) {
			callback.Queue = q.text
		}
		if !callback.Automatic {
			for _, only := range []string{"priority", "dial", "retries"} {
				if at := c.get(only); at != nil {
					b.wrong(at, "is only for automatic ones: agents decide when they take one from the list, and how often they call")
				}
			}
		}
		b.cfg.Callbacks[key.text] = callback
	})
	b.afterCrash(n)
}

// afterCrash refuses two that would call the same customer.
func (b *builder) afterCrash(n *node) {
	first := map[string]string{}
	each(n, func(key, c *node) {
		callback := b.cfg.Callbacks[key.text]
		if !callback.AfterCrash {
			return
		}
		if other, twice := first[callback.Queue]; twice {
			b.wrong(c.get("after_crash"), fmt.Sprintf("%s does that already for the same callers", other))
		}
		first[callback.Queue] = key.text
	})
}

// callbackQueues refuses menus that lead to a callback of which nobody knows whose agents are to call.
func (b *builder) callbackQueues(menus *node) {
	each(menus, func(key, m *node) {
		menu := b.cfg.Menus[key.text]
		for _, a := range append(slices.Collect(maps.Values(menu.Keys)), menu.NoKey, menu.WrongKey) {
			if c := b.cfg.Callbacks[a.Callback]; c != nil && c.Queue == "" && b.cfg.Company.DefaultQueue == "" {
				b.wrong(b.root.get("callbacks", c.Name), fmt.Sprintf("needs queue, since the menu %s leads to it and company.default_queue is not set", key.text))
				return
			}
		}
	})
}

// CallbackAfterCrash is how callers of a queue are called back whose waiting a crash has ended; nil: they aren't.
func (c *Config) CallbackAfterCrash(queue string) *Callback {
	var found *Callback
	for _, name := range slices.Sorted(maps.Keys(c.Callbacks)) {
		if cb := c.Callbacks[name]; cb.AfterCrash && (cb.Queue == queue || cb.Queue == "" && found == nil) {
			found = cb
		}
	}
	return found
}
