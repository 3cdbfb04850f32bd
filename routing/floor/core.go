package floor

import (
	"slices"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// core is the floor without its goroutine: every method is a step in time, and what follows from it goes out as notices.
type core struct {
	cfg    *config.Config // with the queues of older files that calls may still be in
	file   *config.Config // as the last reload read it; nil: there was none
	left   bool           // somebody may be no longer in the file
	picker Picker
	newID  func() fact.OfferID
	out    func(Notice)

	agents map[string]*agent
	users  []string // of agents, sorted: decisions don't depend on the order of a map
	line   []*entry // of all queues, in the order in which they are served
	calls  map[fact.CallID]*entry
	talks  map[fact.CallID][]*agent   // several in a conference or a consultation
	direct map[fact.OfferID]*directed // offers to agents who were asked for
	dirty  map[string]bool            // queues whose view has changed
	paces  map[string]*pace

	waiting []Waiting // of offerAll, to be filled again: of 2,000 calls they are large
	entries []*entry

	deserted   map[string]time.Time // queues that nobody is there for, since when; only those with something to do then
	staffMoved bool                 // somebody has come or gone since that was looked at
	evictAt    time.Time            // when the next of them has been deserted for too long; zero: never
}

// entry is a waiting call.
type entry struct {
	Waiting
	offers    []*Offer  // whose phones ring for it
	nextRound time.Time // zero: the present round goes on
	relaxAt   time.Time // when the call needs less of its agent; zero: never
	told      bool      // why nobody is free has been said since that changed for this call
	launched  bool      // the customer of a callback is being called
}

func newCore(cfg *config.Config, picker Picker, newID func() fact.OfferID, out func(Notice), now time.Time) *core {
	c := &core{
		cfg: cfg, picker: picker, newID: newID, out: out,
		agents: newAgents(cfg, now),
		calls:  make(map[fact.CallID]*entry),
		talks:  make(map[fact.CallID][]*agent),
		direct: make(map[fact.OfferID]*directed),
		dirty:  make(map[string]bool),
		paces:  make(map[string]*pace),

		deserted: make(map[string]time.Time), staffMoved: true,
	}
	for user, a := range c.agents {
		slices.Sort(a.queues)
		c.users = append(c.users, user)
	}
	slices.Sort(c.users)
	return c
}

// enqueue puts a call into its queue. A call that already waits stays as it is; one that has an agent leaves the agent.
func (c *core) enqueue(w Waiting, now time.Time) {
	if c.calls[w.Call] != nil || c.cfg.Queues[w.Queue] == nil {
		return
	}
	c.endTalk(w.Call, TalkEnded, now)
	if why := c.full(w); why != "" {
		c.out(Notice{Kind: Overflowed, At: now, Call: w.Call, Offer: Offer{Queue: w.Queue}, Why: why})
		return
	}
	w.Round, w.Rung = now, make(map[string]bool)
	e := &entry{Waiting: w}
	c.skills(e, now)
	at, _ := slices.BinarySearchFunc(c.line, e, inOrder)
	c.line = slices.Insert(c.line, at, e)
	c.calls[w.Call] = e
	c.dirty[w.Queue] = true
}

func inOrder(a, b *entry) int {
	switch {
	case a.before(b.Waiting):
		return -1
	case b.before(a.Waiting):
		return 1
	default:
		return 0
	}
}

// leave takes a call out of its queue; whoever rings for it is free. The call is told which offers are void with it: it may not have got to see them
// yet. A call that has an agent is not in a queue.
func (c *core) leave(call fact.CallID, now time.Time) {
	if e := c.calls[call]; e != nil {
		for len(e.offers) > 0 {
			o := e.offers[0]
			c.endOffer(e, o, LostOffer, now)
			c.out(Notice{Kind: Withdrawn, At: now, Call: call, Offer: *o, Why: "the call has left the queue"})
		}
		c.remove(e)
	}
}

// end forgets a call. Its agent has wrap-up, unless there was no talk.
func (c *core) end(call fact.CallID, talked bool, now time.Time) {
	c.leave(call, now)
	c.dropDirect(call, now)
	how := TalkDropped
	if talked {
		how = TalkEnded
	}
	c.endTalk(call, how, now)
	c.out(Notice{Kind: Left, At: now, Call: call})
}

func (c *core) remove(e *entry) {
	if at, found := slices.BinarySearchFunc(c.line, e, inOrder); found {
		c.line = slices.Delete(c.line, at, at+1)
	}
	delete(c.calls, e.Call)
	c.dirty[e.Queue] = true
}

// current is the waiting call and its offer that an id still stands for; nil: the offer is an older one.
func (c *core) current(call fact.CallID, id fact.OfferID) (*entry, *Offer) {
	e := c.calls[call]
	if e == nil {
		return nil, nil
	}
	for _, o := range e.offers {
		if o.ID == id {
			return e, o
		}
	}
	return nil, nil
}

// report takes the outcome of an offer; last: the call wants no other agent and leaves the queue. An agent who has been granted the call
// since then is free, without wrap-up: there was no talk.
func (c *core) report(o Offer, how Outcome, last bool, now time.Time) {
	if e, cur := c.current(o.Call, o.ID); cur != nil {
		c.endOffer(e, cur, how.event(), now)
	}
	c.endDirect(o.ID, how.event(), now)
	if a := c.talker(o); a != nil {
		c.endTalkOf(a, TalkDropped, now)
	}
	if last {
		c.leave(o.Call, now)
	}
}

// claim gives the call to the agent who has picked up, if the offer still stands. Others who ring for it are free.
func (c *core) claim(o Offer, now time.Time) {
	if c.talker(o) != nil {
		c.out(Notice{Kind: Granted, At: now, Call: o.Call, Offer: o})
		return
	}
	if c.claimDirect(o, now) {
		return
	}
	e, cur := c.current(o.Call, o.ID)
	if cur == nil {
		c.out(Notice{Kind: Void, At: now, Call: o.Call, Offer: o})
		return
	}
	a := c.agents[cur.User]
	c.remove(e)
	c.grant(a, o, now)
	e.offers = without(e.offers, cur)
	c.answeredElsewhere(e, a, now)
}

// endOffer frees the agent that rings for e by an offer.
func (c *core) endOffer(e *entry, o *Offer, how AgentEvent, now time.Time) {
	e.offers = without(e.offers, o)
	c.move(c.agents[o.User], how, now)
}

// withdraw takes back the offer that an agent's phone rings for.
func (c *core) withdraw(a *agent, why string, now time.Time) {
	o := a.offer
	if c.direct[o.ID] != nil {
		c.endDirect(o.ID, LostOffer, now)
		c.out(Notice{Kind: Withdrawn, At: now, Call: o.Call, Offer: o, Why: why})
		return
	}
	if e, cur := c.current(o.Call, o.ID); cur != nil {
		c.endOffer(e, cur, LostOffer, now)
		c.out(Notice{Kind: Withdrawn, At: now, Call: o.Call, Offer: o, Why: why})
	}
}

// move lets an event happen to an agent and tells it. An impossible event changes nothing.
func (c *core) move(a *agent, e AgentEvent, now time.Time) {
	next, err := a.state.On(e)
	if err != nil {
		return
	}
	old, call := a.state, a.offer.Call
	a.state, c.staffMoved = next, true
	if next.Activity == Idle && old.Activity != Idle {
		c.spent(a, now)
	}
	a.explain(e, old)
	a.settle(old, now)
	if e == LostOffer {
		a.idleFrom = a.wasIdle
	}
	moved := old.Status != next.Status || old.Activity != next.Activity
	c.out(Notice{Kind: AgentChanged, At: now, Call: call, Agent: a.view(), Moved: moved})
}

// tell says that a detail of an agent has changed.
func (c *core) tell(a *agent, now time.Time) {
	c.out(Notice{Kind: AgentChanged, At: now, Call: a.offer.Call, Agent: a.view()})
}

// assign makes offers until nobody is free for anybody who waits.
func (c *core) assign(now time.Time) {
	c.evict(now)
	c.offerAll(now)
	c.launch(now)
	for _, e := range c.line {
		if len(e.offers) == 0 && len(e.Rung) > 0 && e.nextRound.IsZero() {
			e.nextRound = now.Add(roundPause)
		}
	}
}

func (c *core) offerAll(now time.Time) {
	agents := c.candidates()
	if len(agents) == 0 {
		c.tellWhy(now)
		return
	}
	somebody := make(map[string]bool) // in these queues somebody is free: of 2,000 calls most need not be looked at
	for _, a := range agents {
		for _, q := range a.Queues {
			somebody[q] = true
		}
	}
	waiting, entries := c.waiting[:0], c.entries[:0]
	for _, e := range c.line {
		if !somebody[e.Queue] {
			continue
		}
		if w, ok := c.wants(e); ok && !e.Ghost.Dials {
			waiting, entries = append(waiting, w), append(entries, e)
		}
	}
	for _, m := range c.picker.Pick(waiting, agents) {
		c.offer(entries[m.Call], c.agents[agents[m.User].User], now)
	}
	clear(waiting) // or they would be kept from the collector
	clear(entries)
	c.waiting, c.entries = waiting, entries
	c.tellWhy(now)
}

// tellWhy says of each call that has just come, or that an agent has just been lost to, why nobody rings for it.
func (c *core) tellWhy(now time.Time) {
	for _, e := range c.line {
		if len(e.offers) == 0 && !e.told && e.Ghost.Callback == "" {
			e.told = true
			c.out(Notice{Kind: Considered, At: now, Call: e.Call, Offer: Offer{Queue: e.Queue}, Why: c.explain(e, nil, now)})
		}
	}
}

func (c *core) candidates() []Candidate {
	var free []Candidate
	for _, user := range c.users {
		if v, ok := c.agents[user].candidate(); ok {
			free = append(free, v)
		}
	}
	return free
}

func (c *core) offer(e *entry, a *agent, now time.Time) {
	ring := now.Add(c.cfg.Queues[e.Queue].RingTimeout)
	why := c.explain(e, a, now)
	e.told = false
	o := &Offer{
		ID: c.newID(), Call: e.Call, User: a.user, Queue: e.Queue, At: now, RingUntil: ring, Lease: ring.Add(leaseSlack),
		Callback: e.Ghost.Callback,
	}
	e.offers = append(e.offers, o)
	e.Rung[a.user] = true
	e.nextRound = time.Time{}
	a.wasIdle = a.idleFrom
	a.offer = *o
	c.move(a, WasOffered, now)
	if why != "" {
		c.out(Notice{Kind: Considered, At: now, Call: e.Call, Offer: *o, Why: why})
	}
	c.out(Notice{Kind: Offered, At: now, Call: e.Call, Offer: *o})
}

// tick does what is due: leases that end, wrap-ups that end, rounds that begin.
func (c *core) tick(now time.Time) {
	for _, user := range c.users {
		a := c.agents[user]
		switch a.state.Activity {
		case Ringing:
			if !now.Before(a.offer.Lease) {
				c.withdraw(a, "the call didn't say what became of the offer", now)
			}
		case WrappingUp:
			if !now.Before(a.wrapUp.Until) {
				c.endWrapUp(a, fact.WrapUpResult{Disposition: notSet}, false, now)
			}
		case Idle, Talking:
		}
	}
	for _, e := range c.line {
		if !e.nextRound.IsZero() && !now.Before(e.nextRound) {
			e.nextRound, e.Round = time.Time{}, now
			clear(e.Rung)
		}
	}
	c.relax(now)
}

// next is when tick has something to do; zero: never.
func (c *core) next() time.Time {
	var first time.Time
	sooner := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	for _, a := range c.agents {
		switch a.state.Activity {
		case Ringing:
			sooner(a.offer.Lease)
		case WrappingUp:
			sooner(a.wrapUp.Until)
		case Idle, Talking:
		}
	}
	for _, e := range c.line {
		sooner(e.nextRound)
		sooner(e.relaxAt)
	}
	sooner(c.evictAt)
	return first
}
