package floor

import (
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"
)

func (b *bench) placeIs(call string, position int, wait time.Duration) {
	b.t.Helper()
	synctest.Wait()
	got, ok := b.Place(fact.CallID(call))
	if !ok || got.Position != position || got.Wait != wait {
		b.t.Errorf("%s: %+v %v, want position %d and %s", call, got, ok, position, wait)
	}
}

func TestPlace(t *testing.T) {
	cfg := testConfig(2, 1)
	cfg.Queues["q00"].WrapUp.Time = 0
	onFloor(t, cfg, func(b *bench) {
		enter := func(call string) {
			b.Enqueue(Waiting{Call: fact.CallID(call), Queue: "q00", Since: time.Now()})
			time.Sleep(time.Second)
		}
		enter("a")
		enter("b")
		b.placeIs("a", 1, -1) // nobody is there
		b.placeIs("b", 2, -1)
		if _, ok := b.Place("x"); ok {
			t.Error("a call that doesn't wait has a place")
		}
		b.present("a000")
		b.placeIs("a", 1, 0) // rings already
		b.placeIs("b", 2, 90*time.Second)
		b.Claim(b.last(Offered).Offer)
		b.placeIs("b", 1, 90*time.Second) // half a call of 3 minutes
		enter("c")
		b.placeIs("c", 2, 270*time.Second)
		b.present("a001") // rings for b
		b.placeIs("b", 1, 0)
		b.placeIs("c", 2, 45*time.Second) // two are at work now
		b.Leave("b")
		time.Sleep(29 * time.Second) // a has been answered for 30 s
		b.End("a", true)
		b.placeIs("c", 1, 0)
	})
}

func TestPaceLeansOnRecentCalls(t *testing.T) {
	var p pace
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	if got := p.average(); got != handling {
		t.Errorf("without calls %s", got)
	}
	for i := range 100 {
		p.handled(time.Minute, at.Add(time.Duration(i)*time.Second))
	}
	if got := p.average(); len(p.spent) != paceKept || got < time.Minute || got > 80*time.Second {
		t.Errorf("%d calls of a minute: %s", len(p.spent), got)
	}
	p.handled(time.Minute, at.Add(2*time.Hour))
	if len(p.spent) != 1 {
		t.Errorf("%d calls, want those of the last hour only", len(p.spent))
	}
}
