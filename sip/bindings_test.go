package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mediasrv/routing"
)

// registers sends a REGISTER of the desk phone with any headers, logged in, and returns the answer.
func (g *rig) registers(seq *int, callID, contact, extra string) message {
	g.t.Helper()
	msg := func(login string) string {
		*seq++
		a := ask{
			method: "REGISTER", uri: "sip:mediasrv", from: "<sip:chenphone@mediasrv>;tag=r", to: "<sip:chenphone@mediasrv>", callID: callID, seq: *seq,
			source: phoneAddr, branch: fmt.Sprint("z9hG4bK-reg-", callID, *seq), contact: "x", extra: login + extra,
		}
		return strings.Replace(a.String(), "Contact: x\r\n", contact, 1)
	}
	g.send(phoneAddr, msg(""))
	ch := g.one("SIP/2.0 401")
	g.send(phoneAddr, msg(answerTo(ch.headers("WWW-Authenticate"), "REGISTER", "sip:mediasrv", "chenphone", "chensecret")))
	all := g.got()
	if len(all) != 1 {
		g.t.Fatal(lines(all))
	}
	return all[0]
}

// RFC 3261, 10.3: each contact has an expiry of its own or the header's; a query changes nothing; what isn't named stays.
func TestSeveralContacts(t *testing.T) {
	inBubble(t, func(g *rig) {
		seq := 0
		ok := g.registers(&seq, "a", "Contact: <sip:chen@192.168.1.5>;expires=120, <sip:chen@192.168.1.6>\r\n", "Expires: 600\r\n")
		got := strings.Join(ok.headers("Contact"), " ")
		if !strings.Contains(got, "<sip:chen@192.168.1.5>;expires=120") || !strings.Contains(got, "<sip:chen@192.168.1.6>;expires=600") || g.phonesOf("chen") != 2 {
			t.Fatal(ok.text)
		}
		if ok := g.registers(&seq, "a", "", ""); len(ok.headers("Contact")) != 2 || ok.header("Date") == "" {
			t.Error("query:", ok.text)
		}
		ok = g.registers(&seq, "a", "Contact: <sip:chen@192.168.1.6>;expires=0\r\n", "")
		if len(ok.headers("Contact")) != 1 || g.phonesOf("chen") != 1 {
			t.Error(ok.text)
		}
		time.Sleep(121 * time.Second)
		if g.phonesOf("chen") != 0 {
			t.Error("the first one doesn't expire")
		}
	})
}

// Contact: * with Expires: 0 ends them all; otherwise it is a mistake.
func TestAllContacts(t *testing.T) {
	inBubble(t, func(g *rig) {
		seq := 0
		g.registers(&seq, "a", "Contact: <sip:chen@192.168.1.5>\r\nContact: <sip:chen@192.168.1.6>\r\n", "")
		if res := g.registers(&seq, "a", "Contact: *\r\n", "Expires: 60\r\n"); !strings.HasPrefix(res.text, "SIP/2.0 400") || g.phonesOf("chen") != 2 {
			t.Error(res.text)
		}
		if res := g.registers(&seq, "a", "Contact: *\r\nContact: <sip:x@y>\r\n", "Expires: 0\r\n"); !strings.HasPrefix(res.text, "SIP/2.0 400") {
			t.Error(res.text)
		}
		if res := g.registers(&seq, "a", "Contact: *\r\n", "Expires: 0\r\n"); !strings.HasPrefix(res.text, "SIP/2.0 200") || g.phonesOf("chen") != 0 {
			t.Error(res.text)
		}
	})
}

// RFC 3261, 10.2.8: too brief is 423 with what would do, and changes nothing, also not the other contacts of the request; too long is cut.
func TestExpiryIsBounded(t *testing.T) {
	inBubble(t, func(g *rig) {
		seq := 0
		res := g.registers(&seq, "a", "Contact: <sip:chen@192.168.1.5>, <sip:chen@192.168.1.6>;expires=59\r\n", "")
		if !strings.HasPrefix(res.text, "SIP/2.0 423") || res.header("Min-Expires") != "60" || g.phonesOf("chen") != 0 {
			t.Error(res.text)
		}
		if res := g.registers(&seq, "a", "Contact: <sip:chen@192.168.1.5>;expires=60\r\n", ""); !strings.HasPrefix(res.text, "SIP/2.0 200") {
			t.Error(res.text)
		}
		for _, life := range []string{"4000000000", "99999", "nonsense"} {
			if res := g.registers(&seq, "a", "Contact: <sip:chen@192.168.1.5>;expires="+life+"\r\n", ""); !strings.Contains(res.header("Contact"), "expires=3600") {
				t.Error(life, res.text)
			}
		}
	})
}

// RFC 3261, 10.3, 7: what is older than what is there changes nothing.
func TestOldRegister(t *testing.T) {
	inBubble(t, func(g *rig) {
		seq := 10
		g.registers(&seq, "a", "Contact: <sip:chen@192.168.1.5>\r\n", "")
		seq = 1
		if res := g.registers(&seq, "a", "Contact: <sip:chen@192.168.1.5>;expires=0\r\n", ""); !strings.HasPrefix(res.text, "SIP/2.0 500") || g.phonesOf("chen") != 1 {
			t.Error(res.text)
		}
		if res := g.registers(&seq, "another", "Contact: <sip:chen@192.168.1.5>;expires=0\r\n", ""); !strings.HasPrefix(res.text, "SIP/2.0 200") || g.phonesOf("chen") != 0 {
			t.Error(res.text)
		}
	})
}

// Nobody registers for another, and a user has ten phones at most: the oldest goes.
func TestBindingsAreBounded(t *testing.T) {
	inBubble(t, func(g *rig) {
		seq := 0
		for i := range 12 {
			g.registers(&seq, "a", fmt.Sprintf("Contact: <sip:chen@192.168.1.%d>\r\n", 5+i), "")
		}
		if n := g.phonesOf("chen"); n != 10 {
			t.Error("phones:", n)
		}
		if res := g.registers(&seq, "a", "", ""); strings.Contains(res.text, "192.168.1.5>") || !strings.Contains(res.text, "192.168.1.16>") {
			t.Error(res.text)
		}
		to := strings.Replace(register(phoneAddr, "b", 1, "", ""), "To: <sip:chenphone@", "To: <sip:aiko@", 1)
		g.send(phoneAddr, to)
		ch := g.one("SIP/2.0 401")
		to = strings.Replace(register(phoneAddr, "b", 2, answerTo(ch.headers("WWW-Authenticate"), "REGISTER", "sip:mediasrv", "chenphone", "chensecret"), ""), "To: <sip:chenphone@", "To: <sip:aiko@", 1)
		g.send(phoneAddr, to)
		g.one("SIP/2.0 403")
	})
}

// RFC 3327: a proxy between the phone and us says so in Path; calls to the phone go through it.
func TestPath(t *testing.T) {
	inBubble(t, func(g *rig) {
		seq := 0
		ok := g.registers(&seq, "a", "Contact: <sip:chen@192.168.1.5>\r\n", "Supported: path\r\nPath: <sip:edge1.example;lr>,<sip:edge2.example;lr;ob>\r\n")
		if got := strings.Join(ok.headers("Path"), ","); got != "<sip:edge1.example;lr>,<sip:edge2.example;lr;ob>" {
			t.Error("Path of the answer:", got)
		}
		if _, err := g.stack.Dial(routing.Target{User: "chen"}, routing.Caller{}, &fakeRoom{}, g.sink); err != nil {
			t.Fatal(err)
		}
		inv := g.one("INVITE sip:chen@192.168.1.5")
		if got := strings.Join(inv.headers("Route"), ","); got != "<sip:edge1.example;lr>,<sip:edge2.example;lr;ob>" || inv.to != phoneAddr {
			t.Error("Route:", got, "to", inv.to)
		}
		g.send(phoneAddr, reply(inv, "486 Busy Here", "a", "", ""))
		g.one("ACK")
	})
}
