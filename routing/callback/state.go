package callback

import (
	"errors"
	"fmt"

	"mediasrv/routing/fact"
)

// Endless are the retries of a callback that agents take from a list: it stays there until somebody closes it.
const Endless = -1

// State is where a callback has got to.
type State struct {
	Is       fact.CallbackState
	Attempts int
	Retries  int // after the first attempt
}

// Event is something that happens to a callback.
type Event uint8

// The events of a callback.
const (
	Taken      Event = iota // an agent has it
	Released                // the agent has it no more, and nobody was called
	Dialled                 // the customer is about to be called: an attempt
	Unanswered              // the attempt was in vain
	Failed                  // it could not be made, by our own fault: it doesn't count
	Crashed                 // the server went down meanwhile
	Talked                  // agent and customer hear each other
	GotThrough              // the customer has reached an agent in another way
	Cancelled               // nobody is to call any more
)

// ErrImpossible means that an event can't happen in the state; the state is unchanged.
var ErrImpossible = errors.New("callback: not possible in this state")

// On is the table of a callback's states.
func (s State) On(e Event) (State, error) {
	was := s
	switch s.Is {
	case fact.CallbackInQueue, fact.CallbackNoAnswer, fact.CallbackAssigned:
		s = s.waiting(e)
	case fact.CallbackActive:
		s = s.active(e)
	case fact.CallbackCompleted, fact.CallbackExhausted, fact.CallbackCancelled:
	}
	if s == was && (e != Taken || s.Is != fact.CallbackAssigned) {
		return was, fmt.Errorf("%w: event %d while %s", ErrImpossible, e, was.Is)
	}
	return s, nil
}

// waiting is the table of those whose customer is not being called.
func (s State) waiting(e Event) State {
	switch e {
	case Taken:
		s.Is = fact.CallbackAssigned
	case Released, Crashed:
		if s.Is == fact.CallbackAssigned {
			s = s.rest()
		}
	case Dialled:
		s.Is = fact.CallbackActive
		s.Attempts++
	case GotThrough:
		s.Is = fact.CallbackCompleted
	case Cancelled:
		s.Is = fact.CallbackCancelled
	case Unanswered, Failed, Talked:
	}
	return s
}

// active is the table of those whose customer is being called.
func (s State) active(e Event) State {
	switch e {
	case Unanswered:
		s.Is = fact.CallbackNoAnswer
		if s.Retries != Endless && s.Attempts > s.Retries {
			s.Is = fact.CallbackExhausted
		}
	case Failed:
		s.Attempts--
		s = s.rest()
	case Crashed:
		s.Is = fact.CallbackNoAnswer
		if s.Retries != Endless {
			s.Attempts = min(s.Attempts, s.Retries)
		}
		if s.Attempts == 0 {
			s = s.rest()
		}
	case Talked, GotThrough:
		s.Is = fact.CallbackCompleted
	case Taken, Released, Dialled, Cancelled:
	}
	return s
}

// rest is a state in which nobody has it.
func (s State) rest() State {
	s.Is = fact.CallbackInQueue
	if s.Attempts > 0 {
		s.Is = fact.CallbackNoAnswer
	}
	return s
}
