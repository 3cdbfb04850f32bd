package impair

import (
	"math/rand/v2"
	"time"
)

// Conditions are how bad a line is, the same in both directions. The zero value is a perfect one.
type Conditions struct {
	Loss      float64       // share of packets that vanish, 0 to 1
	Duplicate float64       // share that comes twice
	Reorder   float64       // share that overtakes what is on its way
	Delay     time.Duration // of every packet
	Jitter    time.Duration // standard deviation of Delay; packets stay in order, as on a link with a queue
}

// line is one direction: it decides when a packet arrives. Pure but for its random numbers, which a seed repeats.
type line struct {
	random *rand.Rand
	last   time.Time // arrival of the last packet that didn't overtake
}

func newLine(seed uint64) *line { return &line{random: rand.New(rand.NewPCG(seed, 1))} }

// arrivals says when a packet that is sent now arrives: never, once or twice.
func (l *line) arrivals(now time.Time, c Conditions) []time.Time {
	if l.random.Float64() < c.Loss {
		return nil
	}
	at := now.Add(c.Delay + time.Duration(l.random.NormFloat64()*float64(c.Jitter)))
	switch {
	case l.random.Float64() < c.Reorder:
		at = now
	case at.Before(l.last):
		at = l.last
	default:
		l.last = at
	}
	if l.random.Float64() < c.Duplicate {
		return []time.Time{at, at}
	}
	return []time.Time{at}
}
