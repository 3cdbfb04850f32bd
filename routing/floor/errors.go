package floor

// Refusal is an error whose text is a sentence for the agent whose command was refused.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// Why a command of an agent is refused.
const (
	ErrUnknownAgent       = Refusal("There is no agent with this name.")
	ErrUnknownStatus      = Refusal("The status must be available, busy, away or offline.")
	ErrNoWrapUp           = Refusal("You are not in wrap-up.")
	ErrNoExtension        = Refusal("Your wrap-up time can't be extended.")
	ErrDispositionNeeded  = Refusal("Choose a disposition first.")
	ErrUnknownDisposition = Refusal("This disposition is not in the list.")
	ErrClosed             = Refusal("The server is shutting down.")
)
