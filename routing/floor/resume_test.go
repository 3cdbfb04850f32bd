package floor

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// rows is what the journal has of the agents.
func (b *bench) rows() []fact.Agent {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	latest := map[string]fact.Agent{}
	for _, n := range b.said {
		if n.Kind == AgentChanged {
			latest[n.Agent.User] = n.Agent.Row()
		}
	}
	return slices.Collect(maps.Values(latest))
}

// afterRestart is the floor that goes on from what another has kept.
func afterRestart(t *testing.T, cfg *config.Config, rows []fact.Agent) (*core, *[]Notice) {
	t.Helper()
	var said []Notice
	now := time.Now().UTC()
	c := newCore(cfg, Rounds{}, func() fact.OfferID { return "x" }, func(n Notice) { said = append(said, n) }, now)
	c.restore(rows, now)
	c.introduce(now)
	return c, &said
}

func TestAgentsGoOnAfterARestart(t *testing.T) {
	cfg := testConfig(6, 1)
	onFloor(t, cfg, func(b *bench) {
		idle, ringing, talking, wrapping, away := "a000", "a001", "a002", "a003", "a004"
		call := func(id, user string) Offer {
			b.present(user)
			b.Enqueue(Waiting{Call: fact.CallID(id), Queue: "q00", Since: time.Now()})
			o := b.last(Offered).Offer
			if o.User != user {
				t.Fatalf("%s rings, want %s", o.User, user)
			}
			return o
		}
		o := call("w", wrapping)
		b.Claim(o)
		b.Claim(call("t", talking))
		b.present(away)
		if err := b.SetStatus(away, "away"); err != nil {
			t.Fatal(err)
		}
		b.End("w", true)
		synctest.Wait()
		if err := b.Extend(wrapping); err != nil {
			t.Fatal(err)
		}
		ended := time.Now()
		b.present(ringing)
		time.Sleep(time.Second)
		b.Enqueue(Waiting{Call: "r", Queue: "q00", Since: time.Now()})
		b.Report(b.last(Offered).Offer, Missed, false)
		time.Sleep(roundPause)
		ringFrom := time.Now()
		b.present(idle) // is not rung: the round has begun
		synctest.Wait()
		rows := b.rows()
		time.Sleep(10 * time.Second) // the server is down
		c, said := afterRestart(t, cfg, append(rows, fact.Agent{User: "gone", Status: "available"}))
		now := time.Now()
		for user, want := range map[string]struct {
			state AgentState
			since time.Time
		}{
			idle:     {AgentState{Status: Available}, ringFrom},
			ringing:  {AgentState{Status: Available, Missed: 1}, now},
			talking:  {AgentState{Status: Available, Activity: WrappingUp}, now},
			wrapping: {AgentState{Status: Available, Activity: WrappingUp}, ended},
			away:     {AgentState{Status: Away}, ended},
			"a005":   {AgentState{}, ended},
		} {
			a := c.agents[user]
			if a.state != want.state || !a.since.Equal(want.since) || a.phones != 0 {
				t.Errorf("%s is %+v since %v, want %+v since %v", user, a.state, a.since, want.state, want.since)
			}
		}
		if w := c.agents[wrapping].wrapUp; w == nil || !w.Until.Equal(ended.Add(40*time.Second)) || w.Call != "w" {
			t.Errorf("wrap-up is %+v, want it to end as it would have", w)
		}
		if w := c.agents[talking].wrapUp; w == nil || !w.Until.Equal(now.Add(30*time.Second)) || w.Call != "t" {
			t.Errorf("who was cut off has the wrap-up %+v", w)
		}
		if a := c.agents[ringing]; !a.idleFrom.Before(ringFrom) {
			t.Errorf("who was ringing is idle from %v only", a.idleFrom)
		}
		c.tick(ended.Add(40 * time.Second))
		moved := 0
		for _, n := range *said {
			if n.Kind == WrapUpEnded && n.Agent.User == wrapping {
				moved++
			}
		}
		if a := c.agents[wrapping]; moved != 1 || a.state.Activity != Idle {
			t.Errorf("%s is %s after the deadline, said %d times", wrapping, a.state.Activity, moved)
		}
		c.reachable(wrapping, 1, now)
		if _, ok := c.agents[wrapping].candidate(); !ok {
			t.Errorf("%s can't be offered a call once a phone has registered", wrapping)
		}
	})
}

func TestNoWrapUpAfterARestartWhereThereIsNone(t *testing.T) {
	cfg := testConfig(1, 1)
	cfg.Queues["q00"].WrapUp.Time = 0
	c, _ := afterRestart(t, cfg, []fact.Agent{{User: "a000", Status: "available", Activity: "talking", Call: "c", Queue: "q00"}})
	if a := c.agents["a000"]; a.state != (AgentState{Status: Available}) || a.offer.Call != "" {
		t.Errorf("%+v", a)
	}
	c, _ = afterRestart(t, cfg, []fact.Agent{{User: "a000", Status: "?"}, {User: "nobody", Status: "away"}})
	if a := c.agents["a000"]; a.state != (AgentState{}) {
		t.Errorf("a row that can't be read changed %+v", a)
	}
}
