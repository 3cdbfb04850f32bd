package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/sip/trunk"
)

// guarded is the file of tests with a ban after three failures and a trunk with limits, without one that all addresses of this machine belong to.
func guarded() *config.Config {
	file := testFile()
	file.Ban = config.Ban{Failures: 3, Within: 10 * time.Minute, For: time.Hour}
	return file
}

// guess tries to log in as the desk phone with a wrong password.
func (g *rig) guess(source, id string) {
	g.t.Helper()
	g.send(source, register(source, id, 1, "", ""))
	ch := g.one("SIP/2.0 401")
	g.send(source, register(source, id, 2, answerTo(ch.headers("WWW-Authenticate"), "REGISTER", "sip:mediasrv", "chenphone", "wrong"), ""))
	g.got()
}

// Repeated failed logins ban an address for a time: it gets silence, others don't.
func TestBan(t *testing.T) {
	runBubble(t, guarded(), func(g *rig) {
		for i := range 3 {
			g.guess(strangeAddr, fmt.Sprint("guess", i))
		}
		g.send("203.0.113.9:7777", register("203.0.113.9:7777", "again", 1, "", ""))
		g.none()
		g.phone() // from another address
		if st := g.stack.Stats(); st.Banned != 1 || st.Bans != 1 || st.FailedLogins != 3 || st.Dropped == 0 {
			t.Errorf("%+v", st)
		}
		time.Sleep(time.Hour)
		g.got()
		g.send(strangeAddr, register(strangeAddr, "later", 1, "", ""))
		g.one("SIP/2.0 401")
	})
}

// Who guesses in another's name bans nobody: the nonce is not for its address.
func TestNobodyIsBannedInAnothersName(t *testing.T) {
	runBubble(t, guarded(), func(g *rig) {
		g.send(strangeAddr, register(strangeAddr, "mine", 1, "", ""))
		nonce := g.one("SIP/2.0 401").headers("WWW-Authenticate")
		for i := range 10 {
			login := answerTo(nonce, "REGISTER", "sip:mediasrv", []string{"chenphone", "nobody"}[i%2], "wrong")
			g.send(phoneAddr, register(phoneAddr, fmt.Sprint("forged", i), 2, login, ""))
			g.got()
		}
		g.phone()
	})
}

// A trunk's address is never banned.
func TestTrunksAreNeverBanned(t *testing.T) {
	runBubble(t, guarded(), func(g *rig) {
		for i := range 10 {
			g.guess(carrierAddr, fmt.Sprint("guess", i))
		}
		g.send(carrierAddr, ask{method: "OPTIONS", callID: "o"}.String())
		g.one("SIP/2.0 200")
	})
}

// A good login forgives the bad ones before it.
func TestGoodLoginForgives(t *testing.T) {
	runBubble(t, guarded(), func(g *rig) {
		g.guess(phoneAddr, "a")
		g.guess(phoneAddr, "b")
		g.phone()
		g.guess(phoneAddr, "c")
		g.send(phoneAddr, register(phoneAddr, "d", 1, "", ""))
		g.one("SIP/2.0 401")
	})
}

// A ban also ends the connections of the address.
func TestBanClosesConnections(t *testing.T) {
	overTCP(t, guarded(), func(g *tcp) {
		idle, p := g.connect("203.0.113.9:1"), g.connect("203.0.113.9:2")
		for i := range 3 {
			msg := func(seq int, login string) string {
				return strings.Replace(register("203.0.113.9:2", fmt.Sprint("t", i), seq, login, ""), "SIP/2.0/UDP", "SIP/2.0/TCP", 1)
			}
			p.send(msg(1, ""))
			ch := p.one("SIP/2.0 401")
			p.send(msg(2, answerTo(ch.headers("WWW-Authenticate"), "REGISTER", "sip:mediasrv", "chenphone", "wrong")))
			p.messages()
		}
		if !p.gone() || !idle.gone() {
			t.Error("still open:", !p.gone(), !idle.gone())
		}
		if q := g.connect("203.0.113.9:3"); true {
			q.send(strings.Replace(register("203.0.113.9:3", "u", 1, "", ""), "SIP/2.0/UDP", "SIP/2.0/TCP", 1))
			if q.text() != "" || !q.gone() {
				t.Error("a banned address is answered:", q.text())
			}
		}
	})
}

// A stranger who knows a user's name gets so many challenges a second; others get theirs.
func TestFloodOfOneStranger(t *testing.T) {
	runBubble(t, guarded(), func(g *rig) {
		for i := range 5000 { // in no time
			g.net.in <- datagram{data: []byte(register(strangeAddr, fmt.Sprint("flood", i), 1, "", "")), addr: net.UDPAddrFromAddrPort(netip.MustParseAddrPort(strangeAddr))}
			if i%100 == 0 {
				synctest.Wait()
			}
		}
		synctest.Wait()
		challenges := len(g.got())
		if challenges < 1 || challenges > strangerPerSecond {
			t.Errorf("%d challenges to a flood, want at most %d", challenges, strangerPerSecond)
		}
		g.phone()
		if n := g.stack.table.Live(); n > 100 {
			t.Errorf("%d Call-IDs live", n)
		}
		time.Sleep(time.Minute)
	})
}

// Of a trunk's flood of INVITEs those over its calls per second get 503 with Retry-After, and another trunk's calls come through.
func TestFloodOfATrunk(t *testing.T) {
	file := testFile()
	file.Trunks["office"].Addresses = []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}
	file.Trunks["office"].MaxRate = 10
	file.Trunks["second"] = &config.Trunk{Name: "second", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.3/32")}, Inbound: true}
	runBubble(t, file, func(g *rig) {
		refused, taken := 0, 0
		for i := range 300 {
			g.send(carrierAddr, ask{method: "INVITE", callID: fmt.Sprint("f", i), body: desc(1, "sendrecv", "")}.String())
			for _, m := range g.got() {
				switch {
				case strings.HasPrefix(m.text, "SIP/2.0 503") && m.header("Retry-After") == "1":
					refused++
					g.send(carrierAddr, ask{method: "ACK", callID: fmt.Sprint("f", i), branch: "z9hG4bK-INVITE-0", to: m.header("To")}.String())
				case strings.HasPrefix(m.text, "SIP/2.0 100"):
					taken++
				default:
					t.Fatal(m.text)
				}
			}
		}
		if taken != 10 || refused != 290 {
			t.Errorf("taken %d, refused %d", taken, refused)
		}
		g.send("127.0.0.3:5070", ask{method: "INVITE", callID: "other", source: "127.0.0.3:5070", body: desc(1, "sendrecv", "")}.String())
		g.find("SIP/2.0 100")
		if g.stack.Stats().Refused != 290 {
			t.Errorf("%+v", g.stack.Stats())
		}
	})
}

// A server that is too slow to answer in time refuses new calls with 503 and Retry-After.
func TestOverload(t *testing.T) {
	inBubble(t, func(g *rig) {
		q := g.stack.table.Hold("call1")
		stop := make(chan struct{})
		q.Do(func() { <-stop }) // busy
		g.send(carrierAddr, ask{method: "INVITE", body: desc(1, "sendrecv", "")}.String())
		time.Sleep(1100 * time.Millisecond)
		close(stop)
		q.Release()
		if m := g.one("SIP/2.0 503"); m.header("Retry-After") != "10" {
			t.Error(m.text)
		}
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-INVITE-0"}.String())
	})
}

// Calls of the whole server are limited, too.
func TestServerFull(t *testing.T) {
	file := testFile()
	file.Limits.Calls = 1
	runBubble(t, file, func(g *rig) {
		g.talk()
		g.send(carrierAddr, ask{method: "INVITE", callID: "c2", body: desc(1, "sendrecv", "")}.String())
		if m := g.one("SIP/2.0 503"); m.header("Retry-After") != fmt.Sprint(trunk.ServerFull.RetryAfter()) {
			t.Error(m.text)
		}
		g.send(carrierAddr, ask{method: "ACK", callID: "c2", branch: "z9hG4bK-INVITE-0"}.String())
	})
}

// An INVITE of ours that comes back to us, by whatever way, is a loop.
func TestCallThatComesBack(t *testing.T) {
	inBubble(t, func(g *rig) {
		if _, err := g.stack.Call(t.Context(), CallOptions{URI: "sip:1@" + carrierAddr, From: "2"}, &fakeRoom{}, g.sink); err != nil {
			t.Fatal(err)
		}
		inv := g.one("INVITE")
		back := strings.Replace(ask{method: "INVITE", callID: "other-id", body: desc(1, "sendrecv", "")}.String(), "From:", "Via: "+inv.header("Via")+"\r\nFrom:", 1)
		g.send(carrierAddr, back)
		g.one("SIP/2.0 482")
		g.send(carrierAddr, ask{method: "ACK", callID: "other-id", branch: "z9hG4bK-INVITE-0"}.String())
		g.send(carrierAddr, reply(inv, "486 Busy Here", "a", "", ""))
		g.one("ACK")
	})
}

// Compact forms and folded lines are read as the long ones (RFC 3261, 7.3.1 and 7.3.3).
func TestCompactAndFolded(t *testing.T) {
	inBubble(t, func(g *rig) {
		msg := strings.NewReplacer("Via:", "v:", "From:", "f:", "To:", "t:", "Call-ID:", "i:", "Contact:", "m:", "Content-Length:", "l:", "Content-Type:", "c:",
			";tag=ft", "\r\n\t;tag=ft", "CSeq: 1 INVITE", "CSeq:\r\n 1\r\n  INVITE").Replace(ask{method: "INVITE", body: desc(1, "sendrecv", "")}.String())
		g.send(carrierAddr, msg)
		g.one("SIP/2.0 100")
		_ = g.leg(0).Answer()
		if ok := g.one("SIP/2.0 200"); !strings.Contains(ok.header("From"), ";tag=ft") || ok.header("CSeq") != "1 INVITE" {
			t.Error(ok.text)
		}
	})
}

// While one address floods us with garbage, INVITEs and REGISTERs over a real socket, another one's requests are answered.
func TestFloodOverRealSockets(t *testing.T) {
	file := guarded()
	file.Trunks["office"].Addresses = []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{File: file, Packets: []net.PacketConn{pc}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	defer func() { cancel(); <-done }()
	from := func(ip string) *net.UDPConn {
		c, err := net.DialUDP("udp", &net.UDPAddr{IP: net.ParseIP(ip)}, pc.LocalAddr().(*net.UDPAddr)) //nolint:forcetypeassert,errcheck // it is one
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	bad, good := from("127.0.0.9"), from("127.0.0.2")
	defer bad.Close()
	defer good.Close()
	stop := make(chan struct{})
	flooded := make(chan struct{})
	var sent atomic.Int64
	go func() {
		defer close(flooded)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			for _, m := range []string{
				"garbage", strings.Repeat("\x00\xff", 600), register("127.0.0.9:5060", fmt.Sprint("r", i), 1, "", ""),
				ask{method: "INVITE", callID: fmt.Sprint("i", i), from: "<sip:chenphone@x>;tag=1", body: desc(1, "sendrecv", "")}.String(),
			} {
				_, _ = bad.Write([]byte(m))
				sent.Add(1)
			}
		}
	}()
	buf := make([]byte, 4000)
	answered := 0
	for i := range 100 {
		msg := []byte(ask{method: "OPTIONS", callID: fmt.Sprint("o", i), source: good.LocalAddr().String()}.String())
		for range 10 { // UDP loses: it is repeated as RFC 3261 has it
			_, _ = good.Write(msg)
			_ = good.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
			if n, err := good.Read(buf); err == nil && strings.HasPrefix(string(buf[:n]), "SIP/2.0 200") {
				answered++
				break
			}
		}
	}
	close(stop)
	<-flooded
	if answered != 100 {
		t.Errorf("%d of 100 requests were answered beside a flood of %d messages", answered, sent.Load())
	}
	if n := s.table.Live(); n > 300 {
		t.Errorf("%d Call-IDs live after the flood", n)
	}
	t.Logf("flood: %d messages, dropped unread %d", sent.Load(), s.Stats().Dropped)
}
