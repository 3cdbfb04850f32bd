package sip

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

const (
	firstServer  = "192.0.2.10:5060"
	secondServer = "192.0.2.11:5070"
)

// outFile has a trunk with two servers.
func outFile() *config.Config {
	file := testFile()
	file.Trunks["out"] = &config.Trunk{
		Name: "out", Servers: []string{"192.0.2.10", "192.0.2.11:5070"}, Transport: "udp", Outbound: true, MaxCalls: 1,
		Login: config.Login{Username: "acme", Password: "geheim"},
	}
	file.Patterns = []*config.Number{{Number: "9", Pattern: true, Bridge: &config.Bridge{Trunk: "out"}}}
	return file
}

// out calls a number behind the trunk.
func (g *rig) out(to routing.Target, from routing.Caller) *Leg {
	g.t.Helper()
	r := &fakeRoom{}
	g.rooms = append(g.rooms, r)
	to.Trunk = "out"
	leg, err := g.stack.Dial(to, from, r, g.sink)
	if err != nil {
		g.t.Fatal(err)
	}
	l, _ := leg.(*Leg)
	synctest.Wait()
	return l
}

func TestTrunkOut(t *testing.T) {
	runBubble(t, outFile(), func(g *rig) {
		l := g.out(routing.Target{Number: "900001", Codecs: []string{"opus", "PCMA"}}, routing.Caller{Number: "+819012345678", Name: "Aiko", Hops: 41})
		inv := g.one("INVITE sip:900001@192.0.2.10")
		if inv.to != firstServer || inv.header("Max-Forwards") != "41" || !strings.HasPrefix(inv.header("From"), `"Aiko" <sip:+819012345678@`) {
			t.Error(inv.to, inv.text)
		}
		if b := inv.body(); !strings.Contains(b, "opus/48000/2") || strings.Index(b, "opus") > strings.Index(b, "PCMA") || strings.Contains(b, "PCMU") {
			t.Error(b)
		}
		if p := l.Party(); p.Trunk != "out" || p.Number != "900001" || p.User != "" {
			t.Errorf("%+v", p)
		}
		g.send(firstServer, reply(inv, "407 Proxy Authentication Required", "a", "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\"\r\n", ""))
		again := g.find("INVITE sip:900001@192.0.2.10")
		if h := again.header("Proxy-Authorization"); !strings.Contains(h, `username="acme"`) || strings.Contains(again.text, "geheim") || again.header("Max-Forwards") != "41" {
			t.Error(again.text)
		}
		g.send(firstServer, reply(again, "183 Session Progress", "b", calledContact, desc(1, "sendrecv", "8")))
		g.send(firstServer, reply(again, "200 OK", "b", calledContact, desc(1, "sendrecv", "8")))
		g.wantEvents("early answered")
		if l.Codec() != "PCMA" {
			t.Error(l.Codec())
		}
	})
}

func TestTrunkCaller(t *testing.T) {
	runBubble(t, outFile(), func(g *rig) {
		g.out(routing.Target{Number: "+81312345678"}, routing.Caller{Hops: -1})
		inv := g.one("INVITE sip:+81312345678@192.0.2.10")
		if !strings.HasPrefix(inv.header("From"), `"Anonymous" <sip:acme@`) || inv.header("Max-Forwards") != "0" {
			t.Error(inv.text)
		}
		_, err := g.stack.Dial(routing.Target{Trunk: "out", Number: "1"}, routing.Caller{}, &fakeRoom{}, g.sink)
		if !errors.Is(err, routing.ErrLimit) {
			t.Error("a second call:", err)
		}
		g.send(firstServer, reply(inv, "486 Busy Here", "a", "", ""))
		g.wantEvents("ended:busy")
		if e := g.events[0]; e.Status != 486 {
			t.Errorf("status %d", e.Status)
		}
		g.got()
		g.out(routing.Target{Number: "1"}, routing.Caller{}) // the place is free again
	})
	runBubble(t, outFile(), func(g *rig) {
		for _, trunk := range []string{"office", "gone"} {
			if _, err := g.stack.Dial(routing.Target{Trunk: trunk, Number: "1"}, routing.Caller{}, &fakeRoom{}, g.sink); !errors.Is(err, routing.ErrUnreachable) {
				t.Error(trunk, err)
			}
		}
	})
}

func TestTrunkNextServer(t *testing.T) {
	for name, fails := range map[string]func(g *rig, inv message){
		"no room": func(g *rig, inv message) { g.send(firstServer, reply(inv, "503 Service Unavailable", "a", "", "")) },
		"silence": func(*rig, message) { time.Sleep(2 * time.Second) },
		"no room, early": func(g *rig, inv message) {
			g.send(firstServer, reply(inv, "183 Session Progress", "a", calledContact, desc(1, "sendrecv", "8")))
			g.send(firstServer, reply(inv, "503 Service Unavailable", "a", "", ""))
		},
	} {
		t.Run(name, func(t *testing.T) {
			runBubble(t, outFile(), func(g *rig) {
				l := g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
				first := g.one("INVITE")
				fails(g, first)
				second := g.find("INVITE sip:900001@192.0.2.11:5070")
				if second.to != secondServer || second.header("Via") == first.header("Via") || second.header("Call-ID") != first.header("Call-ID") {
					t.Error(second.to, second.text)
				}
				g.send(secondServer, reply(second, "200 OK", "b", "Contact: <sip:x@"+secondServer+">\r\n", desc(1, "sendrecv", "8")))
				if ack := g.one("ACK"); ack.to != secondServer {
					t.Error(ack.to)
				}
				if !strings.HasSuffix(g.kinds(), "answered") {
					t.Error(g.kinds())
				}
				// The first one has taken the call after all: it is ended there.
				if name == "silence" {
					g.send(firstServer, reply(first, "200 OK", "c", "Contact: <sip:x@"+firstServer+">\r\n", desc(1, "sendrecv", "8")))
					for _, m := range g.got() {
						if m.to != firstServer || m.toTag() != "c" {
							t.Error(m.text)
						}
					}
				}
				l.Hangup(fact.EndCallerGone)
				g.find("BYE sip:x@" + secondServer)
				// For half a minute the other one is asked first.
				g.out(routing.Target{Number: "900002"}, routing.Caller{Number: "1"})
				if next := g.find("INVITE"); next.to != secondServer {
					t.Error(next.to)
				}
			})
		})
	}
}

func TestTrunkLastServerFails(t *testing.T) {
	runBubble(t, outFile(), func(g *rig) {
		g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
		g.send(firstServer, reply(g.one("INVITE"), "503 Service Unavailable", "a", "", ""))
		g.send(secondServer, reply(g.find("INVITE"), "503 Service Unavailable", "b", "", ""))
		g.wantEvents("ended:congestion")
		if e := g.events[0]; e.Status != 503 {
			t.Errorf("status %d", e.Status)
		}
	})
}

// CANCEL must wait for the new server's first answer, also if the old one had given one.
func TestTrunkGivenUpAfterReroute(t *testing.T) {
	runBubble(t, outFile(), func(g *rig) {
		l := g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
		inv := g.one("INVITE")
		g.send(firstServer, reply(inv, "180 Ringing", "a", calledContact, ""))
		g.send(firstServer, reply(inv, "503 Service Unavailable", "a", "", ""))
		second := g.find("INVITE")
		l.Hangup(fact.EndCallerGone)
		for _, m := range g.got() {
			if strings.HasPrefix(m.text, "CANCEL") {
				t.Error("CANCEL before any answer")
			}
		}
		g.send(secondServer, reply(second, "180 Ringing", "b", calledContact, ""))
		if c := g.find("CANCEL"); c.to != secondServer || c.header("CSeq") != strings.Replace(second.header("CSeq"), "INVITE", "CANCEL", 1) {
			t.Error(c.text)
		}
		g.send(secondServer, reply(second, "487 Request Terminated", "b", "", ""))
		g.wantEvents("ringing ended:caller-gone")
	})
}

func TestHopsAndDialled(t *testing.T) {
	runBubble(t, outFile(), func(g *rig) {
		g.send(carrierAddr, ask{
			method: "INVITE", uri: "sip:900001@" + ourAddr, extra: "Max-Forwards: 9\r\n", body: desc(1, "sendrecv", "0"),
		}.String())
		if in := g.facts[0]; in.Dialled != "900001" || in.Hops != 9 {
			t.Errorf("%+v", in)
		}
		l := g.leg(0)
		l.Refuse(fact.EndUnknownNumber, 410)
		if res := g.find("SIP/2.0 410"); !strings.HasPrefix(res.text, "SIP/2.0 410 Gone") {
			t.Error(res.text)
		}
	})
}

func TestEmptyPort(t *testing.T) {
	if !empty(netip.MustParseAddrPort("127.0.0.1:9")) {
		t.Skip("something listens at the discard port")
	}
}
