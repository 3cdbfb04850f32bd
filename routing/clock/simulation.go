package clock

import (
	"container/heap"
	"slices"
	"time"
)

// simulation is the time of a simulation, and who waits for it. Its fields are touched by whoever runs now: one goroutine at a time, which gets the floor
// by a channel and gives it back by yielded.
type simulation struct {
	now     time.Time
	waits   []*waits // who began to wait first stands first
	dues    dues
	made    int
	yielded chan struct{}
}

// waits is a goroutine that waits.
type waits struct {
	ready func() bool // cheap, and true only by another one's doing
	until time.Time   // zero: for ever
	goOn  chan struct{}
}

// due is a function whose time will come.
type due struct {
	at    time.Time
	order int    // of those of the same time the older one comes first
	do    func() // nil: it was taken back
}

// New makes the clock of a simulation that begins at a time.
func New(begin time.Time) *Clock {
	return &Clock{sim: &simulation{now: begin, yielded: make(chan struct{})}}
}

// Run lets the simulation go on: first does what is there to do, then lets the time go by, until there is nothing to come. It is called by the goroutine
// that has made the clock, and by none of the simulation.
func (c *Clock) Run(first func()) {
	s := c.sim
	s.begin(first)
	for s.step() {
	}
}

// step lets one goroutine run until it waits; false: all wait for ever.
func (s *simulation) step() bool {
	for i, w := range s.waits {
		if w.ready() {
			s.resume(i)
			return true
		}
	}
	at := -1
	for i, w := range s.waits {
		if !w.until.IsZero() && (at < 0 || w.until.Before(s.waits[at].until)) {
			at = i
		}
	}
	for len(s.dues) > 0 && s.dues[0].do == nil {
		heap.Pop(&s.dues)
	}
	switch {
	case len(s.dues) > 0 && (at < 0 || !s.waits[at].until.Before(s.dues[0].at)):
		d := heap.Pop(&s.dues).(*due)
		s.passTo(d.at)
		s.begin(d.do)
	case at >= 0:
		s.passTo(s.waits[at].until)
		s.resume(at)
	default:
		return false
	}
	return true
}

// passTo lets the time go by; a time that is over already changes nothing.
func (s *simulation) passTo(t time.Time) {
	if t.After(s.now) {
		s.now = t
	}
}

func (s *simulation) resume(i int) {
	w := s.waits[i]
	s.waits = slices.Delete(s.waits, i, i+1)
	w.goOn <- struct{}{}
	<-s.yielded
}

// begin adds a goroutine, which runs as soon as it is its turn.
func (s *simulation) begin(f func()) {
	w := &waits{ready: func() bool { return true }, goOn: make(chan struct{})}
	s.waits = append(s.waits, w)
	go func() {
		<-w.goOn
		defer func() { s.yielded <- struct{}{} }()
		f()
	}()
}

// park gives way to the others until the caller is ready, or a time has come.
func (s *simulation) park(ready func() bool, until time.Time) {
	w := &waits{ready: ready, until: until, goOn: make(chan struct{})}
	s.waits = append(s.waits, w)
	s.yielded <- struct{}{}
	<-w.goOn
}

func (s *simulation) after(d time.Duration, f func()) *due {
	s.made++
	it := &due{at: s.now.Add(d), order: s.made, do: f}
	heap.Push(&s.dues, it)
	return it
}

// dues are a heap by time.
type dues []*due

func (d dues) Len() int { return len(d) }

func (d dues) Less(i, j int) bool {
	if d[i].at.Equal(d[j].at) {
		return d[i].order < d[j].order
	}
	return d[i].at.Before(d[j].at)
}

func (d dues) Swap(i, j int) { d[i], d[j] = d[j], d[i] }

// Push implements heap.Interface.
func (d *dues) Push(x any) { *d = append(*d, x.(*due)) }

// Pop implements heap.Interface.
func (d *dues) Pop() any {
	old := *d
	last := old[len(old)-1]
	*d = old[:len(old)-1]
	return last
}
