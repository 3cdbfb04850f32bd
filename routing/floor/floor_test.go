package floor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

func testConfig(agents int, queues int) *config.Config {
	cfg := &config.Config{Queues: map[string]*config.Queue{}, Users: map[string]*config.User{}}
	for i := range queues {
		name := fmt.Sprintf("q%02d", i)
		cfg.Queues[name] = &config.Queue{Name: name, RingTimeout: 20 * time.Second, WrapUp: config.WrapUp{Time: 30 * time.Second, Extend: true}}
	}
	for i := range agents {
		login := fmt.Sprintf("a%03d", i)
		cfg.Users[login] = &config.User{Login: login, Agent: true}
		for _, q := range []int{i % queues, (i + 1) % queues} {
			if q := cfg.Queues[fmt.Sprintf("q%02d", q)]; !slices.Contains(q.Agents, login) {
				q.Agents = append(q.Agents, login)
			}
		}
	}
	return cfg
}

// bench is a floor in a bubble that keeps what it says.
type bench struct {
	*Floor
	t     *testing.T
	ended chan struct{}
	stop  context.CancelFunc

	mu   sync.Mutex // virtual time orders nothing for the race detector
	said []Notice
}

func onFloor(t *testing.T, cfg *config.Config, do func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		b := &bench{t: t, stop: stop, ended: make(chan struct{})}
		ids := 0
		b.Floor = New(Options{Config: cfg, NewID: func() fact.OfferID { ids++; return fact.OfferID(fmt.Sprint(ids)) }, Out: func(n Notice) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.said = append(b.said, n)
		}})
		go func() {
			defer close(b.ended)
			b.Run(ctx)
		}()
		defer func() { stop(); <-b.ended }()
		do(b)
	})
}

func (b *bench) present(user string) {
	b.t.Helper()
	b.Reachable(user, 1)
	if err := b.SetStatus(user, "available"); err != nil {
		b.t.Fatal(err)
	}
}

// last is the latest notice of a kind.
func (b *bench) last(kind NoticeKind) Notice {
	b.t.Helper()
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, n := range slices.Backward(b.said) {
		if n.Kind == kind {
			return n
		}
	}
	return Notice{}
}

func (b *bench) count(kind NoticeKind) int {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, said := range b.said {
		if said.Kind == kind {
			n++
		}
	}
	return n
}

func TestLeaseFreesTheAgentOfASilentCall(t *testing.T) {
	onFloor(t, testConfig(1, 1), func(b *bench) {
		b.present("a000")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		o := b.last(Offered).Offer
		if o.User != "a000" || o.Lease.Sub(o.RingUntil) != time.Second || o.RingUntil.Sub(o.At) != 20*time.Second {
			t.Fatalf("offer %+v", o)
		}
		time.Sleep(21*time.Second - time.Millisecond)
		if n := b.count(Withdrawn); n != 0 {
			t.Fatal("withdrawn before the lease ended")
		}
		time.Sleep(time.Millisecond)
		if n := b.last(Withdrawn); n.Offer.ID != o.ID {
			t.Fatal("not withdrawn when the lease ended")
		}
		b.Claim(o) // too late
		if n := b.last(Void); n.Offer.ID != o.ID {
			t.Error("a claim after the lease is not void")
		}
		if b.count(Granted) != 0 {
			t.Error("a claim after the lease was granted")
		}
	})
}

// The call may leave before it has got to see its offer, and then is not to dial by it.
func TestWhoLeavesIsToldThatTheOfferIsVoid(t *testing.T) {
	onFloor(t, testConfig(1, 1), func(b *bench) {
		b.present("a000")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		o := b.last(Offered).Offer
		b.Leave("c")
		if n := b.last(Withdrawn); n.Call != "c" || n.Offer.ID != o.ID {
			t.Errorf("the call hears %+v, want that offer %s is void", n, o.ID)
		}
	})
}

func TestOlderOffersAreVoid(t *testing.T) {
	onFloor(t, testConfig(2, 1), func(b *bench) {
		b.present("a000")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		first := b.last(Offered).Offer
		b.Report(first, Refused, false)
		b.present("a001")
		second := b.last(Offered).Offer
		if second.User != "a001" {
			t.Fatalf("second offer to %s", second.User)
		}
		b.Report(first, Missed, false) // again, late
		b.Claim(first)
		if b.last(Void).Offer.ID != first.ID || b.last(Withdrawn).Kind != 0 {
			t.Error("an older offer had an effect")
		}
		b.Claim(second)
		b.Claim(second) // said twice
		if b.count(Granted) != 2 || b.last(Granted).Offer.ID != second.ID {
			t.Error("a claim that is repeated must be granted again")
		}
	})
}

func TestSayingThingsTwiceDoesNoHarm(t *testing.T) {
	onFloor(t, testConfig(1, 1), func(b *bench) {
		w := Waiting{Call: "c", Queue: "q00", Since: time.Now()}
		b.Enqueue(w)
		b.Enqueue(w)
		if q := b.last(QueueChanged).Queue; q.Waiting != 1 {
			t.Errorf("%d wait", q.Waiting)
		}
		b.present("a000")
		o := b.last(Offered).Offer
		b.Claim(o)
		synctest.Wait()
		b.End("c", true)
		b.End("c", true)
		b.Leave("c")
		b.Report(o, Failed, true)
		if b.count(WrapUpBegan) != 1 || b.count(Offered) != 1 {
			t.Error("a second End had an effect")
		}
		b.Enqueue(Waiting{Call: "d", Queue: "no such queue"})
		b.Reachable("nobody", 1)
		b.Load("nobody", 1)
		b.LoggedOut("nobody")
		if b.count(Offered) != 1 {
			t.Error("an unknown queue was offered")
		}
	})
}

func TestNewcomerInThePauseIsRungAtOnce(t *testing.T) {
	onFloor(t, testConfig(2, 1), func(b *bench) {
		b.present("a000")
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		b.Report(b.last(Offered).Offer, Refused, false)
		time.Sleep(2 * time.Second) // of 5
		b.present("a001")
		o := b.last(Offered).Offer
		if o.User != "a001" {
			t.Fatal("the newcomer waits for the next round")
		}
		time.Sleep(10 * time.Second)
		b.Report(o, Refused, false)
		time.Sleep(5*time.Second - time.Millisecond)
		if b.count(Offered) != 2 {
			t.Error("the next round began too early")
		}
		time.Sleep(time.Millisecond)
		if n := b.last(Offered).Offer; n.User != "a000" {
			t.Errorf("the next round began with %s", n.User)
		}
	})
}

func TestLostOfferKeepsTheIdleTime(t *testing.T) {
	onFloor(t, testConfig(2, 1), func(b *bench) {
		b.present("a000")
		time.Sleep(time.Second)
		b.present("a001")
		time.Sleep(time.Second)
		b.Enqueue(Waiting{Call: "c", Queue: "q00", Since: time.Now()})
		synctest.Wait()
		b.Leave("c") // the caller hung up while a000 rang
		b.Enqueue(Waiting{Call: "d", Queue: "q00", Since: time.Now()})
		if o := b.last(Offered).Offer; o.User != "a000" {
			t.Errorf("%s is rung, who is idle for less long", o.User)
		}
	})
}

func TestCommandsAfterTheEnd(t *testing.T) {
	onFloor(t, testConfig(1, 1), func(b *bench) {
		b.stop()
		<-b.ended
		if err := b.SetStatus("a000", "away"); !errors.Is(err, ErrClosed) {
			t.Errorf("got %v", err)
		}
	})
}
