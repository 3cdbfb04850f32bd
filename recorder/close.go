package recorder

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// queue carries finished segments from the writer to the closer; it never blocks.
type queue struct {
	wake chan struct{}

	mu    sync.Mutex
	items []*segment
	ended bool
}

func (q *queue) put(s *segment) {
	q.mu.Lock()
	q.items = append(q.items, s)
	q.mu.Unlock()
	q.signal()
}

// close says that no more will come.
func (q *queue) close() {
	q.mu.Lock()
	q.ended = true
	q.mu.Unlock()
	q.signal()
}

func (q *queue) take() (items []*segment, ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	items, q.items = q.items, nil
	return items, q.ended
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// finishAll is the closer's goroutine: it fsyncs and hashes, which may take seconds, so that the writer needn't wait. What can't be
// closed is tried again. It returns how many files are left when the writer is done.
func (r *Recorder) finishAll() (left int) {
	retry := time.NewTicker(retryEvery)
	defer retry.Stop()
	var open []*segment
	for {
		again := false
		select {
		case <-r.done.wake:
		case <-retry.C:
			again = true
		}
		fresh, ended := r.done.take()
		if again || ended {
			fresh, open = append(open, fresh...), nil
		}
		for _, s := range fresh {
			if !r.finish(s) {
				open = append(open, s)
			}
		}
		if len(open) == 0 {
			r.sick.heal(cantClose)
		}
		if ended {
			for _, s := range open {
				left += len(s.outputs)
				s.abandon()
			}
			return left
		}
	}
}

// finish closes a segment's files; false if some are left in s.outputs, to be tried again.
func (r *Recorder) finish(s *segment) bool {
	left := s.outputs[:0]
	for _, o := range s.outputs {
		switch err := r.finishOne(s, o); {
		case errors.Is(err, errNeverOpened):
			r.log.Error("a recording is lost: its file could never be made", "call", s.fact.Call, "leg", o.leg, "part", o.part)
		case err != nil:
			r.sick.has(cantClose, err)
			if !s.complained {
				r.log.Error("a recording can't be closed; it is tried again", "error", err, "call", s.fact.Call, "file", o.name)
				s.complained = true
			}
			left = append(left, o)
		default:
			r.log.Info("recording closed", "call", s.fact.Call, "leg", o.leg, "file", o.name+o.kind.suffix)
		}
	}
	s.outputs = left
	return len(left) == 0
}

var errNeverOpened = errors.New("recorder: there is no file")

func (r *Recorder) finishOne(s *segment, o *output) error {
	if o.w == nil {
		return errNeverOpened
	}
	if err := o.w.Close(); err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	if err := o.f.Sync(); err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	o.back()
	m := s.about(o)
	m.length(o.w.Frames())
	if o.journal != nil {
		if err := r.seal(o.name, o.kind.suffix, o.journal, &m); err != nil {
			return err
		}
	}
	if err := r.complete(o.name, o.kind.suffix, &m); err != nil {
		return err
	}
	r.store.release(o.name)
	if err := o.f.Close(); err != nil {
		r.log.Warn("a closed recording's file reports an error", "error", err, "file", o.name+o.kind.suffix)
	}
	return nil
}

// abandon lets go of files that stay unfinished on the disk.
func (s *segment) abandon() {
	for _, o := range s.outputs {
		if o.f != nil {
			_ = o.f.Close()
		}
	}
}
