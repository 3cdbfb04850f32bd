package fact

import "time"

// VoicemailID names one message that a caller has left.
type VoicemailID string

// Voicemail is a message that a caller has left: a row of the table of voicemails. Its sound is the recording of the segment.
type Voicemail struct {
	ID           VoicemailID
	Conversation ConversationID
	Call         CallID
	Segment      SegmentID
	Box          string // the entry of voicemails in the file
	Queue        string // whose agents hear it
	Number       string // the caller's, E.164; empty: withheld
	Name         string
	Entry        string // the number dialled
	Began        time.Time
	Length       time.Duration
}

// VoicemailMark says that somebody has heard a message, or has dealt with it. Of each kind the first one counts, but Again takes a "dealt with" back.
type VoicemailMark struct {
	ID    VoicemailID
	At    time.Time
	User  string
	Done  bool // dealt with; else: heard
	Again bool // with Done: it is to be dealt with again
}

func (Voicemail) record()     {}
func (VoicemailMark) record() {}

// VoicemailView is a message as agents see it.
type VoicemailView struct {
	ID           VoicemailID    `json:"id"`
	Conversation ConversationID `json:"conversation"`
	Call         CallID         `json:"call"`
	Box          string         `json:"box" doc:"the entry of voicemails in the file"`
	Queue        string         `json:"queue"`
	Number       string         `json:"number" doc:"empty: withheld"`
	Name         string         `json:"name"`
	Entry        string         `json:"entry" doc:"the number dialled"`
	At           time.Time      `json:"at"`
	Seconds      float64        `json:"seconds"`
	Heard        *time.Time     `json:"heard" doc:"null: nobody has heard it"`
	HeardBy      string         `json:"heardBy"`
	Done         *time.Time     `json:"done" doc:"null: it is still to be dealt with"`
	DoneBy       string         `json:"doneBy"`
	Ready        bool           `json:"ready" doc:"the sound can be played; false in the first moment after the call, and when its file is gone"`
	Path         string         `json:"-"` // of the recording
}
