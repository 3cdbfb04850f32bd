package routing

import (
	"context"
	"log/slog"
	"runtime/debug"
	"time"

	"mediasrv/media"
	"mediasrv/routing/callback"
	"mediasrv/routing/clock"
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
	"mediasrv/routing/inbox"
)

// script runs one call: straight-line code in one goroutine, which alone touches its fields. Everything that happens comes through box.
type script struct {
	c       *Centre
	edition // as it was when the call began
	box     *inbox.Box[input]
	room    Room
	in      fact.Invite
	log     *slog.Logger

	stage Stage // under c.mu

	row      fact.Call
	parties  map[fact.LegID]*party // all legs that the call has had
	customer *party
	agent    *party          // nil: the seat is empty
	line     *party          // the other call of the agent's phone, which holds it; nil: it has one only
	ringers  []*ringer       // agents' phones that ring for the caller
	guest    *party          // behind a trunk; nil: the seat is empty
	guests   []*party        // whom agents have called to their talk, and a supervisor
	invited  *invitation     // who is to take the agent's place, between two stages; nil: nobody
	passes   []*dialout.Pass // of transfers
	next     *party          // who is to take a seat by a transfer; nil: nobody
	heir     *party          // the agent's other phone, which is to take the agent's seat; nil: none
	tap      *media.Tap      // of a bridge or a talk that is recorded
	channels []*party        // whose voices go into it, of a talk
	info     bool            // an end of the bridge sends digits by INFO
	talked   bool            // the agent and the customer have heard each other
	token    uint32          // of the latest play
	typed    string          // digits of the caller that no question has taken yet
	menus    int             // passed so far
	segments int             // recorded so far
	early    bool            // the network of a way out has been heard before the answer
	order    *placed         // of a call that we began; nil: it came in
	orderEnd fact.OrderEvent
	back     *callback.Place // of a call that we began for a callback
	out      *outward        // of a call that an agent makes
	asked    bool            // callbacks of the caller wait for the end of this call
	longest  *clock.Timer    // ends a call out that lasts too long; nil: none
	segment  fact.SegmentID
	paused   bool      // the segment
	masked   bool      // the caller's digits are secret
	informed bool      // the caller knows that the call is recorded
	declined bool      // and doesn't want it
	hushed   time.Time // until when all digits are secret; zero: they aren't

	obeying chan<- error // of the latest command that a stage has taken
}

func newScript(c *Centre, leg Leg, room Room, in fact.Invite) *script {
	s := &script{
		c: c, edition: *c.now.Load(), box: inbox.New[input](), room: room, in: in,
		row: fact.Call{
			ID: fact.CallID(newID()), Direction: fact.Inbound, Entry: in.To, Trunk: in.Trunk,
		},
		stage:   StageAnswer,
		parties: make(map[fact.LegID]*party),
	}
	s.row.Began = s.stamp(in.At)
	if !in.Withheld {
		s.row.From = in.From.Number
	}
	s.log = c.opt.Log.With("call", s.row.ID)
	room.Listen(func(e media.Event) { s.box.Put(fromRoom(e)) })
	if leg != nil {
		s.customer = &party{leg: leg}
	}
	return s
}

// fromLeg is the Sink of all legs of the call.
func (s *script) fromLeg(e LegEvent) {
	if !s.box.Put(fromLeg(e)) {
		e.decline()
	}
}

// run is the whole call.
func (s *script) run(refuse bool) {
	sit := s.first(refuse)
	for sit.Stage != StageEnd {
		s.prepare(sit)
		s.play(sit)
	}
	s.last(sit)
}

// What run does before and after the stages has functions of its own, which aren't inlined: their room on the stack would be run's, which every call keeps while
// it waits. The collector halves a stack only as long as it is less than a quarter full.

//go:noinline
func (s *script) first(refuse bool) *Situation {
	sit := s.begin()
	if refuse {
		sit = sit.over(fact.EndShutdown)
	}
	return &sit
}

//go:noinline
func (s *script) prepare(sit *Situation) {
	s.c.enter(s, sit.Stage)
	sit.Seats = s.seats()
	s.saveSituation(*sit)
}

//go:noinline
func (s *script) last(sit *Situation) {
	s.c.enter(s, StageEnd)
	s.end(*sit)
}

// play runs one stage. A bug in one ends its own call only.
func (s *script) play(sit *Situation) {
	defer s.rescue(sit)
	if sit.Stage == StageBridge {
		s.bridge(sit)
		return
	}
	s.playOther(sit)
}

// playOther runs any other one than a bridge, which is what most calls wait in at a server between trunks, so that it has its room apart.
//
//go:noinline
func (s *script) playOther(sit *Situation) {
	stage := (*script).lost
	switch sit.Stage {
	case StageAnswer:
		stage = (*script).answer
	case StageMenu:
		stage = (*script).menu
	case StageAway:
		stage = (*script).away
	case StageVoicemail:
		stage = (*script).voicemail
	case StageWait:
		stage = (*script).wait
	case StageTalk:
		stage = (*script).talk
	case StageTransfer:
		stage = (*script).onward
	case StagePlace:
		stage = (*script).place
	case StageRequest:
		stage = (*script).request
	case StageCallback:
		stage = (*script).callback
	case StageOutward:
		stage = (*script).outwards
	case StageBridge, StageEnd:
	}
	*sit = stage(s, *sit)
}

// rescue ends a call whose stage has panicked.
func (s *script) rescue(sit *Situation) {
	if fault := recover(); fault != nil {
		if s.obeying != nil {
			select {
			case s.obeying <- ErrFault: // or whoever has given the command would wait for ever
			default: // it has its answer
			}
		}
		s.log.Error("stage failed", "stage", sit.Stage, "fault", fault, "stack", string(debug.Stack()))
		*sit = sit.over(fact.EndInternal)
	}
}

// lost is the stage that doesn't exist.
func (s *script) lost(sit Situation) Situation { return sit.over(fact.EndCompleted) }

func (s *script) seats() map[fact.Seat]fact.LegID {
	seats := map[fact.Seat]fact.LegID{}
	if s.customer != nil {
		seats[fact.SeatCustomer] = s.customer.row.ID
	}
	if s.agent != nil {
		seats[fact.SeatAgent] = s.agent.row.ID
	}
	if s.guest != nil {
		seats[fact.SeatGuest] = s.guest.row.ID
	}
	return seats
}

// await is the only wait of a script: for the next event that the stage has to know of, or until a time (zero: for ever). A command
// that is not among those that the stage takes is refused.
func (s *script) await(until time.Time, takes ...verb) event {
	for {
		if in, ok := s.box.Take(); ok {
			if e, tell := s.sift(in, takes); tell {
				return e
			}
			continue
		}
		if !s.pause(until) {
			return event{kind: timeUp}
		}
	}
}

// pause waits until something may be in the inbox; false: the time has come before.
func (s *script) pause(until time.Time) bool {
	if s.c.clock != nil {
		return s.c.clock.Wait(context.Background(), s.box.Signal(), until)
	}
	if until.IsZero() { // the machine's clock is waited for here, and not a function deeper: each call has a stack, and most of them wait
		<-s.box.Signal()
		return true
	}
	left := time.Until(until)
	if left <= 0 {
		return false
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-s.box.Signal():
		return true
	case <-timer.C:
		return false
	}
}

// event puts a line into the time line; call, conversation and, if it has none, the time are filled in.
func (s *script) event(e fact.Event) {
	e.At = s.stamp(e.At)
	e.Call, e.Conversation = s.row.ID, s.row.Conversation
	s.c.record(e)
	s.markRecording(e)
}

// nextToken names a new play.
func (s *script) nextToken() uint32 {
	s.token++
	return s.token
}
