package config

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const skilled = `numbers:
  "+815012345678": {to: {queue: support}, skills: {english: {level: 2}}}
queues:
  support:
    agents: [aiko, ben]
    ring: top-down
    skills:
      japanese: {level: 3, relax: [{after: 30s, level: 2}, {after: 2m, level: 0}]}
    max_waiting: {calls: 2, then: {say: full}}
    no_agents: {when: unavailable, after: 5s, then: {queue: sales, skills: {english: {level: 1}}}}
  sales: {agents: [ben]}
users:
  aiko: {skills: {japanese: 2, english: 4}}
  ben: {skills: {english: 1}}
`

func TestQueuesOfSkills(t *testing.T) {
	cfg := mustRead(t, skilled)
	q := cfg.Queues["support"]
	japanese := SkillNeed{Skill: "japanese", Level: 3, Relax: []Relaxed{{30 * time.Second, 2}, {2 * time.Minute, 0}}}
	if !reflect.DeepEqual(q.Skills, []SkillNeed{japanese}) || q.Ring != RingTopDown || cfg.Users["aiko"].Skills["japanese"] != 2 {
		t.Errorf("%+v %+v", q, cfg.Users["aiko"])
	}
	if m := q.MaxWaiting; m.Calls != 2 || m.Then.Message.Say != "full" || m.Then.Leads() {
		t.Errorf("%+v", m)
	}
	if n := q.NoAgents; n.When != Unavailable || n.After != 5*time.Second || n.Then.Queue != "sales" || n.Then.Skills[0].Level != 1 {
		t.Errorf("%+v", n)
	}
	if s := cfg.Queues["sales"]; s.Ring != RingOne || s.NoAgents.When != LoggedOut || s.NoAgents.After != 10*time.Second || !s.NoAgents.Then.Empty() || s.MaxWaiting.Calls != 0 {
		t.Errorf("%+v", s)
	}
	for waited, want := range map[time.Duration]int{0: 3, 30*time.Second - 1: 3, 30 * time.Second: 2, 2 * time.Minute: 0, time.Hour: 0} {
		if got, _ := japanese.At(waited); got != want {
			t.Errorf("after %v the level is %d, want %d", waited, got, want)
		}
	}
	if _, next := japanese.At(time.Minute); next.After != 2*time.Minute {
		t.Errorf("the next step is %+v", next)
	}
	more := []SkillNeed{{Skill: "japanese", Level: 5}, {Skill: "a", Level: 1}}
	if got := JoinNeeds(q.Skills, more); len(got) != 2 || got[0].Skill != "a" || got[1].Level != 5 {
		t.Errorf("joined: %+v", got)
	}
}

func TestMistakesOfQueues(t *testing.T) {
	for _, tt := range []struct{ old, with, want string }{
		{"ring: top-down", "ring: al", `6:11: queues.support.ring: "al" is not known; did you mean all?`},
		{"level: 3, relax", "level: 11, relax", `8:25: queues.support.skills.japanese.level: 11 is out of range`},
		{"japanese: {level: 3, relax", "japanese: {relax", `8:7: queues.support.skills.japanese: needs a level`},
		{"after: 2m", "after: 30s", `8:68: queues.support.skills.japanese.relax[1].after: 30s is not later than the step before it`},
		{"{after: 30s, level: 2}", "{after: 30s, level: 3}", `8:56: queues.support.skills.japanese.relax[0].level: 3 is not lower than 3`},
		{"{after: 30s, level: 2}", "{after: 30s}", `8:36: queues.support.skills.japanese.relax[0]: needs after and level`},
		{"{after: 2m, level: 0}", "{after: 2m, level: 1}", ``},
		{", {after: 2m, level: 0}]", "]", ``},
		{"relax: [{after: 30s, level: 2}, {after: 2m, level: 0}]", "relax: []", `8:17: queues.support.skills.japanese: no agent of the queue support has japanese 3`},
		{"english: {level: 2}", "english: {level: 5}", `2:61: numbers.+815012345678.skills.english: no agent of the queue support has english 5`},
		{"{queue: sales, skills: {english: {level: 1}}}", "{queue: sales, skills: {english: {level: 2}}}", `10:86: queues.support.no_agents.then.skills.english: no agent of the queue sales has english 2`},
		{"{queue: sales, skills:", "{hang_up: true, skills:", `10:77: queues.support.no_agents.then.skills: is only for callers who go into a queue`},
		{"{calls: 2, then", "{then", `9:25: queues.support.max_waiting.then: never happens: expected calls beside it`},
		{"then: {say: full}", "then: {queue: support}", `9:43: queues.support.max_waiting.then.queue: callers could go round for ever: queue support, then queue support`},
		{"sales: {agents: [ben]}", "sales: {agents: [ben], max_waiting: {calls: 1, then: {queue: support}}}", `10:61: queues.support.no_agents.then.queue: callers could go round for ever: queue support, then queue sales, then queue support`},
		{"then: {say: full}", "then: {queue: nowhere}", `9:43: queues.support.max_waiting.then.queue: there is no queue "nowhere"`},
		{"after: 5s", "after: 2h", `10:43: queues.support.no_agents.after: 2h is out of range`},
		{"when: unavailable", "when: gone", `10:23: queues.support.no_agents.when: "gone" is not known`},
		{"aiko: {skills: {japanese: 2", "aiko: {skills: {japanese: 0", `13:29: users.aiko.skills.japanese: 0 is out of range`},
		{"agents: [aiko, ben]\n", "agents: [aiko, ben]\n    ring_timeout: 2s\n", `6:19: queues.support.ring_timeout: 2s is out of range`},
		{"agents: [aiko, ben]\n", "agents: [aiko, ben]\n    ring_timeout: 61s\n", `6:19: queues.support.ring_timeout: 61s is out of range`},
		{"agents: [aiko, ben]\n", "agents: [aiko, ben]\n    ring_timeout: 60s\n", ``},
	} {
		if !strings.Contains(skilled, tt.old) {
			t.Fatalf("%q is not in the file", tt.old)
		}
		got := mistakesOf(t, strings.Replace(skilled, tt.old, tt.with, 1))
		if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], tt.want)) {
			t.Errorf("%s\n got  %q\n want %s…", tt.with, got, tt.want)
		}
	}
	menu := skilled + "menus: {m: {keys: {1: {queue: sales}}, no_key: {queue: support}}}\n"
	got := mistakesOf(t, strings.Replace(menu, "then: {say: full}", "then: {menu: m}", 1))
	if len(got) != 1 || !strings.Contains(got[0], "queue support, then menu m, then queue support") {
		t.Errorf("%q", got)
	}
}
