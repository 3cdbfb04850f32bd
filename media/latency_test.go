package media_test

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/codec"
	"mediasrv/media/mediatest"
	"mediasrv/media/rtp"
)

// BenchmarkLatency is how long a packet takes through an engine that runs: the pump's share of the delay of a relay, with little to do.
func BenchmarkLatency(b *testing.B) {
	e, err := media.New(media.Config{Workers: 1, Bind: netip.MustParseAddr("127.0.0.1"), PortMin: 19000, PortMax: 19100})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	var group sync.WaitGroup
	group.Go(func() { _ = e.Run(ctx) })
	defer group.Wait()
	defer cancel()
	room, err := e.Open(nil)
	if err != nil {
		b.Fatal(err)
	}
	var socks [2]rtp.Socket
	var to [2]netip.AddrPort
	var ids []media.EndpointID
	for i := range socks {
		end, err := room.AddRTP(netip.Addr{})
		if err != nil {
			b.Fatal(err)
		}
		if socks[i], err = rtp.ListenUDP(netip.MustParseAddrPort("127.0.0.1:0")); err != nil {
			b.Fatal(err)
		}
		n := mediatest.Negotiated(codec.PCMU)
		n.Remote, n.Mux = socks[i].Local(), true
		end.Negotiate(n)
		to[i], ids = end.Local().Addr, append(ids, end.ID())
	}
	room.Set(talk(ids...))
	var packet, buf [172]byte
	var took []time.Duration
	sent := 0
	for b.Loop() {
		time.Sleep(20 * time.Millisecond)
		for {
			if _, _, err := socks[1].Recv(buf[:]); err != nil {
				break
			}
		}
		start := time.Now()
		for i, s := range socks {
			rtp.Write(packet[:], rtp.Header{SSRC: uint32(i + 1), Seq: uint16(sent), Timestamp: uint32(sent * 160)})
			_ = s.Send(packet[:], to[i])
		}
		sent++
		for time.Since(start) < 15*time.Millisecond {
			if n, _, err := socks[1].Recv(buf[:]); err == nil && n == len(packet) {
				took = append(took, time.Since(start))
				break
			}
		}
	}
	if len(took) == 0 {
		b.Fatal("nothing came")
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
	b.ReportMetric(0, "ns/op")
}
