package floor

import (
	"slices"
	"time"

	"mediasrv/routing/fact"
)

// onHold is shown as the activity of an agent who talks, while the call is held.
const onHold = "held"

// Direct asks for a certain agent, or for the next one of a queue, without a wait: a transfer, a consultation, a call that comes back.
type Direct struct {
	Call   fact.CallID
	User   string   // whom; empty: whoever of Queue is next
	Queue  string   // whose ring timeout and wrap-up hold
	Not    []string // without User: who has been asked already
	Back   bool     // the agent may be in the wrap-up of this very call, which then is over
	Summon bool     // the agent needs not be available: who wants to listen has asked for it
}

// directed is an offer that no call waits for in a queue.
type directed struct {
	Offer
	back bool // it has ended a wrap-up, which begins anew if the agent doesn't take the call
}

// Direct lets an agent ring at once. The offer is then claimed and reported as any other; Withdrawn may come. It blocks for as long as the
// floor takes. Errors are Refusals.
func (f *Floor) Direct(d Direct) (Offer, error) {
	var o Offer
	err := f.ask(func(c *core, now time.Time) (err error) {
		c.assign(now) // who waits comes first: of what was told at the same moment nothing is decided yet
		o, err = c.ask(d, now)
		return err
	})
	if err != nil {
		return Offer{}, err
	}
	return o, nil
}

// Release takes one agent out of a call that goes on with others. talked: the agent has wrap-up.
func (f *Floor) Release(o Offer, talked bool) {
	f.box.Put(func(c *core, now time.Time) {
		how := TalkDropped
		if talked {
			how = TalkEnded
		}
		if a := c.talker(o); a != nil {
			c.endTalkOf(a, how, now)
		}
	})
}

// Hold shows an agent as on hold, or no longer.
func (f *Floor) Hold(o Offer, on bool) {
	f.box.Put(func(c *core, now time.Time) {
		if a := c.talker(o); a != nil && a.held != on {
			a.held, a.since = on, now
			if !on { // the talk goes on as long as it has
				a.since = a.answered
			}
			c.out(Notice{Kind: AgentChanged, At: now, Call: o.Call, Agent: a.view(), Moved: true})
		}
	})
}

// talker is the agent who has got a call by an offer, and still has it; nil: nobody.
func (c *core) talker(o Offer) *agent {
	for _, a := range c.talks[o.Call] {
		if a.offer.ID == o.ID {
			return a
		}
	}
	return nil
}

// ask makes a direct offer.
func (c *core) ask(d Direct, now time.Time) (Offer, error) {
	a, event, err := c.asked(d)
	if err != nil {
		return Offer{}, err
	}
	ring := now.Add(c.ringTime(d.Queue))
	o := Offer{ID: c.newID(), Call: d.Call, User: a.user, Queue: d.Queue, At: now, RingUntil: ring, Lease: ring.Add(leaseSlack)}
	c.direct[o.ID] = &directed{Offer: o, back: event == WasRecalled}
	a.wrapUp, a.wasIdle, a.offer = nil, a.idleFrom, o
	c.move(a, event, now)
	return o, nil
}

func (c *core) ringTime(queue string) time.Duration {
	if q := c.cfg.Queues[queue]; q != nil {
		return q.RingTimeout
	}
	return c.cfg.Company.RingTimeout
}

// asked is whom a direct offer is for, and what it does to the agent.
func (c *core) asked(d Direct) (*agent, AgentEvent, error) {
	if d.User == "" {
		return c.nextOf(d)
	}
	a := c.agents[d.User]
	switch {
	case a == nil:
		return nil, 0, ErrUnknownAgent
	case d.Back && a.phones > 0 && a.wrapUp != nil && a.wrapUp.Call == d.Call:
		return a, WasRecalled, nil
	case a.phones == 0:
		return nil, 0, ErrNoPhone
	case a.state.Activity != Idle && a.state.Activity != WrappingUp:
		return nil, 0, ErrInCall
	case d.Summon && a.state.Activity == Idle:
		return a, WasSummoned, nil
	case !a.state.Free():
		return nil, 0, ErrNotFree
	}
	return a, WasOffered, nil
}

// nextOf is who of a queue would get the next call.
func (c *core) nextOf(d Direct) (*agent, AgentEvent, error) {
	if c.cfg.Queues[d.Queue] == nil {
		return nil, 0, ErrUnknownQueue
	}
	free := slices.DeleteFunc(c.candidates(), func(v Candidate) bool { return slices.Contains(d.Not, v.User) })
	for _, m := range c.picker.Pick([]Waiting{{Call: d.Call, Queue: d.Queue}}, free) {
		return c.agents[free[m.User].User], WasOffered, nil
	}
	return nil, 0, ErrNobodyFree
}

// claimDirect gives a call to an agent who was asked for; false: the offer is none of these.
func (c *core) claimDirect(o Offer, now time.Time) bool {
	if c.direct[o.ID] == nil {
		return false
	}
	delete(c.direct, o.ID)
	c.grant(c.agents[o.User], o, now)
	return true
}

// grant gives a call to the agent who rings for it.
func (c *core) grant(a *agent, o Offer, now time.Time) {
	c.talks[o.Call] = append(c.talks[o.Call], a)
	a.answered = now
	c.move(a, DidAnswer, now)
	c.out(Notice{Kind: Granted, At: now, Call: o.Call, Offer: o})
}

// endDirect frees the agent who rings for a direct offer; of another offer it does nothing.
func (c *core) endDirect(id fact.OfferID, how AgentEvent, now time.Time) {
	d := c.direct[id]
	if d == nil {
		return
	}
	delete(c.direct, id)
	a := c.agents[d.User]
	c.move(a, how, now)
	if !d.back {
		return
	}
	if wrapUp := c.cfg.WrapUpFor(d.Queue, d.User); wrapUp.Time > 0 {
		a.offer = d.Offer
		c.beginWrapUp(a, WrapUpAgain, now)
	}
}

// dropDirect ends all direct offers of a call.
func (c *core) dropDirect(call fact.CallID, now time.Time) {
	for id, d := range c.direct {
		if d.Call == call {
			c.endDirect(id, LostOffer, now)
		}
	}
}
