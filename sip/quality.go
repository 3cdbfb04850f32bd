package sip

import (
	"maps"
	"math"
	"sync"
	"time"

	"mediasrv/media"
	"mediasrv/media/rtp"
	"mediasrv/routing/fact"
)

// meters measure how the lines are, a meter for each trunk; "" is agents' phones and browsers.
type meters struct {
	mu      sync.Mutex
	byTrunk map[string]*media.Meter
}

// of is a trunk's meter.
func (m *meters) of(trunk string) *media.Meter {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byTrunk == nil {
		m.byTrunk = map[string]*media.Meter{}
	}
	if m.byTrunk[trunk] == nil {
		m.byTrunk[trunk] = media.NewMeter()
	}
	return m.byTrunk[trunk]
}

// Quality is how the lines of each trunk have been since the start; "" is agents' phones and browsers.
func (s *Stack) Quality() map[string]media.Measured {
	s.meters.mu.Lock()
	all := maps.Clone(s.meters.byTrunk)
	s.meters.mu.Unlock()
	out := make(map[string]media.Measured, len(all))
	for trunk, m := range all {
		out[trunk] = m.Measured()
	}
	return out
}

// quality is a line's course as a fact.
func quality(c rtp.Course) fact.Quality {
	q := fact.Quality{
		Rated: time.Duration(c.Seconds) * time.Second, MOS: c.MOS(), LowestMOS: c.LowestMOS, Loss: c.Loss(), Late: c.Late, Discarded: c.Discarded,
		Jitter: c.Jitter(), RoundTrip: c.RTT(),
	}
	if loss, jitter, mos, ok := c.Remote(); ok {
		q.FarLoss, q.FarJitter, q.FarMOS = loss, jitter, mos
	}
	return q
}

// round is a figure as people read it in a log.
func round(v float64) float64 { return math.Round(v*100) / 100 }
