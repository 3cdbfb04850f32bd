package routing

import (
	"mediasrv/routing/fact"
)

// Everything that agents can do to the call that they are in. Errors are Refusals: sentences for the agent; then nothing has happened.

// Hangup ends the call that an agent talks in, refuses the one that rings, or leaves a conference.
func (c *Centre) Hangup(user string) error { return c.toCallOf(user, verbHangup, wish{}) }

// Hold puts everybody else in the agent's call on hold.
func (c *Centre) Hold(user string) error { return c.toCallOf(user, verbHold, wish{}) }

// Resume brings them back.
func (c *Centre) Resume(user string) error { return c.toCallOf(user, verbResume, wish{}) }

// Mute keeps the agent from being heard, or lets it be heard again.
func (c *Centre) Mute(user string, on bool) error { return c.toCallOf(user, verbMute, wish{on: on}) }

// SendDigits sends digits to all outside who talk with the agent.
func (c *Centre) SendDigits(user, digits string) error {
	return c.toCallOf(user, verbDigits, wish{digits: digits})
}

// Transfer gives the call to somebody else at once.
func (c *Centre) Transfer(user string, to fact.Destination) error {
	return c.toCallOf(user, verbTransfer, wish{to: to})
}

// Consult holds the caller and calls somebody else.
func (c *Centre) Consult(user string, to fact.Destination) error {
	return c.toCallOf(user, verbConsult, wish{to: to})
}

// AddParty calls somebody to a conference.
func (c *Centre) AddParty(user string, to fact.Destination) error {
	return c.toCallOf(user, verbInvite, wish{to: to})
}

// DropParty hangs up on one of those whom the agent has called.
func (c *Centre) DropParty(user string, leg fact.LegID) error {
	return c.toCallOf(user, verbDrop, wish{leg: leg})
}

// SwitchParty lets the agent talk with the other one of a consultation.
func (c *Centre) SwitchParty(user string) error { return c.toCallOf(user, verbSwitch, wish{}) }

// BackToCaller ends a consultation.
func (c *Centre) BackToCaller(user string) error { return c.toCallOf(user, verbBack, wish{}) }

// Complete gives the caller to who was asked in a consultation.
func (c *Centre) Complete(user string) error { return c.toCallOf(user, verbComplete, wish{}) }

// Merge makes a conference of a consultation.
func (c *Centre) Merge(user string) error { return c.toCallOf(user, verbMerge, wish{}) }

// ComeBack brings the agent's phone of a login into the call that the agent talks in, in place of the one before, which was lost or is left.
func (c *Centre) ComeBack(user, phone string) error {
	return c.toCallOf(user, verbReturn, wish{phone: phone})
}

// toCallOf gives a command to the call that a user is in.
func (c *Centre) toCallOf(user string, v verb, w wish) error {
	id, ok := c.desk.callOf(user)
	if !ok {
		return ErrNoCall
	}
	return c.toCall(id, v, user, w)
}

func (c *Centre) toCall(id fact.CallID, v verb, user string, w wish) error {
	s := c.call(id)
	if s == nil {
		return ErrCallEnded
	}
	return s.command(v, user, w)
}
