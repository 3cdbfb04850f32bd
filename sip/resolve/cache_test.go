package resolve

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
)

// changing is a zone that the test changes; a question is answered after a while.
type changing struct {
	now   atomic.Pointer[zone]
	takes atomic.Int64 // a time.Duration
	asked atomic.Int32
}

func (c *changing) Ask(ctx context.Context, name string, kind uint16) ([]dns.RR, error) {
	c.asked.Add(1)
	select {
	case <-time.After(time.Duration(c.takes.Load())):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	z := *c.now.Load()
	return z.Ask(ctx, name, kind)
}

func inCache(t *testing.T, zoneText string, f func(c *Cache, dns *changing, changes *atomic.Int32, log *strings.Builder)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ask := &changing{}
		ask.takes.Store(int64(100 * time.Millisecond))
		ask.now.Store(newZone(t, zoneText))
		var changes atomic.Int32
		log := &strings.Builder{}
		servers := []Server{{Host: "plain.example", Port: 5060, Transport: UDP}, {Host: "192.0.2.200", Transport: UDP}}
		c := New(ask, servers, []string{UDP}, func() { changes.Add(1) }, slog.New(slog.NewTextHandler(log, nil)))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); c.Run(ctx) }()
		f(c, ask, &changes, log)
		cancel()
		<-done
	})
}

func known(c *Cache) string {
	return text(Order(c.Records(Server{Host: "plain.example", Port: 5060, Transport: UDP}), first))
}

// Nobody waits for the DNS; answers live as long as their TTL, within bounds; what was found stays while the DNS is dead.
func TestCache(t *testing.T) {
	inCache(t, carrierZone, func(c *Cache, ask *changing, changes *atomic.Int32, log *strings.Builder) {
		if known(c) != "" || text(Order(c.Records(Server{Host: "192.0.2.200", Transport: UDP}), first)) != "udp/192.0.2.200:5060" {
			t.Error("before the first answer:", known(c))
		}
		time.Sleep(150 * time.Millisecond)
		if known(c) != "udp/192.0.2.9:5060" || changes.Load() != 1 {
			t.Error(known(c), changes.Load())
		}
		ask.now.Store(newZone(t, "plain.example. 1 IN A 192.0.2.99"))
		time.Sleep(32 * time.Second) // TTL is 33 s
		if known(c) != "udp/192.0.2.9:5060" {
			t.Error("asked again too early:", known(c))
		}
		time.Sleep(2 * time.Second)
		if known(c) != "udp/192.0.2.99:5060" || changes.Load() != 2 {
			t.Error("not asked again after the TTL:", known(c))
		}
		before := ask.asked.Load()
		time.Sleep(10 * time.Second) // a TTL of 1 s is taken for half a minute
		if n := ask.asked.Load() - before; n != 0 {
			t.Errorf("%d questions within 10 s", n)
		}
		dead := newZone(t, "")
		dead.dead[dns.TypeA], dead.dead[dns.TypeAAAA] = true, true
		ask.now.Store(dead)
		time.Sleep(24 * time.Hour)
		if known(c) != "udp/192.0.2.99:5060" {
			t.Error("forgotten with the DNS dead:", known(c))
		}
		ask.now.Store(newZone(t, "")) // the name vanishes
		time.Sleep(time.Hour)
		if known(c) != "udp/192.0.2.99:5060" || changes.Load() != 2 {
			t.Error("forgotten when the name vanished:", known(c))
		}
		ask.now.Store(newZone(t, "plain.example. 100000 IN A 192.0.2.100"))
		time.Sleep(Again + time.Second)
		if known(c) != "udp/192.0.2.100:5060" {
			t.Error("not found again:", known(c))
		}
		ask.now.Store(newZone(t, "plain.example. 100000 IN A 192.0.2.101"))
		time.Sleep(Ceiling + time.Second)
		if known(c) != "udp/192.0.2.101:5060" {
			t.Error("a long TTL is believed for longer than an hour:", known(c))
		}
		synctest.Wait()
		if warn, again := strings.Count(log.String(), "can't be found"), strings.Count(log.String(), "found again"); warn != 1 || again != 1 {
			t.Errorf("said %d and %d times, want once each:\n%s", warn, again, log)
		}
	})
}

// A name server that never answers stops neither a call nor the end.
func TestCacheSilentDNS(t *testing.T) {
	inCache(t, "", func(c *Cache, ask *changing, _ *atomic.Int32, _ *strings.Builder) {
		ask.takes.Store(int64(time.Hour))
		start := time.Now()
		if c.Records(Server{Host: "plain.example", Port: 5060, Transport: UDP}) != nil || time.Since(start) != 0 {
			t.Error("it waited")
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second) // not of the test outside the bubble
		defer cancel()
		if _, err := c.Lookup(ctx, Server{Host: "new.example", Transport: UDP}); err == nil || time.Since(start) != 2*time.Second {
			t.Error(err, time.Since(start))
		}
	})
}

// What is wanted no longer is neither looked up again nor remembered; what is wanted again is.
func TestCacheForgets(t *testing.T) {
	inCache(t, carrierZone, func(c *Cache, ask *changing, changes *atomic.Int32, _ *strings.Builder) {
		plain, fixed := Server{Host: "plain.example", Port: 5060, Transport: UDP}, Server{Host: "192.0.2.200", Transport: UDP}
		time.Sleep(150 * time.Millisecond)
		c.Want([]Server{plain})
		if known(c) == "" || c.Records(fixed) != nil {
			t.Error("the wanted one is", known(c), "the other one", c.Records(fixed))
		}
		c.Want(nil)
		if known(c) != "" {
			t.Error("still known:", known(c))
		}
		asked := ask.asked.Load()
		time.Sleep(24 * time.Hour)
		if n := ask.asked.Load() - asked; n != 0 {
			t.Errorf("%d questions for what nobody wants", n)
		}
		c.Want([]Server{plain})
		time.Sleep(50 * time.Millisecond)
		c.Want(nil) // while it is looked up
		time.Sleep(time.Second)
		if known(c) != "" || changes.Load() != 1 {
			t.Error("an answer that nobody wants is kept:", known(c), changes.Load())
		}
		c.Want([]Server{plain})
		time.Sleep(150 * time.Millisecond)
		if known(c) != "udp/192.0.2.9:5060" {
			t.Error("not looked up again:", known(c))
		}
	})
}
