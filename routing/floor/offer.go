package floor

import (
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// leaseSlack is how much longer than the ring timeout an agent stays reserved for a call that says nothing.
const leaseSlack = time.Second

// roundPause is the time between the last agent's failure and the next round.
const roundPause = 5 * time.Second

// Waiting is a call that waits for an agent.
type Waiting struct {
	Call     fact.CallID
	Queue    string
	Priority int                // higher first
	Front    bool               // ahead of the others of the same priority: an agent was lost in mid-call, or a transfer failed
	Since    time.Time          // UTC; kept over transfers
	Again    bool               // has had a place in this queue, and so is never too many for it
	Stays    bool               // also where nobody is there: the file that the call began with has nothing else for it
	Skills   []config.SkillNeed // of its agent, besides those that the queue asks for

	Ghost Ghost // zero: a caller who waits

	Ring   string          // Picker only: config.RingOne, RingAll, RingTopDown
	Order  []string        // Picker only: the queue's agents, in the order of the file; borrowed, read only
	Levels []Level         // Picker only: the skills that its agent must have now
	Rings  int             // Picker only: whose phones ring for it already
	Round  time.Time       // Picker only: when the present round began
	Rung   map[string]bool // Picker only: who has been rung in it; borrowed, read only
}

// before says whether w is served before v.
func (w Waiting) before(v Waiting) bool {
	switch {
	case w.Ghost.Last != v.Ghost.Last:
		return v.Ghost.Last
	case w.Priority != v.Priority:
		return w.Priority > v.Priority
	case w.Front != v.Front:
		return w.Front
	case !w.Since.Equal(v.Since):
		return w.Since.Before(v.Since)
	default:
		return w.Call < v.Call
	}
}

// Offer is one call, offered to one agent.
type Offer struct {
	ID        fact.OfferID
	Call      fact.CallID
	User      string
	Queue     string
	At        time.Time // UTC
	RingUntil time.Time // when the call is to stop ringing by itself
	Lease     time.Time // when the floor frees the agent, whatever the call does

	Callback fact.CallbackID // for which the agent is wanted; empty: for a caller who waits
}

// Outcome says how an offer failed.
type Outcome uint8

// The outcomes that a call reports.
const (
	Refused    Outcome = iota + 1 // the agent said no
	Missed                        // it rang out
	Failed                        // the phone could not be reached, or did wrong
	Microphone                    // the browser has no microphone: counts as refused, and the agent is away
)

func (o Outcome) event() AgentEvent {
	switch o {
	case Refused:
		return DidRefuse
	case Missed:
		return DidMiss
	case Microphone:
		return NoMicrophone
	case Failed:
	}
	return LostOffer
}
