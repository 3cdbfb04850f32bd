package sip

import (
	"strings"
	"testing"
	"time"

	"mediasrv/media"
	"mediasrv/media/rtp"
	"mediasrv/routing/fact"
)

// arrive brings a call in, up to Handle.
func (g *rig) arrive() *Leg {
	g.t.Helper()
	g.send(carrierAddr, ask{method: "INVITE", body: desc(1, "sendrecv", "")}.String())
	g.one("SIP/2.0 100")
	return g.leg(0)
}

// talk brings a call in and answers it.
func (g *rig) talk() (l *Leg, tag string) {
	g.t.Helper()
	l = g.arrive()
	_ = l.Answer()
	ok := g.one("SIP/2.0 200")
	g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-ack1", to: ok.header("To")}.String())
	g.wantEvents("answered")
	return l, ok.toTag()
}

// in makes a request within the call that talk began.
func in(method, tag string, seq int, a ask) string {
	a.method, a.seq, a.to = method, seq, "<sip:+81312345678@127.0.0.1>;tag="+tag
	return a.String()
}

func TestCallIn(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		if in := g.facts[0]; in.Trunk != "office" || in.To != "+81312345678" || in.From.Number != "+819012345678" || in.Withheld {
			t.Errorf("invite: %+v", in)
		}
		_ = l.Ring(false)
		ringing := g.one("SIP/2.0 180")
		if ringing.to != carrierAddr || !strings.Contains(ringing.header("Via"), "rport=5070") {
			t.Error("180 to", ringing.to, ringing.header("Via"))
		}
		_ = l.Ring(true)
		early := g.one("SIP/2.0 183")
		if !strings.Contains(early.body(), "m=audio 10000 RTP/AVP 0") {
			t.Error("183:", early.text)
		}
		_ = l.Answer()
		ok := g.one("SIP/2.0 200")
		if ok.toTag() == "" || ok.toTag() != ringing.toTag() || ok.body() != early.body() {
			t.Error("200:", ok.text)
		}
		g.wantEvents("")
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-ack", to: ok.header("To")}.String())
		g.wantEvents("answered")
		end := g.rooms[0].ends[0]
		if n := end.last(); !n.Send || !n.Receive || !n.Latch || n.Remote.String() != "127.0.0.2:20000" || !n.Early || end.answered != 1 {
			t.Errorf("negotiated: %+v, told of the answer %d times", n, end.answered)
		}
		end.course.Add(rtp.Quality{Expected: 50, Received: 49, MOS: 4.2, Jitter: time.Millisecond})
		if l.Codec() != "PCMU" {
			t.Error("codec:", l.Codec())
		}
		time.Sleep(time.Minute)
		g.none()
		g.send(carrierAddr, in("BYE", ok.toTag(), 2, ask{}))
		g.one("SIP/2.0 200")
		g.wantEvents("answered ended:caller-hung-up")
		if q := g.events[1].Quality; q.Rated != time.Second || q.MOS != 4.2 || q.LowestMOS != 4.2 || q.Loss != 2 || q.Jitter != time.Millisecond || q.FarMOS != 0 {
			t.Errorf("quality: %+v", q)
		}
		if g.rooms[0].ends[0].closed != 1 {
			t.Error("the endpoint isn't closed")
		}
	})
}

func TestHangupSendsBye(t *testing.T) {
	inBubble(t, func(g *rig) {
		l, tag := g.talk()
		l.Hangup(fact.EndCompleted)
		l.Hangup(fact.EndInternal)
		bye := g.one("BYE sip:carrier@" + carrierAddr)
		if !strings.Contains(bye.header("Reason"), "Q.850;cause=16") || tagOf(bye.header("From")) != tag || bye.toTag() != "ft" {
			t.Error(bye.text)
		}
		g.send(carrierAddr, reply(bye, "200 OK", "", "", ""))
		g.wantEvents("answered ended:completed")
	})
}

// The BYE is repeated at T1 doubling to T2 and given up after 64*T1.
func TestLostBye(t *testing.T) {
	inBubble(t, func(g *rig) {
		l, _ := g.talk()
		l.Hangup(fact.EndCompleted)
		time.Sleep(40 * time.Second)
		if n := len(g.got()); n != 11 {
			t.Errorf("%d BYEs, want 11", n)
		}
		if g.stack.leg("call1", l.dialog.LocalTag()) != nil {
			t.Error("the leg is still there")
		}
	})
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		why    fact.EndReason
		status string
	}{
		{fact.EndBusy, "SIP/2.0 486 Busy Here"},
		{fact.EndLongestWait, "SIP/2.0 480"},
		{fact.EndShutdown, "SIP/2.0 503"},
		{fact.EndUnknownNumber, "SIP/2.0 404"},
	} {
		inBubble(t, func(g *rig) {
			l := g.arrive()
			l.Hangup(c.why)
			g.one(c.status)
			// No ACK: repeated at 0.5, 1, 2, 4, 4 … s, given up at 32 s.
			time.Sleep(40 * time.Second)
			if n := len(g.got()); n != 10 {
				t.Errorf("%s: repeated %d times, want 10", c.status, n)
			}
			g.wantEvents("ended:" + c.why.String())
		})
	}
}

func TestAckOfRefusalIsAbsorbed(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		l.Hangup(fact.EndBusy)
		res := g.one("SIP/2.0 486")
		a := ask{method: "ACK", branch: "z9hG4bK-INVITE-0", to: res.header("To")}
		for range 3 {
			g.send(carrierAddr, a.String())
		}
		time.Sleep(time.Minute)
		g.none()
	})
}

// sipgo's own 487 has another To tag than our 180.
func TestCancel(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		_ = l.Ring(false)
		tag := g.one("SIP/2.0 180").toTag()
		cancel := ask{method: "CANCEL", branch: "z9hG4bK-INVITE-0"}
		g.send(carrierAddr, cancel.String())
		all := g.got()
		if len(all) != 2 || !strings.HasPrefix(all[0].text, "SIP/2.0 200") || !strings.HasPrefix(all[1].text, "SIP/2.0 487") {
			t.Fatal(lines(all))
		}
		if all[0].toTag() != tag || all[1].toTag() != tag {
			t.Error("tags", tag, all[0].toTag(), all[1].toTag())
		}
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-INVITE-0", to: all[1].header("To")}.String())
		g.send(carrierAddr, cancel.String()) // repeated
		g.one("SIP/2.0 200")
		g.wantEvents("ended:caller-gone")
		if g.rooms[0].ends[0].closed != 1 {
			t.Error("the endpoint isn't closed")
		}
	})
}

func TestCancelCrosses200(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		_ = l.Answer()
		ok := g.one("SIP/2.0 200")
		g.send(carrierAddr, ask{method: "CANCEL", branch: "z9hG4bK-INVITE-0"}.String())
		if m := g.one("SIP/2.0 200"); !strings.Contains(m.header("CSeq"), "CANCEL") {
			t.Error(m.text)
		}
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-a", to: ok.header("To")}.String())
		g.wantEvents("answered")
	})
}

func TestCancelOfNothing(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.send(carrierAddr, ask{method: "CANCEL", callID: "other"}.String())
		g.one("SIP/2.0 481")
	})
}

// The 200 is repeated at T1 doubling to T2, and BYE follows at 32 s.
func TestNoAck(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		begin := time.Now()
		_ = l.Answer()
		time.Sleep(33 * time.Second)
		var at []string
		for _, m := range g.got() {
			if strings.HasPrefix(m.text, "SIP/2.0 200") {
				at = append(at, m.at.Sub(begin).String())
			}
			if strings.HasPrefix(m.text, "BYE") {
				at = append(at, "BYE "+m.at.Sub(begin).String())
				g.send(carrierAddr, reply(m, "200 OK", "", "", ""))
			}
		}
		want := "0s 500ms 1.5s 3.5s 7.5s 11.5s 15.5s 19.5s 23.5s 27.5s 31.5s BYE 32s BYE 32.5s"
		if got := strings.Join(at, " "); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
		g.wantEvents("ended:timeout")
	})
}

// BYE must wait for the ACK (RFC 3261, 15).
func TestHangupBeforeAck(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		_ = l.Answer()
		ok := g.one("SIP/2.0 200")
		l.Hangup(fact.EndCompleted)
		g.none()
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-a", to: ok.header("To")}.String())
		bye := g.one("BYE")
		g.send(carrierAddr, reply(bye, "200 OK", "", "", ""))
		g.wantEvents("ended:completed")
	})
}

func TestByeBeforeAck(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		_ = l.Answer()
		tag := g.one("SIP/2.0 200").toTag()
		g.send(carrierAddr, in("BYE", tag, 2, ask{}))
		g.one("SIP/2.0 200")
		time.Sleep(time.Minute)
		g.none()
		g.wantEvents("ended:caller-hung-up")
	})
}

func TestByeInEarlyDialog(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		_ = l.Ring(false)
		tag := g.one("SIP/2.0 180").toTag()
		g.send(carrierAddr, in("BYE", tag, 2, ask{}))
		all := g.got()
		if len(all) != 2 || !strings.HasPrefix(all[0].text, "SIP/2.0 200") || !strings.HasPrefix(all[1].text, "SIP/2.0 487") {
			t.Error(lines(all))
		}
		g.wantEvents("ended:caller-hung-up")
	})
}

func TestByeCrossesBye(t *testing.T) {
	inBubble(t, func(g *rig) {
		l, tag := g.talk()
		l.Hangup(fact.EndCompleted)
		bye := g.one("BYE")
		g.send(carrierAddr, in("BYE", tag, 2, ask{}))
		g.one("SIP/2.0 200")
		g.send(carrierAddr, reply(bye, "481 Gone", "", "", ""))
		g.wantEvents("answered ended:completed")
	})
}

// Each end has the status and the cause of Q.850 that carriers act upon (RFC 3326).
func TestStatusOfEachEnd(t *testing.T) {
	for why, want := range map[fact.EndReason][2]string{
		fact.EndBusy:          {"SIP/2.0 486 ", "cause=17;"},
		fact.EndNoAnswer:      {"SIP/2.0 480 ", "cause=19;"},
		fact.EndUnknownNumber: {"SIP/2.0 404 ", "cause=1;"},
		fact.EndCongestion:    {"SIP/2.0 503 ", "cause=42;"},
	} {
		inBubble(t, func(g *rig) {
			l := g.arrive()
			l.Hangup(why)
			res := g.one(want[0])
			if !strings.HasPrefix(res.header("Reason"), "Q.850;"+want[1]) {
				t.Error(res.text)
			}
			g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-INVITE-0", to: res.header("To")}.String())
		})
	}
}

func TestRepeatedInviteIsAbsorbed(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		invite := ask{method: "INVITE", body: desc(1, "sendrecv", "")}.String()
		g.send(carrierAddr, invite)
		g.one("SIP/2.0 100")
		_ = l.Ring(false)
		g.one("SIP/2.0 180")
		g.send(carrierAddr, invite)
		g.one("SIP/2.0 180")
		_ = l.Answer()
		ok := g.one("SIP/2.0 200")
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-a", to: ok.header("To")}.String())
		g.send(carrierAddr, invite) // after the ACK
		time.Sleep(time.Minute)
		g.send(carrierAddr, invite) // its transaction is over, its dialog isn't
		time.Sleep(time.Second)
		g.none()
		if len(g.legs) != 1 {
			t.Error("calls:", len(g.legs))
		}
	})
}

// The same INVITE by another way is a loop or a fork that came together again (RFC 3261, 8.2.2.2).
func TestMergedRequest(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.arrive()
		g.send(carrierAddr, ask{method: "INVITE", branch: "z9hG4bK-other", body: desc(1, "sendrecv", "")}.String())
		g.one("SIP/2.0 482")
	})
}

func TestOfferlessInvite(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.send(carrierAddr, ask{method: "INVITE"}.String())
		g.one("SIP/2.0 100")
		l := g.leg(0)
		_ = l.Ring(true) // there is nothing to say yet
		g.one("SIP/2.0 180")
		_ = l.Answer()
		ok := g.one("SIP/2.0 200")
		if !strings.Contains(ok.body(), "m=audio 10000 RTP/AVP 0 8") {
			t.Error(ok.text)
		}
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-a", to: ok.header("To"), body: desc(1, "sendrecv", "8 101")}.String())
		g.wantEvents("answered")
		if l.Codec() != "PCMA" {
			t.Error("codec:", l.Codec())
		}
	})
}

func TestOfferlessInviteAckWithoutAnswer(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.send(carrierAddr, ask{method: "INVITE"}.String())
		g.one("SIP/2.0 100")
		_ = g.leg(0).Answer()
		ok := g.one("SIP/2.0 200")
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-a", to: ok.header("To")}.String())
		bye := g.one("BYE")
		g.send(carrierAddr, reply(bye, "200 OK", "", "", ""))
		g.wantEvents("ended:protocol")
	})
}

func TestHoldAndBack(t *testing.T) {
	for _, c := range []struct{ offer, answer string }{{"sendonly", "recvonly"}, {"recvonly", "sendonly"}, {"inactive", "inactive"}} {
		for _, method := range []string{"INVITE", "UPDATE"} {
			inBubble(t, func(g *rig) {
				_, tag := g.talk()
				end := g.rooms[0].ends[0]
				again := func(seq, version int, dir string) message {
					g.send(carrierAddr, in(method, tag, seq, ask{body: desc(version, dir, "")}))
					ok := g.one("SIP/2.0 200")
					if method == "INVITE" {
						g.send(carrierAddr, in("ACK", tag, seq, ask{}))
					}
					return ok
				}
				ok := again(2, 2, c.offer)
				if !strings.Contains(ok.body(), "a="+c.answer) {
					t.Error(c.offer, ok.body())
				}
				n := end.last()
				if n.Early || n.Send != (c.answer == "sendonly") || n.Receive != (c.answer == "recvonly") {
					t.Errorf("%s: %+v", c.offer, n)
				}
				if ok := again(3, 3, "sendrecv"); !strings.Contains(ok.body(), "a=sendrecv") {
					t.Error("back:", ok.body())
				}
				time.Sleep(time.Minute)
				g.none()
				held := map[string]string{"sendonly": "held:true,false", "recvonly": "held:false,true", "inactive": "held:false,false"}[c.offer]
				g.wantEvents("answered " + held + " held:true,true")
			})
		}
	}
}

func TestReinviteWithoutOffer(t *testing.T) {
	inBubble(t, func(g *rig) {
		_, tag := g.talk()
		g.send(carrierAddr, in("INVITE", tag, 2, ask{}))
		ok := g.one("SIP/2.0 200")
		if !strings.Contains(ok.body(), "m=audio") {
			t.Error(ok.text)
		}
		// While the answer is missing, another offer is too early.
		g.send(carrierAddr, in("UPDATE", tag, 3, ask{body: desc(2, "sendrecv", "")}))
		g.one("SIP/2.0 491")
		g.send(carrierAddr, in("ACK", tag, 2, ask{body: desc(2, "sendrecv", "8")}))
		time.Sleep(time.Minute)
		g.none()
		if c := g.leg(0).Codec(); c != "PCMA" {
			t.Error("codec:", c)
		}
	})
}

func TestRefusedReinviteKeepsTheSession(t *testing.T) {
	inBubble(t, func(g *rig) {
		_, tag := g.talk()
		before := g.rooms[0].ends[0].last()
		for i, c := range []struct{ body, kind, want string }{
			{desc(2, "sendrecv", "18"), "", "SIP/2.0 488"},
			{"rubbish", "", "SIP/2.0 400"},
			{"<xml/>", "application/xml", "SIP/2.0 415"},
		} {
			g.send(carrierAddr, in("INVITE", tag, 2+i, ask{body: c.body, kind: c.kind}))
			res := g.one(c.want)
			g.send(carrierAddr, in("ACK", tag, 2+i, ask{branch: "z9hG4bK-INVITE-" + string(rune('2'+i))}))
			_ = res
		}
		if g.rooms[0].ends[0].last() != before {
			t.Error("the session changed")
		}
		g.send(carrierAddr, in("INVITE", tag, 9, ask{body: desc(3, "sendrecv", "8")}))
		g.one("SIP/2.0 200")
		g.send(carrierAddr, in("ACK", tag, 9, ask{}))
		g.wantEvents("answered")
	})
}

func TestLostAckOfReinvite(t *testing.T) {
	inBubble(t, func(g *rig) {
		_, tag := g.talk()
		g.send(carrierAddr, in("INVITE", tag, 2, ask{body: desc(2, "sendrecv", "")}))
		time.Sleep(32*time.Second + time.Millisecond)
		all := g.got()
		if last := all[len(all)-1]; len(all) != 12 || !strings.HasPrefix(last.text, "BYE") {
			t.Fatal(lines(all))
		}
		g.send(carrierAddr, reply(all[11], "200 OK", "", "", ""))
		g.wantEvents("answered ended:timeout")
	})
}

func TestSecondInviteWhilePending(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		_ = l.Ring(false)
		tag := g.one("SIP/2.0 180").toTag()
		g.send(carrierAddr, in("INVITE", tag, 2, ask{body: desc(2, "sendrecv", "")}))
		if res := g.one("SIP/2.0 500"); res.header("Retry-After") == "" {
			t.Error(res.text)
		}
	})
}

func TestGlare(t *testing.T) {
	inBubble(t, func(g *rig) {
		l, tag := g.talk()
		l.dialog.Do(l.dialog.Reinvite)
		ours := g.one("INVITE sip:carrier@" + carrierAddr)
		g.send(carrierAddr, in("INVITE", tag, 2, ask{body: desc(2, "sendrecv", "")}))
		g.one("SIP/2.0 491")
		g.send(carrierAddr, in("ACK", tag, 2, ask{branch: "z9hG4bK-INVITE-2"}))
		begin := time.Now()
		g.send(carrierAddr, reply(ours, "491 Request Pending", "", "", ""))
		g.one("ACK")
		time.Sleep(2*time.Second + time.Millisecond) // the peer owns the Call-ID, so we wait 0-2 s
		again := g.find("INVITE")                    // and its repetitions
		if again.at.Sub(begin) > 2*time.Second {
			t.Error("again after", again.at.Sub(begin))
		}
		g.send(carrierAddr, reply(again, "200 OK", "", "Contact: <sip:moved@127.0.0.2:5071>\r\n", desc(3, "sendrecv", "8")))
		if ack := g.one("ACK"); ack.to != "127.0.0.2:5071" {
			t.Error("ACK to", ack.to)
		}
		l.Hangup(fact.EndCompleted)
		if bye := g.one("BYE sip:moved@127.0.0.2:5071"); bye.to != "127.0.0.2:5071" {
			t.Error("BYE to", bye.to)
		}
	})
}

func TestContactChangesInMidCall(t *testing.T) {
	inBubble(t, func(g *rig) {
		l, tag := g.talk()
		g.send(carrierAddr, in("UPDATE", tag, 2, ask{contact: "<sip:new@127.0.0.2:5099>"}))
		g.one("SIP/2.0 200")
		l.Hangup(fact.EndCompleted)
		if bye := g.one("BYE sip:new@127.0.0.2:5099"); bye.to != "127.0.0.2:5099" {
			t.Error("BYE to", bye.to)
		}
	})
	inBubble(t, func(g *rig) {
		l, tag := g.talk()
		g.send(carrierAddr, in("INVITE", tag, 2, ask{contact: "<sip:newer@127.0.0.2:5098>", body: desc(2, "sendrecv", "")}))
		g.one("SIP/2.0 200")
		g.send("127.0.0.2:5098", in("ACK", tag, 2, ask{contact: "<sip:newer@127.0.0.2:5098>"}))
		l.Hangup(fact.EndCompleted)
		if bye := g.one("BYE sip:newer@127.0.0.2:5098"); bye.to != "127.0.0.2:5098" {
			t.Error("BYE after a re-INVITE to", bye.to)
		}
	})
}

func TestRouteSetUAS(t *testing.T) {
	inBubble(t, func(g *rig) {
		rr := "Record-Route: <sip:127.0.0.3:5062;lr>, <sip:127.0.0.4;lr>\r\n"
		g.send(carrierAddr, ask{method: "INVITE", body: desc(1, "sendrecv", ""), extra: rr}.String())
		g.one("SIP/2.0 100")
		_ = g.leg(0).Answer()
		ok := g.one("SIP/2.0 200")
		if got := strings.Join(ok.headers("Record-Route"), " "); got != "<sip:127.0.0.3:5062;lr> <sip:127.0.0.4;lr>" {
			t.Error("Record-Route:", got)
		}
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-a", to: ok.header("To")}.String())
		g.leg(0).Hangup(fact.EndCompleted)
		bye := g.one("BYE sip:carrier@" + carrierAddr)
		if got := strings.Join(bye.headers("Route"), " "); got != "<sip:127.0.0.3:5062;lr> <sip:127.0.0.4;lr>" || bye.to != "127.0.0.3:5062" {
			t.Error("Route:", got, "to", bye.to)
		}
	})
}

func TestInDialogAnswers(t *testing.T) {
	inBubble(t, func(g *rig) {
		_, tag := g.talk()
		for i, c := range []struct {
			method string
			a      ask
			want   string
		}{
			{"OPTIONS", ask{}, "SIP/2.0 200"},
			{"REFER", ask{}, "SIP/2.0 603"},
			{"NOTIFY", ask{}, "SIP/2.0 481"},
			{"PRACK", ask{}, "SIP/2.0 405"},
			{"FOO", ask{}, "SIP/2.0 501"},
			{"INFO", ask{kind: "application/dtmf-relay", body: "Signal=5\r\nDuration=160\r\n"}, "SIP/2.0 200"},
			{"INFO", ask{kind: "application/dtmf", body: "#"}, "SIP/2.0 200"},
			{"INFO", ask{kind: "application/dtmf-relay", body: "Signal= 10\n"}, "SIP/2.0 200"},
			{"INFO", ask{kind: "application/dtmf-relay", body: "Duration=1\r\n"}, "SIP/2.0 400"},
			{"INFO", ask{kind: "text/plain", body: "x"}, "SIP/2.0 415"},
			{"INFO", ask{}, "SIP/2.0 200"},
			{"UPDATE", ask{extra: "Require: precondition\r\n"}, "SIP/2.0 420"},
			{"UPDATE", ask{extra: "Max-Forwards: 0\r\n"}, "SIP/2.0 483"},
		} {
			g.send(carrierAddr, in(c.method, tag, 10+i, c.a))
			res := g.one(c.want)
			if strings.HasPrefix(c.want, "SIP/2.0 405") && (!strings.Contains(res.header("Allow"), "UPDATE") || strings.Contains(res.header("Allow"), "REFER")) {
				t.Error("Allow:", res.header("Allow"))
			}
			if strings.HasPrefix(c.want, "SIP/2.0 420") && res.header("Unsupported") != "precondition" {
				t.Error(res.text)
			}
		}
		g.send(carrierAddr, in("OPTIONS", tag, 3, ask{branch: "z9hG4bK-old"}))
		g.one("SIP/2.0 500") // out of order
		g.send(carrierAddr, in("BYE", "unknown", 50, ask{}))
		g.one("SIP/2.0 481")
		g.wantEvents("answered digit:5 digit:# digit:*")
	})
}

func TestBadInvites(t *testing.T) {
	for name, c := range map[string]struct {
		a    ask
		want string
	}{
		"number":       {ask{uri: "sip:+81399999999@127.0.0.1", to: "<sip:+81399999999@x>", body: desc(1, "sendrecv", "")}, "SIP/2.0 404"},
		"codec":        {ask{body: desc(1, "sendrecv", "18")}, "SIP/2.0 488"},
		"sdp":          {ask{body: "hello"}, "SIP/2.0 400"},
		"type":         {ask{kind: "text/plain", body: "hello"}, "SIP/2.0 415"},
		"max-forwards": {ask{extra: "Max-Forwards: 0\r\n"}, "SIP/2.0 483"},
		"require":      {ask{extra: "Require: foo, bar\r\n"}, "SIP/2.0 420"},
		"in dialog":    {ask{to: "<sip:x@y>;tag=none"}, "SIP/2.0 481"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(g *rig) {
				c.a.method = "INVITE"
				g.send(carrierAddr, c.a.String())
				g.one(c.want)
				if len(g.legs) > 0 {
					t.Error("it was handed on")
				}
				for _, r := range g.rooms {
					if !r.closed || r.ends[0].closed != 1 {
						t.Error("the room is still open")
					}
				}
			})
		})
	}
}

func TestNoPortIs503(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.fail = media.ErrNoPort
		g.send(carrierAddr, ask{method: "INVITE", body: desc(1, "sendrecv", "")}.String())
		if res := g.one("SIP/2.0 503"); res.header("Retry-After") == "" {
			t.Error(res.text)
		}
	})
}

func TestDrain(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.send(carrierAddr, ask{method: "OPTIONS", callID: "o1"}.String())
		g.one("SIP/2.0 200")
		_, tag := g.talk()
		g.stack.Drain()
		g.send(carrierAddr, ask{method: "OPTIONS", callID: "o2"}.String())
		g.one("SIP/2.0 503")
		g.send(carrierAddr, ask{method: "INVITE", callID: "c2", body: desc(1, "sendrecv", "")}.String())
		if res := g.one("SIP/2.0 503"); res.header("Retry-After") == "" {
			t.Error(res.text)
		}
		g.send(carrierAddr, in("INVITE", tag, 2, ask{body: desc(2, "sendonly", "")})) // running calls go on
		g.one("SIP/2.0 200")
		g.send(carrierAddr, in("ACK", tag, 2, ask{}))
	})
}

func TestBigResponse(t *testing.T) {
	inBubble(t, func(g *rig) {
		long := "Record-Route: <sip:127.0.0.3;lr;x=" + strings.Repeat("y", 3000) + ">\r\n"
		g.send(carrierAddr, ask{method: "INVITE", body: desc(1, "sendrecv", ""), extra: long}.String())
		g.one("SIP/2.0 100")
		_ = g.leg(0).Answer()
		if ok := g.one("SIP/2.0 200"); len(ok.text) < 3000 {
			t.Error(len(ok.text))
		}
	})
}
