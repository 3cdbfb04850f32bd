package webrtc

import (
	"log/slog"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"mediasrv/media/rtp"
)

// Checks with wrong passwords for a ufrag that exists, from many addresses: the leg goes on, nothing is answered, and nothing is remembered.
func TestWrongPasswordsFlood(t *testing.T) {
	bubble(t, func(w *world, b *browser) {
		t := w.t
		tr := w.mux.Add()
		b.connect(tr)
		stranger := w.browser("10.0.0.66:1")
		defer stranger.close()
		answered := 0
		w.sock.join(stranger.addr, func([]byte) { answered++ })
		bad := request(tr.Local().Ufrag, "wrong", nominate())
		for round := range uint16(20) {
			for i := range 500 {
				w.sock.put(bad, netip.AddrPortFrom(stranger.addr.Addr(), uint16(1+i)))
			}
			b.say(round, 7)
			w.settle(20 * time.Millisecond)
		}
		if s := w.mux.Stats(); s.Refused != 20*500 || len(w.got) != 20 || answered != 0 || len(w.mux.sources) != 1 {
			t.Fatalf("%+v, %d delivered, %d answered, %d sources", s, len(w.got), answered, len(w.mux.sources))
		}
		if tr.target.addr != b.addr {
			t.Fatal("media goes to", tr.target)
		}
	})
}

// Two hundred legs by TCP over the kernel, and no descriptor is left when they are gone.
func TestDescriptorsAfterManyLegs(t *testing.T) {
	open := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip(err)
		}
		return len(list)
	}
	cert, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	before := open()
	sock, err := rtp.ListenShared(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	m := NewMux(sock, cert, Config{}, slog.New(slog.DiscardHandler))
	if err := m.ListenTCP(); err != nil {
		t.Fatal(err)
	}
	if m.tcp.port() != sock.Local().Port() {
		t.Log("the port's number wasn't free for TCP")
	}
	var conns []net.Conn
	for range 200 {
		tr := m.Add()
		c, err := net.Dial("tcp", netip.AddrPortFrom(sock.Local().Addr(), m.tcp.port()).String())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
		if _, err := c.Write(framed(request(tr.Local().Ufrag, tr.Local().Pwd, nominate()))); err != nil {
			t.Fatal(err)
		}
		answer := make(chan error, 1)
		go func() {
			_, err := newFramer(c).next(make([]byte, maxFrame))
			answer <- err
		}()
		for waiting := true; waiting; {
			m.Drain(time.Now().UnixNano(), func(*Transport, []byte) {})
			select {
			case err := <-answer:
				if err != nil {
					t.Fatal(err)
				}
				waiting = false
			default:
			}
		}
		m.Tick(time.Now().UnixNano())
		if len(conns)%2 == 0 { // half of them go themselves, half are closed with the mux
			tr.Close()
		}
	}
	if n := open(); n < before+200 {
		t.Fatal(n, "descriptors only: the test proves nothing")
	}
	m.Close()
	for _, c := range conns {
		_ = c.Close()
	}
	if err := sock.Close(); err != nil {
		t.Fatal(err)
	}
	if after := open(); after > before+2 { // the runtime's poller may have come
		t.Errorf("%d descriptors, %d before", after, before)
	}
}
