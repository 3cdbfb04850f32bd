package floor

import (
	"fmt"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// serves lets agents answer whatever rings, talk for 10 s, and says whom they got in which order. Wrap-ups end at once.
func (b *bench) serves(n int) []fact.CallID {
	b.t.Helper()
	var served []fact.CallID
	seen := map[fact.OfferID]bool{}
	for range 1000 {
		for _, o := range b.offers() {
			if seen[o.ID] {
				continue
			}
			seen[o.ID] = true
			served = append(served, o.Call)
			b.Claim(o)
			time.Sleep(10 * time.Second)
			b.End(o.Call, true)
			_ = b.Finish(o.User, fact.WrapUpResult{})
			if len(served) == n {
				return served
			}
		}
		time.Sleep(time.Second)
	}
	b.t.Fatalf("%d were served: %v, want %d", len(served), served, n)
	return nil
}

// Known failure of others: callbacks starve live callers. However many are due, a caller who comes gets the next free agent, by inbound-first; where callers keep
// their places, a new one is behind those who came before, and before those who asked later.
func TestCallbacksStarveLiveCallers(t *testing.T) {
	for name, last := range map[string]bool{"inbound-first": true, "queue-position": false} {
		t.Run(name, func(t *testing.T) {
			onFloor(t, testConfig(1, 1), func(b *bench) {
				ghost := func(i int) {
					id := fmt.Sprintf("b%02d", i)
					b.Enqueue(Waiting{Call: fact.CallID(id), Queue: "q00", Since: time.Now(), Priority: i % 3, Ghost: Ghost{Callback: fact.CallbackID(id), Last: last}})
					time.Sleep(time.Second)
				}
				for i := range 20 {
					ghost(i)
				}
				b.Enqueue(Waiting{Call: "live", Queue: "q00", Since: time.Now(), Priority: 0})
				time.Sleep(time.Second)
				for i := 20; i < 40; i++ {
					ghost(3 * i) // of the caller's own priority, and later
				}
				b.present("a000")
				want := 0
				if !last {
					want = 20 // only those who asked before
				}
				served := b.serves(want + 1)
				if at := len(served) - 1; served[at] != "live" {
					t.Errorf("the caller is not served after %d callbacks: %v", want, served)
				}
			})
		})
	}
}

// Nor do live callers starve callbacks beyond the rules: one that waits behind all callers has the agent whom none of them may have, and the first agent when
// nobody waits; one that keeps its place has it before whoever came later.
func TestLiveCallersStarveCallbacks(t *testing.T) {
	t.Run("an agent for whom no caller waits", func(t *testing.T) {
		onFloor(t, testConfig(2, 2), func(b *bench) {
			cfg := testConfig(2, 2)
			cfg.Queues["q00"].Agents, cfg.Queues["q01"].Agents = []string{"a000"}, []string{"a001"}
			b.Apply(cfg)
			for i := range 30 {
				b.Enqueue(Waiting{Call: fact.CallID(fmt.Sprint("live", i)), Queue: "q00", Since: time.Now()})
			}
			b.Enqueue(Waiting{Call: "back", Queue: "q01", Since: time.Now(), Ghost: Ghost{Callback: "b", Last: true}})
			b.present("a001")
			if o := b.last(Offered).Offer; o.Callback != "b" || o.User != "a001" {
				t.Errorf("the offer is %+v", o)
			}
		})
	})
	t.Run("queue-position", func(t *testing.T) {
		onFloor(t, testConfig(1, 1), func(b *bench) {
			b.Enqueue(Waiting{Call: "back", Queue: "q00", Since: time.Now(), Ghost: Ghost{Callback: "b"}})
			for i := range 30 {
				time.Sleep(time.Second)
				b.Enqueue(Waiting{Call: fact.CallID(fmt.Sprint("live", i)), Queue: "q00", Since: time.Now()})
			}
			b.present("a000")
			if o := b.last(Offered).Offer; o.Callback != "b" {
				t.Errorf("the offer is %+v", o)
			}
		})
	})
	t.Run("nobody waits", func(t *testing.T) {
		onFloor(t, testConfig(1, 1), func(b *bench) {
			b.Enqueue(Waiting{Call: "live", Queue: "q00", Since: time.Now()})
			b.Enqueue(Waiting{Call: "back", Queue: "q00", Since: time.Now().Add(-time.Hour), Ghost: Ghost{Callback: "b", Last: true}})
			b.present("a000")
			if served := b.serves(2); served[0] != "live" || served[1] != "back" {
				t.Errorf("served %v", served)
			}
		})
	})
}
