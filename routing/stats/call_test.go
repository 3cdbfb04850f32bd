package stats

import (
	"testing"
	"time"

	"mediasrv/routing/fact"
)

// A call that is put into the queue where it is stays the same visit: the floor may be told twice.
func TestSameQueueTwice(t *testing.T) {
	var c Call
	at := time.Unix(1000, 0)
	for i, kind := range []fact.EventKind{fact.Queued, fact.Queued, fact.Queued} {
		c.Add(fact.Event{At: at.Add(time.Duration(i) * time.Second), Kind: kind, Queue: "a"})
	}
	if len(c.Visits) != 1 || c.Visits[0].At != at || c.Visits[0].Wait(at.Add(5*time.Second)) != 5*time.Second {
		t.Errorf("%+v", c.Visits)
	}
}

func TestEveryEndIsAnOutcome(t *testing.T) {
	for why, want := range map[fact.EndReason]Outcome{
		fact.EndCallerHungUp: Abandoned, fact.EndCallerGone: Abandoned, fact.EndMediaLost: Abandoned, fact.EndTransport: Abandoned, fact.EndTimeout: Abandoned,
		fact.EndLongestWait: TimedOut, fact.EndCompleted: Overflowed, fact.EndShutdown: Failed, fact.EndCrash: Failed, fact.EndInternal: Failed,
	} {
		c := Call{}
		c.Add(fact.Event{At: time.Unix(1, 0), Kind: fact.Queued, Queue: "a"})
		c.Add(fact.Event{At: time.Unix(2, 0), Kind: fact.CallEnded, Detail: why.String()})
		if got := c.Visits[0].Outcome; got != want {
			t.Errorf("%s: %d, want %d", why, got, want)
		}
	}
}

// Aiko holds twice, passes the call to ben, who gives it to a number; what each did is counted as theirs.
func TestHoldAndTransfer(t *testing.T) {
	var c Call
	at := func(s int64) time.Time { return time.Unix(1000+s, 0) }
	for _, e := range []struct {
		at    int64
		kind  fact.EventKind
		agent string
	}{
		{0, fact.Queued, ""},
		{1, fact.Offered, "aiko"},
		{5, fact.AgentAnswered, "aiko"},
		{10, fact.HoldBegan, "aiko"},
		{13, fact.HoldEnded, "aiko"},
		{20, fact.HoldBegan, "aiko"},
		{30, fact.TransferBegan, "aiko"},
		{30, fact.WrapUpBegan, "aiko"},
		{40, fact.Transferred, "ben"},
		{45, fact.WrapUpEnded, "aiko"},
		{70, fact.AgentLeft, "ben"},
		{80, fact.Transferred, ""},
		{500, fact.CallEnded, ""},
	} {
		c.Add(fact.Event{At: at(e.at), Kind: e.kind, Agent: e.agent, Queue: "a", Detail: fact.EndCallerHungUp.String()})
	}
	c.Sum(at(1000))
	aiko := Work{Talk: 12 * time.Second, Hold: 13 * time.Second, WrapUp: 15 * time.Second, Transferred: true}
	if len(c.Visits) != 1 || c.Visits[0].Work != aiko || len(c.Offers) != 2 || c.Offers[0].Work != aiko {
		t.Errorf("%+v %+v", c.Visits, c.Offers)
	}
	if o := c.Offers[1]; o.Agent != "ben" || o.Outcome != Taken || o.At != at(40) || o.Work != (Work{Talk: 30 * time.Second, Transferred: true}) {
		t.Errorf("%+v", o)
	}
}

func TestTakeOver(t *testing.T) {
	var c Call
	at := func(s int64) time.Time { return time.Unix(1000+s, 0) }
	for i, e := range []fact.Event{
		{Kind: fact.Queued},
		{Kind: fact.Offered, Agent: "aiko"},
		{Kind: fact.AgentAnswered, Agent: "aiko"},
		{Kind: fact.TakenOver, Agent: "dana"},
		{Kind: fact.CallEnded, Detail: fact.EndCallerHungUp.String()},
	} {
		e.At = at(int64(i))
		c.Add(e)
	}
	c.Sum(at(9))
	if a, d := c.Offers[0].Work, c.Offers[1].Work; a != (Work{Talk: time.Second, Transferred: true}) || d != (Work{Talk: time.Second}) {
		t.Errorf("%+v %+v", a, d)
	}
}
