package simulate

import (
	"context"
	"hash/fnv"
	"log/slog"
	"math"
	"math/rand/v2"
	"time"

	"mediasrv/config"
	"mediasrv/routing"
	"mediasrv/routing/clock"
	"mediasrv/routing/fact"
)

const (
	longestEnd = 12 * time.Hour   // calls of the plan's end may go on for so long
	endLook    = 10 * time.Second // between looks whether they have
)

// Result is what came of a plan.
type Result struct {
	Events []fact.Event // of a plan with one caller: all, with what the caller hears
	Calls  int
	Ended  time.Time // when the last call was over
	books  *books
}

// Callbacks are those that were asked for: how many ended how, or are open.
func (r *Result) Callbacks() map[fact.CallbackState]int {
	all := map[fact.CallbackState]int{}
	for _, c := range r.books.backs {
		all[c.State]++
	}
	return all
}

// Heard is the kind of the events that say what the caller of a plan of one hears.
const Heard fact.EventKind = "hears"

// world is what surrounds the contact centre.
type world struct {
	plan   Plan
	cfg    *config.Config
	clock  *clock.Clock
	centre *routing.Centre
	books  *books
	phones map[string]bool
	legs   map[fact.LegID]*leg // that have not ended
	made   int                 // legs
	calls  map[fact.CallID]*talk
	wraps  map[string]fact.CallID // by agent
	draws  map[string]uint64
	story  []fact.Event
}

// Run lives through a plan. Prompts must be made for the file, with Speech as their speaker.
func Run(cfg *config.Config, prompts *routing.Prompts, plan Plan, log *slog.Logger) (*Result, error) {
	w := &world{
		plan: plan, cfg: cfg, clock: clock.New(plan.From.UTC()), phones: map[string]bool{}, legs: map[fact.LegID]*leg{},
		calls: map[fact.CallID]*talk{}, wraps: map[string]fact.CallID{}, draws: map[string]uint64{},
	}
	w.books = &books{calls: map[fact.CallID]*entry{}, backs: map[fact.CallbackID]fact.Callback{}, told: w.told, seated: w.seated}
	prompts.SpeakAtOnce()
	w.centre = routing.New(routing.Options{
		Config: cfg, Dialer: w, Recorder: recorder{}, Store: w.books, Prompts: prompts, Log: log, Speaker: Speech{}, Clock: w.clock,
		Rooms: func(*slog.Logger) (routing.Room, error) { return &room{clock: w.clock, callback: true}, nil },
	})
	var ended time.Time
	w.clock.Run(func() { ended = w.day() })
	return &Result{Events: w.story, Calls: len(plan.Callers), Ended: ended, books: w.books}, nil
}

// day is the plan, from its first moment until the last call is over.
func (w *world) day() time.Time {
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	w.clock.Go(func() {
		defer close(over)
		w.centre.Run(ctx)
	})
	for _, s := range w.plan.Shifts {
		w.clock.AfterFunc(w.clock.Until(s.At), func() { w.shift(s) })
	}
	for i := range w.plan.Callers {
		c := &w.plan.Callers[i]
		w.clock.AfterFunc(w.clock.Until(c.At), func() { w.comes(c) })
	}
	w.clock.Sleep(w.plan.To)
	for late := w.plan.To.Add(longestEnd); w.centre.Calls() > 0 && w.clock.Now().Before(late); {
		w.clock.Sleep(w.clock.Now().Add(endLook))
	}
	ended := w.clock.Now()
	cancel()
	w.clock.Await(over)
	return ended
}

// shift is an agent who comes, goes, or has a break.
func (w *world) shift(s Shift) {
	w.phones[s.User] = s.Status != "offline"
	phones := 0
	if w.phones[s.User] {
		phones = 1
	}
	w.centre.Reachable(s.User, phones)
	if err := w.centre.SetStatus(s.User, s.Status); err != nil {
		return // is not an agent of this file
	}
}

// comes is somebody who calls.
func (w *world) comes(c *Caller) {
	room := &room{clock: w.clock}
	party := fact.Party{Number: c.From, Trunk: c.Trunk}
	l := w.newLeg(room, party)
	l.customer = true
	room.enter(l)
	if len(w.plan.Callers) == 1 {
		room.heard = func(what string) {
			w.story = append(w.story, fact.Event{At: w.clock.Now(), Kind: Heard, Detail: what})
		}
	}
	l.caller = c
	l.sink = w.centre.Handle(l, room, fact.Invite{
		Trunk: c.Trunk, From: party, Withheld: c.From == "", To: c.To, Dialled: c.To, At: w.clock.Now(),
	})
	for _, k := range c.Keys {
		w.clock.AfterFunc(k.After, func() { l.press(k.Digit) })
	}
}

// chance draws whether something happens. Draws of a name follow each other whatever else is drawn, so that two files meet the same people.
func (w *world) chance(name string, share float64) bool { return w.draw(name).Float64() < share }

// around draws a time: half of them are shorter than seven tenths of the average, few are several times as long.
func (w *world) around(name string, average time.Duration) time.Duration {
	return time.Duration(-math.Log(1-w.draw(name).Float64()) * float64(average))
}

func (w *world) draw(name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	w.draws[name]++
	return rand.New(rand.NewPCG(w.plan.Seed^h.Sum64(), w.draws[name]))
}
