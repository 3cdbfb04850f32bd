package floor

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"
)

// said is why agents were passed over, offer by offer.
func (b *bench) whys() []string {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, n := range b.said {
		if n.Kind == Considered {
			all = append(all, string(n.Call)+"/"+n.Offer.User+": "+n.Why)
		}
	}
	return all
}

func TestWhy(t *testing.T) {
	onFloor(t, testConfig(4, 1), func(b *bench) {
		enter := func(call string) {
			b.Enqueue(Waiting{Call: fact.CallID(call), Queue: "q00", Since: time.Now()})
			synctest.Wait()
		}
		is := func(want string) {
			t.Helper()
			all := b.whys()
			if len(all) == 0 || !strings.HasPrefix(all[len(all)-1], want) {
				t.Errorf("said %q, want %s… last", all, want)
			}
		}
		time.Sleep(time.Minute)
		enter("a")
		is("a/: a000: offline for 1m0s; a001: offline for 1m0s; a002: offline")
		b.Reachable("a000", 1)
		b.present("a001")
		synctest.Wait()
		is("a/a001: a000: offline for 1m0s; a002: offline")
		b.Report(b.last(Offered).Offer, Refused, false)
		is("a/: a000: offline for 1m0s; a001: was rung in this round already") // said once more, since an agent was lost
		time.Sleep(roundPause)
		is("a/a001: a000: offline for 1m5s")
		b.Claim(b.last(Offered).Offer)
		b.present("a000")
		enter("b")
		is("b/a000: a001: in a call; a002: offline")
		b.Report(b.last(Offered).Offer, Refused, false)
		synctest.Wait()
		is("b/: a000: was rung in this round already; a001: in a call")
		before := len(b.whys())
		time.Sleep(time.Second)
		if n := len(b.whys()); n != before {
			t.Errorf("said %d times more with nothing changed", n-before)
		}
		b.End("a", true)
		b.Leave("b")
		enter("c")
		is("c/a000: a001: in wrap-up until 00:01:36; a002: offline")
		b.Report(b.last(Offered).Offer, Failed, true)
		b.Load("a000", 3)
		time.Sleep(time.Minute)
		enter("d")
		is("d/a001: a000: free, but has 3 open conversations, a001 has 0")
	})
}

func TestWhyNamesTwentyAtMost(t *testing.T) {
	onFloor(t, testConfig(30, 1), func(b *bench) {
		b.Enqueue(Waiting{Call: "a", Queue: "q00", Since: time.Now()})
		if all := b.whys(); len(all) != 1 || !strings.HasSuffix(all[0], "; and 10 more") || strings.Count(all[0], ";") != 20 {
			t.Errorf("%q", all)
		}
	})
}
