package floor

import (
	"slices"
	"time"

	"mediasrv/routing/fact"
)

// endTalk takes all agents of a call out of it. how is TalkEnded or TalkDropped.
func (c *core) endTalk(call fact.CallID, how AgentEvent, now time.Time) {
	for _, a := range slices.Clone(c.talks[call]) {
		c.endTalkOf(a, how, now)
	}
}

// endTalkOf takes one agent out of a call.
func (c *core) endTalkOf(a *agent, how AgentEvent, now time.Time) {
	call := a.offer.Call
	c.talks[call] = slices.DeleteFunc(c.talks[call], func(b *agent) bool { return a == b })
	if len(c.talks[call]) == 0 {
		delete(c.talks, call)
	}
	a.held = false
	wrapUp := c.cfg.WrapUpFor(a.offer.Queue, a.user)
	if how == TalkDropped || wrapUp.Time <= 0 {
		c.move(a, TalkDropped, now)
		c.out(Notice{Kind: Released, At: now, Call: call, Agent: a.view()})
		return
	}
	c.beginWrapUp(a, TalkEnded, now)
}

// beginWrapUp begins the wrap-up of the call that the agent's offer names.
func (c *core) beginWrapUp(a *agent, e AgentEvent, now time.Time) {
	wrapUp := c.cfg.WrapUpFor(a.offer.Queue, a.user)
	a.wrapUp = c.wrapUpView(a.offer, now, now.Add(wrapUp.Time), wrapUp.Extend)
	c.move(a, e, now)
	c.out(Notice{Kind: WrapUpBegan, At: now, Call: a.offer.Call, Agent: a.view()})
}

func (c *core) wrapUpView(of Offer, began, until time.Time, extend bool) *fact.WrapUpView {
	d := c.cfg.DispositionsFor(of.Queue)
	return &fact.WrapUpView{Call: of.Call, Began: began, Until: until, Extend: extend, Dispositions: d.List, Required: d.Required}
}

// endWrapUp frees an agent after a call.
func (c *core) endWrapUp(a *agent, r fact.WrapUpResult, early bool, now time.Time) {
	n := Notice{Kind: WrapUpEnded, At: now, Call: a.wrapUp.Call, Agent: a.view(), Result: r, Early: early}
	a.wrapUp = nil
	c.move(a, WrapUpIsOver, now)
	c.out(n)
	n.Kind = Released
	c.out(n)
}

// extend is "+10 s".
func (c *core) extend(user string, now time.Time) error {
	a, err := c.wrappingUp(user)
	if err != nil {
		return err
	}
	if !a.wrapUp.Extend {
		return ErrNoExtension
	}
	a.wrapUp.Until = a.wrapUp.Until.Add(extension)
	c.tell(a, now)
	c.out(Notice{Kind: WrapUpMore, At: now, Call: a.wrapUp.Call, Agent: a.view()})
	return nil
}

// finish is "done".
func (c *core) finish(user string, r fact.WrapUpResult, now time.Time) error {
	a, err := c.wrappingUp(user)
	if err != nil {
		return err
	}
	w := a.wrapUp
	switch {
	case r.Disposition == "" && w.Required:
		return ErrDispositionNeeded
	case r.Disposition != "" && !slices.Contains(w.Dispositions, r.Disposition):
		return ErrUnknownDisposition
	}
	c.endWrapUp(a, r, true, now)
	return nil
}

func (c *core) wrappingUp(user string) (*agent, error) {
	a := c.agents[user]
	switch {
	case a == nil:
		return nil, ErrUnknownAgent
	case a.state.Activity != WrappingUp:
		return nil, ErrNoWrapUp
	}
	return a, nil
}
