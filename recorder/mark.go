package recorder

import (
	"time"

	"mediasrv/routing/fact"
)

const causeHold = "hold" // the call was held: both sides are silent

const maxMarks = 1000 // of a segment: what comes then is in the call's time line only

// mark is something that happened in the call. A hold goes on from its beginning to its end.
type mark struct {
	at     time.Time
	kind   fact.EventKind
	detail string
}

// Mark notes in a segment's metadata that something happens in the call now: who was transferred, who came and went. HoldBegan and HoldEnded make a gap of what
// lies between them. It may be called from any goroutine and doesn't wait. A segment that is unknown is left alone.
func (r *Recorder) Mark(id fact.SegmentID, kind fact.EventKind, detail string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.running[id]
	if s == nil || len(s.marks) >= maxMarks {
		return
	}
	s.marks = append(s.marks, mark{r.now(), kind, detail})
}

// lookAtMarks takes over what Mark was told, in terms of the file. The recorder's mutex is held.
func (s *segment) lookAtMarks(now time.Time) {
	s.held, s.noted = s.held[:0], s.noted[:0]
	began := int64(-1)
	for _, m := range s.marks {
		at := s.position(m.at)
		switch {
		case m.kind == fact.HoldBegan && began < 0:
			began = at
		case m.kind == fact.HoldEnded && began >= 0:
			s.held = append(s.held, gap{began, at, causeHold})
			began = -1
		case m.kind != fact.HoldBegan && m.kind != fact.HoldEnded:
			s.noted = append(s.noted, fact.Mark{At: duration(at), Kind: string(m.kind), Detail: m.detail})
		}
	}
	if began >= 0 {
		end := now
		if !s.until.IsZero() {
			end = s.until
		}
		s.held = append(s.held, gap{began, max(began, s.position(end)), causeHold})
	}
}

// isHold says that a stretch without sound is a hold's: what was said before it may be on its way still, and after it nobody speaks at once.
func (s *segment) isHold(g gap) bool {
	for _, h := range s.held {
		if g.cause == causeNoMedia && g.from >= h.from-rate/2 && g.to <= h.to+rate {
			return true
		}
	}
	return false
}
