package simulate

import "time"

// Plan is what comes upon the contact centre.
type Plan struct {
	From, To time.Time // in which callers come and figures are kept
	Callers  []Caller  // in the order of time
	Shifts   []Shift   // in the order of time
	Seed     uint64    // of how fast agents and customers pick up

	Talk    time.Duration // of those whom we call, on average
	PickUp  time.Duration // agents let their phone ring for so long, on average
	Misses  float64       // share of offers that they don't hear
	Reached float64       // share of calls to numbers and of callbacks that are answered
}

// Caller is somebody who will call.
type Caller struct {
	At       time.Time
	From     string // E.164; empty: withheld
	To       string // number of the file
	Trunk    string
	Keys     []Key
	Patience time.Duration // hangs up when no agent has answered so long after coming into a queue; 0: never
	Talk     time.Duration // with an agent, or whomever the call leads to; 0: a moment
	WrapUp   time.Duration // that the agent needs then; negative: as much as there is
}

// Key is pressed by a caller some time after the call was answered or rings.
type Key struct {
	After time.Duration
	Digit byte
}

// Shift is an agent who becomes available, away, busy or offline.
type Shift struct {
	At     time.Time
	User   string
	Status string
}
