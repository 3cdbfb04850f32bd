package callback

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// core is the keeper without its goroutine: every method is a step in time, and what follows from it goes out into the world.
type core struct {
	cfg   *config.Config
	world World
	newID func() string

	open   map[fact.CallbackID]*item
	of     map[customer]*item
	calls  map[fact.CallID]*item   // that are in the line, or called
	held   map[fact.CallID][]*item // whose customer is in that call, which goes on
	counts map[string]*fact.CallbackCount
	stats  Stats
	drain  bool // nobody is called any more
}

// customer has at most one callback.
type customer struct{ number, queue string }

// item is a callback that holds.
type item struct {
	row     fact.Callback
	call    fact.CallID // in the line, or with a script; empty: neither
	begun   bool        // a script has it
	cleared bool        // the dial is in the books
	held    fact.CallID // the customer is in this call, and is not called before it is over
	wake    time.Time   // when there is something to do by itself; zero: never
}

func newCore(cfg *config.Config, world World, newID func() string) *core {
	return &core{
		cfg: cfg, world: world, newID: newID,
		open: map[fact.CallbackID]*item{}, of: map[customer]*item{}, calls: map[fact.CallID]*item{}, held: map[fact.CallID][]*item{},
		counts: map[string]*fact.CallbackCount{}, stats: Stats{Open: map[string]int{}, Ended: map[fact.CallbackState]uint64{}},
	}
}

// add keeps a callback that holds.
func (c *core) add(row fact.Callback) *item {
	it := &item{row: row}
	c.open[row.ID] = it
	c.of[customer{row.Number, row.Queue}] = it
	c.count(row.Queue, 1)
	return it
}

// recall takes what an earlier life of the server has left.
func (c *core) recall(rows []fact.Callback, now time.Time) {
	rows = slices.SortedFunc(slices.Values(rows), func(a, b fact.Callback) int { return b.Created.Compare(a.Created) })
	for _, row := range rows {
		if !row.Open() || c.open[row.ID] != nil {
			continue
		}
		if c.of[customer{row.Number, row.Queue}] != nil { // it had ended before the newer one began, which the disk doesn't know
			row.State, row.Changed = fact.CallbackCancelled, now
			row.Epoch++
			c.world.Save(row)
			continue
		}
		it := c.add(row)
		switch {
		case row.State == fact.CallbackActive:
			it.row.Due = later(row.Due, now.Add(c.plan(row).Delay))
			c.move(it, Crashed, now, "the server went down")
		case row.State == fact.CallbackAssigned && row.Automatic:
			c.move(it, Crashed, now, "the server went down")
		}
		it.wake = now
	}
	c.tick(now)
}

// plan is how a callback is made.
func (c *core) plan(row fact.Callback) *config.Callback {
	if p := c.cfg.Callbacks[row.Plan]; p != nil {
		return p
	}
	return config.Planned() // promised by an agent, or its entry has left the file
}

// save writes a change of a callback.
func (c *core) save(it *item, now time.Time) {
	it.row.Epoch++
	it.row.Changed = now
	c.world.Save(it.row)
	c.count(it.row.Queue, 0)
}

func (c *core) count(queue string, more int) {
	n := c.counts[queue]
	if n == nil {
		n = &fact.CallbackCount{}
		c.counts[queue] = n
	}
	n.Open += more
	n.Due = c.due(queue)
	n.Changed++
	c.stats.Open[queue] = n.Open
	c.world.Count(queue, *n)
}

// due is how many callbacks of a queue could be called by an agent now, or are: those of the line, and those of the list.
func (c *core) due(queue string) int {
	n := 0
	for _, it := range c.open {
		if it.row.Queue == queue && (it.call != "" || !it.row.Automatic && it.held == "") {
			n++
		}
	}
	return n
}

// move lets an event happen to a callback, and writes it; false: it can't happen now.
func (c *core) move(it *item, e Event, now time.Time, detail string) bool {
	row := &it.row
	retries := c.plan(*row).Retries
	if !row.Automatic {
		retries = Endless
	}
	next, err := State{Is: row.State, Attempts: row.Attempts, Retries: retries}.On(e)
	if err != nil {
		return false
	}
	row.State, row.Attempts = next.Is, next.Attempts
	switch next.Is {
	case fact.CallbackInQueue, fact.CallbackNoAnswer:
		row.Agent = ""
	case fact.CallbackActive:
		row.Lease = now.Add(leaseTime)
	case fact.CallbackAssigned, fact.CallbackCompleted, fact.CallbackExhausted, fact.CallbackCancelled:
	}
	if next.Is != fact.CallbackActive {
		row.Lease = time.Time{}
	}
	switch e {
	case Dialled: // committed by the caller
		c.stats.Attempts++
		row.Epoch++
		row.Changed = now
		c.count(row.Queue, 0)
	case Taken, Released, Unanswered, Failed, Crashed, Talked, GotThrough, Cancelled:
		c.save(it, now)
	}
	c.tell(it, e, now, detail)
	if !row.Open() {
		c.close(it)
	}
	return true
}

// tell adds an event to the time line.
func (c *core) tell(it *item, e Event, now time.Time, detail string) {
	row := it.row
	kind := fact.CallbackEnded
	switch {
	case !row.Open():
		detail = joined(string(row.State), detail)
	case e == Taken && !row.Automatic:
		kind = fact.CallbackTaken
	case e == Dialled:
		kind, detail = fact.CallbackDialled, joined(fmt.Sprintf("attempt %d", row.Attempts), row.Number)
	case e == Unanswered:
		kind = fact.CallbackFailed
	case e == Failed || e == Crashed:
		kind = fact.CallbackPostponed
	default:
		return
	}
	c.note(row, kind, now, detail)
}

func (c *core) note(row fact.Callback, kind fact.EventKind, now time.Time, detail string) {
	c.world.Record(fact.Event{At: now, Conversation: row.Conversation, Call: row.Call, Kind: kind, Queue: row.Queue, Agent: row.Agent, Detail: detail})
}

func joined(a, b string) string {
	if b == "" {
		return a
	}
	return a + ": " + b
}

// close forgets a callback that has ended. The call that it has goes on.
func (c *core) close(it *item) {
	row := it.row
	delete(c.open, row.ID)
	if key := (customer{row.Number, row.Queue}); c.of[key] == it {
		delete(c.of, key)
	}
	c.letGo(it)
	c.leave(it)
	delete(c.calls, it.call)
	c.stats.Ended[row.State]++
	c.count(row.Queue, -1)
}

// leave takes a callback out of the line, unless a script has it.
func (c *core) leave(it *item) {
	if it.call != "" && !it.begun {
		c.world.Leave(it.call)
		delete(c.calls, it.call)
		it.call = ""
		c.count(it.row.Queue, 0)
	}
}

// tick does what is due.
func (c *core) tick(now time.Time) {
	var due []*item
	for _, it := range c.open {
		if !it.wake.IsZero() && !now.Before(it.wake) {
			due = append(due, it)
		}
	}
	inOrder(due)
	for _, it := range due {
		c.consider(it, now)
	}
}

// sorted are all that hold, not in the order of a map.
func (c *core) sorted() []*item { return inOrder(slices.Collect(maps.Values(c.open))) }

func inOrder(all []*item) []*item {
	slices.SortFunc(all, func(a, b *item) int {
		return cmp.Or(a.row.Since.Compare(b.row.Since), cmp.Compare(a.row.ID, b.row.ID))
	})
	return all
}

// next is when tick has something to do; zero: never.
func (c *core) next() time.Time {
	var first time.Time
	for it := range maps.Values(c.open) {
		first = sooner(first, it.wake)
	}
	return first
}

// sooner is the earlier of two times of which each may be never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
