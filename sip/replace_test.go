package sip

import (
	"strings"
	"testing"
	"time"

	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// replacing is an INVITE that is to take the place of a call.
func replacing(replaces string, a ask) ask {
	a.method, a.callID, a.from = "INVITE", "call2", "<sip:+819099999999@carrier>;tag=nt"
	a.uri, a.extra = "sip:+81312345678@"+ourAddr, a.extra+"Require: replaces\r\nReplaces: "+replaces+"\r\n"
	if a.body == "" {
		a.body = desc(1, "sendrecv", "")
	}
	return a
}

// heir is the leg that asks for the place of another.
func (g *rig) heir() *Leg {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, e := range g.events {
		if e.Kind == routing.LegReplaced {
			l, _ := e.By.(*Leg)
			return l
		}
	}
	g.t.Fatal("no leg is to be replaced")
	return nil
}

// An INVITE with Replaces comes to the call of the leg that it names: in that one's room, with its inbox (RFC 3891).
func TestReplaces(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l, ok := g.timed("")
		if ok.header("Supported") == "" || !strings.Contains(ok.header("Supported"), "replaces") {
			t.Error("Supported isn't true:", ok.text)
		}
		g.send(carrierAddr, replacing("call1;to-tag="+ok.toTag()+";from-tag=ft", ask{}).String())
		g.one("SIP/2.0 100")
		g.wantEvents("answered replaced")
		heir := g.heir()
		if len(g.rooms) != 1 || len(g.rooms[0].ends) != 2 || g.events[1].Leg != l.ID() || heir.Party().Number != "+819099999999" || heir.Party().Trunk != "office" {
			t.Errorf("%d rooms, of %q: %+v", len(g.rooms), g.events[1].Leg, heir.Party())
		}
		_ = heir.Answer()
		ok = g.one("SIP/2.0 200")
		g.send(carrierAddr, in("ACK", ok.toTag(), 1, ask{callID: "call2", from: "<sip:x@y>;tag=nt"}))
		g.wantEvents("answered replaced answered")
		l.Hangup(fact.EndCompleted)
		g.send(carrierAddr, reply(g.one("BYE sip:carrier@"+carrierAddr), "200 OK", "", "", ""))
		if g.stack.trunks.Calls("office") != 1 {
			t.Error("calls of the trunk:", g.stack.trunks.Calls("office"))
		}
		heir.Hangup(fact.EndCompleted)
		g.one("BYE")
	})
}

// What RFC 3891, 3 refuses, and who may not have the call.
func TestReplacesRefused(t *testing.T) {
	for name, c := range map[string]struct {
		replaces, want string
		ask            ask
	}{
		"unknown call":        {"call9;to-tag=OURS;from-tag=ft", "SIP/2.0 481", ask{}},
		"another tag of ours": {"call1;to-tag=x;from-tag=ft", "SIP/2.0 481", ask{}},
		"another tag of his":  {"call1;to-tag=OURS;from-tag=x", "SIP/2.0 481", ask{}},
		"early only":          {"call1;to-tag=OURS;from-tag=ft;early-only", "SIP/2.0 486", ask{}},
		"no tags":             {"call1", "SIP/2.0 400", ask{}},
		"two":                 {"call1;to-tag=OURS;from-tag=ft\r\nReplaces: call1;to-tag=OURS;from-tag=ft", "SIP/2.0 400", ask{}},
		"no common codec":     {"call1;to-tag=OURS;from-tag=ft", "SIP/2.0 488", ask{body: desc(1, "sendrecv", "96")}},
	} {
		t.Run(name, func(t *testing.T) {
			polite(t, nil, func(g *rig) {
				l, ok := g.timed("")
				g.send(carrierAddr, replacing(strings.ReplaceAll(c.replaces, "OURS", ok.toTag()), c.ask).String())
				g.find(c.want)
				g.wantEvents("answered")
				if n := g.stack.trunks.Calls("office"); n != 1 {
					t.Error("calls of the trunk:", n)
				}
				l.Hangup(fact.EndCompleted)
				g.find("BYE")
			})
		})
	}
}

// A call that still rings here has to be answered first; one that has ended is declined; one that was cancelled is not taken.
func TestReplacesAtOtherTimes(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l := g.incoming(ask{body: desc(1, "sendrecv", "")})
		tag := l.dialog.LocalTag()
		g.send(carrierAddr, replacing("call1;to-tag="+tag+";from-tag=ft", ask{}).String())
		g.one("SIP/2.0 481")
		_ = l.Answer()
		g.send(carrierAddr, in("ACK", g.find("SIP/2.0 200").toTag(), 1, ask{}))
		l.Hangup(fact.EndCompleted)
		g.one("BYE")
		again := replacing("call1;to-tag="+tag+";from-tag=ft", ask{})
		again.callID = "call3"
		g.send(carrierAddr, again.String())
		g.find("SIP/2.0 603")
		time.Sleep(40 * time.Second)
		g.got()
		again.callID = "call4"
		g.send(carrierAddr, again.String())
		g.find("SIP/2.0 481")
	})
}

// One that is cancelled while the other call is asked is not taken.
func TestReplacesCancelled(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l, ok := g.timed("")
		block := make(chan struct{})
		l.dialog.Do(func() { <-block })
		a := replacing("call1;to-tag="+ok.toTag()+";from-tag=ft", ask{branch: "z9hG4bK-same"})
		g.send(carrierAddr, a.String())
		a.method, a.body, a.extra = "CANCEL", "", ""
		g.send(carrierAddr, a.String())
		g.find("SIP/2.0 487")
		close(block)
		g.none()
		g.wantEvents("answered")
		if n := g.stack.trunks.Calls("office"); n != 1 || len(g.rooms[0].ends) != 1 {
			t.Errorf("%d calls, %d endpoints", n, len(g.rooms[0].ends))
		}
		l.Hangup(fact.EndCompleted)
		g.find("BYE")
	})
}

// A call of ours that rings at one phone is taken at another: early-only or not. A phone that the INVITE hasn't reached can't be replaced.
func TestReplacesWhileItRings(t *testing.T) {
	for extra, want := range map[string]string{";from-tag=a": "replaced", ";from-tag=a;early-only": "replaced", ";from-tag=b": ""} {
		polite(t, nil, func(g *rig) {
			l := g.dial(CallOptions{From: "1"})
			l.trunk = g.stack.file().Trunks["office"]
			g.stack.trunks.Count(l.trunk)
			inv := g.one("INVITE")
			g.send(carrierAddr, reply(inv, "180 Ringing", "a", calledContact, ""))
			g.wantEvents("ringing")
			g.send(carrierAddr, replacing(inv.header("Call-ID")+";to-tag="+tagOf(inv.header("From"))+extra, ask{}).String())
			if want == "" {
				g.one("SIP/2.0 481")
			} else {
				g.one("SIP/2.0 100")
				g.wantEvents("ringing " + want)
				g.heir().Hangup(fact.EndRefused)
				g.one("SIP/2.0 603")
			}
			l.Hangup(fact.EndElsewhere)
			cancel := g.find("CANCEL")
			g.send(carrierAddr, reply(cancel, "200 OK", "", "", ""))
			g.send(carrierAddr, reply(inv, "487 Request Terminated", "a", "", ""))
			g.got()
		})
	}
}

// Nobody takes a call of another trunk, of an agent, or of another agent.
func TestReplacesOfSomebodyElse(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l, ok := g.timed("")
		l.trunk = g.stack.file().Trunks["pbx"]
		g.stack.trunks.Count(l.trunk)
		g.send(carrierAddr, replacing("call1;to-tag="+ok.toTag()+";from-tag=ft", ask{}).String())
		g.one("SIP/2.0 403")
		g.wantEvents("answered")
		if l.belongs(nil, "aiko") || l.belongs(nil, "") {
			t.Error("a trunk's call is an agent's")
		}
		l.Hangup(fact.EndCompleted)
		g.one("BYE")
		g.stack.trunks.Give(g.stack.file().Trunks["office"])
	})
}

// An agent's desk phone takes the call that the agent has at another phone, with its login.
func TestReplacesByPhone(t *testing.T) {
	inBubble(t, func(g *rig) {
		seq := 1
		g.registers(&seq, "a", "Contact: <sip:chen@"+phoneAddr+">\r\n", "")
		leg, err := g.stack.Dial(routing.Target{User: "chen"}, routing.Caller{Number: "+81"}, &fakeRoom{}, g.sink)
		if err != nil {
			t.Fatal(err)
		}
		inv := g.find("INVITE")
		g.send(phoneAddr, reply(inv, "200 OK", "a", "Contact: <sip:chen@"+phoneAddr+">\r\n", desc(1, "sendrecv", "")))
		g.find("ACK")
		a := replacing(inv.header("Call-ID")+";to-tag="+tagOf(inv.header("From"))+";from-tag=a", ask{source: phoneAddr})
		a.from = "<sip:chenphone@mediasrv>;tag=nt"
		g.send(phoneAddr, a.String())
		challenge := g.find("SIP/2.0 401")
		a.seq, a.extra = 2, a.extra+answerTo(challenge.headers("WWW-Authenticate"), "INVITE", a.uri, "chenphone", "chensecret")
		g.send(phoneAddr, a.String())
		g.find("SIP/2.0 100")
		g.wantEvents("answered replaced")
		if p := g.heir().Party(); p.User != "chen" {
			t.Errorf("%+v", p)
		}
		g.heir().Hangup(fact.EndRefused)
		g.find("SIP/2.0 603")
		leg.Hangup(fact.EndCompleted)
		g.find("BYE")
	})
}
