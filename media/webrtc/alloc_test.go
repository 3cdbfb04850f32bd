package webrtc

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// replay is a socket that hands out prepared datagrams without allocating.
type replay struct {
	*memory
	queue [][]byte
	from  netip.AddrPort
}

func (s *replay) Recv(b []byte) (int, netip.AddrPort, error) {
	if len(s.queue) == 0 {
		return s.memory.Recv(b)
	}
	p := s.queue[0]
	s.queue = s.queue[1:]
	return copy(b, p), s.from, nil
}

func (s *replay) Send([]byte, netip.AddrPort) error { return nil }

func TestNoAllocationPerPacket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		b := w.browser("127.0.0.1:9000")
		tr := w.mux.Add()
		b.connect(tr)
		w.stop()
		<-w.done
		const runs = 500
		sock := &replay{memory: w.sock, from: b.addr}
		for seq := range uint16(runs + 2) {
			sealed, err := b.out.EncryptRTP(nil, packet(seq, 7), nil)
			if err != nil {
				t.Fatal(err)
			}
			sock.queue = append(sock.queue, sealed)
		}
		w.mux.sock = sock
		b.conn.Close() //nolint:errcheck // its goroutines would be counted
		got, now := 0, time.Now().UnixNano()
		deliver := func(*Transport, []byte) { got++ }
		first := sock.queue[0]
		w.mux.input(now, append([]byte(nil), first...), path{addr: b.addr}, deliver)
		sock.queue = sock.queue[1:]
		buf := make([]byte, 2048)
		if n := testing.AllocsPerRun(runs, func() {
			n, from, _ := sock.Recv(buf)
			w.mux.input(now, buf[:n], path{addr: from}, deliver)
		}); n != 0 {
			t.Errorf("%v allocations per packet received", n)
		}
		if got != runs+2 {
			t.Errorf("%d delivered", got)
		}
		out := packet(1, 3)
		if n := testing.AllocsPerRun(runs, func() {
			out[3]++
			if err := tr.Send(out); err != nil {
				t.Error(err)
			}
		}); n != 0 {
			t.Errorf("%v allocations per packet sent", n)
		}
		report := append([]byte{0x80, 200, 0, 6, 0, 0, 0, 3}, make([]byte, 20)...)
		if n := testing.AllocsPerRun(runs, func() {
			if err := tr.SendRTCP(report); err != nil {
				t.Error(err)
			}
		}); n > 1 { // the GCM of pion/srtp makes one; reports are rare
			t.Errorf("%v allocations per report sent", n)
		}
		sock.queue = nil
		for range runs + 2 {
			sealed, err := b.out.EncryptRTCP(nil, report, nil)
			if err != nil {
				t.Fatal(err)
			}
			sock.queue = append(sock.queue, sealed)
		}
		w.mux.input(now, append([]byte(nil), sock.queue[0]...), path{addr: b.addr}, deliver)
		sock.queue = sock.queue[1:]
		if n := testing.AllocsPerRun(runs, func() {
			n, from, _ := sock.Recv(buf)
			w.mux.input(now, buf[:n], path{addr: from}, deliver)
		}); n > 1 {
			t.Errorf("%v allocations per report received", n)
		}
		if n := testing.AllocsPerRun(runs, func() { w.mux.Tick(now) }); n != 0 {
			t.Errorf("%v allocations per tick", n)
		}
		b.cancelled()
		w.mux.Close()
	})
}
