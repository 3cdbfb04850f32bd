package routing

import (
	"slices"

	"mediasrv/config"
	"mediasrv/routing/callback"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// TakeCallback gives an agent a callback of the list, also one that a colleague has taken and not called. Errors are Refusals, here and below.
func (c *Centre) TakeCallback(user string, id fact.CallbackID) error { return c.back.Take(user, id) }

// MakeCallback calls a customer of the list: the agent's phone rings first, whatever the agent's status.
func (c *Centre) MakeCallback(user string, id fact.CallbackID) (fact.CallID, error) {
	place, err := c.back.Call(user, id)
	if err != nil {
		return "", err
	}
	s, err := c.newCallback(place)
	if err != nil {
		c.opt.Log.Warn("a callback could not be begun", "callback", id, "agent", user, "error", err)
		c.back.Over(place.Call, fact.EndCongestion)
		return "", ErrNoRoom
	}
	offer, err := c.floor.Direct(floor.Direct{Call: place.Call, User: user, Queue: place.Row.Queue, Summon: true})
	if err != nil {
		c.giveUp(s)
		return "", ofOneself(err)
	}
	s.box.Put(fromFloor(floor.Notice{Kind: floor.Offered, At: offer.At, Call: place.Call, Offer: offer}))
	c.goOn(s)
	return place.Call, nil
}

// CallBack has an agent call a customer who has left a message or has given up waiting: the agent's phone rings first. It is a callback of the list, so that one who is
// not reached stays there.
func (c *Centre) CallBack(user string, who fact.Missed) (fact.CallID, error) {
	row, fresh, err := c.enlist(user, who)
	if err != nil {
		return "", err
	}
	if !c.worksIn(user, row.Queue) {
		err = callback.ErrNotYours
	}
	var call fact.CallID
	if err == nil {
		call, err = c.MakeCallback(user, row.ID)
	}
	if err != nil && fresh {
		_ = c.back.Cancel(row.ID, "could not be called") // nobody has asked for it but this agent
	}
	return call, err
}

// ListCallback puts a customer who has given up waiting onto the list of the queue's agents.
func (c *Centre) ListCallback(user string, who fact.Missed) (fact.Callback, error) {
	row, _, err := c.enlist(user, who)
	return row, err
}

func (c *Centre) enlist(user string, who fact.Missed) (fact.Callback, bool, error) {
	now := c.clock.Now().UTC()
	switch {
	case who.Number == "":
		return fact.Callback{}, false, ErrNoNumber
	case c.now.Load().cfg.Queues[who.Queue] == nil:
		return fact.Callback{}, false, ErrUnknownQueue
	case !c.mayCallBack(who.Number):
		return fact.Callback{}, false, ErrNotCallable
	}
	if !c.conversations.isOpen(who.Conversation) {
		conv := c.conversations.join(who.Number, who.Name, who.Queue, now)
		c.opt.Store.Append(conv)
		who.Conversation = conv.ID
	}
	return c.back.Enlist(callback.Request{
		Queue: who.Queue, Number: who.Number, Name: who.Name, Entry: who.Entry, Conversation: who.Conversation, Since: now, By: user,
	})
}

// CloseCallback ends a callback of the list that needs no call any more.
func (c *Centre) CloseCallback(user string, id fact.CallbackID) error {
	if err := c.back.Take(user, id); err != nil {
		return err
	}
	return c.back.Cancel(id, "done by "+user)
}

// CancelCallback takes a promise back, unless its conversation is closed. everywhere: also one of a queue that isn't the user's.
func (c *Centre) CancelCallback(user string, id fact.CallbackID, everywhere bool) error {
	row, err := c.back.Find(id)
	switch {
	case err != nil:
		return err
	case !everywhere && !c.worksIn(user, row.Queue):
		return callback.ErrNotYours
	case row.By != "" && !c.conversations.isOpen(row.Conversation):
		return callback.ErrClosed
	}
	return c.back.Cancel(id, "by "+user)
}

func (c *Centre) worksIn(user, queue string) bool {
	q := c.now.Load().cfg.Queues[queue]
	return q != nil && slices.Contains(q.Agents, user)
}

// PlanCallback keeps what an agent promises a customer, in a call or afterwards.
func (c *Centre) PlanCallback(user string, p fact.CallbackPlan) (fact.Callback, error) {
	now := c.clock.Now().UTC()
	if p.At.Before(now) {
		return fact.Callback{}, callback.ErrPast
	}
	card := c.desk.cardOf(user)
	r := callback.Request{
		Plan: p.Plan, Queue: p.Queue, Number: card.call.From, Name: card.name, Entry: card.call.Entry, Conversation: card.call.Conversation,
		Since: p.At.UTC(), Due: p.At.UTC(), By: user,
	}
	if p.Number != "" {
		number, err := config.ReadNumber(p.Number, c.now.Load().cfg.Company.Country)
		if err != nil {
			return fact.Callback{}, Refusal("The number " + err.Error() + ".")
		}
		r.Number = number
	}
	for _, queue := range append([]string{card.call.Queue}, c.desk.queuesOf(user)...) {
		if r.Queue == "" {
			r.Queue = queue
		}
	}
	if p.Personal {
		r.Owner = user
	}
	switch {
	case r.Number == "":
		return fact.Callback{}, ErrNoNumber
	case !c.worksIn(user, r.Queue):
		return fact.Callback{}, callback.ErrNotYours
	case p.Plan != "" && c.now.Load().cfg.Callbacks[p.Plan] == nil:
		return fact.Callback{}, ErrUnknownPlan
	case !c.mayCallBack(r.Number):
		return fact.Callback{}, ErrNotCallable
	}
	if r.Entry == "" {
		r.Entry = numberOf(c.now.Load().cfg, r.Queue)
	}
	if r.Conversation == "" || r.Number != card.call.From {
		conv := c.conversations.join(r.Number, "", r.Queue, now)
		c.opt.Store.Append(conv)
		r.Conversation, r.Name = conv.ID, conv.Name
	}
	return c.back.Promise(r)
}
