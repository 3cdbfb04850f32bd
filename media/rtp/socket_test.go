package rtp

import (
	"errors"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func loopback(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
}

func open(t *testing.T, listen Listen, addr netip.AddrPort) Socket {
	t.Helper()
	s, err := listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestSockets(t *testing.T) {
	var network Network
	for name, c := range map[string]struct {
		listen Listen
		addr   netip.AddrPort
	}{
		"UDP": {ListenUDP, loopback(0)}, "UDP over IPv6": {ListenShared, netip.MustParseAddrPort("[::1]:0")}, "memory": {network.Listen, loopback(0)},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := open(t, c.listen, c.addr), open(t, c.listen, c.addr)
			buf := make([]byte, 1500)
			if _, _, err := a.Recv(buf); !errors.Is(err, ErrWouldBlock) {
				t.Errorf("empty socket: %v", err)
			}
			if err := b.Send([]byte("hello"), a.Local()); err != nil {
				t.Fatal(err)
			}
			n, from, err := a.Recv(buf)
			if err != nil || string(buf[:n]) != "hello" || from != b.Local() {
				t.Errorf("%q from %v, %v", buf[:n], from, err)
			}
			if _, err := c.listen(a.Local()); !errors.Is(err, syscall.EADDRINUSE) {
				t.Errorf("a port in use: %v", err)
			}
			packet := make([]byte, 172)
			if n := testing.AllocsPerRun(100, func() {
				_ = b.Send(packet, a.Local())
				_, _, _ = a.Recv(buf)
				_, _, _ = a.Recv(buf)
			}); n != 0 {
				t.Errorf("%v allocations", n)
			}
			for range 2 {
				if err := a.Close(); err != nil {
					t.Error(err)
				}
			}
			if _, _, err := a.Recv(buf); !errors.Is(err, ErrClosed) {
				t.Errorf("closed: %v", err)
			}
		})
	}
}

func TestPoller(t *testing.T) {
	p, err := NewPoller()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	a, b := open(t, ListenUDP, loopback(0)).(*UDP), open(t, ListenUDP, loopback(0)).(*UDP)
	if err := errors.Join(p.Add(a.FD(), 7), p.Add(b.FD(), 8)); err != nil {
		t.Fatal(err)
	}
	var got []int32
	ready := func(key int32) { got = append(got, key) }
	if n := p.Wait(ready); n != 0 {
		t.Errorf("%d ready", n)
	}
	_ = a.Send([]byte("x"), b.Local())
	if p.Wait(ready); len(got) != 1 || got[0] != 8 {
		t.Errorf("ready: %v", got)
	}
	p.Remove(b.FD())
	if n := p.Wait(ready); n != 0 {
		t.Errorf("%d ready after Remove", n)
	}
	if n := testing.AllocsPerRun(100, func() { p.Wait(ready) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestPorts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var network Network
		if _, err := network.Listen(loopback(20002)); err != nil { // another program
			t.Fatal(err)
		}
		ports, err := NewPorts(20000, 20007, 0)
		if err != nil {
			t.Fatal(err)
		}
		var open []Socket
		for _, want := range []uint16{20000, 20004, 20006} {
			s, err := ports.Open(network.Listen, loopback(0).Addr())
			if err != nil || s.Local().Port() != want {
				t.Fatalf("%v, %v, want %d", s, err, want)
			}
			open = append(open, s)
		}
		if _, err := ports.Open(network.Listen, loopback(0).Addr()); !errors.Is(err, ErrNoPort) {
			t.Fatalf("a fourth port: %v", err)
		}
		_ = open[1].Close()
		ports.Release(20004)
		time.Sleep(29 * time.Second)
		if _, err := ports.Open(network.Listen, loopback(0).Addr()); !errors.Is(err, ErrNoPort) {
			t.Fatalf("a port that still rests: %v", err)
		}
		time.Sleep(2 * time.Second)
		if s, err := ports.Open(network.Listen, loopback(0).Addr()); err != nil || s.Local().Port() != 20004 {
			t.Fatalf("%v, %v", s, err)
		}
	})
}

// A port rests as long as is said.
func TestPortsRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var network Network
		ports, err := NewPorts(20000, 20001, 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		s := open(t, func(a netip.AddrPort) (Socket, error) { return ports.Open(network.Listen, a.Addr()) }, loopback(0))
		_ = s.Close()
		ports.Release(20000)
		time.Sleep(9 * time.Second)
		if _, err := ports.Open(network.Listen, loopback(0).Addr()); !errors.Is(err, ErrNoPort) {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if _, err := ports.Open(network.Listen, loopback(0).Addr()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPortsRange(t *testing.T) {
	for _, c := range [][2]uint16{{20001, 20010}, {20010, 20000}, {0, 10}} {
		if _, err := NewPorts(c[0], c[1], 0); err == nil {
			t.Errorf("%v is accepted", c)
		}
	}
	var network Network
	p, err := NewPorts(65534, 65535, 0)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := p.Open(network.Listen, loopback(0).Addr()); err != nil || s.Local().Port() != 65534 {
		t.Errorf("%v, %v", s, err)
	}
}

// The range is in use entirely, and what fails otherwise is said.
func TestPortsFail(t *testing.T) {
	broken := errors.New("broken")
	p, err := NewPorts(20000, 20010, 0)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := p.Open(func(netip.AddrPort) (Socket, error) { return nil, broken }, loopback(0).Addr()); !errors.Is(err, broken) {
			t.Fatal(err)
		}
	}
}

// A range that was found to be used up gives its ports as soon as they have rested, and those that couldn't be opened at once.
func TestPortsAfterExhaustion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var network Network
		ports, err := NewPorts(20000, 20003, 0)
		if err != nil {
			t.Fatal(err)
		}
		none := func() {
			t.Helper()
			if s, err := ports.Open(network.Listen, loopback(0).Addr()); !errors.Is(err, ErrNoPort) {
				t.Fatalf("%v, %v", s, err)
			}
		}
		for i := range 2 {
			s := open(t, func(a netip.AddrPort) (Socket, error) { return ports.Open(network.Listen, a.Addr()) }, loopback(0))
			_ = s.Close()
			ports.Release(s.Local().Port())
			time.Sleep(time.Duration(10-5*i) * time.Second)
		}
		none()
		time.Sleep(14 * time.Second)
		none()
		time.Sleep(time.Second)
		first, err := ports.Open(network.Listen, loopback(0).Addr())
		if err != nil || first.Local().Port() != 20000 {
			t.Fatalf("30 s after its end: %v, %v", first, err)
		}
		none()
		time.Sleep(10 * time.Second)
		broken := errors.New("broken")
		if _, err := ports.Open(func(netip.AddrPort) (Socket, error) { none(); return nil, broken }, loopback(0).Addr()); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if _, err := ports.Open(network.Listen, loopback(0).Addr()); err != nil {
			t.Errorf("a port that couldn't be opened before: %v", err)
		}
	})
}
