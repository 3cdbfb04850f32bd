package sdp

// Direction of a stream, as the side that says it sees it.
type Direction uint8

// The directions (RFC 8866, 6.7).
const (
	SendRecv Direction = iota
	SendOnly
	RecvOnly
	Inactive
)

// Sends says whether the side that says it sends.
func (d Direction) Sends() bool { return d == SendRecv || d == SendOnly }

// Receives says whether the side that says it receives.
func (d Direction) Receives() bool { return d == SendRecv || d == RecvOnly }

// String is the attribute's name.
func (d Direction) String() string {
	switch d {
	case SendOnly:
		return "sendonly"
	case RecvOnly:
		return "recvonly"
	case Inactive:
		return "inactive"
	case SendRecv:
	}
	return "sendrecv"
}

func parseDirection(s string) (Direction, bool) {
	for _, d := range []Direction{SendRecv, SendOnly, RecvOnly, Inactive} {
		if s == d.String() {
			return d, true
		}
	}
	return SendRecv, false
}

// DirectionOf is that of a side which sends, receives, both or neither.
func DirectionOf(sends, receives bool) Direction {
	switch {
	case sends && receives:
		return SendRecv
	case sends:
		return SendOnly
	case receives:
		return RecvOnly
	}
	return Inactive
}

// within is the most of d that a peer which says other allows (RFC 3264, 6.1).
func (d Direction) within(other Direction) Direction {
	return DirectionOf(d.Sends() && other.Receives(), d.Receives() && other.Sends())
}
