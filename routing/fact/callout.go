package fact

import "time"

// CallOut is a call that an agent wants to make.
type CallOut struct {
	Number string // as typed
	Queue  string // one of the agent's; empty: the first
	From   string // the number of ours that is shown; empty: the queue's usual one
	New    bool   // a conversation of its own, where there is one that could be gone on with
}

// CallOutLook is what is known of a call out before it is made.
type CallOutLook struct {
	Number       string            `json:"number" doc:"in E.164; empty: what was typed is none, and refused says why"`
	Name         string            `json:"name" doc:"of whom the directory knows by the number; may be empty"`
	Country      string            `json:"country" doc:"ISO 3166; empty: of no country"`
	Emergency    bool              `json:"emergency"`
	Refused      string            `json:"refused" doc:"why it may not be called, as a sentence; empty: it may"`
	Conversation *OpenConversation `json:"conversation" doc:"the customer's that is not closed: it can be gone on with, or blocks the call, which refused then says; null: none"`
	Queues       []QueueNumbers    `json:"queues" doc:"the own ones, in whose name calls can be made"`
}

// OpenConversation is one that is not closed.
type OpenConversation struct {
	ID     ConversationID `json:"id"`
	Queue  string         `json:"queue"`
	Agent  string         `json:"agent" doc:"user whose it is; empty: nobody's"`
	Status string         `json:"status" enum:"open,waiting,solved"`
	Opened time.Time      `json:"opened"`
	Notes  string         `json:"notes"`
}

// QueueNumbers are the numbers of ours that calls out for a queue may show.
type QueueNumbers struct {
	Queue   string   `json:"queue"`
	Numbers []string `json:"numbers" doc:"the usual one first"`
}

// What is told of calls out in the time line.
const (
	OutwardBegan  EventKind = "call-out"         // an agent calls; Detail: whom, and what is shown
	OutwardRings  EventKind = "call-out-rings"   // the far phone rings
	OutwardEarly  EventKind = "call-out-network" // the network can be heard before the answer
	OutwardFailed EventKind = "call-out-failed"  // Detail: why
)
