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
	Nothing      Sound = iota
	Greeting           // once
	Ringback           // the network's ringing, again and again
	Music              // again and again
	Announcement       // Step.N says which; again and again, at its interval
	Reply              // to a key that the caller has pressed; once
	Message            // the longest wait is over; once
)

// View is what a strategy knows of a waiting call.
type View struct {
	Now      time.Time
	Began    time.Time // when the caller came into this queue
	Ringing  bool      // an agent's phone rings, or is just being picked up
	Greeted  bool      // the greeting was played to its end, was cut, or can't be played
	Said     bool      // the same of the message
	Replying bool      // a key is being answered
	// Announcing is the announcement that plays, counted from 1; 0: none.
	Announcing int
	// Announced is when each announcement was heard last; zero: not yet.
	Announced []time.Time
}

// Step is what to do until the next event, or until Wake.
type Step struct {
	Front  Sound          // once, in front of Behind
	N      int            // of an announcement
	Behind Sound          // as long as there is nothing in front
	Closed bool           // offer the call to no other agent
	End    fact.EndReason // hang up for this reason; EndUnset: go on
	Wake   time.Time      // ask again then; zero: no need
}

// Strategy is what a caller hears. It is chosen once, when the call comes into a queue.
type Strategy interface {
	Next(v View) Step
}

// Plain is a strategy of the file: greeting, ringing, music with announcements, and a longest wait with a message.
type Plain struct {
	Greeting      bool
	RingFor       time.Duration   // ringing before the music
	Announcements []time.Duration // after how much music each of them comes
	LongestWait   time.Duration   // 0: for ever
	Message       bool            // before hanging up
}

// Next implements Strategy.
func (p Plain) Next(v View) Step {
	step := Step{Behind: Music}
	if ringUntil := v.Began.Add(p.RingFor); v.Now.Before(ringUntil) {
		step.Behind = Ringback
		step.wake(ringUntil)
	}
	longest := v.Began.Add(p.LongestWait)
	switch {
	case p.LongestWait <= 0 || v.Now.Before(longest):
		if p.LongestWait > 0 {
			step.wake(longest)
		}
	case v.Ringing:
		step.Closed = true
	case p.Message && !v.Said:
		return Step{Front: Message, Behind: Music, Closed: true}
	default:
		return Step{Behind: Music, Closed: true, End: fact.EndLongestWait}
	}
	switch {
	case v.Replying:
		step.Front = Reply
	case p.Greeting && !v.Greeted:
		step.Front = Greeting
	default:
		p.announce(v, &step)
	}
	return step
}

// announce adds the announcement that plays or is due, or when the next one is.
func (p Plain) announce(v View, step *Step) {
	if v.Announcing > 0 {
		step.Front, step.N = Announcement, v.Announcing-1
		return
	}
	first := time.Time{}
	for i, every := range p.Announcements {
		due := v.Began.Add(every)
		if i < len(v.Announced) && !v.Announced[i].IsZero() {
			due = v.Announced[i].Add(every)
		}
		if first.IsZero() || due.Before(first) {
			first, step.N = due, i
		}
	}
	switch {
	case first.IsZero():
	case v.Now.Before(first):
		step.N = 0
		step.wake(first)
	default:
		step.Front = Announcement
	}
}

// wake asks to be asked again at a time, unless that is to be sooner.
func (s *Step) wake(at time.Time) {
	if s.Wake.IsZero() || at.Before(s.Wake) {
		s.Wake = at
	}
}
