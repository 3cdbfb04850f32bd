package routing

import (
	"errors"
	"slices"
	"time"

	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
)

// guestRingTime is how long a phone behind a trunk may ring if the file doesn't say it.
const guestRingTime = 45 * time.Second

func (s *script) longestRing(trunk string) time.Duration {
	if t := s.cfg.Trunks[trunk]; t != nil && t.Dialogs.LongestRing > 0 {
		return t.Dialogs.LongestRing
	}
	return guestRingTime
}

// bridge connects the caller with a party behind a trunk: rings and early media are passed on, the caller is answered when the far end answers,
// and refused as the far end refuses. Each side's hanging up ends the call.
func (s *script) bridge(sit *Situation) {
	why, talk := s.bridged(&sit.Target)
	s.bridgeOver(sit, why, talk)
}

// bridgeOver says what comes behind a bridge. It isn't inlined, see script.run.
//
//go:noinline
func (s *script) bridgeOver(sit *Situation, why fact.EndReason, talk bool) {
	if talk {
		*sit = sit.over(why)
	} else {
		*sit = s.notReached(*sit, why)
	}
}

// bridged is the bridge, until why it ends; talk: there was one.
func (s *script) bridged(to *Target) (why fact.EndReason, talk bool) {
	pass, why := s.mayBridge(to)
	if why != fact.EndUnset {
		return why, false
	}
	defer pass.Done()
	defer s.givePasses(0)
	why, talk = s.reached(pass, to)
	if talk && why == fact.EndUnset {
		why = s.untilOneLeaves(pass.Longest)
	}
	if talk {
		s.parted()
	}
	return why, talk
}

// mayBridge asks whether the far end may be dialled. It isn't inlined, see script.run.
//
//go:noinline
func (s *script) mayBridge(to *Target) (*dialout.Pass, fact.EndReason) {
	return s.mayDial(dialout.Who{Trunk: s.in.Trunk}, *to)
}

// parted is the end of what connect began. It isn't inlined, see script.run.
//
//go:noinline
func (s *script) parted() {
	s.room.Set(media.Plan{})
	s.stopRecording()
}

// reached lets the far end ring until it is connected with the caller, or the call is over. It isn't inlined, see script.run.
//
//go:noinline
func (s *script) reached(pass *dialout.Pass, to *Target) (why fact.EndReason, talk bool) {
	if why, over := s.handBack(pass.Ways[0], to.Number); over {
		return why, false
	}
	if !s.row.Answered.IsZero() {
		s.ringBack(false)
	}
	if e := s.reach(pass, *to); e.kind != guestAnswered {
		return s.notConnected(e), false
	}
	s.row.Talked = s.c.clock.Now().UTC()
	s.tap = s.record(s.recordingOfBridge(), fact.Segment{}, s.guest)
	s.connect() // before the caller's ACK, which may take long
	return s.pickUp(), true
}

// connect lets the two ends of a bridge hear each other. Their digits are the room's business, which need not even look at them between equal
// codecs; but of a party that sends them by INFO too, each must be counted once, here.
func (s *script) connect() {
	s.join(s.guest, s.tap, media.Row{Keys: !s.info, Digits: s.info})
}

// dialGuest begins the leg to the far end; EndUnset: it is calling.
func (s *script) dialGuest(to Target) (why fact.EndReason) {
	s.guest, why = s.dialOut(to)
	return why
}

// dialOut begins a leg by a trunk; EndUnset: it is calling.
func (s *script) dialOut(to Target) (*party, fact.EndReason) {
	if to.Trunk == s.in.Trunk && (to.Number == s.in.Dialled || to.Number == s.in.To) {
		s.log.Warn("a number leads back to the trunk that it came from; refused", "trunk", to.Trunk, "number", to.Number)
		return nil, fact.EndLoop
	}
	leg, err := s.c.opt.Dialer.Dial(to, s.shown(to), s.room, s.fromLeg)
	switch {
	case err == nil:
		return s.seat(leg, fact.SeatGuest), fact.EndUnset
	case errors.Is(err, ErrLimit):
		s.log.Warn("call out refused: the trunk has all the calls that it may have", "trunk", to.Trunk)
		return nil, fact.EndLimit
	case errors.Is(err, media.ErrNoPort):
		s.log.Error("call out failed: no port for its media", "trunk", to.Trunk, "error", err)
		return nil, fact.EndCongestion
	}
	s.log.Error("call out failed", "trunk", to.Trunk, "error", err)
	return nil, fact.EndUnreachable
}

// shown is whom the far end of a way out is shown: who calls, and by which number of ours.
func (s *script) shown(to Target) Caller {
	if s.order != nil {
		return Caller{Number: s.order.From}
	}
	if s.back != nil {
		return Caller{Number: s.back.Row.Entry}
	}
	if s.out != nil {
		return Caller{Number: s.row.Entry}
	}
	from := Caller{Number: s.row.From, Name: s.in.From.Name, Withheld: s.in.Withheld, Hops: s.in.Hops - 1}
	if to.Number != s.in.To && to.Number != s.in.Dialled { // the caller has dialled another number, which is one of ours
		from.Via = s.in.To
	}
	if from.Hops == 0 {
		from.Hops = -1
	}
	return from
}

// untilGuestAnswers passes on what the far end's phone does, until it is picked up, or the call is over.
func (s *script) untilGuestAnswers(longest time.Duration) event {
	early := false
	for until := s.c.clock.Now().Add(longest); ; {
		switch e := s.await(until, s.dialVerbs()...); e.kind {
		case guestAnswered, guestGone, over, timeUp, agentGone:
			return e
		case commanded:
			e.cmd.answer <- nil
			return event{kind: agentGone, why: fact.EndAgentHungUp}
		case guestRings:
			if !early && s.row.Answered.IsZero() {
				s.tellOutward(fact.OutwardRings)
				s.ringBack(false)
			}
		case guestEarly:
			if !early {
				early = true
				s.tellOutward(fact.OutwardEarly)
				s.hearEarly()
			}
		case callerAnswered, agentAnswered, played, pressed, noticed, transferAsked, moved, nextRings, nextAnswered, nextGone, voice, adviceCame, agentLost, agentFound, agentReturns, lineTurned:
		}
	}
}

// hearEarly passes the network's early media on.
func (s *script) hearEarly() {
	s.early = true
	s.agentHears()
	if s.customer != nil {
		s.connect()
	}
	s.ringBack(true)
}

// ringBack passes on that it rings, to the caller or to whoever placed the call. A caller who is answered already, by a menu, hears our tone until
// the far end can be heard.
func (s *script) ringBack(early bool) {
	if s.customer == nil {
		step := fact.OrderRinging
		if early {
			step = fact.OrderEarly
		}
		s.c.orders.tell(s.row.ID, step, s.guest.row.Party.Trunk, "", 0)
		return
	}
	if !s.row.Answered.IsZero() {
		if !early {
			s.ringTone()
		}
		return
	}
	if err := s.customer.leg.Ring(early); err != nil {
		s.log.Error("ring", "error", err)
	}
}

// notConnected is why there was no answer. A caller whom the far end refused is refused in the same words.
func (s *script) notConnected(e event) fact.EndReason {
	switch e.kind { //nolint:exhaustive // the others don't end the ringing
	case over:
		return e.why
	case timeUp:
		return fact.EndNoAnswer
	}
	s.log.Info("the far end did not answer", "reason", e.why, "text", e.text)
	if r, ok := s.customer.leg.(Refuser); ok && passes(e.status) && s.row.Answered.IsZero() {
		r.Refuse(e.why, e.status)
	}
	if e.why == fact.EndCallerHungUp { // from the far leg's side; it never talked
		return fact.EndRefused
	}
	return e.why
}

// passes says that a far end's status tells the caller something. The others are between us and the trunk: a login that it refuses (401, 407),
// extensions (420, 421), redirections.
func passes(status int) bool {
	return status >= 400 && !slices.Contains([]int{401, 407, 420, 421, 481, 491}, status)
}

func (s *script) recordingOfBridge() config.Recording {
	if n := s.cfg.Entry(s.in.To, s.in.Dialled); n != nil {
		return n.Recording
	}
	return config.Recording{}
}

// untilOneLeaves waits for the end of a bridged call.
func (s *script) untilOneLeaves(longest time.Duration) fact.EndReason {
	if s.guest == nil {
		return fact.EndGuestHungUp
	}
	var until time.Time
	if longest > 0 {
		until = s.row.Talked.Add(longest)
	}
	for {
		e := s.await(until)
		if why, end := s.oneLeaves(&e, longest); end {
			return why
		}
	}
}

// oneLeaves says whether an event ends a bridged call, and how. It isn't inlined, see script.run.
//
//go:noinline
func (s *script) oneLeaves(e *event, longest time.Duration) (why fact.EndReason, end bool) {
	switch e.kind {
	case timeUp:
		s.log.Warn("call out ended: it was longer than it may be", "longest", longest)
		return fact.EndLongestCall, true
	case over:
		return e.why, true
	case guestGone:
		return guestEnd(e.why), true
	case transferAsked:
		why = s.transfer(*e)
	case callerAnswered, agentAnswered, agentGone, played, pressed, noticed, commanded, guestRings, guestEarly, guestAnswered, moved, nextRings, nextAnswered, nextGone, voice, adviceCame, agentLost, agentFound, agentReturns, lineTurned:
	}
	return why, why != fact.EndUnset
}

// guestEnd says from the call's side why the guest's leg ended.
func guestEnd(why fact.EndReason) fact.EndReason {
	if why == fact.EndCallerHungUp || why == fact.EndUnset {
		return fact.EndGuestHungUp
	}
	return why
}
