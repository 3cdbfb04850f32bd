package mediatest

import (
	"net/netip"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/rtp"
)

// World is an engine with far ends on a network in memory, in virtual time: nothing happens but in Run, and all of it on the caller's goroutine.
type World struct {
	Engine  *media.Engine
	Network *rtp.Network
	Now     time.Time

	// Late, if not nil, says how late an engine's next pass is.
	Late func() time.Duration

	t       testing.TB
	cfg     media.Config
	engines []*media.Engine // Engine is the first
	due     []time.Time     // when each one's pass is
	fars    []*Far
	stalled bool
}

// New makes a world with one worker. change, if not nil, changes the engine's configuration.
func New(tb testing.TB, change func(*media.Config)) *World {
	tb.Helper()
	w := &World{t: tb, Network: &rtp.Network{}, Now: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}
	cfg := media.Config{Workers: 1, Bind: netip.AddrFrom4([4]byte{127, 0, 0, 1}), Listen: w.Network.Listen}
	if change != nil {
		change(&cfg)
	}
	e, err := media.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	w.Engine, w.cfg = e, cfg
	w.engines, w.due = []*media.Engine{e}, []time.Time{w.Now}
	return w
}

// Engines makes n further engines like the first, on the same network.
func (w *World) Engines(n int) []*media.Engine {
	w.t.Helper()
	for range n {
		e, err := media.New(w.cfg)
		if err != nil {
			w.t.Fatal(err)
		}
		w.engines, w.due = append(w.engines, e), append(w.due, w.Now)
	}
	return w.engines[len(w.engines)-n:]
}

// Connect makes an endpoint in each of two rooms, of any engines, which are in a call with each other.
func (w *World) Connect(one, two *media.Room, c codec.Type) (a, b *media.Endpoint) {
	w.t.Helper()
	ends := [2]*media.Endpoint{}
	for i, r := range [...]*media.Room{one, two} {
		e, err := r.AddRTP(netip.Addr{})
		if err != nil {
			w.t.Fatal(err)
		}
		ends[i] = e
	}
	f := Far{codec: c}
	for i, e := range ends {
		e.Negotiate(media.Negotiated{Format: f.Format(), Remote: ends[1-i].Local().Addr, Send: true, Receive: true})
	}
	return ends[0], ends[1]
}

// Room opens a room; its events are kept in what the function returns.
func (w *World) Room() (*media.Room, func() []media.Event) {
	w.t.Helper()
	r, err := w.Engine.Open(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	var events []media.Event
	r.Listen(func(e media.Event) { events = append(events, e) })
	return r, func() []media.Event { return events }
}

// Join makes an endpoint in a room, and a far end that is in a call with it.
func (w *World) Join(r *media.Room, c codec.Type) (*media.Endpoint, *Far) {
	w.t.Helper()
	e, err := r.AddRTP(netip.Addr{})
	if err != nil {
		w.t.Fatal(err)
	}
	f := w.Far(c)
	f.Call(e.Local().Addr)
	e.Negotiate(f.Negotiated())
	return e, f
}

// Far makes a far end that Run steps.
func (w *World) Far(c codec.Type) *Far {
	w.t.Helper()
	f, err := NewFar(w.Network.Listen, c)
	if err != nil {
		w.t.Fatal(err)
	}
	w.fars = append(w.fars, f)
	return f
}

// Run lets time pass, in steps of 5 ms.
func (w *World) Run(d time.Duration) {
	for end := w.Now.Add(d); w.Now.Before(end); {
		w.Now = w.Now.Add(5 * time.Millisecond)
		for _, f := range w.fars {
			f.Step(w.Now)
		}
		for i, e := range w.engines {
			w.step(i, e)
		}
	}
}

// step is an engine's pass, if it is time for one.
func (w *World) step(i int, e *media.Engine) {
	if w.Now.Before(w.due[i]) {
		return
	}
	e.Step(w.Now)
	if !w.stalled {
		e.Deliver()
	}
	if w.Late != nil {
		w.due[i] = w.Now.Add(5*time.Millisecond + w.Late())
	}
}

// Stall keeps events from being delivered, or lets them go on.
func (w *World) Stall(stall bool) { w.stalled = stall }

// Forget makes all far ends forget what they heard.
func (w *World) Forget() {
	for _, f := range w.fars {
		f.Forget()
	}
}
