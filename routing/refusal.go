package routing

import "mediasrv/routing/floor"

// Refusal is an error whose text is a sentence for the agent whose command was refused.
type Refusal = floor.Refusal

// Why a command of an agent is refused. They are matched with errors.Is.
const (
	ErrUnknownAgent       = floor.ErrUnknownAgent
	ErrUnknownStatus      = floor.ErrUnknownStatus
	ErrNoWrapUp           = floor.ErrNoWrapUp
	ErrNoExtension        = floor.ErrNoExtension
	ErrDispositionNeeded  = floor.ErrDispositionNeeded
	ErrUnknownDisposition = floor.ErrUnknownDisposition
	ErrClosed             = floor.ErrClosed
	ErrNoCall             = Refusal("You are not in a call.")
	ErrNotNow             = Refusal("This is not possible at this point of the call.")
	ErrUnknownOutcome     = Refusal("The status of the conversation must be open, waiting, solved or closed.")
	ErrNotRecorded        = Refusal("This call is not being recorded.")
	ErrNoNumber           = Refusal("There is no number to call.")
	ErrUnknownTrunk       = Refusal("There is no such trunk.")
	ErrNoCallsOut         = Refusal("This trunk carries no calls out.")
	ErrTooLong            = Refusal("A call can be placed for at most an hour.")
	ErrNoSpeech           = Refusal("The text can't be spoken: the log says why.")
	ErrNoRoom             = Refusal("The server has no room for another call.")
	ErrUnknownRating      = Refusal("The rating of the line must be between 1 and 5, or 0 for none.")
)
