package fact

import "time"

// CallbackID names one promise to call a customer.
type CallbackID string

// CallbackState is where a callback has got to.
type CallbackState string

// The states. The last three are ends.
const (
	CallbackInQueue   CallbackState = "in-queue"
	CallbackAssigned  CallbackState = "assigned"  // an agent has it, and nobody has called yet
	CallbackActive    CallbackState = "active"    // the customer is being called, or talks
	CallbackNoAnswer  CallbackState = "no-answer" // was called in vain, and is called again
	CallbackCompleted CallbackState = "completed" // both have talked
	CallbackExhausted CallbackState = "exhausted" // all attempts were in vain
	CallbackCancelled CallbackState = "cancelled"
)

// Callback is a row of the table of callbacks: a promise to call a customer.
type Callback struct {
	ID           CallbackID
	Conversation ConversationID
	Plan         string // the entry of callbacks in the file; empty: promised by an agent
	Automatic    bool
	State        CallbackState
	Queue        string
	Number       string // the customer's, E.164
	Name         string // the customer's, as far as known
	Entry        string // the number of ours that the customer knows, shown when called; empty: the trunk's
	Priority     int
	Front        bool      // of the place that the customer had in the queue
	Since        time.Time // waited since
	Created      time.Time
	Due          time.Time // not called before
	Changed      time.Time
	Owner        string // personal: the agent who calls; empty: anybody
	Anyone       bool   // personal, but its owner was not there
	By           string // the agent who has promised it; empty: the customer has asked for it
	Agent        string // who has it; empty: nobody
	Attempts     int
	Call         CallID // the latest that belongs to it
	// Epoch grows with every change: an older state never overwrites a newer one. An active one is its call's until Lease.
	Epoch int64
	Lease time.Time
}

// Open says that the promise still holds.
func (c Callback) Open() bool {
	return c.State != CallbackCompleted && c.State != CallbackExhausted && c.State != CallbackCancelled
}

// For is the one agent who is to call; empty: anybody of the queue.
func (c Callback) For() string {
	if c.Anyone {
		return ""
	}
	return c.Owner
}

func (Callback) record() {}

// What is told of callbacks in the time line of a conversation.
const (
	CallbackAsked     EventKind = "callback-asked"     // by the customer, or promised by an agent
	CallbackAgain     EventKind = "callback-again"     // asked for while there is one
	CallbackTaken     EventKind = "callback-taken"     // by an agent, from the list
	CallbackDialled   EventKind = "callback-dialled"   // the customer is called
	CallbackFailed    EventKind = "callback-failed"    // an attempt was in vain
	CallbackPostponed EventKind = "callback-postponed" // it could not be made, and is no attempt
	CallbackToAnyone  EventKind = "callback-to-anyone" // its owner was not there
	CallbackEnded     EventKind = "callback-ended"     // completed, exhausted or cancelled
)

// CallbackView is a callback as agents see it.
type CallbackView struct {
	ID           CallbackID     `json:"id"`
	Type         string         `json:"type" enum:"automatic,manual"`
	State        CallbackState  `json:"state" enum:"in-queue,assigned,active,no-answer,completed,exhausted,cancelled"`
	Queue        string         `json:"queue"`
	Number       string         `json:"number"`
	Name         string         `json:"name"`
	Conversation ConversationID `json:"conversation"`
	About        string         `json:"about" doc:"the status of the conversation: open, waiting, solved, closed"`
	Since        time.Time      `json:"since" doc:"pending since"`
	Due          time.Time      `json:"due" doc:"not called before"`
	Changed      time.Time      `json:"changed"`
	Owner        string         `json:"owner" doc:"the agent whose personal callback it is; empty: anybody's"`
	By           string         `json:"by" doc:"the agent who has promised it; empty: the customer has asked for it"`
	Agent        string         `json:"agent" doc:"who has it"`
	Attempts     int            `json:"attempts"`
	Call         CallID         `json:"call" doc:"the latest"`
}

// View is what agents see. about is the status of its conversation.
func (c Callback) View(about string) CallbackView {
	kind := "manual"
	if c.Automatic {
		kind = "automatic"
	}
	return CallbackView{
		ID: c.ID, Type: kind, State: c.State, Queue: c.Queue, Number: c.Number, Name: c.Name, Conversation: c.Conversation, About: about,
		Since: c.Since, Due: c.Due, Changed: c.Changed, Owner: c.For(), By: c.By, Agent: c.Agent, Attempts: c.Attempts, Call: c.Call,
	}
}

// CallbackFilter chooses callbacks; empty fields choose all.
type CallbackFilter struct {
	State  CallbackState // "open": all that still hold
	Type   string        // automatic, manual
	About  string        // status of the conversation
	Queues []string      // nil: all
	Before time.Time     // pending since this time or longer
	Day    time.Time     // due on this day, in the time's own zone
	Most   int
}

// CallbackPlan is what an agent promises a customer.
type CallbackPlan struct {
	Number   string    // as typed; empty: the customer of the agent's call
	Queue    string    // empty: that of the agent's call, else the agent's first
	At       time.Time // not in the past
	Personal bool      // the agent calls; else anybody of the queue
	Plan     string    // the entry of callbacks whose rules hold; empty: the usual ones
}

// Missed is a customer whom nobody has talked with: who has left a message, or has given up waiting.
type Missed struct {
	Conversation ConversationID
	Queue        string
	Number       string // empty: withheld
	Name         string
	Entry        string // the number dialled
}

// CallbackCount is how many callbacks of a queue still hold. Changed grows with every change of one of them.
type CallbackCount struct {
	Open    int    `json:"open"`
	Due     int    `json:"due" doc:"of automatic ones those that wait for an agent now, or are being called; of those of the list all whose customer is not in a call with us"`
	Changed uint64 `json:"changed"`
}
