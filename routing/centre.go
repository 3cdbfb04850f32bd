package routing

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"mediasrv/config"
	"mediasrv/routing/callback"
	"mediasrv/routing/clock"
	"mediasrv/routing/dialout"
	"mediasrv/routing/fact"
	"mediasrv/routing/floor"
	"mediasrv/routing/stats"
)

// Options make a contact centre. All fields but Open, Resume and Picker must be set.
type Options struct {
	Config   *config.Config
	Dialer   Dialer
	Recorder Recorder
	Store    Store
	Prompts  *Prompts
	Log      *slog.Logger
	Open     []fact.Conversation // that were not closed when the server last ended, and closed ones that customers may come back to
	Contacts []fact.Contact      // that users have added to the directory
	Resume   fact.Resume         // what the last run left behind
	Picker   floor.Picker        // who gets which call; nil: floor.Rounds
	Clock    *clock.Clock        // nil: the machine's

	// For calls without a caller; nil: they are refused. Rooms opens the room of a call; Speaker speaks its text.
	Rooms   func(log *slog.Logger) (Room, error)
	Speaker Speaker
	Asker   Asker // asks the HTTP services of menus; nil: their fallbacks are taken
}

// Centre is the contact centre. Its methods may be called from any goroutine, also before Run.
type Centre struct {
	opt           Options // without what a reload changes: see current
	clock         *clock.Clock
	now           atomic.Pointer[edition]
	floor         *floor.Floor
	back          *callback.Keeper
	desk          *desk
	conversations *conversations
	people        *people
	gate          *dialout.Gate
	tally         *stats.Tally
	orders        *orders
	leavers       leavers
	asks          asks
	notices       notices
	mender        mender
	scripts       sync.WaitGroup

	mu       sync.Mutex
	calls    map[fact.CallID]*script
	draining bool
	closed   bool
}

// New makes a contact centre; it starts nothing.
func New(opt Options) *Centre {
	c := &Centre{
		opt:           opt,
		clock:         opt.Clock,
		desk:          newDesk(opt.Clock),
		gate:          dialout.New(opt.Config),
		tally:         stats.NewTally(),
		orders:        newOrders(opt.Clock),
		conversations: newConversations(opt.Open),
		calls:         make(map[fact.CallID]*script),
	}
	c.mender.c = c
	c.people = newPeople(opt.Contacts, func(p fact.Contact) { opt.Store.Append(p) }, func() fact.Contact {
		return fact.Contact{ID: fact.ContactID(newID()), Changed: opt.Clock.Now().UTC()}
	})
	c.people.apply(opt.Config)
	c.floor = floor.New(floor.Options{
		Config: opt.Config, Picker: opt.Picker, NewID: func() fact.OfferID { return fact.OfferID(newID()) }, Out: c.notice,
		Agents: opt.Resume.Agents, Clock: opt.Clock,
	})
	c.now.Store(&edition{cfg: opt.Config, prompts: opt.Prompts, speaker: opt.Speaker})
	c.opt.Config, c.opt.Prompts, c.opt.Speaker = nil, nil, nil // nobody is to use what a reload leaves behind
	c.back = newKeeper(c, opt.Resume)
	c.resume(opt.Resume)
	for user, open := range c.conversations.loads() {
		c.floor.Load(user, open)
	}
	return c
}

// newID makes an id that is globally unique and sorts by the time it was made (UUIDv7, RFC 9562).
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// Run works until ctx ends. Then it refuses new calls, ends those that run, waits for their scripts, and closes the pages' channels. It
// blocks; call it once.
func (c *Centre) Run(ctx context.Context) {
	floorCtx, stopFloor := context.WithCancel(context.WithoutCancel(ctx))
	defer stopFloor()
	floorDone := make(chan struct{})
	c.clock.Go(func() {
		defer close(floorDone)
		c.floor.Run(floorCtx)
	})
	backDone := make(chan struct{})
	c.clock.Go(func() {
		defer close(backDone)
		c.back.Run(floorCtx)
	})
	c.clock.Await(ctx.Done())
	c.back.Drain()
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.HangupAll(fact.EndShutdown)
	c.clock.AwaitThat(func() bool { return c.Calls() == 0 })
	c.scripts.Wait()
	stopFloor()
	c.clock.Await(floorDone)
	c.clock.Await(backDone)
	c.desk.close()
}

// Handle takes a call that came in: leg and room are its script's from now on. It returns at once with the call's inbox.
func (c *Centre) Handle(leg Leg, room Room, in fact.Invite) Sink {
	if in.User != "" {
		return c.phoneCalls(leg, room, in)
	}
	s := newScript(c, leg, room, in)
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		leg.Hangup(fact.EndShutdown)
		room.Close()
		return func(LegEvent) {}
	}
	c.calls[s.row.ID] = s
	draining := c.draining
	c.scripts.Add(1)
	c.mu.Unlock()
	c.clock.Go(func() {
		defer c.scripts.Done()
		s.run(draining)
	})
	return s.fromLeg
}

// Reachable says how many phones a user has now.
func (c *Centre) Reachable(user string, phones int) { c.floor.Reachable(user, phones) }

// Drain refuses new calls from now on (503); those that run go on.
func (c *Centre) Drain() {
	c.back.Drain()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.draining = true
}

// HangupAll ends all calls that run. It returns at once; Calls says how many are left.
func (c *Centre) HangupAll(why fact.EndReason) {
	c.mu.Lock()
	running := slices.Collect(maps.Values(c.calls))
	c.mu.Unlock()
	for _, s := range running {
		s.box.Put(order{why: why})
	}
}

// Calls is how many calls run. A call runs until all its legs have ended; wrap-up is not part of it.
func (c *Centre) Calls() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.calls)
}

// call is a running call; nil: there is none.
func (c *Centre) call(id fact.CallID) *script {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[id]
}

// enter says which stage a script has come to.
func (c *Centre) enter(s *script, stage Stage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.stage = stage
}

func (c *Centre) forget(id fact.CallID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.calls, id)
}
