package fact

import "time"

// ContactID names an entry of the directory.
type ContactID string

// ExternalNumber is the tag of entries to which agents may give calls.
const ExternalNumber = "external_number"

// Contact is an entry of the directory: a row of its table, or one of the file's.
type Contact struct {
	ID      ContactID `json:"id"`
	Name    string    `json:"name" doc:"empty: a number that somebody has typed"`
	Numbers []string  `json:"numbers" doc:"in E.164"`
	Email   string    `json:"email"`
	Tags    []string  `json:"tags" doc:"external_number: calls may be given to it"`
	By      string    `json:"by" doc:"the user who has added or changed it; empty: the operator's file has it, and it can't be changed here"`
	Changed time.Time `json:"changed"`
	Gone    bool      `json:"-"` // deleted
}

func (Contact) record() {}

// ContactSearch chooses entries of the directory.
type ContactSearch struct {
	Text     string // a part of name, number, address or tag; empty: all
	External bool   // only those to whom calls may be given
	Most     int
}
