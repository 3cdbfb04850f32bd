package routing

import (
	"slices"
	"time"

	"mediasrv/media"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// talker is the stage in which the caller talks with an agent, and with whom that one calls to it.
type talker struct {
	*script
	sit       Situation
	by        floor.Offer // of the agent who has the call; no ID: it was transferred to somebody outside
	meanwhile *meanwhile
	calling   *invitation // who is being called to it; nil: nobody
	joining   bool        // calling is for a conference: nobody is held
	absence   absence     // of the agent, whose line is lost
	summoned  *invitation // the supervisor who is being called; nil: nobody
	held      time.Time   // since when the caller is; zero: not
	ringing   media.Play  // what the agent hears while somebody is called
	next      *Situation  // where the call goes; nil: the talk goes on
}

// talk is the conversation of caller and agent, until there is nobody to talk with.
func (s *script) talk(sit Situation) Situation {
	if why := s.pickUp(); why != fact.EndUnset {
		return sit.over(why)
	}
	if why := s.consent(s.row.Queue, userOf(sit)); why != fact.EndUnset {
		return sit.over(why)
	}
	t := &talker{script: s, sit: sit}
	s.customer.away = false // it may come from a hold
	if sit.Offer != nil {
		if s.agent == nil || s.agent.ended { // gone while the caller was being answered
			return s.bringBack(sit, "the agent was gone when the caller was answered")
		}
		t.sits(s.agent, *sit.Offer)
	}
	t.meanwhile = s.newMeanwhile(s.cfg.HoldFor(s.row.Queue))
	t.apply()
	for t.next == nil {
		t.take(s.await(t.wake(), talkVerbs...))
	}
	t.leave()
	return *t.next
}

// userOf is the agent who was offered the call; empty: nobody was.
func userOf(sit Situation) string {
	if sit.Offer == nil {
		return ""
	}
	return sit.Offer.User
}

// sits gives the call to an agent.
func (t *talker) sits(p *party, o floor.Offer) {
	t.stopWaiting()
	t.by, t.agent, t.talked = o, p, true
	p.offer = &o
	t.sit.Offer = &o
	t.assign(o)
}

// leave ends what belongs to this stage: those whom agents have called are gone, unless they are the next to be talked with.
func (t *talker) leave() {
	t.endHold()
	t.stopWaiting()
	t.room.Set(media.Plan{})
	t.stopRecording()
	t.tap, t.channels = nil, nil
	t.endAsking(fact.EndCompleted)
	for _, i := range []*invitation{t.calling, t.summoned} {
		if i != nil {
			i.cancel()
		}
	}
	for _, p := range slices.Clone(t.guests) {
		if t.invited == nil || t.invited.who != p {
			t.drop(p, fact.EndCompleted)
		}
	}
	t.c.desk.amend(t.row.ID, func(k *card) { k.parties = nil })
}

// drop hangs up on somebody whom an agent has called.
func (t *talker) drop(p *party, why fact.EndReason) {
	t.vacate(p)
	if !p.ended {
		p.leg.Hangup(why)
	}
	t.freed(p)
}

// freed says that somebody has nothing to do with the call any more.
func (t *talker) freed(p *party) {
	p.pass.Done()
	if p.offer != nil {
		t.c.floor.Release(*p.offer, false)
	}
}

// ends ends the stage.
func (t *talker) ends(next Situation) { t.next = &next }

// wake is when there is something to do without an event.
func (t *talker) wake() time.Time {
	first := sooner(t.meanwhile.wake(), t.absence.until, t.absence.rings)
	for _, i := range []*invitation{t.calling, t.summoned} {
		if i != nil {
			first = sooner(first, i.until)
		}
	}
	for _, p := range t.guests {
		first = sooner(first, p.until)
	}
	return first
}

// take does what has happened.
func (t *talker) take(e event) {
	switch e.kind { //nolint:exhaustive // the others are of other stages
	case over:
		t.ends(t.sit.over(e.why))
		return
	case agentGone:
		t.agentGone(e)
		return
	case agentLost:
		t.agentLost(e)
	case agentFound:
		t.agentFound()
	case agentReturns:
		t.agentReturns(e.who)
	case commanded:
		t.reply(e.cmd, t.obey(e.cmd))
	case guestGone:
		t.guestGone(e)
	case played:
		if !t.meanwhile.played(e.token) {
			return
		}
	case timeUp:
		t.due(t.c.clock.Now())
	case pressed:
		return
	}
	if t.next == nil {
		t.called(e)
		t.supervisorCalled(e)
		t.apply()
	}
}

// due does what the clock says.
func (t *talker) due(now time.Time) {
	t.meanwhile.due(now)
	if t.waitsLonger(now); t.next != nil {
		return
	}
	for _, p := range slices.Clone(t.guests) {
		if !p.until.IsZero() && !now.Before(p.until) {
			t.log.Warn("call out ended: it was longer than it may be")
			t.drop(p, fact.EndLongestCall)
			t.left(p, fact.EndLongestCall)
		}
	}
}

// agentGone is the end of the agent's leg: by will, which leaves the others together if there are others, or because it was lost.
func (t *talker) agentGone(e event) {
	switch {
	case t.agent != nil:
		t.lineGone(e)
		t.apply()
	case t.others() && (!e.lost || t.consulted() == nil):
		t.agentLeaves()
		t.apply()
	case t.calling != nil && !t.joining && !e.lost:
		t.goOnCalling()
	case e.lost:
		t.ends(t.bringBack(t.sit, e.text))
	default:
		t.ends(t.sit.over(fact.EndAgentHungUp))
	}
}

// others says that somebody besides the agent is there to talk with the caller.
func (t *talker) others() bool { return len(t.answeredGuests()) > 0 }

// answeredGuests are those whom the agent has called and who are there.
func (t *talker) answeredGuests() []*party {
	return slices.DeleteFunc(slices.Clone(t.guests), func(p *party) bool {
		return p.row.Seat == fact.SeatSupervisor || p.row.Answered.IsZero() || t.calling != nil && t.calling.who == p
	})
}

// agentLeaves lets those who are there go on with the caller. If one of them is an agent, that one has the call from now on; of several the first.
func (t *talker) agentLeaves() {
	t.cancelCalling()
	t.endHold()
	t.granted()
	t.stopWaiting()
	gone := t.by
	t.c.floor.Release(gone, true)
	t.talked, t.by, t.agent, t.line, t.sit.Offer = false, floor.Offer{}, nil, nil, nil
	t.customer.away = false
	for _, p := range t.answeredGuests() {
		p.away, p.asked = false, false
		if p.offer != nil && t.agent == nil {
			t.vacate(p)
			t.sits(p, *p.offer)
		}
	}
	t.event(fact.Event{Kind: fact.AgentLeft, Agent: gone.User, Queue: gone.Queue})
	t.event(fact.Event{Kind: fact.Transferred, Agent: t.by.User, Queue: t.row.Queue, Detail: t.nameOf(t.by.User)})
}

// guestGone is the end of the leg of somebody whom the agent, or a supervisor, has called.
func (t *talker) guestGone(e event) {
	if t.calling != nil && t.calling.who == e.who || t.summoned != nil && t.summoned.who == e.who {
		return // the invitation looks after that
	}
	t.freed(e.who)
	t.left(e.who, e.why)
}

// left is what follows when somebody has gone: the call ends if nobody is left to talk with the caller.
func (t *talker) left(p *party, why fact.EndReason) {
	if p.row.Seat == fact.SeatSupervisor {
		t.event(fact.Event{Kind: fact.SupervisionEnded, Agent: p.row.Party.User})
		return
	}
	t.event(fact.Event{Kind: fact.PartyLeft, Leg: p.row.ID, Agent: p.row.Party.User, Detail: t.partyName(p)})
	if t.agent == nil && !t.others() {
		t.ends(t.sit.over(guestEnd(why)))
	}
}

// join lets the caller and somebody else hear each other, and the tap both; like is what else holds for both.
func (s *script) join(other *party, tap *media.Tap, like media.Row) {
	caller, far := s.customer.leg.Endpoint(), other.leg.Endpoint()
	var plan media.Plan
	plan.Rows[caller], plan.Rows[far] = like, like
	plan.Rows[caller].Hears, plan.Rows[far].Hears = media.Of(far), media.Of(caller)
	if tap != nil {
		plan.Taps[0] = media.TapRow{Tap: tap, Of: caller, Channel: 0}
		plan.Taps[1] = media.TapRow{Tap: tap, Of: far, Channel: 1}
	}
	s.room.Set(plan)
}

// assign gives call and conversation to the agent.
func (s *script) assign(o floor.Offer) {
	now := s.c.clock.Now().UTC()
	if s.row.Talked.IsZero() {
		s.row.Talked = now
	}
	s.row.Agent, s.row.Queue = o.User, o.Queue
	s.c.save(s.row)
	if s.row.From != "" {
		s.c.back.GotThrough(s.row.ID, s.row.From, o.Queue, o.User)
	}
	conv, before := s.c.conversations.assign(s.row.Conversation, o.User, o.Queue, now)
	if conv.ID == "" { // closed by somebody while it rang
		return
	}
	s.c.opt.Store.Append(conv)
	for _, user := range []string{before, o.User} {
		if user != "" {
			s.c.floor.Load(user, s.c.conversations.load(user))
		}
	}
}

// bringBack takes a caller whose agent was lost to the head of the queue.
func (s *script) bringBack(sit Situation, why string) Situation {
	s.talked = false
	s.event(fact.Event{Kind: fact.OfferFailed, Agent: sit.Offer.User, Queue: sit.Offer.Queue, Detail: "agent lost: " + why})
	s.log.Warn("agent lost, caller goes back to the queue", "agent", sit.Offer.User, "text", why)
	return sit.back()
}
