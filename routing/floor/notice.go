package floor

import (
	"time"

	"mediasrv/routing/fact"
)

// NoticeKind names what the floor says.
type NoticeKind uint8

// What the floor says. Offered to Void, Overflowed and Deserted are for the call that the notice names.
const (
	Offered      NoticeKind = iota + 1 // dial this agent
	Withdrawn                          // the offer is void: stop ringing; Why says why
	Granted                            // the claim is good: the agent has the call
	Void                               // the claim came too late: hang up on the agent
	Considered                         // Why says why each agent but Offer's was passed over; without an offer nobody is free
	AgentChanged                       // Agent is the new view
	QueueChanged                       // Queue is the new view
	WrapUpBegan                        // Agent.WrapUp says for how long
	WrapUpMore                         // it was extended
	WrapUpEnded                        // Result says with what
	Released                           // the agent has nothing more to do with the call; follows every Granted
	Left                               // the floor has forgotten the call
	Dropped                            // the agent is no longer in the file, and has nothing left to finish
	QueueGone                          // the queue is no longer in the file, and nobody waits in it
	Overflowed                         // the call may not wait: its queue is full
	Deserted                           // the call waits no more: nobody is there for its queue
	Launched                           // of a callback whose customer is called first: call now, an agent is free
	Cleared                            // of a callback, by its keeper: the customer may be called; or not, and Why says why
)

// Notice is something that the floor says.
type Notice struct {
	Kind   NoticeKind
	At     time.Time // UTC
	Call   fact.CallID
	Offer  Offer
	Why    string
	Agent  AgentView
	Moved  bool // AgentChanged: status or activity is another, not only a detail
	Queue  fact.QueueView
	Result fact.WrapUpResult
	Early  bool // WrapUpEnded: by the agent, not by time
}

// AgentView is an agent as others see it.
type AgentView struct {
	fact.AgentView
	Queues    []string
	Call      fact.CallID // ringing, talking or wrap-up
	Queue     string      // of the call
	RingUntil time.Time
	Missed    int       // offers in a row
	IdleFrom  time.Time // idle since, or before what the agent does now
	WrapUp    *fact.WrapUpView
	Notice    string // why we changed the status; for the agent
	Reason    string // of the last change; for the history
}
