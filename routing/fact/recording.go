package fact

import "time"

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
	Merged       bool      // one stereo file: customer left, all others right
}

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
	Cause   string        `json:"cause"` // for example: overflow, no-media, pause
}

// Recording is a closed (or, after a crash, repaired) file with its metadata.
type Recording struct {
	Segment      SegmentID
	Conversation ConversationID
	Call         CallID
	Leg          LegID  // empty: merged
	Part         string // customer, agent, external, merged
	Path         string // below the recordings directory
	Format       string // wav
	Agent        string
	EndUser      string
	EndNumber    string
	Start        time.Time // UTC
	End          time.Time // UTC
	SHA256       string    // of the whole file, hex
	Bytes        int64
	Gaps         []Gap
	Repaired     bool // found unfinished at a start
}
