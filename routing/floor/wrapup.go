package floor

import (
	"slices"
	"time"

	"mediasrv/routing/fact"
)

// endTalk takes the agent of a call out of it. how is TalkEnded or TalkDropped.
func (c *core) endTalk(call fact.CallID, how AgentEvent, now time.Time) {
	a := c.talks[call]
	if a == nil {
		return
	}
	delete(c.talks, call)
	wrapUp := c.cfg.WrapUpFor(a.offer.Queue, a.user)
	if how == TalkDropped || wrapUp.Time <= 0 {
		c.move(a, TalkDropped, now)
		c.out(Notice{Kind: Released, At: now, Call: call, Agent: a.view()})
		return
	}
	a.wrapUp = c.wrapUpView(call, now, now.Add(wrapUp.Time), wrapUp.Extend)
	c.move(a, TalkEnded, now)
	c.out(Notice{Kind: WrapUpBegan, At: now, Call: call, Agent: a.view()})
}

func (c *core) wrapUpView(call fact.CallID, began, until time.Time, extend bool) *fact.WrapUpView {
	d := c.cfg.Company.Dispositions
	return &fact.WrapUpView{Call: call, Began: began, Until: until, Extend: extend, Dispositions: d.List, Required: d.Required}
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
