package routing

import (
	"fmt"
	"strings"

	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// notice takes what the floor says. It runs on the floor's goroutine, so it waits for nothing.
func (c *Centre) notice(n floor.Notice) {
	if n.Offer.Callback != "" && n.Kind != floor.Considered { // its keeper knows whether there is a call yet
		c.back.Noticed(n)
		return
	}
	switch n.Kind {
	case floor.Launched, floor.Cleared:
	case floor.Offered, floor.Withdrawn, floor.Granted, floor.Void, floor.Overflowed, floor.Deserted:
		if s := c.call(n.Call); s != nil {
			s.box.Put(fromFloor(n))
		}
	case floor.Considered:
		c.record(fact.Event{At: n.At, Call: n.Call, Kind: fact.Considered, Agent: n.Offer.User, Queue: n.Offer.Queue, Detail: n.Why})
	case floor.AgentChanged:
		c.agentChanged(n)
	case floor.WrapUpBegan, floor.WrapUpMore, floor.WrapUpEnded:
		c.wrapUpChanged(n)
	case floor.QueueChanged:
		c.desk.setQueue(n.Queue)
	case floor.Released:
		c.tally.Released(n.Call, n.Agent.User, n.At)
		c.desk.sweep(n.Call)
	case floor.Dropped:
		c.desk.dropAgent(n.Agent.User)
		c.leavers.left(n.Agent.User)
	case floor.QueueGone:
		c.desk.dropQueue(n.Queue.Name)
	case floor.Left:
		c.desk.amend(n.Call, func(k *card) { k.over = true })
		c.desk.sweep(n.Call)
	}
}

func (c *Centre) agentChanged(n floor.Notice) {
	a := n.Agent
	c.desk.setAgent(a)
	c.opt.Store.Append(a.Row())
	if !n.Moved {
		return
	}
	c.opt.Log.Info("agent changed", "agent", a.User, "status", a.Status, "activity", a.Activity, "reason", a.Reason, "call", n.Call)
	c.opt.Store.Append(fact.AgentChange{At: n.At, User: a.User, Status: a.Status, Activity: a.Activity, Reason: a.Reason, Call: n.Call})
}

func (c *Centre) wrapUpChanged(n floor.Notice) {
	switch n.Kind {
	case floor.WrapUpBegan:
		c.wrapUpEvent(n, fact.WrapUpBegan, n.Agent.WrapUp.Until.Sub(n.At).String())
	case floor.WrapUpMore:
		c.wrapUpEvent(n, fact.WrapUpExtended, n.Agent.WrapUp.Until.Sub(n.At).String()+" left")
	default:
		c.wrapUpEnded(n)
	}
}

func (c *Centre) wrapUpEvent(n floor.Notice, kind fact.EventKind, detail string) {
	c.record(fact.Event{At: n.At, Call: n.Call, Kind: kind, Agent: n.Agent.User, Queue: n.Agent.Queue, Detail: detail})
}

// wrapUpEnded keeps what the agent said of the call, which may be over or may go on with somebody else.
func (c *Centre) wrapUpEnded(n floor.Notice) {
	var row fact.Call
	if !c.desk.amend(n.Call, func(k *card) {
		k.disposition = n.Result.Disposition
		k.call.Disposition = k.disposition
		row = k.call
	}) {
		return
	}
	c.opt.Store.Append(row)
	c.wrapUpEvent(n, fact.WrapUpEnded, outcome(n))
	if conv := c.conversations.finish(row.Conversation, n.Result, n.At); conv.ID != "" {
		c.opt.Store.Append(conv)
		c.floor.Load(conv.Agent, c.conversations.load(conv.Agent))
	}
}

// outcome is a wrap-up's result in words.
func outcome(n floor.Notice) string {
	var said []string
	if n.Result.Disposition != "" {
		said = append(said, "disposition: "+n.Result.Disposition)
	}
	if n.Result.Status != "" {
		said = append(said, "conversation: "+n.Result.Status)
	}
	if n.Result.LineRating > 0 {
		said = append(said, fmt.Sprintf("line: %d of 5", n.Result.LineRating))
	}
	if !n.Early {
		said = append(said, "time is over")
	}
	return strings.Join(said, ", ")
}

// record keeps a line of a call's time line.
func (c *Centre) record(e fact.Event) {
	c.desk.amend(e.Call, func(k *card) {
		if e.Conversation == "" {
			e.Conversation = k.call.Conversation
		}
		if e.Kind == fact.Considered { // long, and nothing that an agent needs
			return
		}
		k.timeline = append(k.timeline, fact.EventView{At: e.At, Kind: e.Kind, Agent: e.Agent, Queue: e.Queue, Detail: e.Detail})
	})
	c.tally.Tell(e)
	c.opt.Store.Append(e)
}

// save keeps a call's row as its script has it now.
func (c *Centre) save(row fact.Call) {
	c.desk.amend(row.ID, func(k *card) {
		row.Disposition = k.disposition
		k.call = row
	})
	c.opt.Store.Append(row)
}
