package floor

import (
	"errors"
	"fmt"
)

// Status is what an agent has chosen to be.
type Status uint8

// The statuses.
const (
	Offline Status = iota
	Available
	Busy
	Away
)

var statusNames = [...]string{Offline: "offline", Available: "available", Busy: "busy", Away: "away"}

func (s Status) String() string { return statusNames[s] }

// ParseStatus reads what String wrote.
func ParseStatus(name string) (Status, bool) {
	for i, n := range statusNames {
		if n == name {
			return Status(i), true
		}
	}
	return Offline, false
}

// Activity is what an agent is doing.
type Activity uint8

// The activities.
const (
	Idle Activity = iota
	Ringing
	Talking
	WrappingUp
)

var activityNames = [...]string{Idle: "idle", Ringing: "ringing", Talking: "talking", WrappingUp: "wrap-up"}

func (a Activity) String() string { return activityNames[a] }

// missesAllowed is how many offers in a row an agent may miss; one more, and the agent is away.
const missesAllowed = 1

// AgentState is the state of an agent. A status that is chosen during a call is in force at once, and has its effect after the call:
// an agent in any activity but Idle is offered nothing.
type AgentState struct {
	Status   Status
	Activity Activity
	Missed   uint8 // offers missed in a row
}

// Free says that the agent can be offered a call, if a phone is registered.
func (s AgentState) Free() bool { return s.Status == Available && s.Activity == Idle }

// AgentEvent is something that happens to an agent.
type AgentEvent uint8

// The events of an agent.
const (
	ChoseAvailable AgentEvent = iota
	ChoseBusy
	ChoseAway
	ChoseOffline // or logged out
	WasOffered   // a phone is to ring
	DidAnswer    // and got the call
	DidRefuse    // said no
	DidMiss      // let it ring out
	LostOffer    // the phone failed, or the offer was taken back
	NoMicrophone // the browser may not use the microphone: counts as refused
	TalkEnded    // and wrap-up begins
	TalkDropped  // and no wrap-up follows
	WrapUpIsOver // by the agent or by time
	WasRecalled  // a call that the agent has transferred comes back in its wrap-up
	WasSummoned  // who is no matter whether available: a supervisor who wants to listen
	WrapUpAgain  // who was recalled did not take the call back
)

// ErrImpossible means that an event can't happen in the state; the state is unchanged.
var ErrImpossible = errors.New("floor: not possible in this state")

// On is the table of an agent's states.
func (s AgentState) On(e AgentEvent) (AgentState, error) {
	switch e {
	case ChoseAvailable:
		return s.chose(Available), nil
	case ChoseBusy:
		return s.chose(Busy), nil
	case ChoseAway:
		return s.chose(Away), nil
	case ChoseOffline:
		return s.chose(Offline), nil
	case WasOffered:
		if s.Free() {
			s.Activity = Ringing
			return s, nil
		}
	case DidAnswer, DidRefuse, DidMiss, LostOffer, NoMicrophone:
		if s.Activity == Ringing {
			return s.afterOffer(e), nil
		}
	case TalkEnded, TalkDropped:
		if s.Activity == Talking {
			s.Activity = Idle
			if e == TalkEnded {
				s.Activity = WrappingUp
			}
			return s, nil
		}
	case WrapUpIsOver, WasRecalled, WasSummoned, WrapUpAgain:
		if from, to := e.turn(); s.Activity == from {
			s.Activity = to
			return s, nil
		}
	}
	return s, fmt.Errorf("%w: event %d while %s", ErrImpossible, e, s.Activity)
}

// turn is what an event does that only changes the activity, from one certain to another.
func (e AgentEvent) turn() (from, to Activity) {
	switch e { //nolint:exhaustive // the others do more
	case WasRecalled:
		return WrappingUp, Ringing
	case WasSummoned:
		return Idle, Ringing
	case WrapUpAgain:
		return Idle, WrappingUp
	}
	return WrappingUp, Idle
}

func (s AgentState) chose(status Status) AgentState {
	s.Status, s.Missed = status, 0
	return s
}

// afterOffer is the state after the phone has stopped ringing for reason e.
func (s AgentState) afterOffer(e AgentEvent) AgentState {
	s.Activity = Idle
	if e == DidAnswer {
		s.Activity = Talking
	}
	if e == DidMiss {
		s.Missed++
	} else if e != LostOffer {
		s.Missed = 0
	}
	if e == NoMicrophone || s.Missed > missesAllowed {
		s.Missed = 0
		if s.Status == Available {
			s.Status = Away
		}
	}
	return s
}
