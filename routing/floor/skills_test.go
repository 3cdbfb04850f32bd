package floor

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
)

// skilled has a queue that wants japanese 3, after 30 s 2, after a minute none. a000 has 1, a001 2, a002 4.
func skilled() *config.Config {
	cfg := testConfig(3, 1)
	cfg.Queues["q00"].Skills = []config.SkillNeed{
		{Skill: "japanese", Level: 3, Relax: []config.Relaxed{{After: 30 * time.Second, Level: 2}, {After: time.Minute, Level: 0}}},
	}
	for user, level := range map[string]int{"a000": 1, "a001": 2, "a002": 4} {
		cfg.Users[user].Skills = map[string]int{"japanese": level}
	}
	return cfg
}

func TestSkillsRelaxOverTime(t *testing.T) {
	onFloor(t, skilled(), func(b *bench) {
		b.present("a000")
		b.present("a001")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		synctest.Wait()
		if n := len(b.offers()); n != 0 {
			t.Fatal("rung without the skill")
		}
		if why := b.last(Considered).Why; !strings.Contains(why, "a000: lacks skill japanese 3 (has 1), relaxes to 2 at 00:00:30; a001: lacks skill japanese 3 (has 2), relaxes") {
			t.Errorf("said %q", why)
		}
		time.Sleep(30*time.Second - time.Millisecond)
		if n := len(b.offers()); n != 0 {
			t.Fatal("rung too early")
		}
		time.Sleep(time.Millisecond)
		all := b.offers()
		if len(all) != 1 || all[0].User != "a001" {
			t.Fatalf("after 30 s %+v", all)
		}
		if why := b.last(Considered).Why; !strings.Contains(why, "a000: lacks skill japanese 2 (has 1), relaxes to 0 at 00:01:00") {
			t.Errorf("said %q", why)
		}
		b.Report(all[0], Refused, false)
		time.Sleep(30 * time.Second) // a round begins every 5 s for a001 alone
		for _, o := range b.offers()[1:] {
			b.Report(o, Refused, false)
		}
		synctest.Wait()
		if o := b.last(Offered).Offer; o.User != "a000" || o.At.Second() != 0 {
			t.Errorf("after a minute %s is rung at %v", o.User, o.At)
		}
	})
}

// What a call wants besides is wanted from the beginning of its wait, also where that was in another queue.
func TestSkillsOfACall(t *testing.T) {
	cfg := testConfig(2, 1)
	cfg.Users["a000"].Skills = map[string]int{"vip": 1}
	onFloor(t, cfg, func(b *bench) {
		need := []config.SkillNeed{{Skill: "vip", Level: 1, Relax: []config.Relaxed{{After: time.Minute}}}}
		b.present("a001")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now(), Skills: need})
		b.Enqueue(Waiting{Call: "d", Queue: "q00", Since: time.Now().Add(-time.Minute), Skills: need})
		if all := b.offers(); len(all) != 1 || all[0].Call != "d" {
			t.Errorf("%+v", all)
		}
		b.present("a000")
		if all := b.offers(); len(all) != 2 || all[1].Call != "c" || all[1].User != "a000" {
			t.Errorf("%+v", all)
		}
	})
}

func TestWhyTopDown(t *testing.T) {
	cfg := testConfig(2, 1)
	cfg.Queues["q00"].Ring = config.RingTopDown
	cfg.Queues["q00"].Agents = []string{"a001", "a000"}
	onFloor(t, cfg, func(b *bench) {
		b.present("a000")
		b.present("a001")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		if all := b.offers(); len(all) != 1 || all[0].User != "a001" {
			t.Errorf("%+v", all)
		}
		if why := b.last(Considered).Why; why != "a000: free, but a001 stands before in the list" {
			t.Errorf("said %q", why)
		}
	})
}
