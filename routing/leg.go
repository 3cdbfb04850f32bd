package routing

import (
	"context"
	"errors"
	"time"

	"mediasrv/media"
	"mediasrv/media/prompt"
	"mediasrv/routing/fact"
)

// Leg is one party of a call: a trunk's caller, an agent's browser, a desk phone. The script cannot tell which. Its methods
// return at once and may be called from any goroutine; outcomes arrive as LegEvents in the call's inbox.
type Leg interface {
	ID() fact.LegID
	Party() fact.Party
	// SIPID is the dialog's Call-ID header, to find the leg in a packet trace.
	SIPID() string
	// Codec names what the leg speaks ("PCMU"); empty before it is negotiated.
	Codec() string
	// Endpoint is the leg's place in its room. It is fixed from the leg's beginning to its end.
	Endpoint() media.EndpointID
	// Ring sends 180, or 183 with SDP if early is set: then the caller hears what the room plays. Inbound legs only.
	Ring(early bool) error
	// Answer sends the 200. Inbound legs only. The outcome is LegAnswered when the ACK came, or LegEnded.
	Answer() error
	// Hangup ends the leg in whatever state it is: refuses, cancels or sends BYE. The endpoint is closed with it. Calling it again does nothing.
	// LegEnded follows in every case.
	Hangup(why fact.EndReason)
}

// Refuser is a leg that can be refused with the status of the party that it was to be connected with. Like Hangup it ends the leg.
type Refuser interface {
	Refuse(why fact.EndReason, status int)
}

// Presser is a leg whose far end can be sent digits (RFC 4733). It doesn't block.
type Presser interface {
	SendDigits(digits string) error
}

// Holder is a leg whose far end can be put on hold (RFC 3264, 8.4): whether we send it media, and take any from it. What it did before the call is up, or
// while it negotiates, is done as soon as it can be. Hold(true, true) takes the call back.
type Holder interface {
	Hold(sends, takes bool)
}

// Returner is a leg whose far end may come back by itself when its line is lost: a browser, which looks for another way or loads its page again.
type Returner interface {
	Returns() bool
}

// Transferee is a leg whose far end has asked for a transfer (LegTransfer) and is told how that goes, by SIP statuses; a final one is the last.
type Transferee interface {
	Transferred(status int)
}

// Referrer is a leg whose far end can be asked to call somebody else instead of us (REFER). Refers says whether it may be. The outcome is LegMoved.
type Referrer interface {
	Refers() bool
	Refer(number string)
}

// LegEventKind names what happened to a leg.
type LegEventKind uint8

// What legs report.
const (
	LegRinging  LegEventKind = iota + 1 // the far end rings (180)
	LegEarly                            // the far end sends early media (183 with SDP)
	LegAnswered                         // media may flow both ways
	LegEnded                            // the last event of a leg; Why says why
	LegDigit                            // a digit by SIP INFO
	LegHeld                             // the far end directs its media: Sends, Takes
	LegTransfer                         // the far end wants the other party to be connected with To; it waits for Transferee
	LegMoved                            // the far end has called somebody else as it was asked to, or not: Status
	LegReplaced                         // By is to have its place: another phone of the same party, or whom it has transferred the call to
	LegAsks                             // the far end's phone calls To beside this call: By is that leg, in the same room and not answered yet
)

// LegEvent is something that happened to a leg.
type LegEvent struct {
	Kind LegEventKind
	Leg  fact.LegID
	Why  fact.EndReason // LegEnded
	// Status is that of the response with which a call of ours was refused (486); 0: there was none. LegEnded, LegMoved.
	Status int
	Text   string // LegEnded: what the peer said, for the log ("486 Busy Here")
	Digit  byte
	Sends  bool    // LegHeld: the far end sends media
	Takes  bool    // LegHeld: it takes media; false: it holds the call
	To     *Target // LegTransfer, LegAsks
	By     Leg     // LegReplaced, LegAsks: an inbound leg in the same room, whose events come to the same inbox; it is answered or hung up
	At     time.Time
	// Quality is how the line was. LegEnded.
	Quality fact.Quality
}

// Sink takes a leg's events, in order. It never blocks and may be called from any goroutine.
type Sink func(LegEvent)

// Target is where a call goes next.
type Target struct {
	Queue     string
	Menu      string
	Voicemail string // an entry of voicemails
	// Callback names how the caller wants to be called back.
	Callback string
	User     string // an agent, at whatever phone is registered
	Phone    string // with User: the phone of this login (fact.PhoneLogin), no other one

	Trunk  string   // whoever answers behind this trunk
	Number string   // with Trunk: whom to call there: E.164 is spelled as the trunk wants it, all else goes as it is
	Codecs []string // with Trunk: what to offer, in order of preference
	// Given: the file names the number, or the beginning that it has, so it needs not be of a country that may be dialled.
	Given     bool
	Emergency bool // with Trunk: past the trunk's limits

	// Leg is one of ours whose place the other party takes, of a transfer; empty: none. It may be in a room of its own.
	Leg fact.LegID

	Replaces   string // with Trunk, of a transfer: which call there the new one takes the place of (RFC 3891)
	ReferredBy string // who has asked for it (RFC 3892)
}

// Room is the part of media.Room that scripts use.
type Room interface {
	// Listen sets where events go; to be called before the first Set.
	Listen(media.Sink)
	Set(media.Plan)
	// Swap gives one endpoint the place of another in the plan.
	Swap(from, to media.EndpointID)
	// Close ends all endpoints. Calling it again does nothing.
	Close()
}

// Why a leg can't even begin. They are matched with errors.Is.
var (
	ErrUnreachable = errors.New("routing: no phone registered") // or no server of a trunk that could be called
	ErrLimit       = errors.New("routing: the trunk has all the calls that it may have")
)

// Dialer begins legs. Dial returns at once with a leg that is calling; ringing, answer and failure are events. An error means that
// it could not even begin (ErrUnreachable, ErrLimit). The leg's endpoint is made in the room.
type Dialer interface {
	Dial(to Target, from Caller, in Room, events Sink) (Leg, error)
}

// Caller is what the dialled party is shown.
type Caller struct {
	Number string
	Name   string
	Call   fact.CallID // sent as X-Mediasrv-Call, so that a page can match its INVITE with the event stream
	Queue  string
	Again  bool // the dialled party is in this call and comes back to it: the phone answers by itself
	// Withheld: the caller hides the number. Via is the number of ours that passed the call on; empty: none. Both are for trunks.
	Withheld bool
	Via      string
	Hops     int // that are left to the call (Max-Forwards); 0: the usual 70, negative: none
}

// Recorder keeps what taps hear.
type Recorder interface {
	// Start opens a segment; the room is told to feed the tap. It doesn't wait for the disk.
	Start(fact.Segment) (*media.Tap, error)
	// Stop ends a segment and returns at once; what is still in the tap is written, the files are closed and indexed behind it.
	Stop(fact.SegmentID)
	// Pause hides what is said from now on from all files of a segment, until Resume.
	Pause(fact.SegmentID)
	Resume(fact.SegmentID)
	// Mark notes in a segment what happens in the call: a hold, a transfer, who comes and goes.
	Mark(id fact.SegmentID, kind fact.EventKind, detail string)
}

// Speaker turns text into audio. It may take seconds, so scripts use only what was made when the file was loaded.
type Speaker interface {
	Speak(ctx context.Context, what Speech) (*prompt.Prompt, error)
}

// Speech is text and how it is to be said.
type Speech = prompt.Speech

// Store keeps records. Append never blocks and never fails towards the caller: the journal is in memory, one writer commits behind it.
type Store interface {
	Append(...fact.Record)
	// CommitCallback keeps a callback before it returns, or ctx ends. It blocks.
	CommitCallback(context.Context, fact.Callback) error
}
