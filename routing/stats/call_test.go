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
