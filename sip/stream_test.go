package sip

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing"
	"mediasrv/routing/fact"
)

const carrierTCP = "127.0.0.2:33000"

func tcpAsk(a ask) string {
	if a.via == "" {
		a.via = "TCP 127.0.0.2:5070"
	}
	if a.contact == "" {
		a.contact = "<sip:carrier@127.0.0.2:5070;transport=tcp>"
	}
	return a.String()
}

func ackOf(ok message) string {
	return tcpAsk(ask{method: "ACK", branch: "z9hG4bK-ack", to: ok.header("To")})
}

// answered makes a call over a connection that is up.
func (g *tcp) answered(p *peerTCP) message {
	g.t.Helper()
	p.send(tcpAsk(ask{method: "INVITE", body: desc(1, "sendrecv", "")}))
	p.one("SIP/2.0 100")
	_ = g.leg(0).Answer()
	ok := p.one("SIP/2.0 200")
	p.send(ackOf(ok))
	g.wantEvents("answered")
	return ok
}

// RFC 3261, 18.3: messages come in pieces, and many in one segment; they are answered in order.
func TestMessagesInPiecesAndMany(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		p := g.connect(carrierTCP)
		var all strings.Builder
		const n = 50
		for i := range n {
			all.WriteString(tcpAsk(ask{method: "OPTIONS", callID: fmt.Sprint("o", i), seq: i + 1}))
		}
		text := all.String()
		p.send(text[:10], text[10:1500], text[1500:1501], text[1501:])
		got := p.messages()
		if len(got) != n {
			t.Fatalf("%d answers to %d requests", len(got), n)
		}
		for _, m := range got {
			if !strings.HasPrefix(m.text, "SIP/2.0 200") {
				t.Error(m.start())
			}
		}
	})
}

// RFC 5626, 3.5.1 and 4.4.1: a ping is answered with a pong; on connections that we opened we ping, and let go of a peer that has answered
// before and answers no more.
func TestKeepAliveOfStreams(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		p := g.connect(carrierTCP)
		p.send("\r\n\r\n")
		if got := p.text(); got != "\r\n" {
			t.Errorf("pong: %q", got)
		}
		_, err := g.stack.Call(t.Context(), CallOptions{URI: "sip:1@127.0.0.2:5070;transport=tcp", From: "2"}, &fakeRoom{}, g.sink)
		if err != nil {
			t.Fatal(err)
		}
		q := g.called()
		inv := q.one("INVITE")
		q.send(reply(inv, "100 Trying", "", "", ""))
		time.Sleep(31 * time.Second)
		if got := q.text(); got != "\r\n\r\n" {
			t.Fatalf("ping: %q", got)
		}
		q.got = nil
		q.send("\r\n")
		time.Sleep(30 * time.Second)
		if got := q.text(); got != "\r\n\r\n" || q.gone() {
			t.Fatalf("second ping: %q, gone %v", got, q.gone())
		}
		time.Sleep(12 * time.Second)
		if !q.gone() {
			t.Error("a peer that answers pings no more keeps its connection")
		}
		g.leg2Give(inv)
	})
}

// leg2Give ends a call that rings nowhere any more.
func (g *tcp) leg2Give(message) {
	g.stack.mu.Lock()
	for _, l := range g.stack.legs {
		l.Hangup(fact.EndCallerHungUp)
	}
	g.stack.mu.Unlock()
	time.Sleep(40 * time.Second)
}

// A peer that never answers pings isn't let go of: it may not know them.
func TestPeerWithoutKeepAlive(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		_, err := g.stack.Call(t.Context(), CallOptions{URI: "sip:1@127.0.0.2:5070;transport=tcp", From: "2"}, &fakeRoom{}, g.sink)
		if err != nil {
			t.Fatal(err)
		}
		q := g.called()
		inv := q.one("INVITE")
		q.send(reply(inv, "180 Ringing", "a", "Contact: <sip:1@127.0.0.2:5070;transport=tcp>\r\n", ""))
		time.Sleep(150 * time.Second)
		if q.gone() {
			t.Error("let go")
		}
		q.send(reply(inv, "486 Busy Here", "a", "", ""))
	})
}

// RFC 3261, 18.3: without a Content-Length that can be read there are no borders: 400, then the connection is closed.
func TestBrokenStreamIsClosedAfter400(t *testing.T) {
	for name, change := range map[string][2]string{
		"none": {"Content-Length: 0\r\n", ""}, "negative": {"Content-Length: 0", "Content-Length: -999"}, "two": {"Content-Length: 0", "Content-Length: 0\r\nl: 7"},
	} {
		t.Run(name, func(t *testing.T) {
			overTCP(t, testFile(), func(g *tcp) {
				p := g.connect(carrierTCP)
				p.send(strings.Replace(tcpAsk(ask{method: "OPTIONS"}), change[0], change[1], 1))
				m := p.one("SIP/2.0 400 Bad Request (")
				if m.toTag() == "" || m.header("CSeq") != "1 OPTIONS" {
					t.Error(m.text)
				}
				p.send(tcpAsk(ask{method: "OPTIONS", callID: "behind"})) // nobody knows where it begins
				time.Sleep(3 * time.Second)
				if len(p.messages()) > 0 || !p.gone() {
					t.Error("the connection goes on")
				}
			})
		})
	}
}

// A begun message has to end in time, whoever sends it, and a stranger has to say something.
func TestSlowPeers(t *testing.T) {
	file := testFile()
	overTCP(t, file, func(g *tcp) {
		p, silent := g.connect(carrierTCP), g.connect("203.0.113.9:1")
		for _, c := range "OPTIONS sip:x SIP/2.0\r\nVi" { // a letter every half second
			if p.gone() {
				break
			}
			p.c.peer.in <- []byte(string(c))
			time.Sleep(time.Second / 2)
		}
		if !p.gone() || !silent.gone() {
			t.Error("slow peers are waited for:", p.gone(), silent.gone())
		}
		if p.text()+silent.text() != "" {
			t.Error("something was said")
		}
	})
}

// An idle connection ends after ten minutes, but not while its peer has a call.
func TestIdleConnection(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		p, idle := g.connect(carrierTCP), g.connect("127.0.0.3:33000")
		ok := g.answered(p)
		time.Sleep(11 * time.Minute)
		if p.gone() || !idle.gone() {
			t.Error("gone:", p.gone(), idle.gone())
		}
		p.messages()
		p.send(tcpAsk(ask{method: "BYE", to: ok.header("To"), seq: 2}))
		p.one("SIP/2.0 200")
	})
}

// One address has so many connections; a stranger few.
func TestConnectionsOfOneAddress(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		var strangers []*peerTCP
		for i := range 40 {
			strangers = append(strangers, g.connect(fmt.Sprint("203.0.113.9:", 1000+i)))
		}
		open := 0
		for _, p := range strangers {
			if !p.gone() {
				open++
			}
		}
		if open != 16 {
			t.Errorf("a stranger has %d connections, want 16", open)
		}
		other := g.connect("203.0.113.10:1000")
		carrier := g.connect(carrierTCP)
		if other.gone() || carrier.gone() {
			t.Error("others pay for it")
		}
		time.Sleep(12 * time.Second)
		if n := g.stack.listeners[1].Connections(); n != 1 {
			t.Errorf("%d connections are left, want the carrier's", n)
		}
	})
}

// Strangers are closed without a word, whatever they say; who names a user is asked for a login.
func TestStrangersOverTCP(t *testing.T) {
	file := testFile()
	overTCP(t, file, func(g *tcp) {
		for i, m := range []string{
			"GET / HTTP/1.1\r\n\r\n", "rubbish\r\n\r\n", tcpAsk(ask{method: "OPTIONS"}), tcpAsk(ask{method: "INVITE", body: desc(1, "sendrecv", "")}),
			strings.Replace(tcpAsk(ask{method: "OPTIONS"}), "Content-Length: 0", "X: y", 1), "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		} {
			p := g.connect(fmt.Sprint("203.0.113.9:", 2000+i))
			p.send("\r\n\r\n", m)
			if time.Sleep(2 * time.Second); p.text() != "" || !p.gone() {
				t.Errorf("%q: answered %q, closed %v", m[:10], p.text(), p.gone())
			}
		}
		p := g.connect("203.0.113.9:3000")
		msg := strings.Replace(register("203.0.113.9:3000", "reg", 1, "", ""), "SIP/2.0/UDP", "SIP/2.0/TCP", 1)
		p.send(msg[:40], msg[40:])
		p.one("SIP/2.0 401")
		time.Sleep(31 * time.Second)
		if !p.gone() {
			t.Error("who doesn't log in keeps its connection")
		}
	})
}

// The connection drops in mid-call: the call lives, and a request of ours makes a new one, to the peer's Contact.
func TestConnectionDropsInMidCall(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		p := g.connect(carrierTCP)
		g.answered(p)
		_ = p.c.Close()
		synctest.Wait()
		g.wantEvents("answered")
		g.leg(0).Hangup(fact.EndCompleted)
		q := g.called()
		if to := q.c.LocalAddr().String(); to != "127.0.0.2:5070" {
			t.Errorf("connected to %s, want the Contact's address", to)
		}
		bye := q.one("BYE")
		q.send(reply(bye, "200 OK", "", "", ""))
	})
}

// The peer connects again and goes on within the call.
func TestPeerReconnectsInMidCall(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		p := g.connect(carrierTCP)
		ok := g.answered(p)
		_ = p.c.Close()
		q := g.connect("127.0.0.2:33001")
		q.send(tcpAsk(ask{method: "BYE", to: ok.header("To"), seq: 2}))
		q.one("SIP/2.0 200")
		g.wantEvents("answered ended:caller-hung-up")
	})
}

// An answer whose connection has dropped goes by a new one to the address in Via (RFC 3261, 18.2.2).
func TestAnswerAfterADrop(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		p := g.connect(carrierTCP)
		p.send(tcpAsk(ask{method: "INVITE", body: desc(1, "sendrecv", "")}))
		p.one("SIP/2.0 100")
		_ = p.c.Close()
		synctest.Wait()
		_ = g.leg(0).Answer()
		q := g.called()
		ok := q.one("SIP/2.0 200")
		q.send(ackOf(ok), tcpAsk(ask{method: "BYE", to: ok.header("To"), seq: 2}))
		q.one("SIP/2.0 200")
	})
}

// RFC 5923: a peer that asks for it gets requests back by its own connection.
func TestConnectionReuse(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		p := g.connect(carrierTCP)
		p.send(tcpAsk(ask{method: "OPTIONS", via: "TCP 127.0.0.2:5070;alias"}))
		p.one("SIP/2.0 200")
		_, err := g.stack.Call(t.Context(), CallOptions{URI: "sip:1@127.0.0.2:5070;transport=tcp", From: "2"}, &fakeRoom{}, g.sink)
		if err != nil {
			t.Fatal(err)
		}
		inv := p.one("INVITE")
		p.send(reply(inv, "486 Busy Here", "a", "", ""))
		p.one("ACK")
		if len(g.dialled) > 0 {
			t.Error("a second connection was made")
		}
	})
}

// Two calls to the same address share a connection that we open.
func TestOneConnectionForManyCalls(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		for range 3 {
			if _, err := g.stack.Call(t.Context(), CallOptions{URI: "sip:1@127.0.0.2:5070;transport=tcp", From: "2"}, &fakeRoom{}, g.sink); err != nil {
				t.Fatal(err)
			}
		}
		p := g.called()
		got := p.messages()
		if len(got) != 3 || len(g.dialled) > 0 {
			t.Fatal(lines(got), len(g.dialled))
		}
		for _, inv := range got {
			p.send(reply(inv, "486 Busy Here", "a", "", ""))
		}
	})
}

// A connection that ends before anything was answered fails the call at once, not after 32 s.
func TestConnectionEndsBeforeAnAnswer(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		if _, err := g.stack.Call(t.Context(), CallOptions{URI: "sip:1@127.0.0.2:5070;transport=tcp", From: "2"}, &fakeRoom{}, g.sink); err != nil {
			t.Fatal(err)
		}
		p := g.called()
		p.one("INVITE")
		at := time.Now()
		_ = p.c.Close()
		synctest.Wait()
		if len(g.events) != 1 || g.events[0].Kind != routing.LegEnded || time.Since(at) > time.Second {
			t.Errorf("%s after %v", g.kinds(), time.Since(at))
		}
	})
}

// A phone that rings and whose connection ends is given up at once: nobody will answer there.
func TestConnectionEndsWhileItRings(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		leg, err := g.stack.Call(t.Context(), CallOptions{URI: "sip:1@127.0.0.2:5070;transport=tcp", From: "2"}, &fakeRoom{}, g.sink)
		if err != nil {
			t.Fatal(err)
		}
		p := g.called()
		p.send(reply(p.one("INVITE"), "180 Ringing", "a", calledContact, ""))
		g.wantEvents("ringing")
		l, _ := leg.(*Leg)
		flow := l.dialog.Flow()
		_ = p.c.Close()
		synctest.Wait()
		g.stack.Closed(flow) // as a browser's connection does it
		g.wantEvents("ringing ended:unreachable")
		time.Sleep(time.Minute)
	})
}

// A peer that reads nothing is let go, and nobody waits for it.
func TestPeerThatReadsNothing(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		p := g.connect(carrierTCP)
		p.ours.mu.Lock()
		p.ours.stuck = true
		p.ours.mu.Unlock()
		p.send(tcpAsk(ask{method: "OPTIONS"}))
		g.send("127.0.0.4:5070", ask{method: "OPTIONS", callID: "other", source: "127.0.0.4:5070"}.String())
		g.one("SIP/2.0 200")
		time.Sleep(7 * time.Second)
		if !p.gone() {
			t.Error("it is still connected")
		}
	})
}

// RFC 3261, 18.1.1: a request over 1300 bytes goes by TCP, and says so in its Via; the answer of any size stays where it is asked for.
func TestLargeRequestGoesByTCP(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		uri := "sip:1@127.0.0.2:5070;x=" + strings.Repeat("y", 1300)
		if _, err := g.stack.Call(t.Context(), CallOptions{URI: uri, From: "2"}, &fakeRoom{}, g.sink); err != nil {
			t.Fatal(err)
		}
		p := g.called()
		inv := p.one("INVITE")
		if !strings.HasPrefix(inv.header("Via"), "SIP/2.0/TCP 127.0.0.1:5060") {
			t.Error(inv.header("Via"))
		}
		p.send(reply(inv, "486 Busy Here", "a", "", ""))
		p.one("ACK")
		g.none() // nothing by UDP
	})
}

// Without TCP it goes by UDP, and the peer isn't asked for TCP again for a time.
func TestLargeRequestWithoutTCP(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		g.refuse = true
		uri := "sip:1@127.0.0.2:5070;x=" + strings.Repeat("y", 1300)
		for range 2 {
			if _, err := g.stack.Call(t.Context(), CallOptions{URI: uri, From: "2"}, &fakeRoom{}, g.sink); err != nil {
				t.Fatal(err)
			}
			inv := g.one("INVITE")
			if !strings.HasPrefix(inv.header("Via"), "SIP/2.0/UDP 127.0.0.1:5060") {
				t.Error(inv.header("Via"))
			}
			g.send(carrierAddr, reply(inv, "486 Busy Here", "a", "", ""))
			g.one("ACK")
			g.refuse = false // it isn't tried
		}
		if len(g.dialled) > 0 {
			t.Error("TCP was tried again")
		}
	})
}

// A short request stays with UDP though there is TCP.
func TestShortRequestStaysWithUDP(t *testing.T) {
	overTCP(t, testFile(), func(g *tcp) {
		if _, err := g.stack.Call(t.Context(), CallOptions{URI: "sip:1@127.0.0.2:5070", From: "2"}, &fakeRoom{}, g.sink); err != nil {
			t.Fatal(err)
		}
		g.send(carrierAddr, reply(g.one("INVITE"), "486 Busy Here", "a", "", ""))
		g.one("ACK")
	})
}
