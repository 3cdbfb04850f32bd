package fact

import "time"

// NoticeKind says what a supervisor has set for a queue.
type NoticeKind string

// The kinds.
const (
	QueueClosed   NoticeKind = "closed"   // callers hear that nobody works
	QueueIncident NoticeKind = "incident" // callers hear of it before they wait
)

// QueueNotice is what a supervisor has set for a queue for a time, past the file. It is a row of the table of queue notices; one that has ended has
// its Until in the past.
type QueueNotice struct {
	Queue string
	Kind  NoticeKind
	Until time.Time
	Say   string // text that is spoken; empty: File, or what the queue's hours say
	File  string // audio file on the server
	By    string // user
	At    time.Time
}

func (QueueNotice) record() {}

// QueueState says whether a queue takes callers now.
type QueueState struct {
	Name     string
	Open     bool
	Why      string       // it is closed; empty: it isn't
	Closed   *QueueNotice // by a supervisor; nil: it isn't
	Incident *QueueNotice // nil: there is none
}

// The kinds of events about them. The first two belong to no call.
const (
	QueueNoticeSet   EventKind = "queue-notice"       // a supervisor has closed a queue, or set an incident; Detail says until when
	QueueNoticeEnded EventKind = "queue-notice-ended" // and has taken it back
	IncidentPlayed   EventKind = "incident"           // a caller has heard it
)
