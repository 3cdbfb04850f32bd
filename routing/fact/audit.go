package fact

import "time"

// Audit is a row of the audit trail: what a supervisor or an admin did to somebody else, or to a running call.
type Audit struct {
	ID     string
	At     time.Time
	Who    string // user
	What   string // listen, whisper, barge, take-over, leave, move, status, log-out
	Call   CallID // empty: no call
	User   string // to whom it was done; empty: to nobody
	Detail string
}

func (Audit) record() {}

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
