package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mediasrv/routing"
	"mediasrv/routing/fact"
	"mediasrv/sip/digest"
)

// register sends a REGISTER for the desk phone, without a login or with one that answers a challenge.
func register(source, callID string, seq int, login, extra string) string {
	return ask{
		method: "REGISTER", uri: "sip:mediasrv", from: "<sip:chenphone@mediasrv>;tag=r", to: "<sip:chenphone@mediasrv>", callID: callID, seq: seq,
		source: source, branch: fmt.Sprint("z9hG4bK-reg-", callID, seq), contact: "<sip:chen@192.168.1.5:5090>", extra: login + extra,
	}.String()
}

func answerTo(challenge []string, method, uri, user, password string) string {
	value, ok := digest.Answer(challenge, digest.Ask{Method: method, URI: uri, Username: user, Password: password})
	if !ok {
		return ""
	}
	return "Authorization: " + value + "\r\n"
}

// phone registers the desk phone.
func (g *rig) phone() {
	g.t.Helper()
	g.send(phoneAddr, register(phoneAddr, "reg", 1, "", "Expires: 300\r\n"))
	ch := g.one("SIP/2.0 401")
	g.send(phoneAddr, register(phoneAddr, "reg", 2, answerTo(ch.headers("WWW-Authenticate"), "REGISTER", "sip:mediasrv", "chenphone", "chensecret"), "Expires: 300\r\n"))
	ok := g.one("SIP/2.0 200")
	if !strings.Contains(ok.header("Contact"), "<sip:chen@192.168.1.5:5090>;expires=300") {
		g.t.Error(ok.text)
	}
}

func TestRegister(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.phone()
		if g.phonesOf("chen") != 1 {
			t.Error("phones:", g.phones)
		}
		time.Sleep(299 * time.Second)
		if g.phonesOf("chen") != 1 {
			t.Error("it went too early")
		}
		time.Sleep(2 * time.Second)
		if g.phonesOf("chen") != 0 {
			t.Error("it didn't expire")
		}
		g.none()
	})
}

func TestUnregisterAndBrief(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.phone()
		again := func(seq int, extra string) message {
			g.send(phoneAddr, register(phoneAddr, "reg", seq, "", extra))
			ch := g.one("SIP/2.0 401")
			g.send(phoneAddr, register(phoneAddr, "reg", seq+1, answerTo(ch.headers("WWW-Authenticate"), "REGISTER", "sip:mediasrv", "chenphone", "chensecret"), extra))
			return g.got()[0]
		}
		if res := again(3, "Expires: 5\r\n"); res.header("Min-Expires") != "60" || !strings.HasPrefix(res.text, "SIP/2.0 423") {
			t.Error(res.text)
		}
		if res := again(5, "Expires: 0\r\n"); !strings.HasPrefix(res.text, "SIP/2.0 200") || res.header("Contact") != "" || g.phonesOf("chen") != 0 {
			t.Error(res.text, g.phones)
		}
	})
}

func TestWrongLogins(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.send(phoneAddr, register(phoneAddr, "reg", 1, "", ""))
		ch := g.one("SIP/2.0 401").headers("WWW-Authenticate")
		if len(ch) != 2 || !strings.Contains(ch[0], "MD5") || !strings.Contains(ch[1], "SHA-256") {
			t.Error(ch)
		}
		good := answerTo(ch[1:], "REGISTER", "sip:mediasrv", "chenphone", "chensecret")
		g.send(phoneAddr, register(phoneAddr, "reg", 2, answerTo(ch, "REGISTER", "sip:mediasrv", "chenphone", "wrong"), ""))
		g.one("SIP/2.0 401")
		g.send(phoneAddr, register(phoneAddr, "reg", 3, answerTo(ch, "REGISTER", "sip:mediasrv", "nobody", "x"), ""))
		g.one("SIP/2.0 401")
		g.send(phoneAddr, register(phoneAddr, "reg", 4, good, "Expires: 60\r\n"))
		g.one("SIP/2.0 200")
		g.send(phoneAddr, register(phoneAddr, "reg", 5, good, "")) // overheard and used again
		if res := g.one("SIP/2.0 401"); !strings.Contains(res.header("WWW-Authenticate"), "stale=true") {
			t.Error(res.text)
		}
		time.Sleep(2 * time.Minute)
		g.send(phoneAddr, register(phoneAddr, "reg", 6, "", ""))
		ch = g.one("SIP/2.0 401").headers("WWW-Authenticate")
		time.Sleep(digest.Life + time.Second)
		g.send(phoneAddr, register(phoneAddr, "reg", 7, answerTo(ch, "REGISTER", "sip:mediasrv", "chenphone", "chensecret"), ""))
		if res := g.one("SIP/2.0 401"); !strings.Contains(res.header("WWW-Authenticate"), "stale=true") {
			t.Error(res.text)
		}
	})
}

// sipgo's TransactionLayer answers strangers with 100 and 400, and its pool grows with every source.
func TestStrangersGetSilence(t *testing.T) {
	inBubble(t, func(g *rig) {
		for i, m := range []string{
			ask{method: "INVITE", source: strangeAddr}.String(),
			ask{method: "OPTIONS", source: strangeAddr}.String(),
			ask{method: "REGISTER", source: strangeAddr, to: "<sip:nobody@mediasrv>", from: "<sip:nobody@mediasrv>;tag=1"}.String(),
			ask{method: "BYE", source: strangeAddr, to: "<sip:x@y>;tag=z"}.String(),
			"INVITE sip:x SIP/2.0\r\nFrom: <sip:chenphone@x>;tag=1\r\n\r\n",
			"rubbish", "\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n",
		} {
			g.send(fmt.Sprintf("203.0.113.9:%d", 4000+i), m)
		}
		time.Sleep(time.Minute)
		g.none()
		for i := range 200 {
			g.send(fmt.Sprintf("203.0.113.9:%d", 5000+i), "garbage")
		}
		if n := g.stack.table.Live(); n != 0 {
			t.Error("strangers keep Call-IDs alive:", n)
		}
	})
}

func TestDeskPhoneIsCalled(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.phone()
		room := &fakeRoom{}
		leg, err := g.stack.Dial(routing.Target{User: "chen"}, routing.Caller{Number: "+819012345678", Name: "Aiko", Call: "call-7"}, room, g.sink)
		if err != nil {
			t.Fatal(err)
		}
		inv := g.one("INVITE sip:chen@192.168.1.5:5090")
		if inv.to != phoneAddr || inv.header("X-Mediasrv-Call") != "call-7" || !strings.HasPrefix(inv.header("From"), `"Aiko" <sip:+819012345678@`) ||
			!strings.Contains(inv.body(), "RTP/AVP 0 8") {
			t.Error(inv.to, inv.text)
		}
		g.send(phoneAddr, reply(inv, "200 OK", "p", "Contact: <sip:chen@192.168.1.5:5090>\r\n", desc(1, "sendrecv", "8")))
		if ack := g.one("ACK sip:chen@192.168.1.5"); ack.to != phoneAddr { // behind NAT: by its flow
			t.Error(ack.to)
		}
		if p := leg.Party(); p.User != "chen" || p.Name != "Chen Li" {
			t.Error(p)
		}
		bye := ask{
			method: "BYE", callID: inv.header("Call-ID"), from: inv.header("To") + ";tag=p", to: inv.header("From"), source: phoneAddr,
		}
		g.send(phoneAddr, bye.String())
		g.one("SIP/2.0 200")
		g.wantEvents("answered ended:agent-hung-up")
	})
}

// A desk phone that dials must show its login; the handler is told whose it is and what was dialled, and that one is refused as the handler says.
func TestAgentsCallOut(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.phone()
		a := ask{method: "INVITE", from: "<sip:chenphone@mediasrv>;tag=1", source: phoneAddr}
		g.send(phoneAddr, a.String())
		ch := g.one("SIP/2.0 401")
		a.seq, a.extra = 2, answerTo(ch.headers("WWW-Authenticate"), "INVITE", "sip:+81312345678@127.0.0.1", "chenphone", "chensecret")
		g.send(phoneAddr, a.String())
		g.find("SIP/2.0 403")
		if in := g.lastInvite(); in.User != "chen" || in.Dialled != "+81312345678" || in.Trunk != "" {
			t.Errorf("the handler got %+v", in)
		}
	})
}

func TestTrunkByLogin(t *testing.T) {
	inBubble(t, func(g *rig) {
		inv := func(id string, seq int, login string) string {
			return ask{
				method: "INVITE", callID: id, seq: seq, branch: fmt.Sprint("z9hG4bK-t-", id, seq), source: strangeAddr,
				contact: "<sip:pbxuser@" + strangeAddr + ">", extra: login, body: desc(1, "sendrecv", ""),
			}.String()
		}
		call := func(id string) message {
			g.send(strangeAddr, inv(id, 1, ""))
			ch := g.one("SIP/2.0 401")
			g.send(strangeAddr, ask{method: "ACK", callID: id, branch: fmt.Sprint("z9hG4bK-t-", id, 1), source: strangeAddr, to: ch.header("To")}.String())
			g.send(strangeAddr, inv(id, 2, answerTo(ch.headers("WWW-Authenticate"), "INVITE", "sip:+81312345678@127.0.0.1", "pbxuser", "pbxsecret")))
			all := g.got()
			if len(all) != 1 {
				t.Fatal(lines(all))
			}
			return all[0]
		}
		if m := call("one"); m.start() != "SIP/2.0 100 Trying" {
			t.Fatal(m.text)
		}
		if g.facts[0].Trunk != "pbx" {
			t.Error(g.facts)
		}
		if m := call("two"); !strings.HasPrefix(m.text, "SIP/2.0 503") || m.header("Retry-After") == "" { // max_calls: 1
			t.Error(m.text)
		}
		g.leg(0).Hangup(fact.EndBusy)
		g.one("SIP/2.0 486")
		if m := call("three"); m.start() != "SIP/2.0 100 Trying" {
			t.Error(m.text)
		}
	})
}

func TestTrunkThatBringsNoCalls(t *testing.T) {
	file := testFile()
	file.Trunks["office"].Inbound = false
	runBubble(t, file, func(g *rig) {
		g.send(carrierAddr, ask{method: "INVITE", body: desc(1, "sendrecv", "")}.String())
		g.one("SIP/2.0 403")
	})
}
