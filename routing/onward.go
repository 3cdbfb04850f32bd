package routing

import (
	"mediasrv/media"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// onward connects the caller with somebody else: whom an agent has named, or that agent again if those did not come. Meanwhile the caller hears
// transfer music. A transfer that fails hangs up on nobody.
func (s *script) onward(sit Situation) Situation {
	i := s.invited
	s.invited = nil
	if i == nil {
		return s.notConnectedTo(sit, sit.Target.User+sit.Target.Number, "can't be reached")
	}
	t := &transfer{script: s, sit: sit, invitation: i, meanwhile: s.newMeanwhile(s.cfg.TransferFor(s.row.Queue).Meanwhile)}
	t.meanwhile.play(true)
	t.show()
	for {
		t.hear()
		e := s.await(sooner(i.until, t.meanwhile.wake()), verbHangup)
		switch {
		case e.kind == over:
			i.cancel()
			return sit.over(e.why)
		case e.kind == played && t.meanwhile.played(e.token), e.kind == timeUp && t.meanwhile.due(s.c.clock.Now()):
			continue
		}
		switch t.take(e) {
		case joined:
			return t.connected()
		case failed:
			return s.notConnectedTo(sit, i.name(), i.why)
		case pending:
			t.show()
		}
	}
}

// transfer is the stage between two agents, or between an agent and a number.
type transfer struct {
	*script
	sit        Situation
	invitation *invitation
	meanwhile  *meanwhile
}

func (t *transfer) take(e event) answerTo {
	if e.kind == commanded {
		return t.commanded(e.cmd)
	}
	return t.invitation.take(e)
}

// hear lets the caller hear the network of a number, as soon as it is there; else music.
func (t *transfer) hear() {
	row := t.meanwhile.row()
	if network := t.network(); network != 0 {
		row = media.Row{Hears: network}
	}
	row.Digits = true
	t.toCaller(row)
}

// network is what can be heard of who is called; none: nobody outside, or nothing came yet.
func (t *transfer) network() media.Set {
	i := t.invitation
	if !i.early || i.who == nil || !t.cfg.TransferFor(t.row.Queue).EarlyMedia {
		return 0
	}
	return media.Of(i.who.leg.Endpoint())
}

func (t *transfer) show() {
	t.showParties([]fact.PartyView{
		t.partyView(t.customer, "customer", "held", t.network()), t.partyView(t.invitation.who, roleOf(t.invitation.who), "ringing", 0),
	})
}

// commanded is the refusal of the agent who rings, on the page.
func (t *transfer) commanded(cmd *command) answerTo {
	if t.invitation.offer.ID == "" || t.invitation.offer.User != cmd.user {
		cmd.answer <- ErrNoCall
		return pending
	}
	cmd.answer <- nil
	return t.invitation.refuse()
}

// connected gives the call to who has answered.
func (t *transfer) connected() Situation {
	i := t.invitation
	i.who.away = false
	t.vacate(i.who)
	next := t.sit
	next.Stage, next.By, next.Back, next.Target = StageTalk, nil, false, Target{}
	t.event(fact.Event{Kind: fact.Transferred, Agent: i.offer.User, Queue: t.row.Queue, Leg: i.who.row.ID, Detail: i.name()})
	t.log.Info("call transferred", "to", i.name(), "agent", i.offer.User)
	if i.offer.ID == "" {
		t.guests = append(t.guests, i.who)
		return next
	}
	offer := i.offer
	t.agent, next.Offer, next.Target = i.who, &offer, Target{User: offer.User}
	return next
}

// notConnectedTo brings a caller back whose transfer has failed: to the agent who wanted it, if that one is available or in this call's wrap-up,
// else to the queue, ahead of the others.
func (s *script) notConnectedTo(sit Situation, name, why string) Situation {
	s.showParties(nil)
	s.event(fact.Event{Kind: fact.TransferFailed, Queue: s.row.Queue, Detail: name + " " + why})
	s.log.Info("transfer failed", "to", name, "why", why)
	if sit.By == nil || sit.Back {
		return sit.ahead(s.row.Queue)
	}
	i, err := s.invite(*sit.By, goal{fact.Destination{User: sit.By.User}, s.nameOf(sit.By.User)}, "returned", true)
	if err != nil {
		s.log.Info("the agent who transferred the call can't take it back", "agent", sit.By.User, "why", err)
		return sit.ahead(s.row.Queue)
	}
	s.event(fact.Event{Kind: fact.CallReturns, Agent: sit.By.User, Queue: s.row.Queue})
	s.invited = i
	sit.Stage, sit.Back, sit.Target = StageTransfer, true, Target{User: sit.By.User}
	return sit
}

// into is the situation of a caller who goes to a queue that an agent has named.
func (s *script) into(sit Situation, by floor.Offer, queue string) Situation {
	s.event(fact.Event{Kind: fact.TransferBegan, Agent: by.User, Queue: queue, Detail: queue})
	s.goesTo(s.cfg.Queues[queue])
	sit.Stage, sit.Target = StageWait, Target{Queue: queue}
	sit.Waiting, sit.Greeted, sit.Front, sit.Offer = "", false, false, nil
	s.c.desk.amend(s.row.ID, func(k *card) { k.kind = "transferred" })
	return sit
}
