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
	ErrNotYours           = Refusal("This is up to the agent who has the call.")
	ErrHeld               = Refusal("The call is on hold already.")
	ErrNotHeld            = Refusal("The call is not on hold.")
	ErrConsulting         = Refusal("You are in a consultation: go back, switch, merge or complete first.")
	ErrNotConsulting      = Refusal("You are not in a consultation.")
	ErrNotAnswered        = Refusal("They have not answered yet.")
	ErrCalling            = Refusal("Somebody is being called already.")
	ErrNobody             = Refusal("Say whom: an agent, a queue or a number.")
	ErrOneself            = Refusal("You can't transfer a call to yourself.")
	ErrInThisCall         = Refusal("This agent is in the call already.")
	ErrOtherQueue         = Refusal("This agent doesn't work in the call's queue.")
	ErrQueueClosed        = Refusal("This queue is closed now.")
	ErrQueueNoParty       = Refusal("A queue can't be a party of a conference: choose an agent.")
	ErrTypedNumber        = Refusal("Calls can be given only to numbers of the directory that have the tag external_number.")
	ErrFull               = Refusal("No more parties fit into this call.")
	ErrUnknownParty       = Refusal("This party is not in the call.")
	ErrNoDigits           = Refusal("Only digits 0 to 9, * and # (and A to D) can be sent, at most 32.")
	ErrNoKeypad           = Refusal("Nobody in this call takes digits.")
	ErrSupervised         = Refusal("Another supervisor is in this call already.")
	ErrOwnCall            = Refusal("This is your own call.")
	ErrNotSupervised      = Refusal("You are not in this call.")
	ErrUnknownMode        = Refusal("The way must be listen, whisper, barge or take-over.")
	ErrCallEnded          = Refusal("This call has ended.")
	ErrFault              = Refusal("The server could not do this, by a fault of its own: its log says more. The call has ended.")
	ErrUnreachablePhone   = Refusal("The phone can't be reached.")
	ErrUnknownPlan        = Refusal("There is no such entry of callbacks.")
	ErrNotCallable        = Refusal("This number can't be called, or may not be.")
	ErrUnknownRating      = Refusal("The rating of the line must be between 1 and 5, or 0 for none.")
)
