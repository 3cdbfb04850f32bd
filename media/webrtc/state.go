package webrtc

// State of a transport.
type State uint8

// The states.
const (
	New        State = iota // no valid check yet
	Connecting              // the peer checks; DTLS is under way, or waits for the peer's fingerprint
	Connected               // media flows
	Lost                    // no valid check for 30 s; a valid one brings it back
	Failed                  // for good; Err says why
)

// String names the state for logs.
func (s State) String() string {
	switch s {
	case New:
		return "new"
	case Connecting:
		return "connecting"
	case Connected:
		return "connected"
	case Lost:
		return "lost"
	case Failed:
		return "failed"
	}
	return "unknown"
}

// event is what moves a transport's state.
type event uint8

const (
	checked event = iota // a valid check before media can flow
	alive                // a valid check while there are keys
	keyed                // DTLS is done and the fingerprint matched
	silent               // no valid check for too long
	broken               // it can't go on
)

// on is the whole state machine.
func (s State) on(e event) State {
	switch {
	case s == Failed || e == broken:
		return Failed
	case e == silent:
		return Lost
	case s == New && e == checked, s == Lost && e == checked:
		return Connecting
	case e == alive:
		return Connected
	case e == keyed && s != Lost: // a transport that is lost comes back by a check
		return Connected
	}
	return s
}
