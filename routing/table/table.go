// Package table says who hears whom at a running call: conference, consultation, whispering and listening are rows of one matrix. It is pure.
package table

import "mediasrv/media"

// Role is what a party is in a call.
type Role uint8

// The roles.
const (
	Customer Role = iota + 1
	Agent
	Guest      // whoever the agent has called to it
	Supervisor // takes part as its Mode says
)

// Mode is how a supervisor takes part.
type Mode uint8

// The modes.
const (
	Listen  Mode = iota + 1 // hears all who talk, and is heard by nobody
	Whisper                 // and is heard by the agent
	Barge                   // takes part
)

// Party is one party of a call.
type Party struct {
	At    media.EndpointID
	Role  Role
	Mode  Mode // of a supervisor
	Away  bool // held, or not there yet: hears nobody and is heard by nobody
	Muted bool // is heard by nobody
}

// Table is all parties of a call.
type Table []Party

// talks says that a party takes part in the conversation.
func (p Party) talks() bool { return !p.Away && (p.Role != Supervisor || p.Mode == Barge) }

// voices are all who take part and can be heard.
func (t Table) voices() media.Set {
	var all media.Set
	for _, p := range t {
		if p.talks() && !p.Muted {
			all |= media.Of(p.At)
		}
	}
	return all
}

// whispers are supervisors whom only the agent hears.
func (t Table) whispers() media.Set {
	var all media.Set
	for _, p := range t {
		if p.Role == Supervisor && p.Mode == Whisper && !p.Away && !p.Muted {
			all |= media.Of(p.At)
		}
	}
	return all
}

// Hears is whom a party hears.
func (t Table) Hears(p Party) media.Set {
	if p.Away {
		return 0
	}
	all := t.voices()
	if p.Role == Agent {
		all |= t.whispers()
	}
	return all &^ media.Of(p.At)
}

// Recorded are whose voices belong into the call's files: those who talk with the customer. What is said while the customer is held doesn't.
func (t Table) Recorded() media.Set {
	for _, p := range t {
		if p.Role == Customer && p.talks() {
			return t.voices()
		}
	}
	return 0
}
