package media_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

// controlPeer is a far end that speaks with itself what is wanted of RTCP: where it goes, where it comes from, whether it is sealed.
type controlPeer struct {
	t             *testing.T
	w             *mediatest.World
	media, beside rtp.Socket // the same with mux
	guard         rtp.Protector
	reports       rtp.Reports
	sent          int
	got           []netip.AddrPort // where reports came from
	byes          int
}

func (p *controlPeer) open(b []byte) []byte {
	if p.guard == nil {
		return b
	}
	plain, err := p.guard.UnprotectRTCP(b)
	if err != nil {
		p.t.Error(err)
	}
	return plain
}

// hear takes a packet of media.
func (p *controlPeer) hear(b []byte) {
	var err error
	if p.guard != nil {
		if b, err = p.guard.Unprotect(b); err != nil {
			p.t.Error(err)
			return
		}
	}
	h, payload, err := rtp.Parse(b)
	if err != nil {
		p.t.Error(err)
	}
	p.reports.Received(h, len(payload), p.w.Now.UnixNano())
	p.reports.Quality(p.w.Now.UnixNano())
}

// step is 20 ms: it sends a packet to an endpoint, its own report to where that is to go, and reads what came.
func (p *controlPeer) step(to, control netip.AddrPort) {
	var b [200]byte
	h := rtp.Header{SSRC: 0xfa0, Seq: uint16(p.sent), Timestamp: uint32(160 * p.sent)}
	rtp.Write(b[:], h)
	p.sent++
	packet := b[:172]
	if p.guard != nil {
		packet, _ = p.guard.Protect(b[:172], 28)
	}
	_ = p.media.Send(packet, to)
	now := p.w.Now.UnixNano()
	p.reports.Sent(h, 160, now)
	var report [rtp.MaxControl + 40]byte
	if r := p.reports.Make(now, report[:0:rtp.MaxControl]); r != nil {
		if p.guard != nil {
			r, _ = p.guard.ProtectRTCP(r, 40)
		}
		_ = p.beside.Send(r, control)
	}
	p.w.Run(20 * time.Millisecond)
	for _, s := range []rtp.Socket{p.media, p.beside} {
		var in [1500]byte
		for {
			n, from, err := s.Recv(in[:])
			if err != nil {
				break
			}
			if !rtp.IsRTCP(in[:n]) {
				p.hear(in[:n])
				continue
			}
			if s == p.beside {
				p.got = append(p.got, from)
				plain := p.open(in[:n])
				if plain[len(plain)-7] == 203 { // BYE, of one source, comes last
					p.byes++
				}
				if err := p.reports.Take(plain, p.w.Now.UnixNano()); err != nil {
					p.t.Error(err)
				}
			} else {
				p.t.Error("a report came to the port for media")
			}
		}
	}
}

// RTCP goes both ways: on the port behind RTP's, on the one that SDP named, on RTP's own; plain and sealed. Strangers' counts for nothing.
func TestControl(t *testing.T) {
	for _, c := range []struct{ mux, named, sealed bool }{{}, {named: true}, {mux: true}, {sealed: true}, {mux: true, sealed: true}} {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			w := mediatest.New(t, nil)
			room, _ := w.Room()
			e, err := room.AddRTP(netip.Addr{})
			if err != nil {
				t.Fatal(err)
			}
			listen := func(port uint16) rtp.Socket {
				s, err := w.Network.Listen(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port))
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			p := &controlPeer{t: t, w: w, media: listen(4000)}
			p.reports.SSRC = 0xfa0
			p.reports.Expect(0, 8000, 8000, rtp.ModelOf(codec.PCMU))
			n := mediatest.Negotiated(codec.PCMU)
			n.Remote, n.Mux = p.media.Local(), c.mux
			control := e.Local().Addr
			switch {
			case c.mux:
				p.beside = p.media
			case c.named:
				p.beside = listen(5555)
				n.RTCP = p.beside.Local()
			default:
				p.beside = listen(4001)
			}
			if !c.mux {
				control = netip.AddrPortFrom(control.Addr(), control.Port()+1)
			}
			if c.sealed {
				n.SendKey, n.ReceiveKey = rigKey(), rigKey()
				if p.guard, err = rtp.NewSDES(*rigKey(), *rigKey()); err != nil {
					t.Fatal(err)
				}
			}
			e.Negotiate(n)
			for range 600 {
				p.step(e.Local().Addr, control)
			}
			if len(p.got) < 2 || len(p.got) > 6 {
				t.Errorf("%d reports came in 12 s", len(p.got))
			}
			for _, from := range p.got {
				if from != control {
					t.Errorf("a report came from %v, want %v", from, control)
				}
			}
			s, q := w.Engine.Stats(), e.Quality()
			if s.ControlIn < 2 || q.Reports == 0 || dropped(s) != "" {
				t.Errorf("%d reports of the peer were taken, %d about what it hears; dropped: %s", s.ControlIn, q.Reports, dropped(s))
			}
			if far := p.reports.Quality(w.Now.UnixNano()); far.Reports == 0 || far.RTT == 0 {
				t.Errorf("what the peer learned: %+v", far)
			}
			bye := []byte{0x81, 203, 0, 1, 0, 0, 0x0f, 0xa0}
			_ = p.media.(*rtp.MemorySocket).SendAs(bye, netip.MustParseAddrPort("203.0.113.1:9"), control)
			w.Run(20 * time.Millisecond)
			if got := w.Engine.Stats(); got.ControlIn != s.ControlIn || got.Dropped["control"] != 1 {
				t.Errorf("a stranger's report: %+v", got)
			}
			if p.byes != 0 {
				t.Errorf("%d good-byes before the end", p.byes)
			}
			e.Close()
			p.step(netip.MustParseAddrPort("127.0.0.1:1"), control)
			if p.byes != 1 {
				t.Errorf("%d good-byes came at the end", p.byes)
			}
		})
	}
}

// Opus carries copies of what was said before while the peer reports loss, and none on a good line: at a fixed rate they cost quality.
func TestOpusRepairsByReportedLoss(t *testing.T) {
	w := mediatest.New(t, nil)
	room, _ := w.Room()
	a, err := room.AddRTP(netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	sock, err := w.Network.Listen(netip.MustParseAddrPort("127.0.0.1:4000"))
	if err != nil {
		t.Fatal(err)
	}
	n := mediatest.Negotiated(codec.Opus)
	n.Remote, n.Mux = sock.Local(), true
	a.Negotiate(n)
	b, fb := w.Join(room, codec.PCMU)
	fb.Say(440)
	room.Set(talk(a.ID(), b.ID()))
	var peer rtp.Reports
	peer.SSRC = 0xbbb
	peer.Expect(111, 48000, 48000, rtp.ModelOf(codec.Opus))
	_ = sock.Send(append([]byte{0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0x0b, 0xbb}, 0xf8, 0xff, 0xfe), a.Local().Addr)
	// copies counts packets with a copy in 12 s in which the peer loses one in so many: SILK's LBRR flag is behind its VAD flag (RFC 6716, 4.2.3).
	copies := func(oneIn uint16) (n, all int) {
		for i := range 600 {
			fb.Say([]float64{440, 0, 700, 0}[i/6%4]) // lively, as speech is: the codec copies nothing else
			w.Run(20 * time.Millisecond)
			now := w.Now.UnixNano()
			var in [1500]byte
			for {
				size, _, err := sock.Recv(in[:])
				if err != nil {
					break
				}
				h, payload, err := rtp.Parse(in[:size])
				if err != nil || rtp.IsRTCP(in[:size]) || len(payload) < 2 {
					continue
				}
				if all++; payload[0]>>3 < 12 && payload[1]&0x40 != 0 {
					n++
				}
				if oneIn == 0 || h.Seq%oneIn != 0 {
					peer.Received(h, len(payload), now)
				}
			}
			if r := peer.Make(now, make([]byte, 0, rtp.MaxControl)); r != nil {
				_ = sock.Send(r, a.Local().Addr)
			}
		}
		return n, all
	}
	if n, all := copies(0); n != 0 || all < 590 {
		t.Errorf("a good line: %d of %d packets have copies", n, all)
	}
	if n, all := copies(5); n < 30 {
		t.Errorf("every fifth lost: %d of %d packets have copies", n, all)
	}
	copies(0)
	if n, all := copies(0); n != 0 {
		t.Errorf("a good line again: %d of %d packets have copies", n, all)
	}
}
