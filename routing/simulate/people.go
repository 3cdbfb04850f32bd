package simulate

import (
	"mediasrv/media"
	"mediasrv/routing/fact"
)

// talk is what is known of a call.
type talk struct {
	customer *leg
	agent    bool // has answered
	waits    bool // patience has begun
	ends     bool // its end is settled
}

func (w *world) of(id fact.CallID) *talk {
	t := w.calls[id]
	if t == nil {
		t = &talk{}
		w.calls[id] = t
	}
	return t
}

// told lets people do what they do when something happens to them. It is called in the middle of what the contact centre does: they act a moment later.
func (w *world) told(e fact.Event) {
	if len(w.plan.Callers) == 1 {
		w.story = append(w.story, e)
	}
	t := w.of(e.Call)
	switch e.Kind { //nolint:exhaustive // the others change nobody's mind
	case fact.Queued:
		if c := t.caller(); c != nil && c.Patience > 0 && !t.waits {
			t.waits = true
			w.clock.AfterFunc(c.Patience, func() {
				if !t.agent {
					t.customer.end(fact.EndCallerHungUp, "")
				}
			})
		}
	case fact.AgentAnswered:
		t.agent = true
		w.talks(t)
	case fact.WrapUpBegan:
		w.wraps[e.Agent] = e.Call
		if c := t.caller(); c != nil && c.WrapUp >= 0 {
			w.clock.AfterFunc(c.WrapUp, func() { w.done(e.Agent, e.Call) })
		}
	case fact.WrapUpEnded:
		delete(w.wraps, e.Agent)
	}
}

// seated learns who is whose leg.
func (w *world) seated(r fact.Leg) {
	l := w.legs[r.ID]
	if !r.Ended.IsZero() {
		delete(w.legs, r.ID)
		return
	}
	if l != nil && r.Seat == fact.SeatCustomer {
		t := w.of(r.Call)
		t.customer = l
		w.talks(t)
	}
}

// talks lets customer and agent talk for as long as they have to.
func (w *world) talks(t *talk) {
	if !t.agent || t.customer == nil || t.ends {
		return
	}
	t.ends = true
	long := w.plan.Talk
	if c := t.caller(); c != nil {
		long = c.Talk
	} else {
		long = w.around("talks", long)
	}
	w.clock.AfterFunc(long, func() { t.customer.end(fact.EndCallerHungUp, "") })
}

// caller is the plan's; nil: somebody whom we have called.
func (t *talk) caller() *Caller {
	if t.customer == nil {
		return nil
	}
	return t.customer.caller
}

// done is an agent who needs no more wrap-up of a call.
func (w *world) done(agent string, call fact.CallID) {
	if w.wraps[agent] != call {
		return
	}
	var r fact.WrapUpResult
	if d := w.cfg.Company.Dispositions; d.Required && len(d.List) > 0 {
		r.Disposition = d.List[0]
	}
	_ = w.centre.FinishWrapUp(agent, r) // it may have ended by itself
}

// recorder keeps nothing.
type recorder struct{}

// Start implements routing.Recorder, as do the following.
func (recorder) Start(fact.Segment) (*media.Tap, error)      { return new(media.Tap), nil }
func (recorder) Stop(fact.SegmentID)                         {}
func (recorder) Pause(fact.SegmentID)                        {}
func (recorder) Mark(fact.SegmentID, fact.EventKind, string) {}
func (recorder) Resume(fact.SegmentID)                       {}
