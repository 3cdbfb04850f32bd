package floor

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

func TestFullQueue(t *testing.T) {
	cfg := testConfig(1, 1)
	cfg.Queues["q00"].MaxWaiting.Calls = 2
	onFloor(t, cfg, func(b *bench) {
		enter := func(call string, how func(*Waiting)) int {
			w := Waiting{Call: fact.CallID(call), Queue: "q00", Since: time.Now()}
			how(&w)
			b.Enqueue(w)
			return b.count(Overflowed)
		}
		plain := func(*Waiting) {}
		b.present("a000")
		enter("rings", plain)
		enter("1", plain)
		if n := enter("2", plain); n != 0 {
			t.Fatal("who rings counts as waiting")
		}
		enter("ghost", func(w *Waiting) { w.Again, w.Ghost = true, Ghost{Callback: "b"} })
		b.End("2", false)
		if n := enter("2", plain); n != 0 {
			t.Fatal("who is to be called back counts as waiting")
		}
		if n := enter("3", plain); n != 1 || b.last(Overflowed).Call != "3" || b.last(Overflowed).Why != "2 wait already" {
			t.Fatalf("%d overflows: %+v", n, b.last(Overflowed))
		}
		if n := enter("back", func(w *Waiting) { w.Front = true }); n != 1 {
			t.Error("who had an agent is turned away")
		}
		if n := enter("again", func(w *Waiting) { w.Again = true }); n != 1 {
			t.Error("who had a place is turned away")
		}
		if q := b.last(QueueChanged).Queue; q.Waiting != 5 {
			t.Errorf("%d wait", q.Waiting)
		}
	})
}

// A file that is read again brings new skills and new ways out; who waits with an older one that had none stays.
func TestSkillsAndOverflowsOfANewFile(t *testing.T) {
	cfg := testConfig(2, 1)
	onFloor(t, cfg, func(b *bench) {
		next := testConfig(2, 1)
		next.Queues["q00"].Skills = []config.SkillNeed{{Skill: "x", Level: 2}}
		next.Queues["q00"].NoAgents = config.NoAgents{When: config.LoggedOut, After: time.Second, Then: config.Action{HangUp: true}}
		next.Users["a001"].Skills = map[string]int{"x": 2}
		b.Enqueue(Waiting{Call: "old", Queue: "q00", Since: time.Now(), Stays: true})
		b.Enqueue(Waiting{Call: "new", Queue: "q00", Since: time.Now()})
		b.Apply(next)
		time.Sleep(time.Second)
		if n := b.last(Deserted); b.count(Deserted) != 1 || n.Call != "new" {
			t.Errorf("%d were sent away: %+v", b.count(Deserted), n)
		}
		b.present("a000")
		b.present("a001")
		if all := b.offers(); len(all) != 1 || all[0].User != "a001" {
			t.Errorf("%+v", all)
		}
		b.Apply(cfg)
		b.Report(b.last(Offered).Offer, Refused, false)
		if all := b.offers(); len(all) != 2 || all[1].User != "a000" {
			t.Errorf("the skill is still wanted: %+v", all)
		}
	})
}

func TestNobodyThere(t *testing.T) {
	for when, thereWhenAway := range map[string]bool{config.LoggedOut: true, config.Unavailable: false} {
		cfg := testConfig(2, 1)
		cfg.Queues["q00"].NoAgents = config.NoAgents{When: when, After: 10 * time.Second, Then: config.Action{HangUp: true}}
		onFloor(t, cfg, func(b *bench) {
			calls := 0
			enter := func() {
				calls++
				b.Enqueue(Waiting{Call: fact.CallID(fmt.Sprint(calls)), Queue: "q00", Since: time.Now()})
				synctest.Wait()
			}
			gone := func(want int, what string) {
				t.Helper()
				if n := b.count(Deserted); n != want {
					t.Errorf("%s: %d were sent away, want %d: %s", when, n, want, what)
				}
			}
			enter()
			time.Sleep(10*time.Second - time.Millisecond)
			gone(0, "a page may still come")
			time.Sleep(time.Millisecond)
			gone(1, "nobody came")
			enter()
			gone(2, "nobody is there for the next one")
			b.present("a000")
			enter()
			b.Claim(b.last(Offered).Offer)
			enter()
			time.Sleep(time.Minute)
			gone(2, "somebody is in a call")
			b.Reachable("a000", 0) // the desk phone's registration ends in the call
			time.Sleep(time.Minute)
			gone(2, "somebody is in a call still")
			b.Reachable("a000", 1)
			if err := b.SetStatus("a000", "away"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			if thereWhenAway {
				gone(2, "an agent who is away is there")
				b.LoggedOut("a000")
				time.Sleep(time.Minute)
			}
			gone(3, "nobody is there")
			b.present("a001")
			enter()
			gone(3, "somebody is there again")
			b.Leave(fact.CallID(fmt.Sprint(calls)))
			b.Reachable("a001", 0)
			time.Sleep(time.Minute)
			enter()
			gone(4, "the last phone is gone")
		})
	}
}
