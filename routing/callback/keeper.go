package callback

import (
	"context"
	"maps"
	"sync/atomic"
	"time"

	"mediasrv/config"
	"mediasrv/routing/clock"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
	"mediasrv/routing/inbox"
)

// Options make a keeper.
type Options struct {
	Config *config.Config
	World  World
	NewID  func() string   // ids that are never used again
	Clock  *clock.Clock    // nil: the machine's
	Open   []fact.Callback // that held when the server last ended
}

// Keeper owns all callbacks that hold. Its methods may be called from any goroutine, also before Run; those without an error return at once.
type Keeper struct {
	box   *inbox.Box[step]
	clock *clock.Clock
	done  chan struct{}
	stats atomic.Pointer[Stats]
	core  *core // owned by Run
	open  []fact.Callback
}

// step is something for the keeper's goroutine to do.
type step func(c *core, now time.Time)

// Stats are figures since the start, and of now.
type Stats struct {
	Open     map[string]int // by queue
	Attempts uint64
	Ended    map[fact.CallbackState]uint64
}

// New makes a keeper; it starts nothing.
func New(opt Options) *Keeper {
	k := &Keeper{box: inbox.New[step](), clock: opt.Clock, done: make(chan struct{}), core: newCore(opt.Config, opt.World, opt.NewID), open: opt.Open}
	k.stats.Store(&Stats{})
	return k
}

// Run keeps the promises until ctx ends. It blocks; call it once.
func (k *Keeper) Run(ctx context.Context) {
	defer close(k.done)
	defer k.box.Close()
	for queue := range k.core.cfg.Queues {
		k.core.count(queue, 0)
	}
	k.core.recall(k.open, k.clock.Now().UTC())
	k.open = nil
	for {
		k.work() // at the end what the last calls have said
		if ctx.Err() != nil {
			return
		}
		k.clock.Wait(ctx, k.box.Signal(), k.core.next())
	}
}

func (k *Keeper) work() {
	for {
		now := k.clock.Now().UTC()
		k.core.tick(now)
		do, ok := k.box.Take()
		if !ok {
			s := k.core.stats
			k.stats.Store(&Stats{Open: maps.Clone(s.Open), Attempts: s.Attempts, Ended: maps.Clone(s.Ended)})
			return
		}
		do(k.core, now)
	}
}

// Stats waits for nobody.
func (k *Keeper) Stats() Stats { return *k.stats.Load() }

// Noticed takes what the floor says about a callback.
func (k *Keeper) Noticed(n floor.Notice) {
	k.box.Put(func(c *core, _ time.Time) { c.noticed(n) })
}

// Ask keeps a customer's wish to be called.
func (k *Keeper) Ask(r Request) (row fact.Callback, err error) {
	err = k.ask(func(c *core, now time.Time) error { row = c.ask(r, now); return nil })
	return row, err
}

// Enlist puts a customer onto the list of agents, for somebody who wants to call, or have called, whoever has not been reached. fresh: there was none before.
func (k *Keeper) Enlist(r Request) (row fact.Callback, fresh bool, err error) {
	err = k.ask(func(c *core, now time.Time) error { row, fresh = c.enlist(r, now); return nil })
	return row, fresh, err
}

// Apply makes a new file hold for what is done from now on.
func (k *Keeper) Apply(cfg *config.Config) {
	k.box.Put(func(c *core, now time.Time) { c.apply(cfg, now) })
}

// Look says that a queue was closed or opened.
func (k *Keeper) Look() {
	k.box.Put(func(c *core, now time.Time) { c.apply(c.cfg, now) })
}

// Wish is Ask for somebody who isn't in a call; it may be used before Run.
func (k *Keeper) Wish(r Request) {
	k.box.Put(func(c *core, now time.Time) { c.ask(r, now) })
}

// Waits says that a customer is in a call, in a queue: no callback to the same number is made before Ended says that it is over.
func (k *Keeper) Waits(call fact.CallID, number string) {
	k.box.Put(func(c *core, now time.Time) { c.waits(call, number, now) })
}

// Ended says that the call of a Request, or of Waits, is over.
func (k *Keeper) Ended(call fact.CallID) {
	k.box.Put(func(c *core, now time.Time) { c.ended(call, now) })
}

// GotThrough says that a customer and an agent hear each other in a call, be it that of a callback or not.
func (k *Keeper) GotThrough(call fact.CallID, number, queue, agent string) {
	k.box.Put(func(c *core, now time.Time) { c.gotThrough(call, number, queue, agent, now) })
}

// Assigned says that an agent has answered for a callback's call.
func (k *Keeper) Assigned(call fact.CallID, user string) {
	k.box.Put(func(c *core, now time.Time) { c.assigned(call, user, now) })
}

// Dial says that the customer is to be called. World.Tell answers with Cleared once that is on the disk, or has failed: then Why says why, and the
// customer must not be called.
func (k *Keeper) Dial(call fact.CallID) {
	k.box.Put(func(c *core, now time.Time) {
		row, err := c.dial(call, now)
		if err != nil {
			c.cleared(call, err)
			return
		}
		k.clock.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), commitTime)
			defer cancel()
			err := c.world.Commit(ctx, row)
			k.box.Put(func(c *core, _ time.Time) { c.cleared(call, err) })
		})
	})
}

// Over says that the call of a callback has ended.
func (k *Keeper) Over(call fact.CallID, why fact.EndReason) {
	k.box.Put(func(c *core, now time.Time) { c.over(call, why, now) })
}

// Drain says that nobody is to be called any more: the server is about to end.
func (k *Keeper) Drain() {
	k.box.Put(func(c *core, now time.Time) {
		c.drain = true
		for _, it := range c.open {
			c.leave(it)
		}
	})
}

// Promise keeps what an agent has promised. Errors are Refusals, here and below.
func (k *Keeper) Promise(r Request) (row fact.Callback, err error) {
	err = k.ask(func(c *core, now time.Time) (err error) { row, err = c.promise(r, now); return err })
	return row, err
}

// Take gives an agent one of the list.
func (k *Keeper) Take(user string, id fact.CallbackID) error {
	return k.ask(func(c *core, now time.Time) error { return c.take(user, id, now) })
}

// Call gives an agent one of the list, to be called at once: Over has to follow.
func (k *Keeper) Call(user string, id fact.CallbackID) (p Place, err error) {
	err = k.ask(func(c *core, now time.Time) (err error) { p, err = c.call(user, id, now); return err })
	return p, err
}

// Find is a callback that holds.
func (k *Keeper) Find(id fact.CallbackID) (row fact.Callback, err error) {
	err = k.ask(func(c *core, _ time.Time) error {
		it := c.open[id]
		if it == nil {
			return ErrUnknown
		}
		row = it.row
		return nil
	})
	return row, err
}

// Cancel ends a callback that nobody is to make.
func (k *Keeper) Cancel(id fact.CallbackID, why string) error {
	return k.ask(func(c *core, now time.Time) error { return c.cancel(id, why, now) })
}

// ask waits for the keeper's answer.
func (k *Keeper) ask(what func(*core, time.Time) error) error {
	answer := make(chan error, 1)
	if !k.box.Put(func(c *core, now time.Time) { answer <- what(c, now) }) {
		return ErrGone
	}
	if err, ok := clock.Receive(k.clock, answer, k.done); ok {
		return err
	}
	return ErrGone
}
