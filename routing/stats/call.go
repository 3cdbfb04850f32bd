package stats

import (
	"slices"
	"time"

	"mediasrv/routing/fact"
)

// Outcome is how a visit of a queue has ended.
type Outcome uint8

// The outcomes of a visit.
const (
	Waiting    Outcome = iota // it has not
	Answered                  // by an agent
	Abandoned                 // the caller gave up
	Overflowed                // the caller went on to another queue, menu, number, message or callback
	TimedOut                  // the longest wait was reached
	Failed                    // the call ended through us: shutdown, crash, fault
)

// Visit is a call's stay in a queue, from entering it until an agent answers or it ends otherwise.
type Visit struct {
	Queue   string
	At      time.Time // it began
	Ended   time.Time // zero: not yet
	Outcome Outcome
	Agent   string // who answered
	Work    Work   // of that agent
}

// Wait is how long the caller waited, until now if the wait goes on.
func (v Visit) Wait(now time.Time) time.Duration {
	if v.Outcome == Waiting {
		return now.Sub(v.At)
	}
	return v.Ended.Sub(v.At)
}

// OfferOutcome is what became of an offer.
type OfferOutcome uint8

// The outcomes of an offer.
const (
	Ringing OfferOutcome = iota
	Taken
	Refused
	Missed
	Lost // taken back, or the phone failed
)

// Offer is the ringing of one agent's phone for the call.
type Offer struct {
	Queue   string
	Agent   string
	At      time.Time
	Outcome OfferOutcome
	Work    Work // of the agent, if taken
}

// Work is what an agent did with a call that was answered.
type Work struct {
	Talk        time.Duration // without hold
	Hold        time.Duration
	WrapUp      time.Duration
	Transferred bool // the call went on to somebody else
}

// Handling is all the time that it took.
func (w Work) Handling() time.Duration { return w.Talk + w.Hold + w.WrapUp }

// Call is what a call's events say. Events are added in their order.
type Call struct {
	Visits []Visit
	Offers []Offer
	Closed []Visit // queues that were closed: Queue and At
	stints []stint
}

// stint is an agent's part in a call.
type stint struct {
	agent        string
	visit, offer int // -1: none
	began        time.Time
	held         time.Time // zero: not on hold
	hold         time.Duration
	left         time.Time // zero: still in the call
	wrapUp       time.Time // began; zero: it has not, or is over
	wrapped      time.Duration
	transferred  bool
}

// Add takes the next event.
func (c *Call) Add(e fact.Event) {
	switch e.Kind { //nolint:exhaustive // the others say nothing that is counted
	case fact.Queued:
		c.queued(e)
	case fact.AwayPlayed:
		c.leave(Overflowed, e.At)
		c.Closed = append(c.Closed, Visit{Queue: e.Queue, At: e.At})
	case fact.MenuEntered, fact.LeftQueue, fact.Overflowed, fact.VoicemailBegan:
		c.leave(Overflowed, e.At)
	case fact.Offered:
		c.Offers = append(c.Offers, Offer{Queue: e.Queue, Agent: e.Agent, At: e.At})
	case fact.OfferRefused:
		c.offerEnds(e, Refused)
	case fact.OfferMissed:
		c.offerEnds(e, Missed)
	case fact.OfferFailed:
		c.offerEnds(e, Lost)
	case fact.AgentAnswered:
		c.answered(e)
	case fact.CallEnded:
		c.ended(e)
	default:
		c.work(e)
	}
}

// work takes an event of an agent who has, or gets, the call.
func (c *Call) work(e fact.Event) {
	s := c.stint(e.Agent)
	switch e.Kind { //nolint:exhaustive // the others say nothing that is counted
	case fact.Transferred, fact.TakenOver:
		c.passed(e)
		return
	case fact.HoldBegan, fact.HoldEnded, fact.AgentLeft, fact.TransferBegan, fact.WrapUpBegan, fact.WrapUpEnded:
	default:
		return
	}
	switch { // of that agent
	case s == nil:
	case e.Kind == fact.HoldBegan && s.left.IsZero() && s.held.IsZero():
		s.held = e.At
	case e.Kind == fact.HoldEnded:
		s.resume(e.At)
	case e.Kind == fact.AgentLeft || e.Kind == fact.TransferBegan:
		s.leave(e.At)
	case e.Kind == fact.WrapUpBegan:
		s.leave(e.At)
		s.wrapUp = e.At
	case e.Kind == fact.WrapUpEnded && !s.wrapUp.IsZero():
		s.wrapped += e.At.Sub(s.wrapUp)
		s.wrapUp = time.Time{}
	}
}

// passed gives the call to the agent of the event, or to somebody who is none: whoever had it has passed it on. The agent's part counts as an offer that was taken.
func (c *Call) passed(e fact.Event) {
	for i := range c.stints {
		if s := &c.stints[i]; s.agent != e.Agent && (s.left.IsZero() || i == len(c.stints)-1) {
			s.leave(e.At)
			s.transferred = true
		}
	}
	if s := c.stint(e.Agent); e.Agent == "" || s != nil && s.left.IsZero() {
		return
	}
	c.Offers = append(c.Offers, Offer{Queue: e.Queue, Agent: e.Agent, At: e.At, Outcome: Taken})
	c.stints = append(c.stints, stint{agent: e.Agent, visit: -1, offer: len(c.Offers) - 1, began: e.At})
}

// Sum brings the work of agents up to date: what goes on lasts until now.
func (c *Call) Sum(now time.Time) {
	for _, s := range c.stints {
		w := s.work(now)
		if s.visit >= 0 {
			c.Visits[s.visit].Work = w
		}
		if s.offer >= 0 {
			c.Offers[s.offer].Work = w
		}
	}
}

// Handled is the work of the agent who was the last to answer as agent, as far as it has come.
func (c *Call) Handled(agent string, now time.Time) (w Work, queue string, ok bool) {
	s := c.stint(agent)
	if s == nil {
		return Work{}, "", false
	}
	if s.offer >= 0 {
		queue = c.Offers[s.offer].Queue
	}
	return s.work(now), queue, true
}

func (c *Call) queued(e fact.Event) {
	if v := c.open(); v != nil && v.Queue == e.Queue {
		return
	}
	c.leave(Overflowed, e.At)
	c.allLeave(e.At, true)
	c.Visits = append(c.Visits, Visit{Queue: e.Queue, At: e.At})
}

func (c *Call) answered(e fact.Event) {
	s := stint{agent: e.Agent, visit: -1, offer: -1, began: e.At}
	if v := c.open(); v != nil {
		v.Outcome, v.Ended, v.Agent = Answered, e.At, e.Agent
		s.visit = len(c.Visits) - 1
	}
	if at := c.ringing(e.Agent); at >= 0 {
		c.Offers[at].Outcome = Taken
		s.offer = at
	}
	c.allLeave(e.At, true)
	c.stints = append(c.stints, s)
}

// offerEnds ends the agent's ringing; if nothing rings, the agent was lost in the call.
func (c *Call) offerEnds(e fact.Event, how OfferOutcome) {
	if at := c.ringing(e.Agent); at >= 0 {
		c.Offers[at].Outcome = how
		return
	}
	if s := c.stint(e.Agent); s != nil {
		s.leave(e.At)
	}
}

func (c *Call) ended(e fact.Event) {
	c.leave(outcomeOf(fact.ParseEndReason(e.Detail)), e.At)
	c.allLeave(e.At, false)
	for i := range c.Offers {
		if c.Offers[i].Outcome == Ringing {
			c.Offers[i].Outcome = Lost
		}
	}
}

// outcomeOf is what the end of a call means to a caller who waits.
func outcomeOf(why fact.EndReason) Outcome {
	switch why { //nolint:exhaustive // all others are ours
	case fact.EndCallerHungUp, fact.EndCallerGone, fact.EndMediaLost, fact.EndTimeout, fact.EndTransport:
		return Abandoned
	case fact.EndLongestWait:
		return TimedOut
	case fact.EndCompleted:
		return Overflowed
	}
	return Failed
}

// open is the visit that goes on; nil: none.
func (c *Call) open() *Visit {
	if n := len(c.Visits); n > 0 && c.Visits[n-1].Outcome == Waiting {
		return &c.Visits[n-1]
	}
	return nil
}

func (c *Call) leave(how Outcome, at time.Time) {
	if v := c.open(); v != nil {
		v.Outcome, v.Ended = how, at
	}
}

// allLeave takes every agent out of the call; on: it goes on with somebody else.
func (c *Call) allLeave(at time.Time, on bool) {
	for i := range c.stints {
		if s := &c.stints[i]; s.left.IsZero() {
			s.transferred = on
			s.leave(at)
		}
	}
}

// ringing is the agent's offer that rings; -1: none.
func (c *Call) ringing(agent string) int {
	for i, o := range slices.Backward(c.Offers) {
		if o.Agent == agent && o.Outcome == Ringing {
			return i
		}
	}
	return -1
}

// stint is the agent's latest part in the call; nil: none.
func (c *Call) stint(agent string) *stint {
	for i, s := range slices.Backward(c.stints) {
		if s.agent == agent {
			return &c.stints[i]
		}
	}
	return nil
}

func (s *stint) leave(at time.Time) {
	if !s.left.IsZero() {
		return
	}
	s.resume(at)
	s.left = at
}

func (s *stint) resume(at time.Time) {
	if !s.held.IsZero() {
		s.hold += at.Sub(s.held)
		s.held = time.Time{}
	}
}

func (s *stint) work(now time.Time) Work {
	end, hold, wrapped := s.left, s.hold, s.wrapped
	if end.IsZero() {
		end = now
		if !s.held.IsZero() {
			hold += now.Sub(s.held)
		}
	}
	if !s.wrapUp.IsZero() {
		wrapped += now.Sub(s.wrapUp)
	}
	return Work{Talk: max(0, end.Sub(s.began)-hold), Hold: hold, WrapUp: max(0, wrapped), Transferred: s.transferred}
}
