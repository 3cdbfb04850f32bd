package floor

import (
	"errors"
	"testing"
)

// want is AgentState.On said in another way: what each event makes of the activity, and of the status.
func want(s AgentState, e AgentEvent) (AgentState, bool) {
	type cell struct {
		from []Activity
		to   Activity
	}
	moves := map[AgentEvent]cell{
		WasOffered: {[]Activity{Idle}, Ringing}, DidAnswer: {[]Activity{Ringing}, Talking}, DidRefuse: {[]Activity{Ringing}, Idle},
		DidMiss: {[]Activity{Ringing}, Idle}, LostOffer: {[]Activity{Ringing}, Idle}, NoMicrophone: {[]Activity{Ringing}, Idle},
		TalkEnded: {[]Activity{Talking}, WrappingUp}, TalkDropped: {[]Activity{Talking}, Idle}, WrapUpIsOver: {[]Activity{WrappingUp}, Idle},
		WasRecalled: {[]Activity{WrappingUp}, Ringing}, WasSummoned: {[]Activity{Idle}, Ringing}, WrapUpAgain: {[]Activity{Idle}, WrappingUp},
	}
	chosen := map[AgentEvent]Status{ChoseAvailable: Available, ChoseBusy: Busy, ChoseAway: Away, ChoseOffline: Offline}
	if status, ok := chosen[e]; ok {
		return AgentState{Status: status, Activity: s.Activity}, true
	}
	m := moves[e]
	if s.Activity != m.from[0] || e == WasOffered && s.Status != Available {
		return s, false
	}
	next := AgentState{Status: s.Status, Activity: m.to, Missed: s.Missed}
	if e == DidAnswer || e == DidRefuse || e == NoMicrophone {
		next.Missed = 0
	}
	if e == DidMiss {
		next.Missed = s.Missed + 1
	}
	if (e == NoMicrophone || next.Missed == 2) && s.Status == Available {
		next.Status = Away
	}
	if next.Missed == 2 {
		next.Missed = 0
	}
	return next, true
}

func TestEveryCellOfTheAgentTable(t *testing.T) {
	cells := 0
	for status := Offline; status <= Away; status++ {
		for activity := Idle; activity <= WrappingUp; activity++ {
			for missed := range uint8(2) {
				for e := ChoseAvailable; e <= WrapUpAgain; e++ {
					s := AgentState{status, activity, missed}
					got, err := s.On(e)
					next, ok := want(s, e)
					if got != next || (err == nil) != ok || err != nil && !errors.Is(err, ErrImpossible) {
						t.Errorf("%v on %d: got %v, %v; want %v, %v", s, e, got, err, next, ok)
					}
					cells++
				}
			}
		}
	}
	if cells != 4*4*2*16 {
		t.Errorf("visited %d cells", cells)
	}
}

func TestStatusNames(t *testing.T) {
	for s := Offline; s <= Away; s++ {
		if got, ok := ParseStatus(s.String()); !ok || got != s {
			t.Errorf("%v is read as %v, %v", s, got, ok)
		}
	}
	if _, ok := ParseStatus("asleep"); ok {
		t.Error("asleep is a status")
	}
}
