package recorder

import (
	"time"

	"mediasrv/routing/fact"
)

// resumeGuard is how long after Resume nothing is recorded still: what was said before it is on its way through the network and the jitter buffer,
// and the last key may still be held.
const resumeGuard = time.Second

const causePause = "pause" // somebody has paused the recording

// pause is a time of which nothing may be in any file.
type pause struct{ from, to time.Time } // to: zero: it goes on

// Pause hides what is said in a segment from now on, in all its files, until Resume: they have silence there, and a gap with the cause "pause". It may be
// called from any goroutine and doesn't wait. A segment that is unknown or paused already is left alone.
func (r *Recorder) Pause(id fact.SegmentID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.running[id]; s != nil && !s.paused() {
		s.pauses = append(s.pauses, pause{from: r.now()})
	}
}

// Resume ends Pause, a second from now.
func (r *Recorder) Resume(id fact.SegmentID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.running[id]; s != nil && s.paused() {
		s.pauses[len(s.pauses)-1].to = r.now().Add(resumeGuard)
	}
}

// paused says that a pause goes on. The recorder's mutex is held.
func (s *segment) paused() bool {
	return len(s.pauses) > 0 && s.pauses[len(s.pauses)-1].to.IsZero()
}

// look takes over what others have told. The recorder's mutex is held. It is called after the tap was drained, so that every pause is known in which
// something of it was said; what has been written already is older than the horizon, and so than any pause that is not known yet.
func (s *segment) look(now time.Time) {
	s.until = s.stop
	s.hidden = s.hidden[:0]
	for _, p := range s.pauses {
		to := p.to
		if to.IsZero() || !s.until.IsZero() && to.After(s.until) {
			to = s.until
		}
		if to.IsZero() {
			to = now
		}
		s.hidden = append(s.hidden, gap{from: s.position(p.from), to: s.position(to), cause: causePause})
	}
	s.lookAtMarks(now)
}

// hide silences what is about to be written, n samples of every channel, where it was said in a pause.
func (s *segment) hide(n int) {
	for i := range s.channels {
		t := &s.channels[i].track
		pcm := t.next(n)
		for _, h := range s.hidden {
			from, to := max(h.from-t.base, 0), min(h.to-t.base, int64(n))
			if from < to {
				clear(pcm[from:to])
			}
		}
	}
}
