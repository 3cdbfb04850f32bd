// Package waiting decides what a caller hears while waiting for an agent, and for how long. It is pure: what has happened goes in as a View,
// what to do now comes out as a Step.
package waiting

import (
	"time"

	"mediasrv/routing/fact"
)

// Sound names something that a waiting caller can hear.
type Sound uint8

// The sounds.
const (
	Nothing  Sound = iota
	Greeting       // once
	Ringback       // the network's ringing, again and again
	Music          // again and again
	Message        // the longest wait is over; once
)

// View is what a strategy knows of a waiting call.
type View struct {
	Now     time.Time
	Began   time.Time // when the caller came into this queue
	Ringing bool      // an agent's phone rings, or is just being picked up
	Greeted bool      // the greeting was played to its end, was cut, or can't be played
	Said    bool      // the same of the message
}

// Step is what to do until the next event, or until Wake.
type Step struct {
	Front  Sound          // once, in front of Behind
	Behind Sound          // as long as there is nothing in front
	Closed bool           // offer the call to no other agent
	End    fact.EndReason // hang up for this reason; EndUnset: go on
	Wake   time.Time      // ask again then; zero: no need
}

// Strategy is what a caller hears. It is chosen once, when the call comes into a queue.
type Strategy interface {
	Next(v View) Step
}

// Plain is a strategy of the file: greeting, ringing, music, and a longest wait with a message.
type Plain struct {
	Greeting    bool
	RingFor     time.Duration // ringing before the music
	LongestWait time.Duration // 0: for ever
	Message     bool          // before hanging up
}

// Next implements Strategy.
func (p Plain) Next(v View) Step {
	step := Step{Behind: Music}
	if ringUntil := v.Began.Add(p.RingFor); v.Now.Before(ringUntil) {
		step.Behind, step.Wake = Ringback, ringUntil
	}
	longest := v.Began.Add(p.LongestWait)
	switch {
	case p.LongestWait <= 0 || v.Now.Before(longest):
		if p.LongestWait > 0 && (step.Wake.IsZero() || longest.Before(step.Wake)) {
			step.Wake = longest
		}
	case v.Ringing:
		step.Closed = true
	case p.Message && !v.Said:
		return Step{Front: Message, Behind: Music, Closed: true}
	default:
		return Step{Behind: Music, Closed: true, End: fact.EndLongestWait}
	}
	if p.Greeting && !v.Greeted {
		step.Front = Greeting
	}
	return step
}
