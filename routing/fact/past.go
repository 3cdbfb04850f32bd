package fact

import "time"

// PastCall is a call that came in, as far as another day could be made of it.
type PastCall struct {
	At     time.Time
	From   string // empty: withheld
	Entry  string
	Trunk  string
	Keys   []PastKey
	Waited time.Duration // in queues
	GaveUp bool          // after that wait
	Talked bool          // with an agent
	Talk   time.Duration // hold included
	WrapUp time.Duration
}

// PastKey is a digit that a caller has pressed; masked ones are not known.
type PastKey struct {
	After time.Duration // the call began
	Digit byte
}
