package fact

import "time"

// HookEvent is something that a webhook is to be told of, with the call that it happened in as it is known now.
type HookEvent struct {
	ID           int64          `json:"id"` // of the telling: the same again if it is repeated
	Kind         EventKind      `json:"event"`
	At           time.Time      `json:"at"`
	Conversation ConversationID `json:"conversation"`
	Call         CallID         `json:"call"`
	Direction    string         `json:"direction"`
	Number       string         `json:"number"` // the customer's; empty: withheld
	Name         string         `json:"name"`
	Entry        string         `json:"entry"` // the number dialled
	Queue        string         `json:"queue"`
	Agent        string         `json:"agent"` // login
	Disposition  string         `json:"disposition"`
	End          string         `json:"end"` // why the call ended; empty: it runs
	Detail       string         `json:"detail"`
}
