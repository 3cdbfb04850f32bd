package stats

import (
	"maps"
	"slices"
	"sync"
	"time"

	"mediasrv/routing/fact"
)

// Histogram counts values. Counts has one more than Bounds: of the values above all bounds.
type Histogram struct {
	Bounds []float64 // upper ones, growing
	Counts []uint64
	Sum    float64
}

func newHistogram(bounds ...float64) Histogram {
	return Histogram{Bounds: bounds, Counts: make([]uint64, len(bounds)+1)}
}

func (h *Histogram) add(v float64) {
	at, _ := slices.BinarySearch(h.Bounds, v)
	h.Counts[at]++
	h.Sum += v
}

// Queue is what has happened in a queue since the start.
type Queue struct {
	Name     string
	Offered  uint64
	Closed   uint64
	Ended    map[Outcome]uint64 // visits by outcome
	Wait     Histogram          // s, of those who were answered
	GaveUp   Histogram          // s, the wait of those who gave up
	Handling Histogram          // s
}

func newQueue(name string) *Queue {
	waits := []float64{1, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 1800}
	return &Queue{
		Name: name, Ended: map[Outcome]uint64{}, Wait: newHistogram(waits...), GaveUp: newHistogram(waits...),
		Handling: newHistogram(15, 30, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600),
	}
}

// Tally counts what happens in queues, as it happens. Its methods may be called from any goroutine, and return at once.
type Tally struct {
	mu     sync.Mutex
	queues map[string]*Queue
	calls  map[fact.CallID]*running
}

// running is a call that goes on, or that agents still have to do with.
type running struct {
	Call
	working int // agents
	over    bool
}

// NewTally makes a tally in which nothing has happened.
func NewTally() *Tally {
	return &Tally{queues: make(map[string]*Queue), calls: make(map[fact.CallID]*running)}
}

// Tell takes an event of a call.
func (t *Tally) Tell(e fact.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.calls[e.Call]
	if c == nil {
		if e.Kind != fact.Queued && e.Kind != fact.AwayPlayed { // nothing is counted before
			return
		}
		c = &running{}
		t.calls[e.Call] = c
	}
	visits, closed, open := len(c.Visits), len(c.Closed), c.open()
	c.Add(e)
	if len(c.Visits) > visits {
		t.queue(e.Queue).Offered++
	}
	if len(c.Closed) > closed {
		t.queue(e.Queue).Closed++
	}
	if open != nil && c.Visits[visits-1].Outcome != Waiting {
		t.ended(c.Visits[visits-1])
	}
	switch e.Kind { //nolint:exhaustive // the others change neither
	case fact.AgentAnswered:
		c.working++
	case fact.CallEnded:
		c.over = true
	}
	t.sweep(e.Call, c)
}

// Released says that an agent has nothing more to do with a call.
func (t *Tally) Released(call fact.CallID, agent string, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.calls[call]
	if c == nil {
		return
	}
	if w, queue, ok := c.Handled(agent, at); ok && queue != "" {
		t.queue(queue).Handling.add(w.Handling().Seconds())
	}
	c.working--
	t.sweep(call, c)
}

// Queues are copies of the counts, by name; of all that anything has happened in.
func (t *Tally) Queues() []Queue {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]Queue, 0, len(t.queues))
	for _, name := range slices.Sorted(maps.Keys(t.queues)) {
		q := *t.queues[name]
		q.Ended = maps.Clone(q.Ended)
		for _, h := range []*Histogram{&q.Wait, &q.GaveUp, &q.Handling} {
			h.Counts = slices.Clone(h.Counts)
		}
		all = append(all, q)
	}
	return all
}

func (t *Tally) ended(v Visit) {
	q, wait := t.queue(v.Queue), v.Wait(v.Ended).Seconds()
	q.Ended[v.Outcome]++
	switch v.Outcome {
	case Answered:
		q.Wait.add(wait)
	case Abandoned:
		q.GaveUp.add(wait)
	case Waiting, Overflowed, TimedOut, Failed:
	}
}

func (t *Tally) queue(name string) *Queue {
	q := t.queues[name]
	if q == nil {
		q = newQueue(name)
		t.queues[name] = q
	}
	return q
}

func (t *Tally) sweep(id fact.CallID, c *running) {
	if c.over && c.working <= 0 {
		delete(t.calls, id)
	}
}
