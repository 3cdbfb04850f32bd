package floor

import (
	"context"
	"time"

	"mediasrv/config"
	"mediasrv/routing/clock"
	"mediasrv/routing/fact"
	"mediasrv/routing/inbox"
)

// Options make a floor.
type Options struct {
	Config *config.Config      // queues, agents, wrap-up
	Picker Picker              // nil: Rounds
	NewID  func() fact.OfferID // makes ids that are never used again
	Agents []fact.Agent        // as they were when the server last ended; those that Config doesn't have are left out
	Clock  *clock.Clock        // nil: the machine's
	Out    func(Notice)        // takes what the floor says, in order; it must not block, nor wait for the floor
}

// Floor owns queues and agents. Its methods may be called from any goroutine, also before Run; those without an error return at once.
type Floor struct {
	box   *inbox.Box[step]
	clock *clock.Clock
	done  chan struct{}
	core  *core // owned by Run
}

// step is something for the floor's goroutine to do.
type step func(c *core, now time.Time)

// New makes a floor; it starts nothing.
func New(opt Options) *Floor {
	if opt.Picker == nil {
		opt.Picker = Rounds{}
	}
	now := opt.Clock.Now().UTC()
	f := &Floor{
		box:   inbox.New[step](),
		clock: opt.Clock,
		done:  make(chan struct{}),
		core:  newCore(opt.Config, opt.Picker, opt.NewID, opt.Out, now),
	}
	f.core.restore(opt.Agents, now)
	return f
}

// Run makes the decisions until ctx ends. It first tells the view of every agent and queue. It blocks; call it once.
func (f *Floor) Run(ctx context.Context) {
	defer close(f.done)
	defer f.box.Close()
	f.core.introduce(f.clock.Now().UTC())
	for ctx.Err() == nil {
		f.work()
		f.clock.Wait(ctx, f.box.Signal(), f.core.next())
	}
}

// batch is how many things the floor is told before it decides: fifty agents who become free at the same moment are one decision, and not fifty.
const batch = 128

// work does everything that is there to do now.
func (f *Floor) work() {
	for more := true; more; {
		now := f.clock.Now().UTC()
		f.core.tick(now)
		for n := 0; more && n < batch; n++ {
			var do step
			if do, more = f.box.Take(); more {
				do(f.core, now)
			}
		}
		f.core.assign(now)
		f.core.flush(now)
	}
}

// Enqueue makes a call wait for an agent. A call that has an agent leaves the agent, who gets wrap-up.
func (f *Floor) Enqueue(w Waiting) { f.box.Put(func(c *core, now time.Time) { c.enqueue(w, now) }) }

// Report says how an offer failed. Of an older offer it does nothing. last: the call leaves the queue with it.
func (f *Floor) Report(o Offer, how Outcome, last bool) {
	f.box.Put(func(c *core, now time.Time) { c.report(o, how, last, now) })
}

// Claim says that the agent has picked up; Granted or Void follows.
func (f *Floor) Claim(o Offer) { f.box.Put(func(c *core, now time.Time) { c.claim(o, now) }) }

// Leave says that a call wants no agent any more: whoever rings for it is free.
func (f *Floor) Leave(call fact.CallID) {
	f.box.Put(func(c *core, now time.Time) { c.leave(call, now) })
}

// End says that a call is over. talked: caller and agent could hear each other, so that the agent has wrap-up. Left follows.
func (f *Floor) End(call fact.CallID, talked bool) {
	f.box.Put(func(c *core, now time.Time) { c.end(call, talked, now) })
}

// Reachable says how many phones a user has.
func (f *Floor) Reachable(user string, phones int) {
	f.box.Put(func(c *core, now time.Time) { c.reachable(user, phones, now) })
}

// Load says how many conversations of a user are not closed.
func (f *Floor) Load(user string, open int) {
	f.box.Put(func(c *core, _ time.Time) { c.load(user, open) })
}

// LoggedOut makes a user offline.
func (f *Floor) LoggedOut(user string) {
	f.box.Put(func(c *core, now time.Time) { c.loggedOut(user, now) })
}

// SetStatus is an agent's choice. Errors are Refusals, here and below.
func (f *Floor) SetStatus(user, status string) error {
	return f.ask(func(c *core, now time.Time) error { return c.setStatus(user, status, now) })
}

// Extend adds 10 s to an agent's wrap-up.
func (f *Floor) Extend(user string) error {
	return f.ask(func(c *core, now time.Time) error { return c.extend(user, now) })
}

// Finish ends an agent's wrap-up.
func (f *Floor) Finish(user string, r fact.WrapUpResult) error {
	return f.ask(func(c *core, now time.Time) error { return c.finish(user, r, now) })
}

// Place says where a call stands; false: it does not wait. It blocks for as long as the floor takes.
func (f *Floor) Place(call fact.CallID) (Place, bool) {
	var at Place
	waits := false
	err := f.ask(func(c *core, _ time.Time) error {
		at, waits = c.place(call)
		return nil
	})
	if err != nil { // closed, and at may still be written
		return Place{}, false
	}
	return at, waits
}

// ask waits for the floor's answer.
func (f *Floor) ask(what func(*core, time.Time) error) error {
	answer := make(chan error, 1)
	if !f.box.Put(func(c *core, now time.Time) { answer <- what(c, now) }) {
		return ErrClosed
	}
	if err, ok := clock.Receive(f.clock, answer, f.done); ok {
		return err
	}
	return ErrClosed
}
