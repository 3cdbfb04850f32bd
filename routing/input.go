package routing

import (
	"slices"
	"time"

	"mediasrv/media"
	"mediasrv/routing/clock"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// input is what comes through a call's inbox.
type input interface{ input() }

type (
	fromLeg   LegEvent
	fromRoom  media.Event
	fromFloor floor.Notice
	order     struct{ why fact.EndReason } // end the call, whatever it does
	command   struct {
		verb   verb
		user   string
		wish   wish
		phone  *party       // by which the wish came; nil: by a page
		answer chan<- error // has room for the answer
	}
)

func (fromLeg) input()   {}
func (fromRoom) input()  {}
func (fromFloor) input() {}
func (order) input()     {}
func (command) input()   {}

// verb names a command of a page or a supervisor.
type verb uint8

const (
	verbHangup verb = iota + 1
	verbPause       // of the recording, like the next in every stage
	verbUnpause
	verbHold
	verbResume
	verbMute
	verbDigits
	verbTransfer
	verbConsult
	verbInvite
	verbSwitch
	verbBack
	verbComplete
	verbMerge
	verbDrop
	verbSupervise
	verbLeave // of a supervisor
	verbMove
	verbTurn   // of the agent's phone, to its other call
	verbReturn // of the agent, by another phone
)

// wish is what a verb is about; which fields count depends on the verb.
type wish struct {
	to     fact.Destination
	digits string
	on     bool
	leg    fact.LegID
	mode   fact.Supervision
	line   Leg    // verbConsult, by a phone: its call to whom it asks
	phone  string // verbReturn: its login
}

// command gives a command to a call and waits for its answer, which comes at once: the stage takes it or refuses it.
func (s *script) command(v verb, user string, w wish) error {
	answer := make(chan error, 1)
	if !s.box.Put(command{verb: v, user: user, wish: w, answer: answer}) {
		return ErrNoCall
	}
	e, _ := clock.Receive(s.c.clock, answer, nil)
	return e
}

// event is what a stage gets to see of the inputs.
type event struct {
	kind    eventKind
	why     fact.EndReason // over, agentGone, guestGone
	text    string         // agentGone, guestGone: what the far end said
	status  int            // guestGone: with which it refused; 0: it didn't
	lost    bool           // agentGone: not by the agent's will: phone, network or browser are gone
	token   uint32         // played
	notice  *floor.Notice  // noticed; a pointer, since an event lies on the stack of every call that waits
	cmd     *command       // commanded; a pointer, as notice
	who     *party         // transferAsked, agentAnswered, agentGone; guest…: of those whom agents have called
	to      *Target        // transferAsked; a pointer, as notice
	talks   bool           // voice: the caller has begun to speak; false: has stopped
	advised *advised       // adviceCame
}

type eventKind uint8

const (
	timeUp         eventKind = iota // the time that the stage waited for has come
	over                            // the call ends: the caller is gone, or an order came
	callerAnswered                  // the caller's leg is up
	agentAnswered                   // an agent's phone that rings was picked up
	agentGone                       // it has ended, or the leg in the agent's seat; or either has lost its media
	pressed                         // the caller has typed a digit
	played                          // a prompt came to its end
	noticed                         // the floor says something about this call
	commanded                       // a command that the stage takes
	guestRings                      // the phone behind the trunk rings
	guestEarly                      // it can be heard already
	guestAnswered                   // the leg in the guest's seat is up
	guestGone                       // it has ended, or lost its media
	transferAsked                   // one end of a bridge wants the other to be connected with somebody else
	moved                           // the caller's carrier has taken the call back, or not
	nextRings                       // the phone that a transfer leads to rings
	nextAnswered                    // it was picked up
	nextGone                        // it has ended
	adviceCame                      // a service says where the call goes, or doesn't
	agentLost                       // the agent's line is lost, and may come back
	agentFound                      // it is back
	lineTurned                      // somebody's line has got better or worse; of a talk
	agentReturns                    // the agent has come back by another phone
	voice                           // the caller begins or stops to speak, where the plan wants that told
)

// sift keeps the books for every input, and makes of it what a stage has to know; false: nothing.
func (s *script) sift(in input, takes []verb) (event, bool) {
	switch in := in.(type) {
	case fromLeg:
		return s.siftLeg(LegEvent(in), takes)
	case fromRoom:
		return s.siftRoom(media.Event(in))
	case fromFloor:
		notice := floor.Notice(in)
		return event{kind: noticed, notice: &notice}, true
	case advised:
		return event{kind: adviceCame, advised: &in}, true
	case order:
		return event{kind: over, why: in.why}, true
	case command:
		if in.verb == verbPause || in.verb == verbUnpause {
			in.answer <- s.obeyPause(in)
			break
		}
		if slices.Contains(takes, in.verb) {
			s.obeying = in.answer
			return event{kind: commanded, cmd: &in}, true
		}
		in.answer <- ErrNotNow
	}
	return event{}, false
}

func (s *script) siftLeg(e LegEvent, takes []verb) (event, bool) {
	p := s.parties[e.Leg]
	if p == nil || p.ended {
		e.decline()
		return event{}, false
	}
	switch e.Kind {
	case LegAnswered:
		return s.legAnswered(p, e)
	case LegEnded:
		return s.legEnded(p, e)
	case LegDigit:
		return event{kind: pressed}, s.digit(p, e.Digit, byInfo, e.At)
	case LegRinging:
		if p == s.next {
			return event{kind: nextRings}, true
		}
		return event{kind: guestRings, who: p}, s.isGuest(p)
	case LegEarly:
		return event{kind: guestEarly, who: p}, s.isGuest(p)
	case LegHeld:
		return s.directs(p, e, takes)
	case LegTransfer:
		return s.wantsTransfer(p, e, takes)
	case LegMoved:
		return event{kind: moved, status: e.Status}, p == s.customer
	case LegReplaced:
		s.replace(p, e.By)
	case LegAsks:
		return s.wantsToAsk(p, e, takes)
	}
	return event{}, false
}

func (s *script) legAnswered(p *party, e LegEvent) (event, bool) {
	if !p.row.Answered.IsZero() {
		return event{}, false
	}
	p.row.Answered, p.row.Codec = s.stamp(e.At), p.leg.Codec()
	s.keep(p)
	s.succeeded(p)
	switch p {
	case s.heir:
		return event{kind: agentReturns, who: p}, true
	case s.customer:
		return event{kind: callerAnswered}, true
	case s.guest:
		return event{kind: guestAnswered}, true
	case s.next:
		return event{kind: nextAnswered}, true
	}
	if s.ringerOf(p) != nil {
		return event{kind: agentAnswered, who: p}, true
	}
	if s.isGuest(p) {
		return event{kind: guestAnswered, who: p}, true
	}
	if p == s.agent || p == s.line { // the phone's second call
		return event{}, false
	}
	p.log.Info("answer came too late") // it crossed our hanging up, which ends it
	return event{}, false
}

func (s *script) legEnded(p *party, e LegEvent) (event, bool) {
	p.ended = true
	p.row.Ended, p.row.End, p.row.Codec, p.row.Quality = s.stamp(e.At), e.Why, p.leg.Codec(), e.Quality
	s.keep(p)
	p.log.Debug("leg ended", "reason", e.Why, "text", e.Text)
	if s.restore(p) {
		return event{}, false
	}
	if p == s.agent && lost(e.Why) && s.returns(p) {
		return event{kind: agentLost, who: p, text: orText(e.Text, e.Why.String())}, true
	}
	switch p {
	case s.heir:
		s.heir = nil
		return event{}, false
	case s.customer:
		return event{kind: over, why: s.callerEnd(e.Why)}, true
	case s.agent, s.line:
		s.hangsUp(p)
		return event{kind: agentGone, who: p, why: e.Why, text: e.Text, lost: lost(e.Why)}, true
	case s.guest:
		s.guest = nil
		return event{kind: guestGone, why: e.Why, text: e.Text, status: e.Status}, true
	case s.next:
		s.next = nil
		return event{kind: nextGone, why: e.Why, text: e.Text, status: e.Status}, true
	}
	if s.ringerOf(p) != nil {
		return event{kind: agentGone, who: p, why: e.Why, text: e.Text, lost: lost(e.Why)}, true
	}
	over := !s.row.Ended.IsZero() // then only the legs are waited for, whatever seat they had
	return event{kind: guestGone, who: p, why: e.Why, text: e.Text, status: e.Status}, s.vacate(p) || over
}

// isGuest says that a party is the far end of a bridge, or one of those whom agents have called.
func (s *script) isGuest(p *party) bool { return p == s.guest || slices.Contains(s.guests, p) }

// lost says that a leg ended by no will of its party.
func lost(why fact.EndReason) bool {
	return slices.Contains([]fact.EndReason{fact.EndTransport, fact.EndTimeout, fact.EndUnreachable, fact.EndMediaLost}, why)
}

// callerEnd is why a call ends when the caller's leg has ended.
func (s *script) callerEnd(why fact.EndReason) fact.EndReason {
	if why != fact.EndUnset && why != fact.EndCallerGone && why != fact.EndCallerHungUp {
		return why
	}
	if s.row.Answered.IsZero() {
		return fact.EndCallerGone
	}
	return fact.EndCallerHungUp
}

func (s *script) siftRoom(e media.Event) (event, bool) {
	if e.Kind == media.PlayDone {
		return event{kind: played, token: e.Token}, true
	}
	p := s.at(e.Endpoint)
	if p == nil {
		return event{}, false
	}
	switch e.Kind {
	case media.Digit:
		return event{kind: pressed}, s.digit(p, e.Digit, byRTP, e.At)
	case media.Back:
		s.event(fact.Event{Kind: fact.MediaBack, Leg: p.row.ID, Agent: p.row.Party.User})
		return event{kind: agentFound, who: p}, p == s.agent && s.returns(p)
	case media.Lost:
		if !p.row.Answered.IsZero() { // before the answer nobody need send anything
			return s.mediaLost(p, e)
		}
	case media.Failed:
		return s.mediaLost(p, e)
	case media.OneWay, media.BothWays, media.Graded:
		return s.lineTurned(p, e)
	case media.Talks, media.Quiet:
		return event{kind: voice, talks: e.Kind == media.Talks}, p == s.customer
	case media.Connected, media.PlayDone:
	}
	return event{}, false
}

// lineTurned notes what has become of a party's line.
func (s *script) lineTurned(p *party, e media.Event) (event, bool) {
	waited := p == s.agent && s.returns(p)
	switch e.Kind { //nolint:exhaustive // the others are not of a line
	case media.OneWay:
		p.log.Warn("audio goes one way only: nothing is heard of this party", "seat", p.row.Seat)
		s.event(fact.Event{Kind: fact.AudioOneWay, At: e.At, Leg: p.row.ID, Agent: p.row.Party.User, Detail: "nothing is heard of the " + string(p.row.Seat)})
		return event{kind: agentLost, who: p, text: "nothing is heard of the agent"}, waited
	case media.BothWays:
		p.log.Info("audio goes both ways again", "seat", p.row.Seat)
		s.event(fact.Event{Kind: fact.AudioBothWays, At: e.At, Leg: p.row.ID, Agent: p.row.Party.User})
		return event{kind: agentFound, who: p}, waited
	}
	p.grade = e.Line
	p.log.Info("the line is graded", "seat", p.row.Seat, "line", lineNames[e.Line])
	return event{kind: lineTurned, who: p}, s.stage == StageTalk
}

// mediaLost ends the leg whose media is gone: nobody can hear it. Only a talking agent's browser is given time to come back.
func (s *script) mediaLost(p *party, e media.Event) (event, bool) {
	detail := "no media"
	if e.Why != nil {
		detail = e.Why.Error()
	}
	s.event(fact.Event{Kind: fact.MediaLost, Leg: p.row.ID, Agent: p.row.Party.User, Detail: detail})
	p.log.Warn("media lost", "detail", detail)
	if p == s.agent && s.returns(p) {
		return event{kind: agentLost, who: p, text: detail}, true
	}
	p.leg.Hangup(fact.EndMediaLost)
	switch p {
	case s.customer:
		return event{kind: over, why: fact.EndMediaLost}, true
	case s.guest:
		s.guest = nil
		return event{kind: guestGone, why: fact.EndMediaLost, text: detail}, true
	case s.heir:
		s.heir = nil
		return event{}, false
	case s.agent, s.line:
		s.hangsUp(p)
	}
	if s.vacate(p) {
		return event{kind: guestGone, who: p, why: fact.EndMediaLost, text: detail}, true
	}
	return event{kind: agentGone, who: p, why: fact.EndMediaLost, text: detail, lost: true}, true
}

// lineNames are the grades of a line as pages know them.
var lineNames = [...]string{media.LineUnknown: "good", media.LineGood: "good", media.LineWeak: "weak", media.LineBad: "bad"}

// stamp is the time of an event in UTC, now if the event has none.
func (s *script) stamp(at time.Time) time.Time {
	if at.IsZero() {
		at = s.c.clock.Now()
	}
	return at.UTC()
}
