package sip

import (
	"errors"
	"strings"
	"testing"

	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// atDesk is a call at chen's registered desk phone; the answer's tags are in the INVITE that comes back.
func (g *rig) atDesk() (leg routing.Leg, invite message) {
	g.t.Helper()
	seq := 1
	g.registers(&seq, "a", "Contact: <sip:chen@"+phoneAddr+">\r\n", "")
	leg, err := g.stack.Dial(routing.Target{User: "chen"}, routing.Caller{Number: "+81"}, &fakeRoom{}, g.sink)
	if err != nil {
		g.t.Fatal(err)
	}
	invite = g.find("INVITE")
	if !strings.Contains(invite.header("Allow"), "REFER") {
		g.t.Error("Allow isn't true:", invite.header("Allow"))
	}
	g.send(phoneAddr, reply(invite, "200 OK", "a", "Contact: <sip:chen@"+phoneAddr+">\r\n", desc(1, "sendrecv", "")))
	g.find("ACK")
	return leg, invite
}

// fromDesk is a request of the desk phone within its call.
func fromDesk(method string, invite message, seq int, extra string) string {
	a := ask{method: method, callID: invite.header("Call-ID"), source: phoneAddr, seq: seq, extra: extra}
	a.from, a.to = invite.header("To")+";tag=a", invite.header("From")
	return a.String()
}

// REFER of an agent's phone names a user, a queue or a number; what it hears of it comes before it is hung up.
func TestReferOfPhone(t *testing.T) {
	inBubble(t, func(g *rig) {
		leg, invite := g.atDesk()
		l, _ := leg.(*Leg)
		for i, c := range []struct{ to, want string }{
			{"<sip:aiko@mediasrv>", "aiko"},
			{"<sip:first%20line@mediasrv;transport=udp>", "first line"},
			{"<sip:0355555555;phone-context=+81@127.0.0.1;user=phone>", "0355555555"},
			{"tel:+81355555555", "+81355555555"},
		} {
			g.send(phoneAddr, fromDesk("REFER", invite, i+2, "Refer-To: "+c.to+"\r\n"))
			g.find("SIP/2.0 202")
			g.mu.Lock()
			last := g.events[len(g.events)-1]
			g.mu.Unlock()
			if last.Kind != routing.LegTransfer || last.To.Number != c.want || last.To.Trunk != "" || last.To.Leg != "" {
				t.Errorf("%s: %+v", c.to, last.To)
			}
			l.Transferred(603)
			g.send(phoneAddr, reply(g.find("NOTIFY"), "200 OK", "", "", ""))
			g.got()
		}
		g.send(phoneAddr, fromDesk("REFER", invite, 10, "Refer-To: <sip:x@y?Replaces=elsewhere%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\n"))
		if all := g.got(); len(all) != 3 || !strings.Contains(all[1].body(), "100") || !strings.Contains(all[2].body(), "603") {
			t.Error(lines(all))
		}
		g.send(phoneAddr, fromDesk("REFER", invite, 11, "Refer-To: <sip:aiko@mediasrv>\r\n"))
		g.got()
		l.Transferred(200)
		l.Hangup(fact.EndCompleted)
		all := g.got()
		if len(all) != 2 || !strings.HasPrefix(all[0].text, "NOTIFY") || !strings.Contains(all[0].body(), "200 OK") || !strings.HasPrefix(all[1].text, "BYE") {
			t.Error("the phone is hung up before it hears:", lines(all))
		}
	})
}

// INVITE of an agent's phone that is in a call asks somebody: its leg joins that call. REFER with Replaces between the two names the other one.
func TestPhoneAsks(t *testing.T) {
	inBubble(t, func(g *rig) {
		leg, invite := g.atDesk()
		a := ask{method: "INVITE", callID: "call2", from: "<sip:chenphone@mediasrv>;tag=nt", uri: "sip:aiko@" + ourAddr, source: phoneAddr, body: desc(1, "sendrecv", "")}
		g.send(phoneAddr, a.String())
		a.seq, a.extra = 2, answerTo(g.find("SIP/2.0 401").headers("WWW-Authenticate"), "INVITE", a.uri, "chenphone", "chensecret")
		g.send(phoneAddr, a.String())
		g.find("SIP/2.0 100")
		g.wantEvents("answered asks:aiko")
		asks := g.events[1]
		second, _ := asks.By.(*Leg)
		if asks.Leg != leg.ID() || second.Party().User != "chen" || second.room != leg.(*Leg).room {
			t.Fatalf("%+v", asks)
		}
		_ = second.Answer()
		ok := g.find("SIP/2.0 200")
		ack := ask{method: "ACK", callID: "call2", from: a.from, to: ok.header("To"), source: phoneAddr, seq: 2}
		g.send(phoneAddr, ack.String())
		g.send(phoneAddr, fromDesk("REFER", invite, 2, "Refer-To: <sip:aiko@mediasrv?Replaces=call2%3Bto-tag%3D"+ok.toTag()+"%3Bfrom-tag%3Dnt>\r\n"))
		g.find("SIP/2.0 202")
		g.wantEvents("answered asks:aiko answered transfer:aiko")
		if to := g.events[3].To; to.Leg != second.ID() {
			t.Errorf("%+v", to)
		}
		second.Hangup(fact.EndCompleted)
		leg.Hangup(fact.EndCompleted)
		g.find("BYE")
		third := a
		third.callID, third.seq, third.extra = "call3", 1, ""
		g.send(phoneAddr, third.String())
		third.seq, third.extra = 2, answerTo(g.find("SIP/2.0 401").headers("WWW-Authenticate"), "INVITE", a.uri, "chenphone", "chensecret")
		g.send(phoneAddr, third.String())
		g.find("SIP/2.0 403") // in no call
		if leg, err := g.stack.Dial(routing.Target{User: "chen"}, routing.Caller{Number: "+81"}, &fakeRoom{}, g.sink); err == nil {
			again := g.find("INVITE")
			g.send(phoneAddr, reply(again, "200 OK", "b", "Contact: <sip:chen@"+phoneAddr+">\r\n", desc(1, "sendrecv", "")))
			third.seq, third.callID, third.extra = 1, "call4", ""
			g.send(phoneAddr, third.String())
			third.seq, third.extra = 2, answerTo(g.find("SIP/2.0 401").headers("WWW-Authenticate"), "INVITE", a.uri, "chenphone", "chensecret")
			g.send(phoneAddr, third.String())
			if last := g.events[len(g.events)-1]; last.Kind != routing.LegAsks || last.Leg != leg.ID() {
				t.Errorf("beside a call that is on its way out: %+v", last)
			}
		}
	})
}

// REFER with Replaces names another call that the peer has with us: the two are joined by a leg in each room, hung up together.
func TestJoinedCalls(t *testing.T) {
	polite(t, mayRefer, func(g *rig) {
		l, ok := g.timed("")
		second := ask{body: desc(1, "sendrecv", ""), callID: "call2", from: "<sip:+819099999999@carrier>;tag=ft2"}
		second.method = "INVITE"
		g.send(carrierAddr, second.String())
		g.find("SIP/2.0 100")
		l2 := g.leg(1)
		_ = l2.Answer()
		ok2 := g.find("SIP/2.0 200")
		g.send(carrierAddr, in("ACK", ok2.toTag(), 1, ask{callID: "call2", from: second.from}))
		l2.trunk = g.stack.file().Trunks["pbx"]
		g.send(carrierAddr, in("REFER", ok.toTag(), 2, ask{extra: "Refer-To: <sip:x@127.0.0.1?Replaces=call2%3Bto-tag%3D" + ok2.toTag() + "%3Bfrom-tag%3Dft2>\r\n"}))
		if all := g.got(); len(all) != 3 || !strings.Contains(all[2].body(), "603") {
			t.Error("a call of somebody else is joined:", lines(all))
		}
		l2.trunk = l.trunk
		refer := ask{extra: "Refer-To: <sip:x@127.0.0.1?Replaces=call2%3Bto-tag%3D" + ok2.toTag() + "%3Bfrom-tag%3Dft2>\r\n"}
		g.send(carrierAddr, in("REFER", ok.toTag(), 3, refer))
		g.find("SIP/2.0 202")
		g.mu.Lock()
		to := *g.events[len(g.events)-1].To
		before := len(g.events)
		g.mu.Unlock()
		if to.Leg != l2.ID() || to.Trunk != "" {
			t.Fatalf("%+v", to)
		}
		for _, answered := range []bool{false, true} {
			a, err := g.stack.Dial(to, routing.Caller{Number: "+81399999999"}, g.rooms[0], g.sink)
			if err != nil {
				t.Fatal(err)
			}
			g.got()
			replaced := g.events[len(g.events)-1]
			b := replaced.By
			if replaced.Kind != routing.LegReplaced || replaced.Leg != l2.ID() || b.Party().Number != "+81399999999" || a.Party().Number != l2.Party().Number {
				t.Fatalf("%+v", replaced)
			}
			ends := [2]*fakeEnd{g.rooms[0].ends[len(g.rooms[0].ends)-1], g.rooms[1].ends[len(g.rooms[1].ends)-1]}
			for i, e := range ends {
				if n := e.last(); n.Format.Codec.String() != l2.Codec() || n.Remote.Port() != ends[1-i].Local().Addr.Port() || !n.Send || !n.Receive || n.Format.SendPT != n.Format.RecvPT {
					t.Errorf("endpoint %d: %+v", i, n)
				}
			}
			want := " replaced"
			if answered {
				_ = b.Answer()
				_ = b.Answer()
				holder, _ := a.(routing.Holder)
				holder.Hold(true, false)
				want += " answered answered held:true,false"
			}
			b.Hangup(fact.EndCompleted)
			a.Hangup(fact.EndCompleted)
			if want += " ended:refused ended:completed"; answered {
				want = strings.Replace(want, "refused", "caller-hung-up", 1)
			}
			g.mu.Lock()
			all := g.events
			g.events = g.events[before:]
			g.mu.Unlock()
			if got := " " + g.kinds(); got != want {
				t.Errorf("events %q, want %q", got, want)
			}
			g.mu.Lock()
			g.events = all[:before]
			g.mu.Unlock()
			for i, e := range ends {
				if e.closed != 1 {
					t.Errorf("endpoint %d is left over", i)
				}
			}
		}
		l2.Hangup(fact.EndCompleted)
		g.got()
		if _, err := g.stack.Dial(to, routing.Caller{}, g.rooms[0], g.sink); err != nil { // the other call ends at this moment
			t.Fatal(err)
		}
		g.wantEvents("answered answered transfer:x ended:completed ended:refused")
		if _, err := g.stack.Dial(routing.Target{Leg: "gone"}, routing.Caller{}, g.rooms[0], g.sink); !errors.Is(err, routing.ErrUnreachable) {
			t.Error("a leg that is gone:", err)
		}
		l.Hangup(fact.EndCompleted)
		g.got()
	})
}
