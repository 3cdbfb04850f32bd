package media_test

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

// The whole engine with its goroutines, in a bubble: two workers, a call on each; at the end nothing is left behind.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var network rtp.Network
		engine, err := media.New(media.Config{
			Workers: 2, PortMin: 20000, PortMax: 20020, Listen: network.Listen, Sleep: time.Sleep,
			Bind: netip.AddrFrom4([4]byte{127, 0, 0, 1}), Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			if err := engine.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		var mu sync.Mutex
		var kinds []media.EventKind
		var fars []*mediatest.Far
		var rooms []*media.Room
		for range 2 {
			room, err := engine.Open(nil)
			if err != nil {
				t.Fatal(err)
			}
			room.Listen(func(e media.Event) {
				mu.Lock()
				defer mu.Unlock()
				kinds = append(kinds, e.Kind)
			})
			var ids []media.EndpointID
			for i, c := range []codec.Type{codec.PCMU, codec.Opus} {
				e, err := room.AddRTP(netip.Addr{})
				if err != nil {
					t.Fatal(err)
				}
				f, err := mediatest.NewFar(network.Listen, c)
				if err != nil {
					t.Fatal(err)
				}
				f.Call(e.Local().Addr)
				f.Say([]float64{440, 1000}[i])
				group.Go(func() { f.Run(ctx) })
				e.Negotiate(f.Negotiated())
				ids, fars = append(ids, e.ID()), append(fars, f)
			}
			room.Set(talk(ids...))
			rooms = append(rooms, room)
		}
		time.Sleep(300 * time.Millisecond)
		for _, f := range fars {
			f.Forget()
		}
		time.Sleep(time.Second)
		for i, f := range fars {
			hears(t, "far end", f, tones, []float64{1000, 440}[i%2])
		}
		rooms[0].Close()
		rooms[0].Close()
		if _, err := rooms[0].AddRTP(netip.Addr{}); !errors.Is(err, media.ErrClosed) {
			t.Errorf("a closed room: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
		if s := engine.Stats(); s.Rooms != 1 || s.Endpoints != 2 || s.LateTicks != 0 {
			t.Errorf("%+v", s)
		}
		cancel()
		group.Wait()
		if len(kinds) != 4 {
			t.Errorf("events: %v", kinds)
		}
		if _, err := engine.Open(nil); !errors.Is(err, media.ErrClosed) {
			t.Errorf("a closed engine: %v", err)
		}
		rooms[1].Set(media.Plan{}) // harmless
		rooms[1].Close()
		if _, err := network.Listen(netip.MustParseAddrPort("127.0.0.1:20004")); err != nil {
			t.Errorf("a port is still open: %v", err)
		}
	})
}

func TestPortsRunOut(t *testing.T) { synctest.Test(t, portsRunOut) }

func portsRunOut(t *testing.T) {
	t.Helper()
	var log strings.Builder
	w := mediatest.New(t, func(c *media.Config) {
		c.PortMin, c.PortMax, c.Log = 30000, 30005, slog.New(slog.NewTextHandler(&log, nil))
	})
	room, _ := w.Room()
	var last *media.Endpoint
	for i := range 3 {
		e, err := room.AddRTP(netip.Addr{})
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Local().Addr; got.Port() != 30000+2*uint16(i) || got.Addr() != netip.AddrFrom4([4]byte{127, 0, 0, 1}) {
			t.Errorf("endpoint %d is at %v", i, got)
		}
		last = e
	}
	if _, err := room.AddRTP(netip.Addr{}); !errors.Is(err, media.ErrNoPort) {
		t.Errorf("a fourth endpoint: %v", err)
	}
	last.Close()
	last.Close()
	w.Run(time.Second)
	if _, err := room.AddRTP(netip.Addr{}); !errors.Is(err, media.ErrNoPort) {
		t.Errorf("a port that rests: %v", err)
	}
	if s := w.Engine.Stats(); s.Endpoints != 2 || s.NoPorts != 2 || s.Ports != (rtp.PortsUse{Used: 2, Resting: 1}) {
		t.Errorf("%+v", s)
	}
	if n := strings.Count(log.String(), "no free port"); n != 1 {
		t.Errorf("logged %d times:\n%s", n, &log)
	}
	time.Sleep(31 * time.Second)
	if s := w.Engine.Stats(); s.Ports != (rtp.PortsUse{Used: 2, Free: 1}) {
		t.Errorf("rested: %+v", s.Ports)
	}
	if _, err := room.AddRTP(netip.Addr{}); err != nil {
		t.Errorf("the closed endpoint's port, rested: %v", err)
	}
	time.Sleep(time.Minute)
	if _, err := room.AddRTP(netip.Addr{}); !errors.Is(err, media.ErrNoPort) {
		t.Errorf("full again: %v", err)
	}
	if n := strings.Count(log.String(), "no free port"); n != 2 {
		t.Errorf("logged %d times a minute later:\n%s", n, &log)
	}
}

func TestRoomIsFull(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	for range media.MaxEndpoints {
		if _, err := room.AddRTP(netip.Addr{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := room.AddRTP(netip.Addr{}); !errors.Is(err, media.ErrFull) {
		t.Errorf("one more: %v", err)
	}
	// A plan that names what isn't there, and taps that are nil or of nobody, do no harm.
	var p media.Plan
	for i := range p.Rows {
		p.Rows[i].Hears = 0xff
	}
	for i := range p.Taps {
		p.Taps[i] = media.TapRow{Tap: media.NewTap(1, time.Second), Of: 200, Channel: 99}
	}
	room.Set(p)
	w.Run(100 * time.Millisecond)
}

func TestConfig(t *testing.T) {
	if _, err := media.New(media.Config{PortMin: 20001, PortMax: 20010}); err == nil {
		t.Error("an odd first port is accepted")
	}
	public := netip.MustParseAddr("198.51.100.1")
	for _, c := range []struct {
		name string
		cfg  media.Config
		peer string
		want string
	}{
		{"public address", media.Config{PublicAddress: public, Bind: netip.MustParseAddr("127.0.0.1")}, "127.0.0.1", "198.51.100.1"},
		{"bound address", media.Config{Bind: netip.MustParseAddr("127.0.0.1")}, "192.0.2.1", "127.0.0.1"},
		{"route to the peer", media.Config{}, "127.0.0.9", "127.0.0.1"},
		{"route to the peer, IPv6", media.Config{}, "::1", "::1"},
	} {
		c.cfg.Workers = 1
		c.cfg.Listen = (&rtp.Network{}).Listen
		e, err := media.New(c.cfg)
		if err != nil {
			t.Fatal(err)
		}
		room, err := e.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		end, err := room.AddRTP(netip.MustParseAddr(c.peer))
		if err != nil {
			t.Fatal(err)
		}
		if got := end.Local(); got.Addr.Addr().String() != c.want || got.SSRC == 0 || got.CNAME == "" {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	e, err := media.New(media.Config{Workers: 1, Listen: (&rtp.Network{}).Listen})
	if err != nil {
		t.Fatal(err)
	}
	room, _ := e.Open(nil)
	if end, err := room.AddRTP(netip.Addr{}); err != nil || !end.Local().Addr.Addr().IsValid() || end.Local().Addr.Addr().IsUnspecified() {
		t.Errorf("nobody's address: %+v, %v", end, err)
	}
}

// A worker that was held up catches up, counts it, and leaves out what is too old; the streams' time goes on by the clock.
func TestLateTicks(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	_, f := w.Join(room, codec.PCMU)
	w.Run(200 * time.Millisecond)
	w.Now = w.Now.Add(30 * time.Millisecond)
	w.Run(200 * time.Millisecond)
	if got := w.Engine.Stats().LateTicks; got != 6 {
		t.Errorf("%d late ticks after 30 ms", got)
	}
	w.Now = w.Now.Add(time.Second)
	w.Run(200 * time.Millisecond)
	if got := w.Engine.Stats().LateTicks; got < 200 || got > 210 {
		t.Errorf("%d late ticks after a second", got)
	}
	heard := f.Packets()
	first, last := heard[0], heard[len(heard)-1]
	if got, want := last.Timestamp-first.Timestamp, uint32(1600*8); got < want-480 || got > want+480 {
		t.Errorf("time went on by %d, want about %d", got, want)
	}
	if int(last.Seq-first.Seq) != len(heard)-1 {
		t.Error("the sequence has gaps")
	}
}

// That a worker is late is measured, and logged once for a minute of it.
func TestLateWorkerIsLogged(t *testing.T) {
	var log strings.Builder
	w := mediatest.New(t, func(c *media.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	logged := func() int { return strings.Count(log.String(), "a worker was late") }
	w.Run(3 * time.Second)
	if s := w.Engine.Stats(); s.Lateness != 0 || logged() != 0 {
		t.Fatalf("in time: %v, logged %d times", s.Lateness, logged())
	}
	for range 30 { // of these seconds each has a pass that is 40 ms late
		w.Now = w.Now.Add(40 * time.Millisecond)
		w.Run(time.Second)
		if got := w.Engine.Stats().Lateness; got < 35*time.Millisecond || got > 45*time.Millisecond {
			t.Fatalf("measured %v", got)
		}
	}
	if logged() != 1 || !strings.Contains(log.String(), "late=4") {
		t.Errorf("logged %d times:\n%s", logged(), &log)
	}
	w.Run(time.Minute)
	w.Now = w.Now.Add(40 * time.Millisecond)
	w.Run(2 * time.Second)
	if logged() != 2 {
		t.Errorf("a minute later: logged %d times", logged())
	}
}
