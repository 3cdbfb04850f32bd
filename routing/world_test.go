package routing_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/internal/fake"
	"mediasrv/media/prompt"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// The numbers of the test's contact centre.
const (
	supportNumber = "+81312345678"
	salesNumber   = "+81312345679"
	lateNumber    = "+81312345680" // answered with the agent
	plainNumber   = "+81312345681" // built-in waiting strategy
)

func testConfig() *config.Config {
	wrapUp := config.WrapUp{Time: 30 * time.Second, Extend: true}
	both := config.Recording{Inbound: true, PerLeg: true, Merged: true}
	dispositions := config.Dispositions{List: []string{"resolved", "follow-up"}}
	queue := func(name, waiting, answer string, agents ...string) *config.Queue {
		return &config.Queue{
			Name: name, Agents: agents, Waiting: waiting, Answer: answer, RingTimeout: 20 * time.Second, WrapUp: wrapUp, Recording: both,
			Dispositions: dispositions,
		}
	}
	user := func(login string) *config.User {
		return &config.User{Login: login, Name: "Name of " + login, Role: "agent", Agent: true}
	}
	return &config.Config{
		Company: config.Company{
			Country: "JP", WrapUp: wrapUp, Recording: both,
			Dispositions: dispositions,
		},
		Numbers: map[string]*config.Number{
			supportNumber: {Number: supportNumber, Queue: "support"},
			salesNumber:   {Number: salesNumber, Queue: "sales", Priority: 5},
			lateNumber:    {Number: lateNumber, Queue: "late"},
			plainNumber:   {Number: plainNumber, Queue: "plain"},
		},
		Waiting: map[string]*config.WaitingStrategy{
			"calm": {
				Name: "calm", Greeting: &config.Audio{Say: "greeting"}, LongestWait: 10 * time.Minute, LongestMessage: &config.Audio{Say: "message"},
			},
		},
		Queues: map[string]*config.Queue{
			"support": queue("support", "calm", "at-once", "aiko", "ben"),
			"sales":   queue("sales", "calm", "at-once", "aiko"),
			"late":    queue("late", "calm", "with-agent", "aiko"),
			"plain":   queue("plain", "", "at-once", "aiko"),
		},
		Users: map[string]*config.User{"aiko": user("aiko"), "ben": user("ben"), "chen": user("chen")},
	}
}

// madePrompts are 3 s long, the music 1 s and a ring 3 s. They are made once: built-in music takes a while.
var madePrompts = sync.OnceValues(func() (*routing.Prompts, error) {
	blank := func(name string, length time.Duration) (*prompt.Prompt, error) {
		return prompt.New(name, make([]int16, int(length.Seconds()*prompt.Rate)), prompt.Rate)
	}
	p, faults := routing.Prepare(context.Background(), withCallbacks(withMenus(testConfig())), speaker(func(_ context.Context, what routing.Speech) (*prompt.Prompt, error) {
		return blank(what.Text, 3*time.Second)
	}), slog.New(slog.DiscardHandler))
	var err error
	p.Ringback, err = blank("ringback", 3*time.Second)
	faults = append(faults, err)
	p.Music, err = blank("music", time.Second)
	return p, errors.Join(append(faults, err)...)
})

type speaker func(context.Context, routing.Speech) (*prompt.Prompt, error)

func (f speaker) Speak(ctx context.Context, what routing.Speech) (*prompt.Prompt, error) {
	return f(ctx, what)
}

func testPrompts(t *testing.T) *routing.Prompts {
	t.Helper()
	p, err := madePrompts()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// world is a contact centre with fakes around it, in a bubble.
type world struct {
	*routing.Centre
	t        *testing.T
	dialer   fake.Dialer
	recorder fake.Recorder
	store    fake.Store
	stop     context.CancelFunc
	ended    chan struct{}
	asker    func(context.Context, *config.Ask, routing.Inquiry) (routing.Advice, error) // the service of menus

	mu      sync.Mutex
	callers []*caller
	rooms   []*fake.Room // of calls that were placed
}

// inWorld runs a test in a bubble. All agents have a phone and are available. At the end the centre is stopped, and nothing may be left.
func inWorld(t *testing.T, cfg *config.Config, do func(w *world)) {
	t.Helper()
	inWorldAfter(t, cfg, fact.Resume{}, do)
}

// inWorldAfter is inWorld of a server that has run before.
func inWorldAfter(t *testing.T, cfg *config.Config, left fact.Resume, do func(w *world)) {
	t.Helper()
	prompts := testPrompts(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, cfg, prompts, left)
		defer func() { // also after a Fatal
			w.stop()
			<-w.ended
		}()
		for _, user := range slices.Sorted(maps.Keys(cfg.Users)) {
			w.Reachable(user, 1)
			w.must(w.SetStatus(user, "available"))
			time.Sleep(time.Millisecond) // so that they are idle since different times, in some order
		}
		w.settle()
		do(w)
		w.shutDown()
	})
}

func newWorld(t *testing.T, cfg *config.Config, prompts *routing.Prompts, left fact.Resume) *world {
	t.Helper()
	w := &world{t: t, ended: make(chan struct{})}
	w.Centre = routing.New(routing.Options{
		Config: cfg, Dialer: &w.dialer, Recorder: &w.recorder, Store: &w.store, Prompts: prompts, Log: slog.New(slog.DiscardHandler),
		Rooms: w.open, Asker: asks{w}, Resume: left, Speaker: speaker(func(_ context.Context, what routing.Speech) (*prompt.Prompt, error) {
			return prompt.New(what.Text, make([]int16, prompt.Rate), prompt.Rate)
		}),
	})
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	go func() {
		defer close(w.ended)
		w.Run(ctx)
	}()
	return w
}

// asks gives questions to the world's service.
type asks struct{ w *world }

func (a asks) Ask(ctx context.Context, of *config.Ask, what routing.Inquiry) (routing.Advice, error) {
	return a.w.asker(ctx, of, what)
}

// open opens the room of a call that is placed.
func (w *world) open(*slog.Logger) (routing.Room, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rooms = append(w.rooms, fake.NewRoom())
	return w.rooms[len(w.rooms)-1], nil
}

// only makes all agents but those named offline.
func (w *world) only(users ...string) {
	w.t.Helper()
	for _, user := range []string{"aiko", "ben", "chen"} {
		if !slices.Contains(users, user) {
			w.must(w.SetStatus(user, "offline"))
		}
	}
	w.settle()
}

func (w *world) settle() { synctest.Wait() }

// after lets time pass.
func (w *world) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// shutDown ends the centre and checks that nothing is left: no leg, no open room, no segment, no call without an end.
func (w *world) shutDown() {
	w.t.Helper()
	w.stop()
	<-w.ended
	w.settle()
	if n := w.Calls(); n != 0 {
		w.t.Errorf("%d calls are left", n)
	}
	if n := w.recorder.Open(); n != 0 {
		w.t.Errorf("%d recordings are left open", n)
	}
	for _, c := range w.callers {
		if !c.Ended() || !c.room.Closed() {
			w.t.Errorf("caller %s: leg ended %v, room closed %v", c.Party().Number, c.Ended(), c.room.Closed())
		}
	}
	for _, l := range w.dialer.Legs() {
		if !l.Ended() {
			w.t.Errorf("a leg to %s is left", l.Party().User)
		}
	}
	for _, c := range w.store.Calls() {
		if c.Ended.IsZero() || c.End == fact.EndUnset {
			w.t.Errorf("call %s has no end: %+v", c.ID, c)
		}
	}
	for _, l := range w.store.Legs() {
		if l.Ended.IsZero() {
			w.t.Errorf("leg %s has no end: %+v", l.ID, l)
		}
	}
}

// caller is a customer who calls in.
type caller struct {
	*fake.Leg
	room *fake.Room
}

func (c *caller) hears() string { return c.room.Hears(c.Leg) }

// call is an INVITE from a customer.
func (w *world) call(from, to string) *caller {
	return w.callWith(from, to, func(*fake.Leg) {})
}

func (w *world) callWith(from, to string, how func(*fake.Leg)) *caller {
	room := fake.NewRoom()
	party := fact.Party{Number: from, Trunk: "carrier"}
	c := &caller{Leg: fake.NewLeg(room, party), room: room}
	how(c.Leg)
	w.mu.Lock()
	w.callers = append(w.callers, c)
	w.mu.Unlock()
	c.Connect(w.Handle(c.Leg, room, fact.Invite{
		Trunk: "carrier", From: party, Withheld: from == "", To: to, SIPID: "sip", At: time.Now(),
	}))
	w.settle()
	return c
}

// ringing is the leg that rings at a user's phone.
func (w *world) ringing(user string) *fake.Leg {
	w.t.Helper()
	l := w.dialer.Latest(user)
	if l == nil || l.Ended() || l.Answered() {
		w.t.Fatalf("%s's phone doesn't ring", user)
	}
	return l
}

// answers makes a user pick up.
func (w *world) answers(user string) *fake.Leg {
	w.t.Helper()
	l := w.ringing(user)
	l.Pickup()
	w.settle()
	return l
}

// isQuiet fails if a user's phone rings.
func (w *world) isQuiet(user string) {
	w.t.Helper()
	if l := w.dialer.Latest(user); l != nil && l.Living() && !l.Answered() {
		w.t.Errorf("%s's phone rings", user)
	}
}

// view is what a user's page shows now.
func (w *world) view(user string) fact.DeskView {
	w.t.Helper()
	w.settle()
	views, stop := w.Watch(user)
	defer stop()
	select {
	case v := <-views:
		return v
	default:
		w.t.Fatalf("no view of %s", user)
		return fact.DeskView{}
	}
}

// agentIs checks an agent's status and activity.
func (w *world) agentIs(user, status, activity string) {
	w.t.Helper()
	if a := w.view(user).Agent; a.Status != status || a.Activity != activity {
		w.t.Errorf("%s is %s, %s; want %s, %s", user, a.Status, a.Activity, status, activity)
	}
}

// lastCall is the row of the latest call.
func (w *world) lastCall() fact.Call {
	w.t.Helper()
	calls := w.store.Calls()
	if len(calls) == 0 {
		w.t.Fatal("no call was written")
	}
	return calls[len(calls)-1]
}

// endedAs checks how a caller's call ended.
func (w *world) endedAs(c *caller, why fact.EndReason) {
	w.t.Helper()
	w.settle()
	if !c.Ended() {
		w.t.Errorf("the caller's leg is up; want its end: %s", why)
	}
	if got := w.lastCall().End; got != why {
		w.t.Errorf("the call ended as %s, want %s", got, why)
	}
}

func (w *world) happened(kinds ...fact.EventKind) {
	w.t.Helper()
	all := w.store.Kinds()
	for _, k := range kinds {
		at := slices.Index(all, k)
		if at < 0 {
			w.t.Errorf("the time line has no %s after what came before; it is %v", k, w.store.Kinds())
			return
		}
		all = all[at+1:]
	}
}
