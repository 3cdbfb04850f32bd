package media_test

import (
	"net/netip"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

// A stranger who knows the port neither gets the voice (bleed) nor gets its own in (injection), whatever it sends.
func TestStrangers(t *testing.T) {
	w := mediatest.New(t, nil)
	room, events := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	b, fb := w.Join(room, codec.PCMU)
	fa.Say(440)
	fb.Say(1000)
	room.Set(talk(a.ID(), b.ID()))
	w.Run(200 * time.Millisecond)
	evil := w.Far(codec.PCMU)
	evil.Say(700)
	evil.Call(a.Local().Addr)
	evil.Press("5")
	w.Forget()
	w.Run(2 * time.Second)
	hears(t, "a", fa, tones, 1000)
	hears(t, "b", fb, tones, 440)
	if n := len(evil.Packets()); n != 0 {
		t.Errorf("the stranger got %d packets", n)
	}
	if s := w.Engine.Stats(); s.Dropped["stranger"] < 90 {
		t.Errorf("dropped: %s", dropped(s))
	}
	// Even when the peer is silent: only its own address may come back with another port.
	fa.Mute(true)
	w.Run(time.Second)
	w.Forget()
	w.Run(time.Second)
	if mediatest.Hears(fb.Heard(), 700) {
		t.Log("memory sockets share one address: a new port of it is the peer behind its NAT")
	}
	if len(kinds(events(), media.Digit)) != 0 {
		t.Error("a stranger's digit")
	}
}

func TestStrangerOfOtherAddress(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, fa := w.Join(room, codec.PCMU)
	b, fb := w.Join(room, codec.PCMU)
	room.Set(talk(a.ID(), b.ID()))
	w.Run(200 * time.Millisecond)
	fa.Mute(true)
	w.Run(time.Second)
	evil := netip.MustParseAddrPort("203.0.113.1:5000")
	sock := fa.Socket().(*rtp.MemorySocket)
	enc, err := codec.NewEncoder(codec.PCMU, codec.Rate)
	if err != nil {
		t.Fatal(err)
	}
	var packet [172]byte
	w.Forget()
	for i := range 100 {
		rtp.Write(packet[:], rtp.Header{Seq: uint16(i), Timestamp: uint32(160 * i)})
		_, _ = enc.Encode(mediatest.Tone(700, 160*i, 160), packet[12:])
		_ = sock.SendAs(packet[:], evil, a.Local().Addr)
		w.Run(20 * time.Millisecond)
	}
	hears(t, "b", fb, tones)
	if n := len(fa.Packets()); n < 98 {
		t.Errorf("the peer got only %d packets", n)
	}
}

// Behind NAT, the peer is found by its first valid packet; garbage doesn't count.
func TestNAT(t *testing.T) {
	w := mediatest.New(t, nil)
	room, events := w.Room()
	a, err := room.AddRTP(netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	f, garbage := w.Far(codec.PCMU), w.Far(codec.PCMU)
	n := f.Negotiated()
	n.Remote = netip.MustParseAddrPort("10.0.0.7:4000") // private
	a.Negotiate(n)
	for _, b := range [][]byte{{}, {0x80}, make([]byte, 40), {0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9}, {0x80, 200, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9}} {
		_ = garbage.Socket().Send(b, a.Local().Addr)
	}
	w.Run(100 * time.Millisecond)
	if len(garbage.Packets()) != 0 || len(events()) != 0 {
		t.Errorf("garbage connects: %v", events())
	}
	f.Call(a.Local().Addr)
	w.Run(500 * time.Millisecond)
	if len(f.Packets()) < 22 {
		t.Errorf("%d packets came through the NAT", len(f.Packets()))
	}
	if s := dropped(w.Engine.Stats()); s != "control 1, malformed 3, type 1" {
		t.Errorf("dropped: %s", s)
	}
}

// Packets before the agreement are nobody's.
func TestEarlyPackets(t *testing.T) {
	w := mediatest.New(t, nil)
	room, events := w.Room()
	a, err := room.AddRTP(netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	f := w.Far(codec.PCMU)
	f.Call(a.Local().Addr)
	w.Run(200 * time.Millisecond)
	if len(events()) != 0 || len(f.Packets()) != 0 || w.Engine.Stats().Dropped["early"] == 0 {
		t.Errorf("events %v, %d packets, dropped %s", events(), len(f.Packets()), dropped(w.Engine.Stats()))
	}
}

func TestTimeout(t *testing.T) {
	w := mediatest.New(t, func(c *media.Config) { c.Timeout = 5 * time.Second })
	room, events := w.Room()
	a, f := w.Join(room, codec.PCMU)
	w.Run(time.Second)
	list := func() (s []media.EventKind) {
		for _, e := range events() {
			if e.Kind != media.OneWay && e.Kind != media.BothWays {
				s = append(s, e.Kind)
			}
		}
		return s
	}
	same := func(when string, want ...media.EventKind) {
		t.Helper()
		got := list()
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Fatalf("%s: events %v, want %v", when, got, want)
			}
		}
	}
	f.Mute(true)
	w.Run(4800 * time.Millisecond)
	same("just before", media.Connected)
	w.Run(400 * time.Millisecond)
	same("after the timeout", media.Connected, media.Lost)
	w.Run(10 * time.Second)
	f.Mute(false)
	w.Run(time.Second)
	same("media again", media.Connected, media.Lost, media.Back)
	hold := f.Negotiated()
	hold.Receive = false
	a.Negotiate(hold)
	f.Mute(true)
	w.Run(time.Minute)
	same("on hold", media.Connected, media.Lost, media.Back)
	a.Negotiate(f.Negotiated())
	w.Run(4 * time.Second)
	same("un-hold", media.Connected, media.Lost, media.Back)
	w.Run(2 * time.Second)
	same("un-hold, and still nothing", media.Connected, media.Lost, media.Back, media.Lost)
}

// A trunk that never sends is lost as well; a codec that we can't do is a failure.
func TestNeverConnected(t *testing.T) {
	w := mediatest.New(t, nil)
	room, events := w.Room()
	_, f := w.Join(room, codec.PCMU)
	f.Mute(true)
	w.Run(31 * time.Second)
	if got := events(); len(got) != 2 || got[0].Kind != media.OneWay || got[1].Kind != media.Lost {
		t.Errorf("%+v", got)
	}
	e, err := room.AddRTP(netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	n := f.Negotiated()
	n.Format.Codec = codec.CN
	e.Negotiate(n)
	w.Run(time.Second)
	if got := kinds(events(), media.Failed); len(got) != 1 || got[0].Endpoint != e.ID() || got[0].Why == nil {
		t.Errorf("%+v", got)
	}
}
