package uplink

import (
	"time"

	"mediasrv/routing/fact"
)

// How long an address that failed is left alone: it doubles with each failure in a row, up to the most.
const (
	firstHold  = 5 * time.Second
	mostHold   = 2 * time.Minute
	firstProbe = 2 * time.Second // between OPTIONS to an address that is down; doubles up to the file's interval
	tolerated  = 3               // answers such as 500 or 408 in a row, that may be about one number only
)

// Event is what happened to a request to an address.
type Event uint8

// The events.
const (
	Answered Event = iota + 1 // an INVITE got any response that doesn't blame the server
	Failed                    // an INVITE got none, or couldn't be sent
	NoRoom                    // an INVITE got 503
	Erred                     // an INVITE got 408 or another 5xx
	Alive                     // an OPTIONS was answered, or a REGISTER taken
	Silent                    // one wasn't, or couldn't be sent
	Closing                   // one got 503
)

// health is what is known of one address. It is a value of its uplink's, and pure.
type health struct {
	state   fact.TargetHealth
	since   time.Time
	rtt     time.Duration
	err     string
	errAt   time.Time
	hold    time.Time // down: an answer to OPTIONS doesn't bring it back before
	holds   int       // in a row
	erred   int       // in a row
	probes  int       // unanswered, in a row
	deaf    bool      // it takes calls but doesn't answer OPTIONS: they say nothing
	probing bool
	next    time.Time // when it is probed
}

// on takes an event and says whether the state has changed. wait is what a 503 asks for (Retry-After), rtt the time to the answer.
func (h *health) on(e Event, now time.Time, why string, wait, rtt time.Duration) bool {
	before := h.state
	if why != "" {
		h.err, h.errAt = why, now
	}
	if rtt > 0 {
		h.rtt = rtt
	}
	switch e {
	case Answered:
		h.deaf = h.deaf || h.probes > 0
		h.erred, h.holds = 0, 0
		h.state = fact.TargetUp
	case Failed, NoRoom:
		h.fall(now, wait)
	case Erred:
		if h.erred++; h.erred >= tolerated {
			h.fall(now, wait)
		}
	case Alive:
		h.probes, h.deaf = 0, false
		if !now.Before(h.hold) {
			h.state = fact.TargetUp
		}
	case Silent, Closing:
		h.probes++
		if !h.deaf || e == Closing {
			h.state = fact.TargetDown
		}
	}
	if h.state != before {
		h.since = now
	}
	return h.state != before
}

// fall takes an address out, for longer each time in a row.
func (h *health) fall(now time.Time, wait time.Duration) {
	h.hold = now.Add(max(doubled(firstHold, h.holds, mostHold), min(wait, mostHold)))
	h.holds++
	h.erred = 0
	h.state = fact.TargetDown
	if again := now.Add(firstProbe); h.next.After(again) {
		h.next = again
	}
}

// doubled is a time that doubles with each of n, up to most.
func doubled(first time.Duration, n int, most time.Duration) time.Duration {
	for range n {
		if first *= 2; first >= most {
			return most
		}
	}
	return first
}

// usable says whether calls should go there before all others are tried. Without OPTIONS a call must find out, once the hold is over.
func (h *health) usable(now time.Time, probed bool) bool {
	return h.state != fact.TargetDown || !probed && !now.Before(h.hold)
}

// plan sets the time of the next probe, after one has ended.
func (h *health) plan(now time.Time, every time.Duration) {
	h.probing = false
	h.next = now.Add(every)
	if h.state == fact.TargetDown {
		h.next = now.Add(doubled(min(firstProbe, every), max(h.probes-1, 0), every))
		if h.hold.After(now) && h.hold.Before(h.next) {
			h.next = h.hold
		}
	}
}
