package config

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// levelMost is the highest level of a skill.
const levelMost = 10

// SkillNeed is a skill that a call wants its agent to have. The level falls while the caller waits.
type SkillNeed struct {
	Skill string    `json:"skill"`
	Level int       `json:"level"`
	Relax []Relaxed `json:"relax"` // by time
}

// Relaxed is the level of a skill that is enough for a caller who has waited for some time; 0: the skill isn't needed any more.
type Relaxed struct {
	After time.Duration `json:"after"`
	Level int           `json:"level"`
}

// At is the level that a caller needs after a wait, and after how long a wait it falls next to which level; no time: never.
func (n SkillNeed) At(waited time.Duration) (level int, next Relaxed) {
	level = n.Level
	for _, r := range n.Relax {
		if waited < r.After {
			return level, r
		}
		level = r.Level
	}
	return level, Relaxed{}
}

// last is the level that is enough for who has waited for long.
func (n SkillNeed) last() int {
	if len(n.Relax) == 0 {
		return n.Level
	}
	return n.Relax[len(n.Relax)-1].Level
}

// JoinNeeds is what a queue wants with what else a call wants: of a skill in both, more holds.
func JoinNeeds(queue, more []SkillNeed) []SkillNeed {
	all := slices.Clone(more)
	for _, n := range queue {
		if !slices.ContainsFunc(more, func(m SkillNeed) bool { return m.Skill == n.Skill }) {
			all = append(all, n)
		}
	}
	slices.SortFunc(all, func(a, b SkillNeed) int { return cmp.Compare(a.Skill, b.Skill) })
	return all
}

// userSkillsKeys is what an agent can do.
func userSkillsKeys() field {
	return field{
		key: "skills", what: &shape{
			expects: "a map of skills and levels such as {japanese: 3}",
			names:   &names{are: "SKILL", check: name, hint: "letters, digits, spaces and . _ - (at most 64)", each: integer(1, levelMost)},
		},
		or: "none", about: "What the user can do, and how well: levels from 1 to 10.",
	}
}

// needsShared documents what skills a call needs once, for queues, numbers and actions.
const needsShared = "SKILLS"

// needKeys is the shape of the skills that a call needs.
func needKeys() *shape {
	level := func(key, about string, least int) field {
		return field{key: key, what: integer(least, levelMost), or: "required", about: about}
	}
	return &shape{
		expects: "a map of skills such as {japanese: {level: 3}}", shared: needsShared,
		names: &names{are: "SKILL", check: name, hint: "letters, digits, spaces and . _ - (at most 64)", each: of(
			level("level", "The least level that an agent must have, 1 to 10.", 1),
			field{key: "relax", what: listOf(of(
				field{key: "after", what: durationIn(time.Second, day), or: "required", about: "Counted from the beginning of the wait."},
				level("level", "Enough from then on; 0: agents without the skill are rung too.", 0),
			)), std: "[]", about: "How the level falls while the caller waits, by time."},
		)},
	}
}

func needsField(about string) field {
	return field{key: "skills", what: needKeys(), or: "none", about: about}
}

// needs reads the skills that a call needs, in the order of their names.
func (b *builder) needs(n *node) []SkillNeed {
	var all []SkillNeed
	each(n, func(key, value *node) {
		need := SkillNeed{Skill: key.text, Level: val(value.get("level"), 0)}
		switch steps := value.get("relax"); {
		case b.mistaken(value):
		case value.get("level") == nil:
			b.wrong(key, "needs a level, such as {level: 3}")
		case steps != nil:
			need.Relax = b.relaxed(need.Level, steps)
		}
		all = append(all, need)
	})
	slices.SortFunc(all, func(x, y SkillNeed) int { return cmp.Compare(x.Skill, y.Skill) })
	return all
}

// relaxed reads the steps by which a level falls.
func (b *builder) relaxed(level int, n *node) []Relaxed {
	var all []Relaxed
	before := Relaxed{Level: level}
	for _, item := range n.items {
		if !item.isMap() {
			continue
		}
		r := Relaxed{After: val(item.get("after"), time.Duration(0)), Level: val(item.get("level"), 0)}
		switch {
		case item.get("after") == nil || item.get("level") == nil:
			b.wrong(item, "needs after and level, such as {after: 30s, level: 2}")
			return nil
		case r.After <= before.After:
			b.wrong(item.get("after"), fmt.Sprintf("%s is not later than the step before it", item.get("after").text))
		case r.Level >= before.Level:
			b.wrong(item.get("level"), fmt.Sprintf("%d is not lower than %d, which holds before it", r.Level, before.Level))
		}
		all, before = append(all, r), r
	}
	return all
}

// skills reads what a user can do.
func skillsOf(n *node) map[string]int {
	all := map[string]int{}
	each(n, func(key, value *node) { all[key.text] = val(value, 1) })
	return all
}

// staffed refuses needs that no agent of a queue will ever meet: callers would wait for nobody.
func (b *builder) staffed(n *node, needs []SkillNeed, queue *Queue) {
	if queue == nil || b.mistaken(n) {
		return
	}
	for _, need := range needs {
		if need.last() == 0 || slices.ContainsFunc(queue.Agents, func(user string) bool { return b.cfg.Users[user].Skills[need.Skill] >= need.last() }) {
			continue
		}
		b.wrong(n.get(need.Skill), fmt.Sprintf("no agent of the queue %s has %s %d: give it to a user, or relax it to 0", queue.Name, need.Skill, need.last()))
	}
}
