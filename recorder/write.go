package recorder

import (
	"context"
	"slices"
	"time"
)

// write is the writer's goroutine: it drains all taps and writes, until ctx ends and all segments are done.
func (r *Recorder) write(ctx context.Context) {
	tick := time.NewTicker(drainEvery)
	defer tick.Stop()
	defer r.done.close()
	flushed := r.now()
	for ending := false; ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			if !ending {
				ending = true
				r.stopAll()
			}
			<-tick.C
		}
		now := r.now()
		flush := now.Sub(flushed) >= flushEvery
		if flush {
			flushed = now
		}
		if left := r.pass(now, flush); left == 0 && ending {
			return
		}
	}
}

// pass drains every tap once and writes what is due; it returns how many segments go on.
func (r *Recorder) pass(now time.Time, flush bool) int {
	r.mu.Lock()
	segments := slices.Clone(r.segments)
	r.mu.Unlock()
	for _, s := range segments {
		r.disk.overflow(s.drain(), s.fact.Call, now)
		r.mu.Lock()
		s.look(now)
		r.mu.Unlock()
		end := !s.until.IsZero() && now.Sub(s.until) >= drainEvery
		s.emit(now, end)
		for _, o := range s.outputs {
			r.disk.result(r.flush(s, o, flush || end), s.fact.Call)
		}
		if end {
			s.finished = true
			r.done.put(s)
		}
	}
	r.disk.endPass(now, r.store.probe)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.segments = slices.DeleteFunc(r.segments, func(s *segment) bool { return s.finished })
	return len(r.segments)
}

// flush brings an output to the disk, if it is due: opens its file if there is none yet, and writes what is buffered.
func (r *Recorder) flush(s *segment, o *output, due bool) flushed {
	if o.fresh || due && o.w == nil {
		o.fresh = false
		if err := r.begin(s, o); err != nil {
			return flushed{err: err, lost: o.takeLost()}
		}
		due = true
	}
	if o.w == nil || !due {
		return flushed{err: o.takeErr(), lost: o.takeLost()}
	}
	err := o.w.Flush()
	if err == nil && o.journal != nil {
		err = o.journal.Note(o.w.Frames())
	}
	if err == nil {
		err = r.note(s, o)
	}
	_ = o.takeErr()
	return flushed{err: err, ok: err == nil, lost: o.takeLost()}
}
