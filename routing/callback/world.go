package callback

import (
	"context"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// World is what the keeper needs of the contact centre. All methods but Commit are called by the keeper's goroutine and return at once.
type World interface {
	// Enter puts a callback into the line: offers for it come to Noticed. Leave takes it out.
	Enter(Place)
	Leave(fact.CallID)
	// Start begins the call of a callback to which the floor has given an agent. Its end is told by Over.
	Start(Place, floor.Notice)
	// Tell gives a notice to the call of a callback.
	Tell(fact.CallID, floor.Notice)
	// End ends the call of a callback; Over follows. false: there is no such call.
	End(fact.CallID) bool
	// Save keeps a row soon; Commit keeps it before it returns, or ctx ends. Commit is called by a goroutine of its own.
	Save(fact.Callback)
	Commit(context.Context, fact.Callback) error
	// Record adds to the time line.
	Record(fact.Event)
	// Present says whether an agent is there: not away or offline, and with a phone.
	Present(user string) bool
	// Closed is until when a supervisor has closed a queue; zero: it isn't closed.
	Closed(queue string, at time.Time) time.Time
	// Count says how many callbacks of a queue hold.
	Count(queue string, n fact.CallbackCount)
}

// Place is a callback in the line, or in a call.
type Place struct {
	Row   fact.Callback
	Call  fact.CallID // that it has, or will have
	Last  bool        // behind every caller
	Dials bool        // the customer is called first
}

// Request is a customer's wish to be called.
type Request struct {
	Plan         string // entry of the file
	Queue        string
	Number       string // E.164
	Name         string
	Entry        string // the number that the customer has dialled
	Conversation fact.ConversationID
	Call         fact.CallID // in which it was asked for; it is not called back before Ended says that it is over. Empty: it is
	Priority     int
	Front        bool
	Since        time.Time // waited since

	// By an agent: zero for what customers ask for.
	By    string
	Owner string
	Due   time.Time
}

const (
	commitTime = 3 * time.Second  // in which a dial must be in the books
	leaseTime  = 2 * time.Hour    // a call that hasn't said what became of its customer is ended
	endTime    = time.Minute      // between looks whether it has ended
	ownerTime  = 30 * time.Minute // after its time a personal one whose owner isn't there goes to anyone
	ownerLook  = time.Minute      // between looks whether the owner is there
	shortPause = 10 * time.Second // before a callback whose call ended without a dial is tried again
	busyPause  = time.Minute      // where our own lines were the reason
)
