package fact

import (
	"errors"
	"time"
)

// ErrSealed means that a recording is encrypted, and the server has nothing that opens it.
var ErrSealed = errors.New("the recording is sealed, and the server has no identity that opens it")

// Segment asks for a recording: one stretch of a call with the same parties. It is read once, when it starts.
type Segment struct {
	ID           SegmentID
	Number       int // 1 for the call's first segment
	Conversation ConversationID
	Call         CallID
	Queue        string
	Agent        string // user name
	AgentName    string
	EndUser      string // name, or the number
	EndNumber    string
	Voicemail    string    // the entry of voicemails that it is a message for; empty: it is part of a talk
	Channels     []Channel // index = channel of the tap
	PerLeg       bool      // one file per channel
	Format       string    // FormatWAV and so on; empty: FormatWAV
	Merged       bool      // one stereo file: customer left, all others right
}

// What a recording's sound is kept as.
const (
	FormatWAV  = "wav"
	FormatALaw = "alaw" // G.711 in WAV
	FormatULaw = "ulaw"
	FormatOpus = "opus" // in Ogg
)

// Channel is one leg of a segment.
type Channel struct {
	Leg  LegID
	Seat Seat // the file's suffix: customer, agent, external (guest)
}

// Gap is a stretch of a recording for which nothing was captured.
type Gap struct {
	Channel int           `json:"channel"`
	From    time.Duration `json:"from"` // since the file's start
	To      time.Duration `json:"to"`
	Cause   string        `json:"cause"` // for example: overflow, no-media, pause, hold
}

// Mark is something that happened in the call while it was recorded.
type Mark struct {
	At     time.Duration `json:"at"` // since the file's start
	Kind   string        `json:"kind"`
	Detail string        `json:"detail"`
}

// Recording is a closed (or, after a crash, repaired) file with its metadata.
type Recording struct {
	Segment      SegmentID
	Conversation ConversationID
	Call         CallID
	Leg          LegID  // empty: merged
	Part         string // customer, agent, external, merged
	Path         string // below the recordings directory
	Format       string // wav, ogg
	Agent        string
	EndUser      string
	EndNumber    string
	Start        time.Time // UTC
	End          time.Time // UTC
	SHA256       string    // of the whole file, hex
	Bytes        int64
	Gaps         []Gap
	Marks        []Mark
	Repaired     bool // found unfinished at a start
}

// RecordingView is a recording as those see it who may hear it.
type RecordingView struct {
	ID           string         `json:"id"`
	Conversation ConversationID `json:"conversation"`
	Call         CallID         `json:"call"`
	Segment      SegmentID      `json:"segment"`
	Leg          LegID          `json:"leg" doc:"empty: several"`
	Part         string         `json:"part" doc:"customer, agent, supervisor, external, voicemail or merged"`
	Queue        string         `json:"queue"`
	Agent        string         `json:"agent" doc:"login"`
	Number       string         `json:"number" doc:"the customer's; empty: withheld"`
	Name         string         `json:"name"`
	Entry        string         `json:"entry" doc:"the number dialled"`
	Direction    string         `json:"direction"`
	Disposition  string         `json:"disposition"`
	Began        time.Time      `json:"began"`
	Seconds      float64        `json:"seconds"`
	Bytes        int64          `json:"bytes"`
	Format       string         `json:"format"`
	SHA256       string         `json:"sha256"`
	Gaps         []Gap          `json:"gaps" doc:"from and to in nanoseconds"`
	Marks        []Mark         `json:"marks" doc:"what happened in the call, with nanoseconds since the start: transfer, transferred, party-joined, party-left, switched; detail: who"`
	Repaired     bool           `json:"repaired"`
	Held         *time.Time     `json:"held" doc:"under legal hold since; null: it isn't"`
	HeldBy       string         `json:"heldBy"`
	HeldWhy      string         `json:"heldWhy"`
	Path         string         `json:"-"`
}

// RecordingLane is the picture of one channel of recordings that belong together.
type RecordingLane struct {
	Part    string  `json:"part" doc:"customer, agent, supervisor, external or voicemail; several with a plus"`
	From    float64 `json:"from" doc:"seconds behind the beginning of the whole"`
	Seconds float64 `json:"seconds"`
	Peaks   []int   `json:"peaks" doc:"how loud the loudest moment of each of some equal stretches is, 0 to 100"`
}

// RecordingFilter says which recordings are asked for; empty fields say nothing.
type RecordingFilter struct {
	Queues      []string // any of them; nil: all
	Agent       string
	Number      string // a part of it, or of the name
	Call        CallID
	Segment     SegmentID
	Disposition string
	From, To    time.Time // began within
	Before      string    // id of the last of the page before
	Most        int
}

// RecordingDeleted says that a recording was deleted: its row goes, this one stays.
type RecordingDeleted struct {
	ID           string         `json:"id"`
	At           time.Time      `json:"at"`
	User         string         `json:"user" doc:"empty: the time that recordings are kept was over"`
	Reason       string         `json:"reason"`
	Conversation ConversationID `json:"conversation"`
	Call         CallID         `json:"call"`
	Part         string         `json:"part"`
	Agent        string         `json:"agent"`
	Began        time.Time      `json:"began"`
	Ended        time.Time      `json:"ended"`
}

// Deleted is what stays of a recording when somebody deletes it for a reason; an empty user: its time was over.
func (v RecordingView) Deleted(at time.Time, user, reason string) RecordingDeleted {
	return RecordingDeleted{
		ID: v.ID, At: at.UTC(), User: user, Reason: reason, Conversation: v.Conversation, Call: v.Call, Part: v.Part, Agent: v.Agent,
		Began: v.Began, Ended: v.Began.Add(time.Duration(v.Seconds * float64(time.Second))),
	}
}

// RecordingHeld puts a recording under legal hold, or takes the hold away.
type RecordingHeld struct {
	ID     string
	At     time.Time // zero: away
	User   string
	Reason string
}

func (RecordingDeleted) record() {}
func (RecordingHeld) record()    {}
