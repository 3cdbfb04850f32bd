package fact

import "time"

// Agent is a row of the table of agents: what a start goes on from. Phones are not in it: they register again.
type Agent struct {
	User     string
	Status   string // chosen: available, busy, away, offline
	Activity string // idle, ringing, talking, wrap-up
	Missed   int    // offers missed in a row
	Since    time.Time
	IdleFrom time.Time // idle since, or before what the agent does now
	Call     CallID    // ringing, talking or wrap-up; else empty
	Queue    string    // of the call

	WrapUpBegan time.Time // zero: not in wrap-up
	WrapUpUntil time.Time
	WrapUpMore  bool // "+10 s" is allowed
}

// Situation is a row of the table of situations: where a call is. It is written when the call comes to a new stage, and goes when the call ends.
type Situation struct {
	Call     CallID
	Stage    string // menu, away, wait, talk
	Queue    string
	Priority int
	Front    bool
	Since    time.Time // waited since, over transfers
	At       time.Time // when it came to the stage
	Whole    string    // JSON: all that the stage starts from
}

// Orphan is a call that a crash has cut off.
type Orphan struct {
	Call  Call      // as it was closed, with EndCrash
	Name  string    // the customer's
	Last  Situation // no Stage: the call was just beginning, or went out by a trunk
	Waits bool      // for an agent
}

// Resume is what a start goes on from, of this node.
type Resume struct {
	Agents  []Agent
	Calls   []Call   // that agents had or wrapped up, ended
	Orphans []Orphan // those who waited first, in the order in which they would have been served

	Callbacks []Callback // that hold
}

func (Agent) record()     {}
func (Situation) record() {}
