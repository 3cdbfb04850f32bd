package fact

import "time"

// DeskView is everything that an agent's page shows: sent whole at every change, so that a page which missed some is right again
// with the next. Times are UTC.
type DeskView struct {
	Agent  AgentView   `json:"agent"`
	Queues []QueueView `json:"queues"` // the agent's own, by name
	Call   *CallView   `json:"call"`   // nil: none
	WrapUp *WrapUpView `json:"wrapUp"` // nil: not in wrap-up
	Notice string      `json:"notice"` // why the status was changed by us ("not answering"); empty: nothing to say
	Now    time.Time   `json:"now"`    // the server's clock, so that a page with a wrong clock counts right
}

// AgentView is an agent's state.
type AgentView struct {
	User     string    `json:"user"`
	Name     string    `json:"name"`
	Status   string    `json:"status" enum:"available,busy,away,offline"`
	Label    string    `json:"label" doc:"the company's own name for the status; empty: none was chosen"`
	Activity string    `json:"activity" enum:"idle,ringing,talking,held,wrap-up"`
	Since    time.Time `json:"since"`
	Phone    bool      `json:"phone"` // a phone (browser or desk phone) is registered
}

// QueueView is a queue as its agents see it.
type QueueView struct {
	Name    string     `json:"name"`
	Waiting int        `json:"waiting"`
	Longest *time.Time `json:"longest"` // since when the longest waiting caller waits; null: nobody waits
	// Messages grows with every change of the queue's voicemails: time to read the list again.
	Messages uint64 `json:"messages" doc:"grows with every change of the queue's voicemails"`

	Callbacks CallbackCount `json:"callbacks"` // that hold
}

// CallView is the call that an agent is offered, talks in, or wraps up.
type CallView struct {
	ID        CallID      `json:"id"` // the INVITE to the agent's phone carries it as X-Mediasrv-Call
	State     string      `json:"state" enum:"ringing,talking,held,ended"`
	Since     time.Time   `json:"since"` // of the state
	Queue     string      `json:"queue"`
	Kind      string      `json:"kind" enum:"normal,transferred,returned,consultation,conference,supervision,callback,personal-callback,outbound"`
	Number    string      `json:"number"` // the customer's; empty: withheld
	Name      string      `json:"name"`
	Entry     string      `json:"entry"`  // the number dialled
	Waited    float64     `json:"waited"` // seconds until the offer
	RingUntil *time.Time  `json:"ringUntil"`
	Recording bool        `json:"recording"`
	Paused    bool        `json:"paused" doc:"the recording is paused"`
	Parties   []PartyView `json:"parties"` // all who are in the call or are called to it
	Timeline  []EventView `json:"timeline"`
	EndReason string      `json:"endReason"`
}

// PartyView is one of a running call.
type PartyView struct {
	Leg    LegID   `json:"leg"`
	Role   string  `json:"role" enum:"customer,agent,consulted,guest,supervisor"`
	State  string  `json:"state" enum:"ringing,talking,held,listen,whisper,barge,reconnecting"`
	User   string  `json:"user"`   // of an agent; else empty
	Name   string  `json:"name"`   // may be empty
	Number string  `json:"number"` // of the customer, or of who was called outside
	Muted  bool    `json:"muted"`
	Line   string  `json:"line" enum:"good,weak,bad" doc:"its connection: weak is a MOS below 4, bad below 3.5"`
	Hears  []LegID `json:"hears"` // whose voices
}

// Supervision is how a supervisor takes part in a running call.
type Supervision string

// The ways of supervision.
const (
	Listen   Supervision = "listen"    // hears all who talk
	Whisper  Supervision = "whisper"   // and is heard by the agent only
	Barge    Supervision = "barge"     // takes part
	TakeOver Supervision = "take-over" // in the agent's place
)

// Destination is whom a call is to be connected with: exactly one of these.
type Destination struct {
	User   string `json:"user,omitempty" maxLength:"64" doc:"an agent"`
	Queue  string `json:"queue,omitempty" maxLength:"64" doc:"a queue"`
	Number string `json:"number,omitempty" maxLength:"64" doc:"a telephone number, as people of the company's country write it"`
}

// Targets are those to whom an agent can give a call.
type Targets struct {
	Agents    []AgentTarget `json:"agents"` // those who can take it now first
	Queues    []QueueTarget `json:"queues"` // by name
	AnyNumber bool          `json:"anyNumber" doc:"a telephone number can be typed"`
}

// AgentTarget is an agent to whom a call can be given.
type AgentTarget struct {
	User     string    `json:"user"`
	Name     string    `json:"name"`
	Status   string    `json:"status" enum:"available,busy,away,offline"`
	Activity string    `json:"activity" enum:"idle,ringing,talking,held,wrap-up"`
	Since    time.Time `json:"since"`
	Free     bool      `json:"free"` // can take a call now
}

// QueueTarget is a queue to which a call can be given.
type QueueTarget struct {
	QueueView
	Open bool `json:"open"`
}

// EventView is a line of the time line.
type EventView struct {
	At     time.Time `json:"at"`
	Kind   EventKind `json:"kind"`
	Agent  string    `json:"agent"`
	Queue  string    `json:"queue"`
	Detail string    `json:"detail"`
}

// WrapUpView is the time after a call.
type WrapUpView struct {
	Call         CallID    `json:"call"`
	Began        time.Time `json:"began"`
	Until        time.Time `json:"until"`
	Extend       bool      `json:"extend"` // "+10 s" is allowed
	Dispositions []string  `json:"dispositions"`
	Required     bool      `json:"required"` // a disposition must be chosen before "done"
}

// WrapUpResult is what an agent says at the end of a call.
type WrapUpResult struct {
	Notes       string `json:"notes" maxLength:"10000"`
	Disposition string `json:"disposition" maxLength:"100"`
	Status      string `json:"status" enum:"open,waiting,solved,closed" doc:"of the conversation"`
	LineRating  int    `json:"lineRating" minimum:"0" maximum:"5" doc:"0: not rated"`
}

// PhoneLogin is a SIP login that is good for one browser login only.
type PhoneLogin struct {
	URI      string `json:"uri"`      // sip:aiko@example
	AuthUser string `json:"authUser"` // for digest
	Password string `json:"password"`
	Realm    string `json:"realm"`
}

// Binding is a phone that has registered (RFC 3261, 10).
type Binding struct {
	User      string
	Contact   string
	Transport string
	Flow      string // connection or source address
	Browser   bool
	Expires   time.Time
}

// Session is a login to the web port. Only a hash of its token is kept.
type Session struct {
	TokenHash string // SHA-256, hex
	User      string
	Created   time.Time
	Expires   time.Time
}
