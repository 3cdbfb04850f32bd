package fact

import "time"

// ConversationView is a conversation as agents see it.
type ConversationView struct {
	ID       ConversationID `json:"id"`
	Number   string         `json:"number" doc:"the customer's; empty: withheld"`
	Name     string         `json:"name"`
	Queue    string         `json:"queue"`
	Agent    string         `json:"agent" doc:"whose it is; empty: nobody's"`
	Status   string         `json:"status" enum:"open,waiting,solved,closed"`
	Priority int            `json:"priority" doc:"the customer's next calls wait at least with this one"`
	Tags     []string       `json:"tags"`
	Notes    string         `json:"notes"`
	Opened   time.Time      `json:"opened"`
	Changed  time.Time      `json:"changed"`
}

// View is what agents see.
func (c Conversation) View() ConversationView {
	return ConversationView{
		ID: c.ID, Number: c.Customer, Name: c.Name, Queue: c.Queue, Agent: c.Agent, Status: c.Status, Priority: c.Priority,
		Tags: append([]string{}, c.Tags...), Notes: c.Notes, Opened: c.Opened, Changed: c.Changed,
	}
}

// ConversationForm is what an agent says of a conversation; nil: as it is.
type ConversationForm struct {
	Status   *string   `json:"status,omitempty" enum:"open,waiting,solved,closed"`
	Priority *int      `json:"priority,omitempty" minimum:"0" maximum:"99"`
	Tags     *[]string `json:"tags,omitempty" maxItems:"20"`
	Notes    *string   `json:"notes,omitempty" maxLength:"10000"`
}

// CustomerView is what is known of the customer of an agent's call.
type CustomerView struct {
	Contact      *Contact          `json:"contact" doc:"of the directory, by the number; null: not known"`
	Conversation *ConversationView `json:"conversation" doc:"the call's, unless it is closed"`
	Past         []PastContact     `json:"past" doc:"earlier calls, the latest first, at most 30"`
}

// PastContact is an earlier call with a customer.
type PastContact struct {
	Call         CallID         `json:"call"`
	Conversation ConversationID `json:"conversation"`
	At           time.Time      `json:"at"`
	Direction    Direction      `json:"direction"`
	Queue        string         `json:"queue"`
	Agent        string         `json:"agent" doc:"the last one who had it; empty: nobody answered"`
	Disposition  string         `json:"disposition"`
	Talked       float64        `json:"talked" doc:"seconds"`
	End          string         `json:"endReason"`
	Status       string         `json:"status" doc:"of the conversation"`
	Priority     int            `json:"priority" doc:"of the conversation"`
	Tags         []string       `json:"tags" doc:"of the conversation"`
	Notes        string         `json:"notes" doc:"of the conversation"`
}
