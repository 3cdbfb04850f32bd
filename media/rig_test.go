package media_test

import (
	"math"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

// rig is calls whose far ends send ready-made packets and throw away what they get: what remains is the engine's own cost.
type rig struct {
	engine *media.Engine
	listen rtp.Listen
	now    time.Time
	peers  []*rigPeer
	taps   []*media.Tap
	rooms  []*media.Room
	cpu    time.Duration // of Step
	got    int
	buf    [1500]byte
	frame  media.TapFrame
}

type rigPeer struct {
	sock   rtp.Socket
	to     netip.AddrPort
	frames [][]byte
	sent   int
	step   uint32
	guard  rtp.Protector
	silent bool
}

// call is one call of a rig.
type call struct {
	anywhere bool // the server's sockets take packets to every address of the machine
	parties  []codec.Type
	srtp     bool // of the second party
	record   bool
	music    *media.Play
	voice    bool // without telephone-events: digits are looked for in the voice
}

// rigKey is the key of all SRTP in rigs.
func rigKey() *rtp.MasterKey { return &rtp.MasterKey{Suite: rtp.GCM} }

// newRig makes calls whose parties all hear each other.
func newRig(tb testing.TB, listen rtp.Listen, calls int, c call) *rig {
	tb.Helper()
	cfg := media.Config{Workers: 1, Bind: netip.AddrFrom4([4]byte{127, 0, 0, 1}), Listen: listen}
	if listen == nil { // the ports of a range are connected
		listen = rtp.ListenUDP
		cfg.PortMin, cfg.PortMax = 10000, 18998
		if c.anywhere {
			cfg.Bind = netip.IPv4Unspecified()
		}
	}
	e, err := media.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	r := &rig{engine: e, listen: listen, now: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}
	for range calls {
		room, err := e.Open(nil)
		if err != nil {
			tb.Fatal(err)
		}
		var ids []media.EndpointID
		for i, t := range c.parties {
			ids = append(ids, r.join(tb, room, t, c.srtp && i == 1, c.voice))
		}
		p := talk(ids...)
		if c.music != nil {
			p.Rows[ids[0]].Music, p.Rows[ids[0]].Digits = *c.music, true
		}
		if c.record {
			tap := media.NewTap(2, time.Second)
			r.taps = append(r.taps, tap)
			p.Taps[0], p.Taps[1] = media.TapRow{Tap: tap, Of: ids[0]}, media.TapRow{Tap: tap, Of: ids[1], Channel: 1}
		}
		room.Set(p)
		r.engine.Step(r.now) // so that the commands find place
		r.rooms = append(r.rooms, room)
		tb.Cleanup(room.Close)
	}
	tb.Cleanup(func() {
		r.engine.Step(r.now)
		r.engine.Deliver()
	})
	return r
}

func (r *rig) join(tb testing.TB, room *media.Room, c codec.Type, srtp, voice bool) media.EndpointID {
	tb.Helper()
	e, err := room.AddRTP(netip.Addr{})
	if err != nil {
		tb.Fatal(err)
	}
	f, err := mediatest.NewFar(r.listen, c)
	if err != nil {
		tb.Fatal(err)
	}
	rate := codec.Rates(c)[0]
	enc, err := codec.NewEncoder(c, rate)
	if err != nil {
		tb.Fatal(err)
	}
	p := &rigPeer{sock: f.Socket(), to: e.Local().Addr, step: uint32(c.ClockRate() / 50)}
	for i := range 100 {
		b := make([]byte, 400)
		rtp.Write(b, rtp.Header{PT: f.Format().SendPT, SSRC: 77})
		n, err := enc.Encode(speech(i*rate/50, rate/50, float64(rate)), b[12:])
		if err != nil {
			tb.Fatal(err)
		}
		p.frames = append(p.frames, b[:12+n])
	}
	n := f.Negotiated()
	n.Mux = true
	if voice {
		n.Format.EventRecv, n.Format.EventSend = 0, 0
	}
	if srtp {
		n.SendKey, n.ReceiveKey = rigKey(), rigKey()
		if p.guard, err = rtp.NewSDES(*rigKey(), *rigKey()); err != nil {
			tb.Fatal(err)
		}
	}
	e.Negotiate(n)
	r.peers = append(r.peers, p)
	tb.Cleanup(func() { _ = f.Close() })
	return e.ID()
}

// speech is something with the spectrum and the pauses of a voice, which codecs take their time for.
func speech(at, samples int, rate float64) []int16 {
	pcm := make([]int16, samples)
	for i := range pcm {
		t := float64(at+i) / rate
		pitch := 2 * math.Pi * (120 + 20*math.Sin(5*t)) * t
		loud := max(0, math.Sin(9*t)+0.3)
		for k := 1.0; k < 20; k++ {
			pcm[i] += int16(2500 * loud * math.Sin(k*pitch) / (1 + math.Abs(k-5)))
		}
	}
	return pcm
}

// run is 20 ms of everything.
func (r *rig) run() {
	for _, p := range r.peers {
		if !p.silent {
			b := append(r.buf[:0], p.frames[p.sent%len(p.frames)]...)
			h, _, _ := rtp.Parse(b)
			h.Seq, h.Timestamp = uint16(p.sent), uint32(p.sent)*p.step
			rtp.Write(b, h)
			if p.guard != nil {
				b, _ = p.guard.Protect(b, 40)
			}
			_ = p.sock.Send(b, p.to)
			p.sent++
		}
	}
	for range 4 {
		r.now = r.now.Add(5 * time.Millisecond)
		start := cpuTime()
		r.engine.Step(r.now)
		r.cpu += cpuTime() - start
	}
	for _, p := range r.peers {
		for {
			if _, _, err := p.sock.Recv(r.buf[:]); err != nil {
				break
			}
			r.got++
		}
	}
	r.engine.Deliver()
	for _, t := range r.taps {
		for t.Read(&r.frame) {
		}
	}
}

func cpuTime() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts)
	return time.Duration(ts.Nano())
}

// Nothing is allocated per packet, whatever the worker does with it.
func TestAllocs(t *testing.T) {
	music := media.Play{Token: 1, Audio: tonePrompt(t, 440, time.Second), Loop: true}
	for name, c := range map[string]call{
		"relay":                  {parties: []codec.Type{codec.PCMU, codec.PCMU}},
		"PCMU with PCMA":         {parties: []codec.Type{codec.PCMU, codec.PCMA}},
		"PCMU with Opus by SRTP": {parties: []codec.Type{codec.PCMU, codec.Opus}, srtp: true},
		"PCMU with G.722":        {parties: []codec.Type{codec.PCMU, codec.G722}},
		"recorded":               {parties: []codec.Type{codec.PCMU, codec.PCMU}, record: true},
		"conference":             {parties: []codec.Type{codec.PCMU, codec.PCMA, codec.Opus, codec.PCMU, codec.G722}},
		"music":                  {parties: []codec.Type{codec.PCMU}, music: &music},
		"music, digits by voice": {parties: []codec.Type{codec.PCMU}, music: &music, voice: true},
	} {
		var network rtp.Network
		for _, listen := range []rtp.Listen{network.Listen, nil} {
			r := newRig(t, listen, 2, c)
			for range 100 {
				r.run()
			}
			before := r.got
			if n := testing.AllocsPerRun(200, r.run); n != 0 {
				t.Errorf("%s: %v allocations in 20 ms", name, n)
			}
			if r.got-before < 200*len(r.peers) {
				t.Errorf("%s: only %d packets came", name, r.got-before)
			}
			if got := r.engine.Stats().Relayed > 0; got != (name == "relay" || name == "recorded") {
				t.Errorf("%s: relayed: %v", name, got)
			}
		}
	}
}

// benchmark reports the processor time of the worker per second of a call, and how many calls that is at 70 % of a core.
func benchmark(b *testing.B, calls int, c call) {
	b.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r := newRig(b, nil, calls, c)
	for range 50 {
		r.run()
	}
	r.cpu, r.got = 0, 0
	b.ReportAllocs()
	for b.Loop() { // one second
		for range 50 {
			r.run()
		}
	}
	cost := float64(r.cpu.Nanoseconds()) / 1000 / float64(calls) / float64(b.N)
	b.ReportMetric(cost, "µs/call-s")
	b.ReportMetric(700_000/cost, "calls/core")
	b.ReportMetric(float64(r.got)/float64(calls)/float64(b.N), "packets-out/call-s")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkRelay(b *testing.B) {
	benchmark(b, 200, call{parties: []codec.Type{codec.PCMU, codec.PCMU}})
}

func BenchmarkOpusSRTP(b *testing.B) {
	benchmark(b, 100, call{parties: []codec.Type{codec.PCMU, codec.Opus}, srtp: true})
}

func BenchmarkG722(b *testing.B) {
	benchmark(b, 100, call{parties: []codec.Type{codec.PCMU, codec.G722}})
}

func BenchmarkRecorded(b *testing.B) {
	benchmark(b, 200, call{parties: []codec.Type{codec.PCMU, codec.PCMU}, record: true})
}

func BenchmarkQueue(b *testing.B) {
	music := media.Play{Token: 1, Audio: tonePrompt(b, 440, 10*time.Second), Loop: true}
	benchmark(b, 200, call{parties: []codec.Type{codec.PCMU}, music: &music})
}

// BenchmarkQueueVoice is BenchmarkQueue with callers who have no telephone-events.
func BenchmarkQueueVoice(b *testing.B) {
	music := media.Play{Token: 1, Audio: tonePrompt(b, 440, 10*time.Second), Loop: true}
	benchmark(b, 200, call{parties: []codec.Type{codec.PCMU}, music: &music, voice: true})
}

func BenchmarkConference(b *testing.B) {
	party := []codec.Type{codec.PCMU, codec.PCMU, codec.PCMU, codec.PCMU, codec.Opus, codec.Opus, codec.Opus, codec.Opus}
	benchmark(b, 20, call{parties: party})
}

// BenchmarkFloor is what the kernel takes for a relayed call, whoever asks it: 100 packets received and sent on connected sockets.
func BenchmarkFloor(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const calls = 200
	var legs, peers [2 * calls]*rtp.UDP
	for i := range legs {
		leg, err := rtp.ListenUDP(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(20000+2*i)))
		if err != nil {
			b.Skip(err)
		}
		legs[i] = leg.(*rtp.UDP)
		s, err := rtp.ListenUDP(netip.MustParseAddrPort("127.0.0.1:0"))
		if err != nil {
			b.Fatal(err)
		}
		peers[i] = s.(*rtp.UDP)
		if err := legs[i].Connect(peers[i].Local()); err != nil {
			b.Fatal(err)
		}
	}
	var packet, buf [172]byte
	var cpu time.Duration
	for b.Loop() {
		for range 50 {
			for i, p := range peers {
				_ = p.Send(packet[:], legs[i].Local())
			}
			start := cpuTime()
			for i, s := range legs {
				n, _, _ := s.Recv(buf[:])
				_ = legs[i^1].Send(buf[:n], netip.AddrPort{})
			}
			cpu += cpuTime() - start
			for _, p := range peers {
				_, _, _ = p.Recv(buf[:])
			}
		}
	}
	for i := range legs {
		_, _ = legs[i].Close(), peers[i].Close()
	}
	b.ReportMetric(float64(cpu.Nanoseconds())/1000/calls/float64(b.N), "µs/call-s")
	b.ReportMetric(0, "ns/op")
}
