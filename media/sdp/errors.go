package sdp

import "errors"

// What can be wrong with a peer's description.
var (
	// ErrMalformed means that it can't be read: 400 to an offer; an answer ends the call.
	ErrMalformed = errors.New("sdp: malformed")
	// ErrNotAcceptable means that there is no common ground: no codec, another profile, no audio. 488 to an offer; the session stays as it was.
	ErrNotAcceptable = errors.New("sdp: not acceptable")
	// ErrNoOffer means that Accept was called without an Offer before.
	ErrNoOffer = errors.New("sdp: no offer was made")
)
