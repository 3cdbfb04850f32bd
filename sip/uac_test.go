package sip

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// dial calls the carrier's address as a UAC.
func (g *rig) dial(o CallOptions) *Leg {
	g.t.Helper()
	if o.URI == "" {
		o.URI = "sip:+81312345678@" + carrierAddr
	}
	r := &fakeRoom{}
	g.rooms = append(g.rooms, r)
	leg, err := g.stack.Call(g.t.Context(), o, r, g.sink)
	if err != nil {
		g.t.Fatal(err)
	}
	l, _ := leg.(*Leg)
	synctest.Wait()
	return l
}

const calledContact = "Contact: <sip:called@" + carrierAddr + ">\r\n"

func TestCallOut(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "+819011112222", Name: `Ai"ko`})
		inv := g.one("INVITE sip:+81312345678@" + carrierAddr)
		if inv.to != carrierAddr || !strings.HasPrefix(inv.header("Via"), "SIP/2.0/UDP "+ourAddr) || !strings.Contains(inv.header("Via"), ";rport") {
			t.Error(inv.to, inv.header("Via"))
		}
		if !strings.HasPrefix(inv.header("From"), `"Aiko" <sip:+819011112222@127.0.0.1>`) || inv.header("Contact") != "<sip:+819011112222@"+ourAddr+">" {
			t.Error(inv.header("From"), inv.header("Contact"))
		}
		g.send(carrierAddr, reply(inv, "100 Trying", "", "", ""))
		g.send(carrierAddr, reply(inv, "180 Ringing", "a", calledContact, ""))
		g.send(carrierAddr, reply(inv, "183 Session Progress", "a", calledContact, desc(1, "sendrecv", "8 101")))
		g.wantEvents("ringing early")
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, desc(1, "sendrecv", "8 101")))
		ack := g.one("ACK sip:called@" + carrierAddr)
		if ack.toTag() != "a" || ack.header("CSeq") != strings.Replace(inv.header("CSeq"), "INVITE", "ACK", 1) {
			t.Error(ack.text)
		}
		g.wantEvents("ringing early answered")
		if n := len(g.rooms[0].ends[0].negotiated); n != 1 {
			t.Errorf("negotiated %d times for the same answer", n)
		}
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, desc(1, "sendrecv", "8 101"))) // our ACK was lost
		if again := g.one("ACK"); again.text != ack.text {
			t.Errorf("the ACK of the repeated 200 is\n%s\nthe first was\n%s", again.text, ack.text)
		}
		bye := ask{
			method: "BYE", callID: inv.header("Call-ID"), from: inv.header("To") + ";tag=a", to: inv.header("From"), uri: "sip:x@" + ourAddr,
		}
		g.send(carrierAddr, bye.String())
		g.one("SIP/2.0 200")
		g.wantEvents("ringing early answered ended:caller-hung-up")
		_ = l
	})
}

// sipgo loses messages that come back to back.
func TestBackToBackResponses(t *testing.T) {
	for range 50 {
		inBubble(t, func(g *rig) {
			g.dial(CallOptions{From: "1"})
			inv := g.one("INVITE")
			for _, s := range []string{"180 Ringing", "183 Session Progress", "200 OK"} {
				body := ""
				if s != "180 Ringing" {
					body = desc(1, "sendrecv", "")
				}
				g.net.in <- datagram{data: []byte(reply(inv, s, "a", calledContact, body)), addr: carrierUDP}
			}
			g.wantEvents("ringing early answered")
		})
	}
}

func TestFailures(t *testing.T) {
	for status, want := range map[string]string{
		"486 Busy Here": "busy", "603 Decline": "refused", "480 Temporarily Unavailable": "no-answer", "404 Not Found": "unknown-number",
		"503 Service Unavailable": "congestion", "488 Not Acceptable Here": "not-acceptable", "302 Moved": "remote", "500 Oops": "remote",
		"401 Unauthorized": "refused",
	} {
		inBubble(t, func(g *rig) {
			g.dial(CallOptions{From: "1"})
			inv := g.one("INVITE")
			res := reply(inv, status, "a", "", "")
			g.send(carrierAddr, res)
			ack := g.one("ACK sip:+81312345678@" + carrierAddr)
			if ack.header("Via") != inv.header("Via") {
				t.Error(ack.text)
			}
			// sipgo would hold the call's messages for 4 s at each repetition.
			begin := time.Now()
			g.send(carrierAddr, res)
			if again := g.one("ACK"); again.at != begin {
				t.Error("ACK after", again.at.Sub(begin))
			}
			g.wantEvents("ended:" + want)
		})
	}
}

func TestNobodyThere(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.dial(CallOptions{From: "1"})
		time.Sleep(33 * time.Second)
		if n := len(g.got()); n != 7 { // 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s
			t.Errorf("%d INVITEs, want 7", n)
		}
		g.wantEvents("ended:timeout")
	})
}

func TestManyProvisionals(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.dial(CallOptions{From: "1"})
		inv := g.one("INVITE")
		for range 40 {
			g.send(carrierAddr, reply(inv, "180 Ringing", "a", calledContact, ""))
			time.Sleep(time.Minute)
		}
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, desc(1, "sendrecv", "")))
		g.one("ACK")
		g.wantEvents("ringing answered")
	})
}

func TestCancelAfterProvisional(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1"})
		inv := g.one("INVITE")
		rr := "Record-Route: <sip:127.0.0.9;lr>\r\n"
		g.send(carrierAddr, reply(inv, "180 Ringing", "a", calledContact+rr, ""))
		l.Hangup(fact.EndElsewhere)
		c := g.one("CANCEL sip:+81312345678@" + carrierAddr)
		if c.header("Via") != inv.header("Via") || c.to != inv.to || c.header("Route") != "" || c.header("To") != inv.header("To") ||
			!strings.Contains(c.header("Reason"), "Call completed elsewhere") {
			t.Error(c.text)
		}
		g.send(carrierAddr, reply(c, "200 OK", "a", "", ""))
		g.send(carrierAddr, reply(inv, "487 Request Terminated", "a", "", ""))
		g.one("ACK")
		g.wantEvents("ringing ended:elsewhere")
	})
}

func TestCancelWaitsForProvisional(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1"})
		inv := g.one("INVITE")
		l.Hangup(fact.EndNoAnswer)
		g.none()
		g.wantEvents("ended:no-answer")
		g.send(carrierAddr, reply(inv, "100 Trying", "", "", ""))
		c := g.one("CANCEL")
		g.send(carrierAddr, reply(c, "200 OK", "", "", ""))
		g.send(carrierAddr, reply(inv, "487 Request Terminated", "a", "", ""))
		g.one("ACK")
	})
}

func TestCancelNeverAnswered(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1"})
		inv := g.one("INVITE")
		g.send(carrierAddr, reply(inv, "180 Ringing", "a", calledContact, ""))
		l.Hangup(fact.EndNoAnswer)
		time.Sleep(33 * time.Second)
		synctest.Wait()
		if n := g.stack.table.Live(); n != 0 {
			t.Error("queues left:", n)
		}
	})
}

// A 200 that crosses our CANCEL is acknowledged and ended.
func TestCancelCrossesTheir200(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1"})
		inv := g.one("INVITE")
		g.send(carrierAddr, reply(inv, "180 Ringing", "a", calledContact, ""))
		l.Hangup(fact.EndNoAnswer)
		cancel := g.one("CANCEL")
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, desc(1, "sendrecv", "")))
		all := g.got()
		if len(all) != 2 || !strings.HasPrefix(all[0].text, "ACK sip:called") || !strings.HasPrefix(all[1].text, "BYE sip:called") {
			t.Fatal(lines(all))
		}
		g.send(carrierAddr, reply(cancel, "481 Gone", "", "", ""))
		g.send(carrierAddr, reply(all[1], "200 OK", "", "", ""))
		g.wantEvents("ringing ended:no-answer")
	})
}

// Two phones of a fork answer: both are acknowledged, the later one is ended.
func TestForkedAnswers(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1"})
		inv := g.one("INVITE")
		g.send(carrierAddr, reply(inv, "183 Session Progress", "a", calledContact, desc(1, "sendrecv", "8")))
		g.send(carrierAddr, reply(inv, "183 Session Progress", "b", calledContact, desc(2, "sendrecv", "0")))
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, desc(1, "sendrecv", "8")))
		if ack := g.one("ACK"); ack.toTag() != "a" || l.Codec() != "PCMA" {
			t.Error(ack.text, l.Codec())
		}
		second := reply(inv, "200 OK", "b", "Contact: <sip:b@127.0.0.2:5099>\r\n", desc(2, "sendrecv", "0"))
		g.send(carrierAddr, second)
		all := g.got()
		if len(all) != 2 || all[0].toTag() != "b" || all[1].toTag() != "b" || !strings.HasPrefix(all[0].text, "ACK sip:b@") ||
			!strings.HasPrefix(all[1].text, "BYE sip:b@") || all[1].to != "127.0.0.2:5099" {
			t.Fatal(lines(all), all[1].to)
		}
		g.send("127.0.0.2:5099", reply(all[1], "200 OK", "", "", ""))
		g.send(carrierAddr, second) // its ACK was lost
		if ack := g.one("ACK"); ack.toTag() != "b" {
			t.Error(ack.text)
		}
		g.wantEvents("early early answered")
		if l.Codec() != "PCMA" {
			t.Error("codec:", l.Codec())
		}
	})
}

func TestAnswerOnlyInProvisional(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.dial(CallOptions{From: "1"})
		inv := g.one("INVITE")
		g.send(carrierAddr, reply(inv, "183 Session Progress", "a", calledContact, desc(1, "sendrecv", "8")))
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, ""))
		g.one("ACK")
		g.wantEvents("early answered")
	})
}

func TestAnswerMissingOrBad(t *testing.T) {
	for body, want := range map[string]string{"": "protocol", "rubbish": "not-acceptable", desc(1, "sendrecv", "18"): "not-acceptable"} {
		inBubble(t, func(g *rig) {
			g.dial(CallOptions{From: "1"})
			inv := g.one("INVITE")
			g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, body))
			all := g.got()
			if len(all) != 2 || !strings.HasPrefix(all[0].text, "ACK") || !strings.HasPrefix(all[1].text, "BYE") {
				t.Fatal(lines(all))
			}
			g.send(carrierAddr, reply(all[1], "200 OK", "", "", ""))
			g.wantEvents("ended:" + want)
		})
	}
}

func TestRouteSetUAC(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1"})
		inv := g.one("INVITE")
		rr := "Record-Route: <sip:127.0.0.3;lr>\r\nRecord-Route: <sip:127.0.0.4:5064;lr>\r\n"
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact+rr, desc(1, "sendrecv", "8")))
		ack := g.one("ACK sip:called@" + carrierAddr)
		if got := strings.Join(ack.headers("Route"), " "); got != "<sip:127.0.0.4:5064;lr> <sip:127.0.0.3;lr>" || ack.to != "127.0.0.4:5064" {
			t.Error(got, ack.to)
		}
		l.Hangup(fact.EndCompleted)
		if bye := g.one("BYE"); bye.to != "127.0.0.4:5064" || bye.header("CSeq") != "2 BYE" {
			t.Error(bye.text, bye.to)
		}
	})
}

func TestStrictRoute(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.dial(CallOptions{From: "1"})
		inv := g.one("INVITE")
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact+"Record-Route: <sip:127.0.0.3>\r\n", desc(1, "sendrecv", "8")))
		if ack := g.one("ACK sip:127.0.0.3"); ack.header("Route") != "<sip:called@"+carrierAddr+">" {
			t.Error(ack.text)
		}
	})
}

// 401 and 407 in a chain, a stale nonce; uri is byte-equal to the Request-URI.
func TestDigestChain(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.dial(CallOptions{URI: "sip:+81312345678@" + carrierAddr + ";user=phone", From: "1", Username: "u", Password: "p"})
		inv := g.one("INVITE")
		challenge := func(header, extra string) string {
			return fmt.Sprintf("%s: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5%s\r\n%s: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256%s\r\n",
				header, extra, header, extra)
		}
		for i, c := range []struct{ status, header, extra, answer string }{
			{"401 Unauthorized", "WWW-Authenticate", "", "Authorization"},
			{"401 Unauthorized", "WWW-Authenticate", ", stale=true", "Authorization"},
			{"407 Proxy Authentication Required", "Proxy-Authenticate", "", "Proxy-Authorization"},
		} {
			g.send(carrierAddr, reply(inv, c.status, "x", challenge(c.header, c.extra), ""))
			all := g.got()
			if len(all) != 2 || !strings.HasPrefix(all[0].text, "ACK") {
				t.Fatal(i, lines(all))
			}
			next := all[1]
			a := next.header(c.answer)
			if !strings.Contains(a, `uri="sip:+81312345678@`+carrierAddr+`;user=phone"`) || !strings.Contains(a, "SHA-256") ||
				next.header("CSeq") != fmt.Sprint(i+2, " INVITE") || next.header("Via") == inv.header("Via") || next.toTag() != "" {
				t.Error(next.text)
			}
			inv = next
		}
		if inv.header("Authorization") == "" {
			t.Error("the 407's answer lost that of the 401")
		}
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, desc(1, "sendrecv", "")))
		if ack := g.one("ACK"); !strings.HasPrefix(ack.header("CSeq"), "4 ") {
			t.Error(ack.text)
		}
		g.wantEvents("answered")
	})
}

func TestWrongPassword(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.dial(CallOptions{From: "1", Username: "u", Password: "p"})
		ch := "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n"
		g.send(carrierAddr, reply(g.one("INVITE"), "401 Unauthorized", "x", ch, ""))
		g.send(carrierAddr, reply(g.find("INVITE"), "401 Unauthorized", "x", ch, ""))
		g.one("ACK")
		g.wantEvents("ended:refused")
	})
}

func TestShutdownEndsCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, testFile())
		ctx, cancel := contextWithCancel(t)
		done := make(chan error, 1)
		go func() { done <- g.stack.Run(ctx) }()
		synctest.Wait()
		_, tag := g.talk()
		g.send(carrierAddr, ask{method: "INVITE", callID: "c2", body: desc(1, "sendrecv", "")}.String())
		g.one("SIP/2.0 100")
		g.dial(CallOptions{From: "1"})
		inv := g.one("INVITE")
		g.send(carrierAddr, reply(inv, "180 Ringing", "a", calledContact, ""))
		begin := time.Now()
		cancel()
		synctest.Wait()
		var seen []string
		for _, m := range g.got() {
			what, _, _ := strings.Cut(m.text, " sip")
			seen = append(seen, what[:min(len(what), 11)])
			switch {
			case strings.HasPrefix(m.text, "BYE"):
				g.send(carrierAddr, reply(m, "200 OK", "", "", ""))
			case strings.HasPrefix(m.text, "CANCEL"):
				g.send(carrierAddr, reply(m, "200 OK", "", "", ""))
				g.send(carrierAddr, reply(inv, "487 Request Terminated", "a", "", ""))
			}
		}
		joined := strings.Join(seen, "|")
		for _, want := range []string{"BYE", "CANCEL", "SIP/2.0 503"} {
			if !strings.Contains(joined, want) {
				t.Errorf("no %s in %s", want, joined)
			}
		}
		if err := <-done; err != nil || time.Since(begin) > farewell {
			t.Error(err, time.Since(begin))
		}
		_ = tag
	})
}

func TestDialUnknownUser(t *testing.T) {
	inBubble(t, func(g *rig) {
		_, err := g.stack.Dial(routing.Target{User: "aiko"}, routing.Caller{}, &fakeRoom{}, g.sink)
		if !errors.Is(err, routing.ErrUnreachable) {
			t.Error(err)
		}
	})
}
