package floor

import (
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
)

// cut is the test's file without some users and queues.
func cut(cfg *config.Config, users, queues []string) *config.Config {
	next := *cfg
	next.Users, next.Queues = map[string]*config.User{}, map[string]*config.Queue{}
	gone := map[string]bool{}
	for _, u := range users {
		gone[u] = true
	}
	for name, u := range cfg.Users {
		if !gone[name] {
			next.Users[name] = u
		}
	}
	for name, q := range cfg.Queues {
		kept := *q
		kept.Agents = nil
		for _, a := range q.Agents {
			if !gone[a] {
				kept.Agents = append(kept.Agents, a)
			}
		}
		next.Queues[name] = &kept
	}
	for _, name := range queues {
		delete(next.Queues, name)
	}
	return &next
}

// Named after a failure of others: wrap-up reset by a reload.
func TestWrapUpResetByAReload(t *testing.T) {
	cfg := testConfig(1, 1)
	onFloor(t, cfg, func(b *bench) {
		b.present("a000")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		b.Claim(b.last(Offered).Offer)
		synctest.Wait()
		b.End("c", true)
		until := b.last(WrapUpBegan).Agent.WrapUp.Until
		for range 29 {
			time.Sleep(time.Second)
			next := cut(cfg, nil, nil)
			next.Queues["q00"].WrapUp = config.WrapUp{Time: time.Hour}
			b.Apply(next)
		}
		if b.count(WrapUpEnded) != 0 {
			t.Fatal("the wrap-up ended early")
		}
		time.Sleep(time.Second)
		if n := b.last(WrapUpEnded); !n.At.Equal(until) || b.last(AgentChanged).Agent.Activity != "idle" {
			t.Errorf("ended at %v, want %v", n.At, until)
		}
	})
}

// An agent who is taken out of the file in a call finishes it and the wrap-up, gets no other, and is gone then.
func TestAgentTakenOutOfTheFileFinishesTheCall(t *testing.T) {
	cfg := testConfig(2, 1)
	onFloor(t, cfg, func(b *bench) {
		b.present("a000")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		b.Claim(b.last(Offered).Offer)
		synctest.Wait()
		b.Apply(cut(cfg, []string{"a000"}, nil))
		b.Apply(cut(cfg, []string{"a000"}, nil)) // and again
		b.Enqueue(Waiting{Call: "d", Queue: "q00", Since: time.Now()})
		if b.count(Dropped) != 0 || b.last(AgentChanged).Agent.Activity != "talking" {
			t.Fatal("the agent has lost the call")
		}
		b.End("c", true)
		if b.count(Dropped) != 0 || b.count(WrapUpBegan) != 1 {
			t.Fatal("the agent has no wrap-up")
		}
		time.Sleep(30 * time.Second)
		if b.count(WrapUpEnded) != 1 || b.count(Dropped) != 1 || b.count(Offered) != 1 {
			t.Errorf("%d wrap-ups ended, %d agents dropped, %d offers", b.count(WrapUpEnded), b.count(Dropped), b.count(Offered))
		}
		if b.SetStatus("a000", "available") == nil {
			t.Error("the agent is still there")
		}
		b.present("a001")
		if o := b.last(Offered).Offer; o.Call != "d" || o.User != "a001" {
			t.Errorf("%+v", o)
		}
	})
}

// An agent who is taken out while the phone rings loses the offer; the next one gets the call. One who is new gets calls, too.
func TestOfferOfAnAgentTakenOutOfTheFile(t *testing.T) {
	cfg := testConfig(2, 1)
	onFloor(t, cfg, func(b *bench) {
		b.Apply(cut(cfg, []string{"a001"}, nil))
		b.present("a000")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		first := b.last(Offered).Offer
		b.Apply(cut(cfg, []string{"a000"}, nil))
		if w := b.last(Withdrawn); w.Offer.ID != first.ID || b.count(Dropped) != 2 {
			t.Fatalf("%+v, %d dropped", w, b.count(Dropped))
		}
		b.present("a001")
		if o := b.last(Offered).Offer; o.User != "a001" || o.Call != "c" {
			t.Errorf("%+v", o)
		}
	})
}

// A queue that is taken out of the file serves those who wait in it, and who come because their call began before; then it is gone.
func TestQueueTakenOutOfTheFileServesItsCalls(t *testing.T) {
	cfg := testConfig(1, 2)
	onFloor(t, cfg, func(b *bench) {
		b.Enqueue(Waiting{Call: "c", Queue: "q01", Since: time.Now()})
		synctest.Wait()
		b.Apply(cut(cfg, nil, []string{"q01"}))
		b.Apply(cut(cfg, nil, []string{"q01"}))
		b.Enqueue(Waiting{Call: "d", Queue: "q01", Since: time.Now()})
		if b.count(QueueGone) != 0 {
			t.Fatal("the queue is gone although somebody waits")
		}
		b.present("a000")
		for _, call := range []string{"c", "d"} {
			o := b.last(Offered).Offer
			if string(o.Call) != call || o.Queue != "q01" {
				t.Fatalf("%+v, want %s", o, call)
			}
			b.Claim(o)
			synctest.Wait()
			b.End(o.Call, false)
		}
		if b.count(QueueGone) != 1 {
			t.Error("the queue is not gone")
		}
	})
}
