package resolve

import (
	"context"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"
)

// How long answers are believed, and how often the DNS is asked while it doesn't answer.
const (
	Floor   = 30 * time.Second // also for answers that live shorter: nobody is asked twice a second
	Ceiling = time.Hour
	Again   = 10 * time.Second // after a failure
	lookFor = 10 * time.Second // one search, at most
)

// Cache knows where servers are. What it has found stays until something else is found: with the DNS dead, or a name that has vanished, the last answer is used.
// It may be used from any goroutine; nothing waits for the DNS but Lookup.
type Cache struct {
	ask        Asker
	transports []string
	changed    func() // called after each change, on a goroutine of Run
	log        *slog.Logger

	mu      sync.Mutex
	known   map[Server][]Record
	wants   map[Server]context.CancelFunc // nil: not looked up yet
	running sync.WaitGroup
	ctx     context.Context //nolint:containedctx // of Run; nil: it has not begun
}

// New makes a cache of servers; those named by an address are known at once. transports are those that we can use, the preferred one first.
func New(ask Asker, servers []Server, transports []string, changed func(), log *slog.Logger) *Cache {
	c := &Cache{ask: ask, transports: transports, changed: changed, log: log, known: map[Server][]Record{}, wants: map[Server]context.CancelFunc{}}
	c.Want(servers)
	return c
}

// Want says which servers are wanted from now on: others are looked up no longer and forgotten. Those that are named by an address are known when it returns.
func (c *Cache) Want(servers []Server) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unwant(servers)
	for _, s := range servers {
		if _, ok := s.Addr(); ok {
			found, _ := Locate(context.Background(), c.ask, s, c.transports) // asks nobody
			c.known[s] = found.Records
		} else if _, wanted := c.wants[s]; !wanted {
			c.wants[s] = nil
			c.begin(s)
		}
	}
}

// unwant forgets all servers but these. c.mu is held.
func (c *Cache) unwant(but []Server) {
	maps.DeleteFunc(c.wants, func(s Server, end context.CancelFunc) bool {
		gone := !slices.Contains(but, s)
		if gone && end != nil {
			end()
		}
		return gone
	})
	maps.DeleteFunc(c.known, func(s Server, _ []Record) bool { return !slices.Contains(but, s) })
}

// begin looks a server up from now on, if Run has begun and not ended. c.mu is held.
func (c *Cache) begin(s Server) {
	if c.ctx != nil && c.ctx.Err() == nil {
		ctx, end := context.WithCancel(c.ctx)
		c.wants[s] = end
		c.running.Go(func() {
			defer end()
			c.keep(ctx, s)
		})
	}
}

// Records is where a server was when it was last looked up; nil: it isn't known yet.
func (c *Cache) Records(s Server) []Record {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[s]
}

// Lookup finds a server that nobody announced. It waits for the DNS until ctx ends.
func (c *Cache) Lookup(ctx context.Context, s Server) ([]Record, error) {
	if known := c.Records(s); known != nil {
		return known, nil
	}
	found, err := Locate(ctx, c.ask, s, c.transports)
	return found.Records, err
}

// Run keeps what is known up to date until ctx ends. It blocks.
func (c *Cache) Run(ctx context.Context) {
	c.mu.Lock()
	c.ctx = ctx
	for s := range c.wants {
		c.begin(s)
	}
	c.mu.Unlock()
	<-ctx.Done()
	c.mu.Lock()   // Want begins none from now on
	c.mu.Unlock() //nolint:staticcheck // it has passed
	c.running.Wait()
}

// keep looks one server up again and again.
func (c *Cache) keep(ctx context.Context, s Server) {
	well := true // so that the first failure is said
	for {
		wait, err := c.look(ctx, s)
		if ctx.Err() != nil {
			return
		}
		if (err == nil) != well {
			well = err == nil
			if well {
				c.log.Info("a trunk's server is found again", "server", s.String())
			} else {
				c.log.Warn("a trunk's server can't be found", "server", s.String(), "last_answer_used", c.Records(s) != nil, "err", err)
			}
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return
		}
	}
}

// look looks a server up once and says when to do so again.
func (c *Cache) look(within context.Context, s Server) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(within, lookFor)
	defer cancel()
	found, err := Locate(ctx, c.ask, s, c.transports)
	if err != nil {
		return Again, err
	}
	c.mu.Lock()
	if within.Err() != nil { // nobody wants it any more
		c.mu.Unlock()
		return Again, nil
	}
	changed := !reflect.DeepEqual(c.known[s], found.Records)
	c.known[s] = found.Records
	c.mu.Unlock()
	if changed {
		c.log.Info("a trunk's server is at", "server", s.String(), "addresses", len(Order(found.Records, func(int) int { return 0 })), "ttl", found.TTL)
		c.changed()
	}
	return min(max(found.TTL, Floor), Ceiling), nil
}
