package stats

import (
	"strings"
	"time"

	"mediasrv/routing/fact"
)

// CallbackLost is a customer who was called first, has answered, and gave up before an agent came. It is told to Callback only: in the books it is the end of a call.
const CallbackLost fact.EventKind = "callback-lost"

// Callback counts what happened to a callback: CallbackAsked, CallbackDialled, CallbackEnded or CallbackLost. Only companies and queues have callbacks.
func (t *Table) Callback(e fact.Event) {
	if t.q.By != fact.ByCompany && t.q.By != fact.ByQueue || !t.wanted(e.Queue, "", "") {
		return
	}
	s := t.at(t.name(e.Queue, "", ""), e.At)
	if s == nil {
		return
	}
	switch e.Kind { //nolint:exhaustive // the others are steps on the way
	case fact.CallbackAsked:
		s.backsAsked++
	case fact.CallbackDialled:
		s.attempts++
	case CallbackLost:
		s.backsLost++
	case fact.CallbackEnded:
		state, _, _ := strings.Cut(e.Detail, ":")
		switch fact.CallbackState(state) { //nolint:exhaustive // the others are no ends
		case fact.CallbackCompleted:
			s.backsReached++
		case fact.CallbackExhausted:
			s.backsFailed++
		case fact.CallbackCancelled:
			s.backsCancelled++
		}
	}
}

// Lost is when a customer has given up in the call of a callback before an agent came, and in which queue; false: that did not happen.
func (c *Call) Lost() (queue string, at time.Time, ok bool) {
	for _, v := range c.Visits {
		if v.Outcome == Abandoned {
			return v.Queue, v.Ended, true
		}
	}
	return "", time.Time{}, false
}
