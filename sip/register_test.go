package sip

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// registeredFile has a trunk that we register with.
func registeredFile() *config.Config {
	file := outFile()
	t := file.Trunks["out"]
	t.Servers, t.MaxCalls, t.Inbound = []string{"192.0.2.10", "192.0.2.11:5070"}, 0, true
	t.Register = config.Registration{On: true, Expires: time.Hour, Domain: "carrier.example"}
	delete(file.Trunks, "office")
	return file
}

const challengeSHA = "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\r\n" +
	"WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n2\", qop=\"auth\", algorithm=SHA-256\r\n"

// accept answers a REGISTER with 200.
func (g *rig) accept(reg message, extra string) {
	g.t.Helper()
	g.send(reg.to, reply(reg, "200 OK", "r", extra, ""))
}

// enrolled runs a registration's first exchange and returns the Contact that was registered.
func (g *rig) enrolled(extra string) (contact string) {
	g.t.Helper()
	reg := g.find("REGISTER sip:carrier.example SIP/2.0")
	g.accept(reg, "Contact: "+reg.header("Contact")+"\r\n"+extra)
	if r := g.trunkState("out").Registration; r.State != fact.Registered {
		g.t.Fatalf("%+v", r)
	}
	return reg.header("Contact")
}

func uriOf(contact string) string {
	_, uri, _ := strings.Cut(contact, "<")
	uri, _, _ = strings.Cut(uri, ">")
	return uri
}

// REGISTER with 401 and 407 in a chain, the strongest of several challenges, refresh before the registrar's time is over, and goodbye at the end (RFC 3261, 10;
// RFC 7616; P0 2 and 3).
func TestRegisterWithTrunk(t *testing.T) {
	var last message
	runBubble(t, registeredFile(), func(g *rig) {
		reg := g.one("REGISTER sip:carrier.example SIP/2.0")
		if reg.to != firstServer || !strings.HasPrefix(reg.header("From"), "<sip:acme@carrier.example>;tag=") || reg.header("To") != "<sip:acme@carrier.example>" ||
			reg.header("Expires") != "3600" || reg.header("Supported") != "path" || !strings.Contains(reg.header("Contact"), ";line=") {
			t.Error(reg.text)
		}
		g.send(firstServer, reply(reg, "407 Proxy Authentication Required", "r", "Proxy-Authenticate: Digest realm=\"edge\", nonce=\"e\", qop=\"auth\"\r\n", ""))
		second := g.one("REGISTER")
		if !strings.Contains(second.header("Proxy-Authorization"), `uri="sip:carrier.example"`) || second.header("CSeq") != "2 REGISTER" ||
			second.header("Call-ID") != reg.header("Call-ID") || second.header("Via") == reg.header("Via") {
			t.Error(second.text)
		}
		g.send(firstServer, reply(second, "401 Unauthorized", "r", challengeSHA, ""))
		third := g.one("REGISTER")
		if auth := third.header("Authorization"); !strings.Contains(auth, "SHA-256") || !strings.Contains(auth, `nonce="n2"`) || third.header("Proxy-Authorization") == "" ||
			strings.Contains(third.text, "geheim") {
			t.Error(third.text)
		}
		g.send(firstServer, reply(third, "401 Unauthorized", "r", strings.ReplaceAll(challengeSHA, "qop=", "stale=true, qop="), ""))
		fourth := g.one("REGISTER")
		// The registrar grants less than we asked for.
		g.accept(fourth, "Contact: <sip:acme@203.0.113.1>;expires=3000\r\nContact: "+strings.Replace(fourth.header("Contact"), "expires=3600", "expires=600", 1)+"\r\nExpires: 1800\r\n")
		s := g.trunkState("out").Registration
		if s.State != fact.Registered || s.Server != "udp/"+firstServer || !s.Expires.Equal(time.Now().Add(10*time.Minute)) {
			t.Errorf("%+v", s)
		}
		time.Sleep(7*time.Minute + 29*time.Second)
		g.none()
		var refresh message
		g.serve(80*time.Second, func(m message) string {
			refresh = m
			return reply(m, "200 OK", "r", "Contact: "+m.header("Contact")+"\r\n", "")
		})
		if refresh.header("Contact") != reg.header("Contact") || refresh.header("Call-ID") != reg.header("Call-ID") {
			t.Error(refresh.text)
		}
		if s := g.trunkState("out").Registration; !s.Expires.Equal(refresh.at.Add(time.Hour)) {
			t.Errorf("%+v", s)
		}
		go func() { // the registrar answers the goodbye
			for d := range g.net.out {
				if m := (message{text: string(d.data), to: d.addr.String()}); strings.HasPrefix(m.text, "REGISTER") {
					last = m
					g.net.in <- datagram{data: []byte(reply(m, "200 OK", "r", "", "")), addr: d.addr}
					return
				}
			}
		}()
	})
	if last.header("Expires") != "0" || !strings.HasSuffix(last.header("Contact"), ";expires=0") || last.to != firstServer {
		t.Errorf("no goodbye: %q", last.text)
	}
}

// 423: the registrar wants longer (RFC 3261, 10.2.8).
func TestRegisterTooBrief(t *testing.T) {
	file := registeredFile()
	file.Trunks["out"].Register.Expires = time.Minute
	runBubble(t, file, func(g *rig) {
		reg := g.one("REGISTER")
		g.send(firstServer, reply(reg, "423 Interval Too Brief", "r", "Min-Expires: 1800\r\n", ""))
		again := g.one("REGISTER")
		if again.header("Expires") != "1800" || !strings.HasSuffix(again.header("Contact"), ";expires=1800") {
			t.Error(again.text)
		}
		g.send(firstServer, reply(again, "423 Interval Too Brief", "r", "Min-Expires: 1800\r\n", "")) // it doesn't keep its word
		g.none()
		if s := g.trunkState("out").Registration; s.State != fact.RegistrationRefused || !strings.Contains(s.Error, "423") {
			t.Errorf("%+v", s)
		}
	})
}

// 403, or a password that is wrong, is tried again seldom, and ever more seldom: it must not look like an attack.
func TestRegisterRefused(t *testing.T) {
	for _, answer := range []string{"403 Forbidden", "401 Unauthorized"} {
		runBubble(t, registeredFile(), func(g *rig) {
			var at []time.Time
			g.serve(4*time.Hour, func(m message) string {
				if m.to != firstServer {
					t.Error("another server is asked:", m.to)
				}
				if m.header("Authorization") == "" {
					at = append(at, time.Now())
				}
				return reply(m, answer, "r", challengeSHA, "")
			})
			for i := 1; i < len(at); i++ {
				base := min(time.Minute<<(i-1), time.Hour)
				if wait := at[i].Sub(at[i-1]); wait < base*3/4 || wait > base*5/4 {
					t.Errorf("%s: attempt %d after %v, want about %v", answer, i, wait, base)
				}
			}
			if len(at) < 7 || len(at) > 10 {
				t.Errorf("%s: %d attempts in 4 hours", answer, len(at))
			}
			if s := g.trunkState("out").Registration; s.State != fact.RegistrationRefused || s.Error == "" {
				t.Errorf("%+v", s)
			}
		})
	}
}

// Without an answer the other server is asked after 2 s, then both again with back-off; what comes back is found again, and until it expires a registration stands.
func TestRegisterFailover(t *testing.T) {
	runBubble(t, registeredFile(), func(g *rig) {
		g.one("REGISTER")
		time.Sleep(2*time.Second + time.Millisecond)
		other := to(g.each("REGISTER"), secondServer)
		if len(other) != 1 {
			t.Fatal("the second server isn't asked:", lines(other))
		}
		g.send(secondServer, reply(other[0], "500 Server Internal Error", "r", "", ""))
		if s := g.trunkState("out").Registration; s.State != fact.RegistrationFailed || !strings.Contains(s.Error, "500") {
			t.Errorf("%+v", s)
		}
		n := 0
		g.serve(30*time.Minute, func(m message) string {
			if m.to != secondServer {
				return ""
			}
			n++
			return reply(m, "500 Server Internal Error", "r", "", "")
		})
		if n < 9 || n > 16 { // 2, 4 … 256, then every 5 minutes
			t.Errorf("%d attempts in half an hour", n)
		}
	})
	runBubble(t, registeredFile(), func(g *rig) {
		g.enrolled("Expires: 3600\r\n")
		time.Sleep(54 * time.Minute) // the refresh goes unanswered
		if s := g.trunkState("out").Registration; s.State != fact.Registered || s.Error == "" {
			t.Errorf("%+v", s)
		}
		time.Sleep(7 * time.Minute)
		if s := g.trunkState("out").Registration; s.State != fact.RegistrationFailed || !s.Expires.IsZero() {
			t.Errorf("%+v", s)
		}
	})
}

// A registrar that dies and comes back may have forgotten us: we are there again at once, not when the hour is over.
func TestRegisterAgainWhenServerReturns(t *testing.T) {
	file := registeredFile()
	file.Trunks["out"].Servers, file.Trunks["out"].Uplink.Probe = []string{"192.0.2.10"}, 10*time.Second
	runBubble(t, file, func(g *rig) {
		reg, probe := message{}, message{}
		for _, m := range g.got() {
			if strings.HasPrefix(m.text, "REGISTER") {
				reg = m
			} else {
				probe = m
			}
		}
		g.send(firstServer, reply(probe, "200 OK", "o", "", ""))
		g.accept(reg, "Contact: "+reg.header("Contact")+"\r\n")
		time.Sleep(13 * time.Second) // one probe unanswered: down; we try to register, in vain
		if h := g.health("out"); h != firstServer+" down" {
			t.Fatal(h)
		}
		time.Sleep(time.Minute)
		g.got()
		back := time.Now()
		var at time.Time
		g.serve(time.Minute, func(m message) string {
			if strings.HasPrefix(m.text, "REGISTER") && at.IsZero() {
				at = m.at
			}
			return reply(m, "200 OK", "o", "Contact: "+m.header("Contact")+"\r\n", "")
		})
		if wait := at.Sub(back); at.IsZero() || wait > 15*time.Second {
			t.Error("registered again after", wait)
		}
	})
}

// Calls out follow the Service-Route (RFC 3608), through the outbound proxy.
func TestServiceRoute(t *testing.T) {
	file := registeredFile()
	file.Trunks["out"].Register.Proxy = "192.0.2.99:5099"
	const proxy = "192.0.2.99:5099"
	runBubble(t, file, func(g *rig) {
		reg := g.one("REGISTER sip:carrier.example")
		if reg.to != proxy || reg.header("Route") != "<sip:192.0.2.99:5099;lr>" {
			t.Error(reg.to, reg.text)
		}
		g.out(routing.Target{Number: "1"}, routing.Caller{Number: "1"}) // before the registration
		if inv := g.find("INVITE sip:1@carrier.example"); inv.to != proxy || fmt.Sprint(inv.headers("Route")) != "[<sip:192.0.2.99:5099;lr>]" {
			t.Error(inv.to, inv.text)
		}
		g.accept(reg, "Contact: "+reg.header("Contact")+"\r\nService-Route: <sip:192.0.2.99:5099;lr>, <sip:orig@core.example;lr;x=\"a,b\">\r\nService-Route: <sip:last.example;lr>\r\n")
		g.out(routing.Target{Number: "2"}, routing.Caller{Number: "1"})
		inv := g.find("INVITE sip:2@carrier.example")
		if got := fmt.Sprint(inv.headers("Route")); inv.to != proxy || !strings.HasPrefix(got, "[<sip:192.0.2.99:5099;lr> <sip:orig@core.example;lr") || !strings.HasSuffix(got, "<sip:last.example;lr>]") {
			t.Error(inv.to, got)
		}
		g.send(proxy, reply(inv, "486 Busy Here", "a", "", ""))
		if ack := g.find("ACK"); ack.to != proxy || len(ack.headers("Route")) != 3 {
			t.Error(ack.text)
		}
	})
}

// A call that comes in belongs to the trunk whose token it carries, wherever it comes from; or to the trunk at whose registrar's address it comes from. What
// carries neither is a stranger's.
func TestInboundOfRegistration(t *testing.T) {
	file := registeredFile()
	two := *file.Trunks["out"]
	two.Name, two.Login.Username = "two", "beta"
	two.Register.Domain = "two.example"
	file.Trunks["two"] = &two
	runBubble(t, file, func(g *rig) {
		contacts := map[string]string{}
		for _, m := range g.each("REGISTER") {
			contacts[m.header("To")] = uriOf(m.header("Contact"))
			g.accept(m, "Contact: "+m.header("Contact")+"\r\n")
		}
		n := 0
		call := func(uri, to, source, want string) {
			t.Helper()
			n++
			g.send(source, ask{method: "INVITE", uri: uri, to: to, callID: fmt.Sprint("in", n), source: source, body: desc(1, "sendrecv", "0")}.String())
			g.mu.Lock()
			got := ""
			if len(g.facts) > 0 {
				got = g.facts[len(g.facts)-1].Trunk + " " + g.facts[len(g.facts)-1].To
			}
			for _, l := range g.legs {
				l.Hangup(fact.EndRefused)
			}
			g.legs, g.facts = nil, nil
			g.mu.Unlock()
			synctest.Wait()
			if got != want {
				t.Errorf("%s from %s: got %q, want %q", uri, source, got, want)
			}
			if all := g.got(); want == "" && len(all) > 0 {
				t.Errorf("a stranger is answered: %s", lines(all))
			}
		}
		did := "<sip:0312345678@carrier.example>"
		one, beta := contacts["<sip:acme@carrier.example>"], contacts["<sip:beta@two.example>"]
		call(one, did, "198.51.100.77:5060", "out +81312345678") // a proxy of the carrier's that we have never heard of
		call(beta, did, "198.51.100.77:5060", "two +81312345678")
		call(one, did, firstServer, "out +81312345678")
		call(beta, did, firstServer, "two +81312345678") // both trunks behind one proxy
		call("sip:beta@"+ourAddr, did, firstServer, "two +81312345678")
		call("sip:acme@"+ourAddr+";line=guessed", did, "198.51.100.77:5060", "")
		call("sip:+81312345678@"+ourAddr, did, "198.51.100.77:5060", "")
	})
	delete(file.Trunks, "two")
	runBubble(t, file, func(g *rig) {
		before := ask{method: "INVITE", uri: "sip:+81312345678@" + ourAddr, callID: "early", source: firstServer, body: desc(1, "sendrecv", "0")}
		reg := g.one("REGISTER")
		g.accept(reg, "Contact: "+reg.header("Contact")+"\r\n")
		g.send(firstServer, before.String()) // no token, but from the registrar's address
		g.find("SIP/2.0 100")
		if len(g.facts) != 1 || g.facts[0].Trunk != "out" {
			t.Errorf("%+v", g.facts)
		}
		g.send(firstServer, ask{method: "OPTIONS", uri: "sip:acme@" + ourAddr, callID: "ping", source: firstServer}.String()) // carriers ask whether we are there
		g.find("SIP/2.0 200")
	})
}
