package floor

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
)

func ringAll(agents int) *config.Config {
	cfg := testConfig(agents, 1)
	cfg.Queues["q00"].Ring = config.RingAll
	return cfg
}

// offers are all offers made so far.
func (b *bench) offers() []Offer {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []Offer
	for _, n := range b.said {
		if n.Kind == Offered {
			all = append(all, n.Offer)
		}
	}
	return all
}

func (b *bench) activities(want ...Activity) {
	b.t.Helper()
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	got := map[string]string{}
	for _, n := range b.said {
		if n.Kind == AgentChanged {
			got[n.Agent.User] = n.Agent.Activity
		}
	}
	for i, a := range want {
		if user := []string{"a000", "a001", "a002"}[i]; got[user] != a.String() {
			b.t.Errorf("%s is %s, want %s", user, got[user], a)
		}
	}
}

// All phones ring; the first who answers has the call, and the others are free at once, through nobody's fault.
func TestTwoAgentsAnswerAtOnce(t *testing.T) {
	onFloor(t, ringAll(3), func(b *bench) {
		b.present("a000")
		b.present("a001")
		b.present("a002")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		all := b.offers()
		if len(all) != 3 {
			t.Fatalf("%d ring, want 3", len(all))
		}
		b.Claim(all[1])
		b.Claim(all[2])
		b.activities(Idle, Talking, Idle)
		if n := b.count(Granted); n != 1 || b.last(Granted).Offer.ID != all[1].ID {
			t.Errorf("%d agents have the call", n)
		}
		if n := b.last(Withdrawn); b.count(Withdrawn) != 2 || !strings.Contains(n.Why, "answered by a001") {
			t.Errorf("%d offers were withdrawn, the last because %q", b.count(Withdrawn), n.Why)
		}
		if n := b.last(Void); b.count(Void) != 1 || n.Offer.ID != all[2].ID {
			t.Errorf("the second answer is not void: %+v", n)
		}
		b.Enqueue(Waiting{Call: "d", Queue: "q00", Since: time.Now()})
		if got := b.offers(); len(got) != 5 || got[3].User != "a000" || got[4].User != "a002" {
			t.Errorf("the next call rings at %+v", got[3:])
		}
	})
}

// One who says no leaves the others ringing; one who comes rings too. Only when nobody is left does the pause begin.
func TestRingAllGoesOnWithoutThoseWhoSayNo(t *testing.T) {
	onFloor(t, ringAll(3), func(b *bench) {
		b.present("a000")
		b.present("a001")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		all := b.offers()
		b.Report(all[0], Refused, false)
		b.activities(Idle, Ringing)
		b.present("a002")
		if all = b.offers(); len(all) != 3 || all[2].User != "a002" {
			t.Fatalf("who came is not rung: %+v", all)
		}
		b.Report(all[1], Missed, false)
		time.Sleep(roundPause)
		b.activities(Idle, Idle, Ringing)
		b.Report(all[2], Failed, false)
		time.Sleep(roundPause - time.Millisecond)
		if n := len(b.offers()); n != 3 {
			t.Errorf("%d offers within the pause", n-3)
		}
		time.Sleep(time.Millisecond)
		if n := len(b.offers()); n != 6 {
			t.Errorf("the next round rings %d, want 3", n-3)
		}
		b.Leave("c")
		b.activities(Idle, Idle, Idle)
	})
}

// A ring-all call's leases end one by one, as those of other calls.
func TestRingAllOfASilentCall(t *testing.T) {
	onFloor(t, ringAll(2), func(b *bench) {
		b.present("a000")
		b.present("a001")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		synctest.Wait()
		time.Sleep(21 * time.Second)
		b.activities(Idle, Idle)
		if n := b.count(Withdrawn); n != 2 {
			t.Errorf("%d offers were withdrawn", n)
		}
	})
}

func TestRingAllRingsFiveAtMost(t *testing.T) {
	onFloor(t, ringAll(7), func(b *bench) {
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		for i := range 7 {
			b.present(fmt.Sprintf("a%03d", i))
		}
		all := b.offers()
		if len(all) != 5 {
			t.Fatalf("%d phones ring", len(all))
		}
		b.Report(all[2], Refused, false)
		if all = b.offers(); len(all) != 6 || all[5].User != "a005" {
			t.Errorf("the next one is not rung: %+v", all)
		}
	})
}
