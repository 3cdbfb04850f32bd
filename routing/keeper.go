package routing

import (
	"context"
	"maps"
	"slices"
	"time"

	"mediasrv/config"
	"mediasrv/routing/callback"
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
)

// callbacks is the contact centre as the keeper of callbacks sees it.
type callbacks struct{ *Centre }

var _ callback.World = callbacks{}

// newKeeper makes the keeper, with what the last run has left: promises, and callers whom a crash has taken out of their queues.
func newKeeper(c *Centre, r fact.Resume) *callback.Keeper {
	k := callback.New(callback.Options{Config: c.now.Load().cfg, World: callbacks{c}, NewID: newID, Open: r.Callbacks, Clock: c.clock})
	for _, o := range r.Orphans {
		plan := c.now.Load().cfg.CallbackAfterCrash(o.Last.Queue)
		if !o.Waits || plan == nil || !c.mayCallBack(o.Call.From) {
			continue
		}
		queue := plan.Queue
		if queue == "" {
			queue = o.Last.Queue
		}
		k.Wish(callback.Request{
			Plan: plan.Name, Queue: queue, Number: o.Call.From, Name: o.Name, Entry: o.Call.Entry, Conversation: o.Call.Conversation,
			Priority: o.Last.Priority, Front: o.Last.Front, Since: o.Last.Since,
		})
	}
	return k
}

// mayCallBack says whether a number can be called, and may be.
func (c *Centre) mayCallBack(number string) bool {
	cfg := c.now.Load().cfg
	return number != "" && len(cfg.WaysTo(number)) > 0 && dialout.Decide(cfg.DialOutOf("", ""), 0, dialout.Ask{Number: number}).Why == ""
}

// Enter implements callback.World.
func (c callbacks) Enter(p callback.Place) { c.floor.Enqueue(inLine(p)) }

// inLine is a callback as it stands among the callers.
func inLine(p callback.Place) floor.Waiting {
	return floor.Waiting{
		Call: p.Call, Queue: p.Row.Queue, Priority: p.Row.Priority, Front: p.Row.Front, Since: p.Row.Since, Again: true, Stays: true,
		Ghost: floor.Ghost{Callback: p.Row.ID, Last: p.Last, Only: p.Row.For(), Dials: p.Dials},
	}
}

// Leave implements callback.World.
func (c callbacks) Leave(call fact.CallID) { c.floor.Leave(call) }

// Start implements callback.World.
func (c callbacks) Start(p callback.Place, n floor.Notice) {
	s, err := c.newCallback(p)
	if err != nil {
		c.opt.Log.Warn("a callback could not be begun", "callback", p.Row.ID, "error", err)
		c.floor.Leave(p.Call)
		c.back.Over(p.Call, fact.EndCongestion)
		return
	}
	s.box.Put(fromFloor(n))
	c.goOn(s)
}

// newCallback makes the script of a callback's call; goOn lets it begin.
func (c *Centre) newCallback(p callback.Place) (*script, error) {
	if c.opt.Rooms == nil {
		return nil, ErrNoRoom
	}
	room, err := c.opt.Rooms(c.opt.Log)
	if err != nil {
		return nil, err
	}
	shown := p.Row.Entry
	s := newScript(c, nil, room, fact.Invite{From: fact.Party{Number: p.Row.Number, Name: p.Row.Name}, To: shown, Dialled: shown})
	s.back = &p
	s.row.ID, s.row.Direction, s.row.Queue = p.Call, fact.Outbound, p.Row.Queue
	s.log = c.opt.Log.With("call", p.Call, "callback", p.Row.ID)
	return s, c.register(s)
}

func (c *Centre) goOn(s *script) {
	c.clock.Go(func() {
		defer c.scripts.Done()
		s.run(false)
	})
}

// giveUp forgets a script that never began.
func (c *Centre) giveUp(s *script) {
	s.room.Close()
	c.forget(s.row.ID)
	s.shut()
	c.scripts.Done()
	c.back.Over(s.row.ID, fact.EndRefused)
}

// Tell implements callback.World.
func (c callbacks) Tell(call fact.CallID, n floor.Notice) {
	if s := c.call(call); s != nil {
		s.box.Put(fromFloor(n))
	}
}

// End implements callback.World.
func (c callbacks) End(call fact.CallID) bool {
	s := c.call(call)
	return s != nil && s.box.Put(order{why: fact.EndElsewhere})
}

// Save implements callback.World.
func (c callbacks) Save(row fact.Callback) { c.opt.Store.Append(row) }

// Commit implements callback.World.
func (c callbacks) Commit(ctx context.Context, row fact.Callback) error {
	return c.opt.Store.CommitCallback(ctx, row)
}

// Record implements callback.World.
func (c callbacks) Record(e fact.Event) {
	c.opt.Log.Info("callback", "what", e.Kind, "queue", e.Queue, "agent", e.Agent, "call", e.Call, "detail", e.Detail)
	c.record(e)
}

// Present implements callback.World.
func (c callbacks) Present(user string) bool { return c.desk.present(user) }

// Closed implements callback.World.
func (c callbacks) Closed(queue string, at time.Time) time.Time {
	if n := c.notices.of(queue, fact.QueueClosed, at); n != nil {
		return n.Until
	}
	return time.Time{}
}

// Count implements callback.World.
func (c callbacks) Count(queue string, n fact.CallbackCount) { c.desk.setCallbacks(queue, n) }

// numberOf is a number of ours that leads to a queue; empty: none does.
func numberOf(cfg *config.Config, queue string) string {
	for _, number := range slices.Sorted(maps.Keys(cfg.Numbers)) {
		if cfg.Numbers[number].Queue == queue {
			return number
		}
	}
	return ""
}
