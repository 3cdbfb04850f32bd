package fact

import "time"

// Audit is a row of the audit trail: what a supervisor or an admin did to somebody else, or to a running call.
type Audit struct {
	ID     string
	At     time.Time
	Who    string // user
	What   AuditKind
	Call   CallID // empty: no call
	User   string // to whom it was done; empty: to nobody
	Detail string
}

func (Audit) record() {}

// AuditKind names what was done.
type AuditKind string

// What is in the trail besides the ways of Supervision.
const (
	AuditLeave           AuditKind = "leave"            // a call that was listened to
	AuditMove            AuditKind = "move"             // a waiting call into the queue of Detail
	AuditStatus          AuditKind = "status"           // of User, to Detail
	AuditLogOut          AuditKind = "log-out"          // of User
	AuditQueueClosed     AuditKind = "queue-closed"     // Detail: which, until when
	AuditQueueOpened     AuditKind = "queue-opened"     // before its time
	AuditIncident        AuditKind = "incident"         // Detail: of which queue, until when
	AuditIncidentEnded   AuditKind = "incident-ended"   // before its time
	AuditRecordingGone   AuditKind = "recording-delete" // User: the agent; Detail: why
	AuditRecordingHeld   AuditKind = "recording-hold"   // legal hold; Detail: why
	AuditRecordingUnheld AuditKind = "recording-unhold"
	AuditPersonExported  AuditKind = "person-export" // Detail: how much, without the person
	AuditPersonErased    AuditKind = "person-erase"  // Detail: why, and how much went, without the person
	AuditReload          AuditKind = "reload"        // of the file; Detail: what became of it
	AuditTokenCreated    AuditKind = "token-create"
	AuditTokenRevoked    AuditKind = "token-revoke"
)

// AuditView is a row of the trail for those who may read it.
type AuditView struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Who    string    `json:"who" doc:"login; token:NAME: a program's token"`
	What   AuditKind `json:"what" doc:"listen, whisper, barge, take-over, leave, move, status, log-out, queue-closed, queue-opened, incident, incident-ended, recording-delete, recording-hold, recording-unhold, person-export, person-erase, reload, token-create, token-revoke"`
	Call   CallID    `json:"call" doc:"empty: of no call"`
	User   string    `json:"user" doc:"to whom it was done; empty: to nobody"`
	Detail string    `json:"detail"`
}

// AuditFilter says which rows are asked for; empty fields say nothing.
type AuditFilter struct {
	Who, What, User, Call string
	From, To              time.Time // within, To not included
	Before                string    // id of the last of the page before
	Most                  int
}

// RunningCall is a call as supervisors see it.
type RunningCall struct {
	ID      CallID      `json:"id"`
	State   string      `json:"state" enum:"answer,menu,away,wait,talk,transfer,bridge,place,end" doc:"the part of the call's way"`
	Began   time.Time   `json:"began"`
	Queue   string      `json:"queue"`
	Agent   string      `json:"agent"` // who has answered it; empty: nobody yet
	Number  string      `json:"number"`
	Name    string      `json:"name"`
	Parties []PartyView `json:"parties"` // once somebody has answered
}
