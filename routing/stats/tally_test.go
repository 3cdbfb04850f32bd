package stats

import (
	"reflect"
	"testing"
	"time"

	"mediasrv/routing/fact"
)

func TestTally(t *testing.T) {
	tally := NewTally()
	at := func(s float64) time.Time { return time.Unix(1000, 0).Add(time.Duration(s * float64(time.Second))) }
	tell := func(call string, s float64, kind fact.EventKind, queue, agent, detail string) {
		tally.Tell(fact.Event{At: at(s), Call: fact.CallID(call), Kind: kind, Queue: queue, Agent: agent, Detail: detail})
	}
	tell("0", 0, fact.CallBegan, "a", "", "") // by a trunk, without a queue: nothing is kept of it
	tell("1", 0, fact.Queued, "a", "", "")
	tell("1", 1, fact.Offered, "a", "aiko", "")
	tell("1", 10, fact.AgentAnswered, "a", "aiko", "")
	tell("1", 40, fact.CallEnded, "a", "aiko", "caller-hung-up")
	tell("1", 40, fact.WrapUpBegan, "a", "aiko", "")
	if len(tally.calls) != 1 {
		t.Errorf("the wrap-up is forgotten: %v", tally.calls)
	}
	tell("1", 50, fact.WrapUpEnded, "a", "aiko", "")
	tally.Released("1", "aiko", at(50))
	tell("2", 0, fact.Queued, "a", "", "")
	tell("2", 7, fact.LeftQueue, "a", "", "")
	tell("2", 7, fact.Queued, "b", "", "")
	tell("2", 2007, fact.CallEnded, "b", "", "caller-gone")
	tell("3", 0, fact.AwayPlayed, "b", "", "")
	tell("3", 9, fact.CallEnded, "b", "", "closed")
	tell("4", 0, fact.Queued, "a", "", "")
	if len(tally.calls) != 1 {
		t.Errorf("calls that are over are kept: %v", tally.calls)
	}
	got := tally.Queues()
	if len(got) != 2 || got[0].Name != "a" || got[0].Offered != 3 || got[0].Closed != 0 || got[1].Offered != 1 || got[1].Closed != 1 ||
		!reflect.DeepEqual(got[0].Ended, map[Outcome]uint64{Answered: 1, Overflowed: 1}) || !reflect.DeepEqual(got[1].Ended, map[Outcome]uint64{Abandoned: 1}) {
		t.Errorf("%+v", got)
	}
	a, b := got[0], got[1]
	if a.Wait.Sum != 10 || a.Wait.Counts[2] != 1 || a.Handling.Sum != 40 || a.Handling.Counts[2] != 1 || b.GaveUp.Sum != 2000 || b.GaveUp.Counts[len(b.GaveUp.Bounds)] != 1 {
		t.Errorf("%+v %+v", a, b)
	}
	got[0].Ended[Answered], got[0].Wait.Counts[2] = 9, 9
	if again := tally.Queues(); again[0].Ended[Answered] != 1 || again[0].Wait.Counts[2] != 1 {
		t.Error("what was given out is the tally's own")
	}
}
