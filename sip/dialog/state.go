package dialog

// State is where a dialog is in its life.
type State uint8

// The states.
const (
	Calling    State = iota + 1 // UAC: INVITE sent, nothing heard
	Proceeding                  // UAC: a provisional response came
	Cancelling                  // UAC: given up; CANCEL waits for the first provisional response, or for the final one
	Incoming                    // UAS: INVITE received, no final response sent
	Accepted                    // UAS: 200 sent, ACK not yet here
	Closing                     // UAS: given up, but BYE must wait for the ACK (RFC 3261, 15)
	Confirmed                   // both: talking
	Leaving                     // both: BYE sent
	Ended                       // both: nothing left
)

// Event is what can happen to a dialog.
type Event uint8

// The events.
const (
	GotProvisional Event = iota + 1 // 1xx to our INVITE
	GotSuccess                      // 2xx to our INVITE
	GotFailure                      // our INVITE failed: 3xx-6xx, timeout, can't send
	GotCancel                       // CANCEL of the INVITE that we haven't answered
	GotAck                          // ACK of our 2xx
	GotBye                          // BYE
	Answer                          // we answer: 200
	Hangup                          // we end it
	AckLost                         // no ACK for 64*T1
	Lost                            // the peer doesn't know the dialog any more, or can't be reached
	ByeDone                         // our BYE is answered or given up
	Rerouted                        // our INVITE goes to another hop
)

// On is the state after an event; false if the event means nothing in this state, which then stays.
func (s State) On(e Event) (State, bool) {
	if to := transitions[s][e]; to != 0 {
		return to, true
	}
	return s, false
}

// Live says whether the parties still want the call.
func (s State) Live() bool {
	switch s {
	case Calling, Proceeding, Incoming, Accepted, Confirmed:
		return true
	case Cancelling, Closing, Leaving, Ended:
	}
	return false
}

//nolint:gochecknoglobals // a constant table
var transitions = [Ended + 1][Rerouted + 1]State{
	Calling: {
		GotProvisional: Proceeding, GotSuccess: Confirmed, GotFailure: Ended, Hangup: Cancelling, Rerouted: Calling,
	},
	Proceeding: {
		GotProvisional: Proceeding, GotSuccess: Confirmed, GotFailure: Ended, Hangup: Cancelling, Rerouted: Calling,
	},
	Cancelling: {
		GotProvisional: Cancelling, GotSuccess: Leaving, GotFailure: Ended,
	},
	Incoming: {
		GotCancel: Ended, GotBye: Ended, Answer: Accepted, Hangup: Ended, Lost: Ended,
	},
	Accepted: {
		GotAck: Confirmed, GotBye: Ended, Hangup: Closing, AckLost: Leaving, Lost: Ended,
	},
	Closing: {
		GotAck: Leaving, GotBye: Ended, AckLost: Leaving, Lost: Ended,
	},
	Confirmed: {
		GotBye: Ended, Hangup: Leaving, AckLost: Leaving, Lost: Leaving,
	},
	Leaving: {
		GotBye: Ended, ByeDone: Ended,
	},
	Ended: {},
}
