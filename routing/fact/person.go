package fact

import "time"

// Person is what is kept of a customer, by the number: for those who ask what is known of them. The rows are as the database has them.
type Person struct {
	Number        string           `json:"number"`
	Conversations []map[string]any `json:"conversations"`
	Calls         []map[string]any `json:"calls"`
	Legs          []map[string]any `json:"legs"`
	Events        []map[string]any `json:"events"`
	Callbacks     []map[string]any `json:"callbacks"`
	Voicemails    []map[string]any `json:"voicemails"`
	Contacts      []map[string]any `json:"contacts"` // of the directory that users fill
	Recordings    []RecordingView  `json:"recordings"`
}

// PersonErased takes a customer's number, name and what was noted out of all rows. The rows stay: they count in statistics.
type PersonErased struct {
	Number string
	At     time.Time
}

func (PersonErased) record() {}
