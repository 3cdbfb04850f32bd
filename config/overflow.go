package config

import (
	"slices"
	"strings"
	"time"
)

// When nobody is there for a queue.
const (
	LoggedOut   = "logged-out"
	Unavailable = "unavailable"
)

// MaxWaiting is what happens to callers who find a queue full.
type MaxWaiting struct {
	Calls int // that may wait; 0: any number
	Then  Action
}

// NoAgents is what happens to callers of a queue that nobody answers.
type NoAgents struct {
	When  string // LoggedOut: every agent is offline or without a phone; Unavailable: none is available, not even one in a call
	After time.Duration
	Then  Action
}

func maxWaitingKey() field {
	return field{key: "max_waiting", what: of(
		field{key: "calls", what: integer(0, 100_000), std: "0", about: "How many callers may wait; 0: any number. Who had an agent already is not counted out."},
		field{key: "then", what: actionKeys(), or: "the call ends", about: "What happens to further callers. A message alone ends the call."},
	), about: "The largest size of the queue."}
}

func noAgentsKey() field {
	return field{key: "no_agents", what: of(
		field{key: "when", what: oneOf([]string{LoggedOut, Unavailable}), std: LoggedOut, about: "`logged-out`: every agent of the queue is offline or has no phone connected; `unavailable`: none is available either, where agents in a call and in wrap-up count by their status."},
		field{key: "after", what: durationIn(0, time.Hour), std: "10s", about: "How long it must have been so: a page that is loaded again is no reason."},
		field{key: "then", what: actionKeys(), or: "they wait", about: "What happens to those who wait and to further callers. A message alone ends the call."},
	), about: "What happens when nobody is there to answer."}
}

func (b *builder) overflows(queue *Queue, n *node) {
	queue.MaxWaiting.Calls = val(n.get("max_waiting", "calls"), 0)
	if then := n.get("max_waiting", "then"); then != nil {
		queue.MaxWaiting.Then = b.action(then)
		if queue.MaxWaiting.Calls == 0 && !b.mistaken(n.get("max_waiting")) {
			b.wrong(then, "never happens: expected calls beside it, such as {calls: 20, then: …}")
		}
	}
	empty := n.get("no_agents")
	queue.NoAgents = NoAgents{When: val(empty.get("when"), LoggedOut), After: val(empty.get("after"), 10*time.Second), Then: b.action(empty.get("then"))}
}

// way is one step of a caller for whom nobody is there and nothing is pressed.
type way struct {
	from, to string // names of queues and menus, told apart by what stands before them
	at       *node
}

// ways are the steps that callers go by overflows, and by menus in which they press nothing.
func (b *builder) ways() []way {
	var all []way
	add := func(from string, at *node) {
		for _, key := range []string{"queue", "menu"} {
			if to := at.get(key); to != nil {
				all = append(all, way{from, key + " " + to.text, to})
			}
		}
	}
	each(b.root.get("queues"), func(key, q *node) {
		add("queue "+key.text, q.get("max_waiting", "then"))
		add("queue "+key.text, q.get("no_agents", "then"))
	})
	each(b.root.get("menus"), func(key, m *node) { add("menu "+key.text, m.get("no_key")) })
	return all
}

// circles refuses overflows by which a caller could go round for ever. Those of menus alone are found with the menus.
func (b *builder) circles() {
	all := b.ways()
	told := map[string]bool{}
	for _, first := range all {
		if !strings.HasPrefix(first.from, "queue ") || told[first.from] {
			continue
		}
		if round := roundFrom(all, first); round != nil {
			for _, place := range round {
				told[place] = true
			}
			b.wrong(first.at, "callers could go round for ever: "+strings.Join(round, ", then "))
		}
	}
}

// roundFrom is the shortest way from a step back to where it begins; nil: there is none.
func roundFrom(all []way, first way) []string {
	trails := [][]string{{first.from, first.to}}
	seen := map[string]bool{}
	for len(trails) > 0 {
		trail := trails[0]
		trails = trails[1:]
		here := trail[len(trail)-1]
		if here == first.from {
			return trail
		}
		if seen[here] {
			continue
		}
		seen[here] = true
		for _, w := range all {
			if w.from == here {
				trails = append(trails, append(slices.Clone(trail), w.to))
			}
		}
	}
	return nil
}

// needsOf reads the skills that an action's queue is asked for beyond its own.
func (b *builder) needsOf(a *Action, n *node) {
	skills := n.get("skills")
	if skills == nil {
		return
	}
	if a.Queue == "" && !b.mistaken(n) {
		b.wrong(skills, "is only for callers who go into a queue: expected queue beside it")
	}
	a.Skills = b.needs(skills)
	b.asked = append(b.asked, asked{skills, a.Skills, a.Queue})
}

// asked is what a call needs that goes into a queue; whether the queue can give it is known when all queues are.
type asked struct {
	at    *node
	needs []SkillNeed
	queue string
}

func (b *builder) allStaffed() {
	for _, a := range b.asked {
		b.staffed(a.at, a.needs, b.cfg.Queues[a.queue])
	}
}
