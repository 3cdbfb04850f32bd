package media

import "mediasrv/media/prompt"

// Sizes of a room. A plan is a plain value of fixed size, so that giving it to the worker allocates nothing.
const (
	MaxEndpoints = 8
	MaxTaps      = MaxEndpoints // so that a conference of all of them is recorded
)

// EndpointID names an endpoint within its room. Slots are used again after Close, so a plan is always written against the
// endpoints that live.
type EndpointID uint8

// Set is a set of endpoints, one bit each.
type Set uint8

// Of makes a set.
func Of(ids ...EndpointID) Set {
	var s Set
	for _, id := range ids {
		s |= 1 << id
	}
	return s
}

// Has says whether id is in the set.
func (s Set) Has(id EndpointID) bool { return s&(1<<id) != 0 }

// Plan says everything that a room does: who hears whom, what plays to whom, whose digits are collected, who is tapped. Setting a
// plan is atomic and replaces the one before. What both plans say alike goes on untouched: a Play with the same Token is not
// started again.
type Plan struct {
	Rows [MaxEndpoints]Row
	Taps [MaxTaps]TapRow
}

// Row is one endpoint's part of a plan.
type Row struct {
	Hears  Set  // whose voices it hears, mixed
	Music  Play // behind: pauses while Prompt plays, and goes on where it was
	Prompt Play // in front of Music and of Hears
	Digits bool // report its digits as events: RFC 4733, and in the voice where the peer has none of those
	Keys   bool // the telephone-events of those whom it hears are passed on to it
	Mute   bool // nobody hears it; taps do
	Talk   bool // report when it begins and ends to speak
}

// Play says that audio is played. Token tells one play from another; 0 plays nothing.
type Play struct {
	Token uint32
	Audio *prompt.Prompt // shared and immutable
	Loop  bool

	// InStep lets a loop be at the same place for all who hear it, as on the radio; else each begins at its start.
	InStep bool
}

// TapRow copies what an endpoint says into a tap's channel.
type TapRow struct {
	Tap     *Tap
	Of      EndpointID
	Channel uint8
}

// Swap gives one endpoint the place of another: what it hears and plays, who hears it, and the taps on it.
func (p *Plan) Swap(from, to EndpointID) {
	p.Rows[from], p.Rows[to] = p.Rows[to], p.Rows[from]
	for i := range p.Rows {
		h := &p.Rows[i].Hears
		a, b := h.Has(from), h.Has(to)
		*h &^= Of(from, to)
		if a {
			*h |= Of(to)
		}
		if b {
			*h |= Of(from)
		}
	}
	for i := range p.Taps {
		switch t := &p.Taps[i]; t.Of {
		case from:
			t.Of = to
		case to:
			t.Of = from
		}
	}
}
