package floor

// Refusal is an error whose text is a sentence for the agent whose command was refused.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// Why a command of an agent is refused.
const (
	ErrUnknownAgent       = Refusal("There is no agent with this name.")
	ErrUnknownStatus      = Refusal("The status must be available, busy, away or offline, or one of the company's.")
	ErrNoWrapUp           = Refusal("You are not in wrap-up.")
	ErrNoExtension        = Refusal("Your wrap-up time can't be extended.")
	ErrDispositionNeeded  = Refusal("Choose a disposition first.")
	ErrUnknownDisposition = Refusal("This disposition is not in the list.")
	ErrNotFree            = Refusal("This agent is not available now.")
	ErrInCall             = Refusal("This agent is in another call.")
	ErrNoPhone            = Refusal("This agent has no phone connected.")
	ErrNobodyFree         = Refusal("Nobody in this queue is available now.")
	ErrUnknownQueue       = Refusal("There is no such queue.")
	ErrClosed             = Refusal("The server is shutting down.")
)
