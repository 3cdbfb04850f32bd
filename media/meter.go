package media

import (
	"math"
	"sync/atomic"
	"time"

	"mediasrv/media/rtp"
)

// Meter sums up how the lines of many legs are, for metrics. Workers add each second of each leg to it, without a lock.
type Meter struct {
	received, sent way
	trip           histogram
	late           atomic.Uint64
	discarded      atomic.Uint64
	concealed      atomic.Uint64
}

// way is one direction.
type way struct{ mos, loss, jitter histogram }

// Where the buckets of a meter end. Those of MOS are ITU-T G.107's bounds of satisfaction and ours of calls that are weak (4) and bad (3.5).
func mosBounds() [8]float64  { return [8]float64{1, 2, 2.5, 3, 3.5, 4, 4.3, 4.5} }
func lossBounds() [8]float64 { return [8]float64{0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3} }
func timeBounds() [8]float64 { return [8]float64{0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.3, 0.5} }

// histogram counts values in buckets.
type histogram struct {
	bounds [8]float64
	counts [9]atomic.Uint64 // the last: above all bounds
	sum    atomic.Uint64    // bits of a float64
}

// Histogram is what a Meter has counted of something.
type Histogram struct {
	Bounds []float64 // upper ones
	Counts []uint64  // of the values up to each bound, not counting those below; one more: above all
	Sum    float64
}

// Measured is what a Meter has counted since it was made: of how many leg-seconds the line was how.
type Measured struct {
	Received, Sent MeasuredWay // what we hear; what the peers' reports say of what they hear, once per report
	RoundTrip      Histogram   // s, once per report
	Late           uint64      // packets that came after their time
	Discarded      uint64      // packets that were left out: too many at once, or to shorten the delay
	Concealed      uint64      // pieces of 20 ms that were made up
}

// MeasuredWay is one direction.
type MeasuredWay struct {
	MOS    Histogram
	Loss   Histogram // 0 to 1
	Jitter Histogram // s
}

// NewMeter makes a meter that has counted nothing.
func NewMeter() *Meter {
	m := &Meter{}
	for _, w := range [...]*way{&m.received, &m.sent} {
		w.mos.bounds, w.loss.bounds, w.jitter.bounds = mosBounds(), lossBounds(), timeBounds()
	}
	m.trip.bounds = timeBounds()
	return m
}

// add takes a second of a leg, told the number of reports that the second before had. A nil meter takes nothing.
func (m *Meter) add(q rtp.Quality, reports uint32) {
	if m == nil {
		return
	}
	m.late.Add(uint64(q.Late))
	m.discarded.Add(uint64(q.Discarded))
	m.concealed.Add(uint64(q.Concealed))
	if q.MOS > 0 {
		m.received.add(q.MOS, q.Loss, q.Jitter)
	}
	if q.Reports == reports {
		return
	}
	m.sent.add(q.RemoteMOS, q.RemoteLoss, q.RemoteJitter)
	if q.RTT > 0 {
		m.trip.add(q.RTT.Seconds())
	}
}

func (w *way) add(mos, loss float64, jitter time.Duration) {
	w.mos.add(mos)
	w.loss.add(loss / 100)
	w.jitter.add(jitter.Seconds())
}

func (h *histogram) add(v float64) {
	at := 0
	for at < len(h.bounds) && v > h.bounds[at] {
		at++
	}
	h.counts[at].Add(1)
	for {
		old := h.sum.Load()
		if h.sum.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+v)) {
			return
		}
	}
}

// Measured is what was counted so far. Any goroutine may ask.
func (m *Meter) Measured() Measured {
	return Measured{
		Received: m.received.read(), Sent: m.sent.read(), RoundTrip: m.trip.read(),
		Late: m.late.Load(), Discarded: m.discarded.Load(), Concealed: m.concealed.Load(),
	}
}

func (w *way) read() MeasuredWay {
	return MeasuredWay{MOS: w.mos.read(), Loss: w.loss.read(), Jitter: w.jitter.read()}
}

func (h *histogram) read() Histogram {
	r := Histogram{Bounds: h.bounds[:], Counts: make([]uint64, len(h.counts)), Sum: math.Float64frombits(h.sum.Load())}
	for i := range h.counts {
		r.Counts[i] = h.counts[i].Load()
	}
	return r
}
