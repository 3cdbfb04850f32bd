package floor

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// The size of the floor that is measured.
const (
	crowdAgents  = 500
	crowdQueues  = 50
	crowdWaiting = 2000
)

// crowd is a busy floor: every agent talks, and as many calls wait as may.
type crowd struct {
	*Floor
	offers  chan Offer
	talking []fact.CallID // who was answered first stands first
	calls   int
	ids     int
	stop    func()
}

func newCrowd(b *testing.B) *crowd {
	b.Helper()
	c := &crowd{offers: make(chan Offer, crowdAgents)}
	cfg := testConfig(crowdAgents, crowdQueues)
	for _, q := range cfg.Queues {
		q.WrapUp.Time = 0
	}
	c.Floor = New(Options{Config: cfg, NewID: func() fact.OfferID { c.ids++; return fact.OfferID(fmt.Sprint(c.ids)) }, Out: func(n Notice) {
		if n.Kind == Offered {
			c.offers <- n.Offer
		}
	}})
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Run(ctx)
	}()
	c.stop = func() { stop(); <-done }
	for range crowdAgents + crowdWaiting {
		c.comes()
	}
	for user := range cfg.Users {
		c.Reachable(user, 1)
		if err := c.SetStatus(user, "available"); err != nil {
			b.Fatal(err)
		}
		c.answers(<-c.offers)
	}
	return c
}

// comes is one more call that waits.
func (c *crowd) comes() {
	c.calls++
	c.Enqueue(Waiting{Call: fact.CallID(fmt.Sprintf("c%08d", c.calls)), Queue: fmt.Sprintf("q%02d", c.calls%crowdQueues), Since: time.Now()})
}

// answers is an agent who picks up.
func (c *crowd) answers(o Offer) {
	c.Claim(o)
	c.talking = append(c.talking, o.Call)
}

// BenchmarkFreedAgent is the time from the end of an agent's call to the decision whose phone rings for whom, with 500 agents and 2,000 waiting calls in
// 50 queues: one agent at a time, and 50 agents at the same moment. The issue allows 50 ms for the slowest in a hundred.
func BenchmarkFreedAgent(b *testing.B) {
	for _, atOnce := range []int{1, 50} {
		b.Run(fmt.Sprintf("%d-at-once", atOnce), func(b *testing.B) {
			c := newCrowd(b)
			defer c.stop()
			var taken []time.Duration
			for b.Loop() {
				freed := time.Now()
				for _, call := range c.talking[:atOnce] {
					c.End(call, true)
				}
				c.talking = c.talking[atOnce:]
				for range atOnce {
					o := <-c.offers
					taken = append(taken, time.Since(freed))
					c.answers(o)
					c.comes()
				}
				c.settled()
			}
			slices.Sort(taken)
			for name, share := range map[string]int{"p50": 50, "p99": 99} {
				b.ReportMetric(float64(taken[(len(taken)-1)*share/100].Microseconds()), "µs-"+name)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// settled waits until the floor has done all that it was told.
func (c *crowd) settled() { c.Place("") }
