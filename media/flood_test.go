package media_test

import (
	"net/netip"
	"runtime"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

// A stranger who sends 50,000 packets a second to a leg's port costs the call nothing: the kernel keeps them away once the peer is known.
func TestFlood(t *testing.T) {
	r := newRig(t, nil, 1, call{parties: []codec.Type{codec.PCMU, codec.PCMU}})
	for range 50 {
		r.run()
	}
	evil, err := rtp.ListenUDP(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer evil.Close() //nolint:errcheck // a test's socket
	before, got := r.engine.Stats(), r.got
	var packet [172]byte
	rtp.Write(packet[:], rtp.Header{SSRC: 666, Seq: 1})
	const ticks = 50
	for range ticks {
		for range 1000 {
			_ = evil.Send(packet[:], r.peers[0].to)
		}
		r.run()
	}
	after := r.engine.Stats()
	if n := r.got - got; n < 2*ticks-2 {
		t.Errorf("%d of %d packets came through", n, 2*ticks)
	}
	if after.Pinned != 2 || after.Dropped["stranger"] != before.Dropped["stranger"] || after.PacketsIn-before.PacketsIn > 2*ticks+2 {
		t.Errorf("pinned %d, strangers %d, packets %d", after.Pinned, after.Dropped["stranger"], after.PacketsIn-before.PacketsIn)
	}
}

// A peer whose NAT gives it another port is followed, though the socket was connected to the old one; another address isn't.
func TestPortMoves(t *testing.T) {
	r := newRig(t, nil, 1, call{parties: []codec.Type{codec.PCMU, codec.PCMU}})
	for range 50 {
		r.run()
	}
	moved, err := rtp.ListenUDP(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer moved.Close() //nolint:errcheck // a test's socket
	evil, err := rtp.ListenUDP(netip.MustParseAddrPort("127.0.0.2:0"))
	if err != nil {
		t.Skip(err)
	}
	defer evil.Close() //nolint:errcheck // a test's socket
	r.peers[0].silent = true
	for range 25 { // half a second of silence
		r.run()
	}
	var packet [172]byte
	rtp.Write(packet[:], rtp.Header{SSRC: 666, Seq: 1})
	strangers := r.engine.Stats().Dropped["stranger"]
	_ = evil.Send(packet[:], r.peers[0].to)
	r.run()
	if n := r.engine.Stats().Dropped["stranger"] - strangers; n != 1 {
		t.Errorf("%d strangers counted, want 1", n)
	}
	r.peers[0].sock, r.peers[0].silent = moved, false
	got := r.got
	for range 50 {
		r.run()
	}
	if n := r.got - got; n < 95 {
		t.Errorf("%d of 100 packets came", n)
	}
	if n := r.engine.Stats().Pinned; n != 3 {
		t.Errorf("pinned %d times, want 3", n)
	}
}

// Peers who send to another address of this machine than the one that the kernel would answer from are heard, after a moment: connected sockets
// would never hear them.
func TestOtherAddressOfOurs(t *testing.T) {
	r := newRig(t, nil, 1, call{parties: []codec.Type{codec.PCMU, codec.PCMU}, anywhere: true})
	for _, p := range r.peers {
		p.to = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.9"), p.to.Port())
	}
	for range 50 { // a second: the guard proves wrong in it
		r.run()
	}
	got := r.got
	for range 50 {
		r.run()
	}
	if n := r.got - got; n < 95 {
		t.Errorf("%d of 100 packets came", n)
	}
}

// A peer's closed port is noted; the call goes on.
func TestRefused(t *testing.T) {
	r := newRig(t, nil, 1, call{parties: []codec.Type{codec.PCMU, codec.PCMU}})
	var events []media.Event
	r.rooms[0].Listen(func(e media.Event) { events = append(events, e) })
	for range 50 {
		r.run()
	}
	_ = r.peers[1].sock.Close()
	r.peers[1].silent = true
	for range 50 {
		r.run()
		r.engine.Deliver()
	}
	if s := r.engine.Stats(); s.Refused == 0 {
		t.Errorf("not noted: %+v", s)
	}
	if got := kinds(events, media.Failed); len(got) > 0 {
		t.Errorf("failed: %+v", got)
	}
}

// What a relayed call takes of the heap.
func TestMemoryOfCall(t *testing.T) {
	const calls = 200
	e, err := media.New(media.Config{Workers: 1, Bind: netip.MustParseAddr("127.0.0.1")})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	room := func() *media.Room {
		r, err := e.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		var ids []media.EndpointID
		for range 2 {
			end, err := r.AddRTP(netip.Addr{})
			if err != nil {
				t.Fatal(err)
			}
			n := mediatest.Negotiated(codec.PCMU)
			n.Mux = true
			end.Negotiate(n)
			ids = append(ids, end.ID())
		}
		r.Set(talk(ids...))
		e.Step(now)
		return r
	}
	rooms := []*media.Room{room()}
	before := heap()
	for range calls {
		rooms = append(rooms, room())
	}
	if per := (heap() - before) / calls; per > 15<<10 {
		t.Errorf("%d bytes per call, want at most 15 KB", per)
	} else {
		t.Logf("%d bytes per call", per)
	}
	for _, r := range rooms {
		r.Close()
	}
	e.Step(now)
	e.Deliver()
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
