package routing

import (
	"maps"
	"slices"
	"sync"
	"time"

	"mediasrv/routing/clock"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// card is what is known of a call, as long as it runs or an agent wraps it up.
type card struct {
	call        fact.Call
	name        string // the customer's
	waited      time.Duration
	recording   bool
	paused      bool // the recording
	disposition string
	timeline    []fact.EventView
	kind        string            // empty: normal
	kinds       map[string]string // of users for whom it is another
	parties     []fact.PartyView
	over        bool // the floor has forgotten the call
}

// kindFor says what the call is for a user who is called to it.
func (c *card) kindFor(user, kind string) {
	if c.kinds == nil {
		c.kinds = make(map[string]string)
	}
	c.kinds[user] = kind
}

// kindOf is what the call is for a user.
func (c *card) kindOf(user string) string {
	switch {
	case c.kinds[user] != "":
		return c.kinds[user]
	case c.kind != "":
		return c.kind
	}
	return "normal"
}

// desk knows what agents see, and shows it to their pages.
type desk struct {
	clock    *clock.Clock
	mu       sync.Mutex
	cards    map[fact.CallID]*card
	agents   map[string]floor.AgentView
	queues   map[string]fact.QueueView
	backs    map[string]fact.CallbackCount // by queue
	watchers map[string][]chan fact.DeskView
	closed   bool
	messages map[string]uint64 // changes of a queue's voicemails
}

func newDesk(c *clock.Clock) *desk {
	return &desk{
		clock:    c,
		cards:    make(map[fact.CallID]*card),
		agents:   make(map[string]floor.AgentView),
		queues:   make(map[string]fact.QueueView),
		messages: make(map[string]uint64),
		backs:    make(map[string]fact.CallbackCount),
		watchers: make(map[string][]chan fact.DeskView),
	}
}

// watch adds a page.
func (d *desk) watch(user string) (<-chan fact.DeskView, func()) {
	views := make(chan fact.DeskView, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		close(views)
		return views, func() {}
	}
	d.watchers[user] = append(d.watchers[user], views)
	if _, known := d.agents[user]; known {
		views <- d.view(user)
	}
	return views, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.watchers[user] = slices.DeleteFunc(d.watchers[user], func(c chan fact.DeskView) bool { return c == views })
		if len(d.watchers[user]) == 0 {
			delete(d.watchers, user)
		}
	}
}

// close ends all pages' channels.
func (d *desk) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for _, all := range d.watchers {
		for _, views := range all {
			close(views)
		}
	}
	clear(d.watchers)
}

// show gives a user's pages the latest view, in place of one that they haven't taken.
func (d *desk) show(user string) {
	all := d.watchers[user]
	if len(all) == 0 {
		return
	}
	v := d.view(user)
	for _, views := range all {
		select {
		case <-views:
		default:
		}
		views <- v
	}
}

func (d *desk) setAgent(v floor.AgentView) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.agents[v.User] = v
	d.show(v.User)
}

func (d *desk) setQueue(v fact.QueueView) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queues[v.Name] = v
	d.showQueue(v.Name)
}

// messageChanged says that there is news of a queue's voicemails.
func (d *desk) messageChanged(queue string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.messages[queue]++
	d.showQueue(queue)
}

// showQueue shows a queue's change to its agents. d.mu is held.
func (d *desk) showQueue(queue string) {
	for user := range d.watchers {
		if slices.Contains(d.agents[user].Queues, queue) {
			d.show(user)
		}
	}
}

// dropAgent forgets an agent who has left. The user's pages stay as they are until their login ends.
func (d *desk) dropAgent(user string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	call := d.agents[user].Call
	delete(d.agents, user)
	d.forget(call)
}

func (d *desk) dropQueue(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.queues, name)
}

// change changes what is known of a call, and makes the card if there is none.
func (d *desk) change(id fact.CallID, how func(*card)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.cards[id]
	if c == nil {
		c = &card{}
		d.cards[id] = c
	}
	how(c)
	d.showCall(id)
}

// amend is change for a call that may be forgotten already; then it does nothing and returns false.
func (d *desk) amend(id fact.CallID, how func(*card)) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.cards[id]
	if c == nil {
		return false
	}
	how(c)
	d.showCall(id)
	return true
}

func (d *desk) showCall(id fact.CallID) {
	for user := range d.watchers {
		if d.agents[user].Call == id {
			d.show(user)
		}
	}
}

// sweep drops the card of a call that is over and that no agent has to do with.
func (d *desk) sweep(id fact.CallID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forget(id)
}

func (d *desk) forget(id fact.CallID) {
	c := d.cards[id]
	if c == nil || !c.over {
		return
	}
	for _, a := range d.agents {
		if a.Call == id {
			return
		}
	}
	delete(d.cards, id)
}

// callOf is the call that rings for a user or that the user talks in.
func (d *desk) callOf(user string) (fact.CallID, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.agents[user]
	return a.Call, a.Call != "" && a.WrapUp == nil
}

// view is what a user's page shows. d.mu is held.
func (d *desk) view(user string) fact.DeskView {
	a := d.agents[user]
	v := fact.DeskView{
		Agent: a.AgentView, Queues: make([]fact.QueueView, 0, len(a.Queues)), WrapUp: a.WrapUp, Notice: a.Notice, Now: d.clock.Now().UTC(),
	}
	for _, name := range a.Queues {
		if q, ok := d.queues[name]; ok { // the floor has told it, and the file still has it
			q.Messages, q.Callbacks = d.messages[name], d.backs[name]
			v.Queues = append(v.Queues, q)
		}
	}
	if a.Call != "" {
		v.Call = d.callView(a)
	}
	return v
}

func (d *desk) callView(a floor.AgentView) *fact.CallView {
	v := &fact.CallView{ID: a.Call, State: a.Activity, Since: a.Since, Queue: a.Queue, Kind: "normal", Parties: []fact.PartyView{}, Timeline: []fact.EventView{}}
	if a.WrapUp != nil {
		v.State = "ended"
	}
	if !a.RingUntil.IsZero() {
		until := a.RingUntil
		v.RingUntil = &until
	}
	if c := d.cards[a.Call]; c != nil {
		v.Number, v.Name, v.Entry = c.call.From, c.name, c.call.Entry
		v.Waited, v.Recording, v.Paused = c.waited.Seconds(), c.recording, c.paused
		v.Kind = c.kindOf(a.User)
		v.Parties = append(v.Parties, c.parties...)
		v.Timeline = append(v.Timeline, c.timeline...)
		if !c.call.Ended.IsZero() {
			v.EndReason = c.call.End.String()
		}
	}
	return v
}

// all is every queue and agent, by name.
func (d *desk) all() ([]fact.QueueView, []fact.AgentView) {
	d.mu.Lock()
	defer d.mu.Unlock()
	queues, agents := make([]fact.QueueView, 0, len(d.queues)), make([]fact.AgentView, 0, len(d.agents))
	for _, name := range slices.Sorted(maps.Keys(d.queues)) {
		q := d.queues[name]
		q.Callbacks = d.backs[name]
		queues = append(queues, q)
	}
	for _, user := range slices.Sorted(maps.Keys(d.agents)) {
		agents = append(agents, d.agents[user].AgentView)
	}
	return queues, agents
}
