// Package fact holds the plain facts that the rooms of the house exchange: identifiers, reasons,
// events, bindings and recording metadata. It has values and look-ups in constant tables only; it does nothing.
package fact

import "time"

// Identifiers are globally unique (UUIDv7, so they sort by the time they were made) and never reused.
type (
	// ConversationID names the lasting thread with one customer on one matter.
	ConversationID string
	// CallID names one real-time interaction inside a conversation.
	CallID string
	// LegID names one party's connection inside a call.
	LegID string
	// SegmentID names one recorded stretch of a call.
	SegmentID string
	// OfferID names one offer of a call to one agent; an answer to an older offer is void.
	OfferID string
)

// Seat is the place that a leg takes in its call.
type Seat string

// The seats of a call.
const (
	SeatCustomer   Seat = "customer"
	SeatAgent      Seat = "agent"
	SeatGuest      Seat = "guest"
	SeatSupervisor Seat = "supervisor"
)

// Direction of a call, as the company sees it.
type Direction string

// The directions of a call.
const (
	Inbound  Direction = "inbound"
	Outbound Direction = "outbound"
)

// Party says who is at the other end of a leg.
type Party struct {
	Number string // E.164 with plus sign, or what the trunk sent if it is none; empty if withheld or an agent
	Name   string // display name, as given by the peer or the file
	User   string // the agent's user name; empty for customers
	Trunk  string // the trunk it came in by or went out by; empty for agents
}

// Invite says what an inbound INVITE asked for.
type Invite struct {
	Trunk    string // name in the file
	User     string // the agent whose phone calls; empty: somebody by a trunk
	From     Party
	Withheld bool   // the caller hides the number
	To       string // the number dialled, E.164 with plus sign where it can be read as one
	Dialled  string // as the trunk sent it
	Diverted string // the number that passed the call on before it came to us, in E.164; empty: none, or the trunk isn't believed
	SIPID    string // Call-ID header, to find the call in a packet trace
	Hops     int    // how many more servers the call may go through (Max-Forwards, RFC 3261, 8.1.1.6)
	At       time.Time
}

// Conversation is a row of the table of conversations.
type Conversation struct {
	ID       ConversationID
	Customer string // number in E.164, or empty if withheld
	Name     string
	Queue    string
	Agent    string // user it is assigned to
	Status   string // open, waiting, solved, closed
	Previous ConversationID
	Notes    string
	Priority int // the customer's next calls wait at least with this one
	Tags     []string
	Opened   time.Time
	Changed  time.Time
}

// Call is a row of the table of calls. It is written when the call begins, changes and ends.
type Call struct {
	ID           CallID
	Conversation ConversationID
	Direction    Direction
	Entry        string // the number dialled
	Trunk        string
	From         string
	Queue        string
	Agent        string
	Disposition  string
	Began        time.Time
	Answered     time.Time // by us; zero: never
	Talked       time.Time // when an agent answered; zero: never
	Ended        time.Time // zero: not yet
	End          EndReason
}

// Leg is a row of the table of legs.
type Leg struct {
	ID       LegID
	Call     CallID
	Seat     Seat
	Party    Party
	SIPID    string // Call-ID header
	Codec    string
	Began    time.Time
	Answered time.Time
	Ended    time.Time
	End      EndReason
	Quality  Quality // once it has ended
}

// Event is one line of a conversation's time line: what happened, when, to whom.
type Event struct {
	At           time.Time
	Conversation ConversationID
	Call         CallID
	Leg          LegID
	Kind         EventKind
	Queue        string
	Agent        string
	Detail       string // for people; never a secret
}

// EventKind names what happened.
type EventKind string

// The kinds of events of a time line.
const (
	CallBegan      EventKind = "call-began"
	CallAnswered   EventKind = "call-answered" // by us; the carrier's charge begins
	GreetingPlayed EventKind = "greeting"
	MenuEntered    EventKind = "menu"
	KeyChosen      EventKind = "key" // a key that the menu or message knows, where digit is each that was pressed
	AwayPlayed     EventKind = "away"
	Announced      EventKind = "announcement"
	Queued         EventKind = "queued"
	Considered     EventKind = "considered" // who was passed over for the offer that follows, and why; without an agent: why nobody rings
	LeftQueue      EventKind = "left-queue" // for something else, by a key; the detail says what
	Overflowed     EventKind = "overflow"   // the queue is full, or nobody is there for it
	Offered        EventKind = "offered"
	OfferRefused   EventKind = "refused"
	OfferMissed    EventKind = "missed" // rang out
	OfferFailed    EventKind = "offer-failed"
	AgentAnswered  EventKind = "agent-answered"
	DigitPressed   EventKind = "digit"
	RecordingBegan EventKind = "recording-began"
	RecordingEnded EventKind = "recording-ended"
	MediaLost      EventKind = "media-lost"
	MediaBack      EventKind = "media-back"
	AgentLost      EventKind = "agent-lost"      // the agent's browser has lost its line; the customer hears music
	AgentBack      EventKind = "agent-back"      // it is back, after the time that Detail says
	AudioOneWay    EventKind = "audio-one-way"   // nothing is heard of the leg's party, though it should be
	AudioBothWays  EventKind = "audio-both-ways" // it is heard again
	CallEnded      EventKind = "call-ended"
	DialRefused    EventKind = "dial-refused" // a number that may not be called, or not now
	NextTrunk      EventKind = "next-trunk"   // a trunk failed, the next one is tried
	LegReplaced    EventKind = "leg-replaced" // another phone has taken the place of a party's: it has passed the call on, or picked it up there
	WrapUpBegan    EventKind = "wrap-up-began"
	WrapUpExtended EventKind = "wrap-up-extended"
	WrapUpEnded    EventKind = "wrap-up-ended"

	RecordingPaused  EventKind = "recording-paused" // nothing of what is said now is in any file
	RecordingResumed EventKind = "recording-resumed"
	ConsentAsked     EventKind = "consent"          // the caller was told that the call is recorded
	ConsentDeclined  EventKind = "consent-declined" // and doesn't want that

	NotReached      EventKind = "not-reached"      // the number that a key has led to; the caller is told why
	DigitsCollected EventKind = "digits-collected" // how many, never which
	Asked           EventKind = "asked"            // where the HTTP service of a menu has sent the call
	AskFailed       EventKind = "ask-failed"       // it didn't say, and why
	VoicemailBegan  EventKind = "voicemail"        // the caller is asked for a message
	VoicemailLeft   EventKind = "voicemail-left"   // and has left one
	VoicemailEmpty  EventKind = "voicemail-empty"  // and has said nothing
	VoicemailHeard  EventKind = "voicemail-heard"  // by an agent
	VoicemailDone   EventKind = "voicemail-done"   // an agent has dealt with it
	VoicemailAgain  EventKind = "voicemail-again"  // it is to be dealt with again

	HoldBegan        EventKind = "held"
	HoldEnded        EventKind = "resumed" // Detail: how long it was
	DigitsSent       EventKind = "digits"  // by the agent, to the others
	TransferBegan    EventKind = "transfer"
	TransferFailed   EventKind = "transfer-failed"
	Transferred      EventKind = "transferred"  // the target has answered
	CallReturns      EventKind = "returns"      // to the agent who has transferred it
	ConsultBegan     EventKind = "consultation" // an agent asks somebody, the caller is held
	PartyCalled      EventKind = "party-called" // to a conference
	PartyJoined      EventKind = "party-joined" // who was called has answered
	PartyFailed      EventKind = "party-failed" // or has not
	PartyLeft        EventKind = "party-left"   // or has gone again
	PartySwitched    EventKind = "switched"     // in a consultation: the agent talks with the other one
	Merged           EventKind = "conference"   // all talk with each other
	AgentLeft        EventKind = "agent-left"   // the others go on
	Supervised       EventKind = "supervised"   // Detail: listen, whisper, barge or take-over
	SupervisionEnded EventKind = "unsupervised"
	TakenOver        EventKind = "taken-over"
	MovedTo          EventKind = "moved" // to another queue, or ahead, by a supervisor

	ConversationChanged EventKind = "conversation" // by an agent: status, priority, tags or notes

	EmergencyDialled EventKind = "emergency" // past every limit
)

// AgentChange is a row of the history of agents' states.
type AgentChange struct {
	At       time.Time
	User     string
	Status   string // chosen: available, busy, away, offline
	Activity string // idle, ringing, talking, wrap-up
	Reason   string
	Call     CallID
}

// Record is anything that the journal keeps: Conversation, Call, Leg, Event, AgentChange, Recording, Agent, Situation, Voicemail, VoicemailMark.
// Record is anything that the journal keeps: Conversation, Call, Leg, Event, AgentChange, Recording, Agent, Situation, Callback.
type Record interface{ record() }

func (Conversation) record() {}
func (Call) record()         {}
func (Leg) record()          {}
func (Event) record()        {}
func (AgentChange) record()  {}
func (Recording) record()    {}
