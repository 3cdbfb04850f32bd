package callback

import "mediasrv/routing/floor"

// Why a command is refused: sentences for the agent.
const (
	ErrUnknown   = floor.Refusal("There is no such callback, or it is closed.")
	ErrPast      = floor.Refusal("This time is in the past.")
	ErrBeingMade = floor.Refusal("This customer is being called right now.")
	ErrWithUs    = floor.Refusal("This customer is in a call with us right now.")
	ErrTaken     = floor.Refusal("A colleague is calling this customer.")
	ErrAutomatic = floor.Refusal("This callback is made automatically: it can't be taken.")
	ErrNotYours  = floor.Refusal("This callback is of a queue that isn't yours.")
	ErrPersonal  = floor.Refusal("This callback is a colleague's own.")
	ErrClosed    = floor.Refusal("The conversation is closed: its callback can't be cancelled any more.")
	ErrNotNow    = floor.Refusal("The customer may not be called at this time.")
	ErrGone      = floor.ErrClosed
)
