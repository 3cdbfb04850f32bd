package fake

import (
	"slices"
	"strings"
	"sync"

	"mediasrv/media"
	"mediasrv/routing/fact"
)

// Recorder keeps which segments were asked for.
type Recorder struct {
	Err error // of Start

	mu      sync.Mutex
	started []fact.Segment
	open    map[fact.SegmentID]bool
	paused  map[fact.SegmentID]bool
	marks   map[fact.SegmentID][]string
}

// Start implements routing.Recorder.
func (r *Recorder) Start(s fact.Segment) (*media.Tap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Err != nil {
		return nil, r.Err
	}
	if r.open == nil {
		r.open = make(map[fact.SegmentID]bool)
	}
	r.started = append(r.started, s)
	r.open[s.ID] = true
	return new(media.Tap), nil
}

// Stop implements routing.Recorder.
func (r *Recorder) Stop(id fact.SegmentID) { r.mu.Lock(); defer r.mu.Unlock(); delete(r.open, id) }

// Pause implements routing.Recorder.
func (r *Recorder) Pause(id fact.SegmentID) { r.pause(id, true) }

// Resume implements routing.Recorder.
func (r *Recorder) Resume(id fact.SegmentID) { r.pause(id, false) }

func (r *Recorder) pause(id fact.SegmentID, on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.paused == nil {
		r.paused = make(map[fact.SegmentID]bool)
	}
	r.paused[id] = on
}

// Mark implements routing.Recorder.
func (r *Recorder) Mark(id fact.SegmentID, kind fact.EventKind, detail string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.marks == nil {
		r.marks = make(map[fact.SegmentID][]string)
	}
	r.marks[id] = append(r.marks[id], strings.TrimSuffix(string(kind)+" "+detail, " "))
}

// Marks are what was noted in a segment.
func (r *Recorder) Marks(id fact.SegmentID) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.marks[id])
}

// Paused says whether a segment is paused.
func (r *Recorder) Paused(id fact.SegmentID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.paused[id]
}

// Started are all segments that were begun.
func (r *Recorder) Started() []fact.Segment {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]fact.Segment(nil), r.started...)
}

// Open is how many segments run.
func (r *Recorder) Open() int { r.mu.Lock(); defer r.mu.Unlock(); return len(r.open) }
