package fact

import "time"

// RegistrationState is how our REGISTER with a trunk's servers stands.
type RegistrationState string

// The states of a registration.
const (
	RegistrationNone    RegistrationState = ""               // the trunk asks for none
	Registering         RegistrationState = "registering"    // the first one is under way
	Registered          RegistrationState = "registered"     // until Registration.Expires
	RegistrationRefused RegistrationState = "refused"        // the login or the account: somebody has to do something
	RegistrationFailed  RegistrationState = "failed"         // no server answers; it is tried again
	Unregistered        RegistrationState = "not-registered" // given up, at the end of the server
)

// Registration is our REGISTER with a trunk's servers.
type Registration struct {
	State   RegistrationState
	Since   time.Time // of the state; zero: none
	Server  string    // that took it, as a target's Address; empty: none has
	Expires time.Time // zero unless registered
	Next    time.Time // when it is sent again; zero: not planned
	Error   string    // of the last attempt; empty: it went well
}

// TargetHealth is what is known of one address of a trunk.
type TargetHealth string

// What is known of a target.
const (
	TargetUnknown TargetHealth = "unknown" // nothing was sent to it yet
	TargetUp      TargetHealth = "up"      // it answers
	TargetDown    TargetHealth = "down"    // it doesn't, or has no room; it is tried again, and calls go elsewhere if there is elsewhere
)

// TargetState is one address that a trunk's calls go out to.
type TargetState struct {
	Server  string // as the file has it
	Address string // transport, address and port: udp/192.0.2.1:5060
	Health  TargetHealth
	Since   time.Time     // of the health; zero while it is unknown
	RTT     time.Duration // of the last answer to an OPTIONS or INVITE; 0: none yet
	Error   string        // the last failure, also while it is up; empty: none
	ErrorAt time.Time
	Again   time.Time // down: when calls may go there first again, if nothing is heard before; zero: up
}

// TrunkState is how a trunk is doing at a moment.
type TrunkState struct {
	Name         string
	Kind         string // byoc, carrier
	Registration Registration
	Targets      []TargetState // in the order in which the next call would try them; empty: it has no servers, or their names aren't known yet

	In  int // calls now that came in by it
	Out int // calls now that go out by it

	// Figures of the calls out that ended, over the last Window.
	Window   time.Duration
	Attempts int
	Answered int
	Failures int           // the network failed: no answer at all, 408, 5xx, can't send
	ASR      float64       // Answered of Attempts, 0 to 1; 0 without attempts
	PDD      time.Duration // mean time from INVITE until it rang or was answered; 0: none did
}
