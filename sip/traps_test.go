package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
)

// version is the version of our o= line.
func version(t *testing.T, m message) (id string, n int) {
	t.Helper()
	if _, err := fmt.Sscanf(m.body(), "v=0\r\no=- %s %d IN", &id, &n); err != nil {
		t.Fatal(err, m.text)
	}
	return id, n
}

// again makes a re-INVITE of the peer's and acknowledges our 200.
func (g *rig) again(tag string, seq int, body string) message {
	g.t.Helper()
	g.send(carrierAddr, in("INVITE", tag, seq, ask{body: body}))
	ok := g.one("SIP/2.0 200")
	g.send(carrierAddr, in("ACK", tag, seq, ask{}))
	return ok
}

// Hold by c=0.0.0.0 and back with the same address; the timeout for media is off meanwhile. Then a double hold.
func TestHoldByZeroAddress(t *testing.T) {
	inBubble(t, func(g *rig) {
		_, tag := g.talk()
		end := g.rooms[0].ends[0]
		zero := func(version int) string {
			return strings.ReplaceAll(desc(version, "sendrecv", ""), "c=IN IP4 127.0.0.2", "c=IN IP4 0.0.0.0")
		}
		if ok := g.again(tag, 2, zero(2)); !strings.Contains(ok.body(), "a=recvonly") {
			t.Error(ok.text)
		}
		if n := end.last(); n.Send || n.Receive {
			t.Errorf("%+v", n)
		}
		g.again(tag, 3, zero(3)) // double hold
		if ok := g.again(tag, 4, desc(4, "sendrecv", "")); !strings.Contains(ok.body(), "a=sendrecv") {
			t.Error(ok.text)
		}
		if n := end.last(); !n.Send || !n.Receive || n.Remote.String() != "127.0.0.2:20000" {
			t.Errorf("%+v", n)
		}
		g.wantEvents("answered held:true,false held:true,true")
	})
}

// The o= line keeps its id; its version rises by one when, and only when, the description changes.
func TestVersionRisesByOne(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		_ = l.Answer()
		ok := g.one("SIP/2.0 200")
		id, before := version(t, ok)
		g.send(carrierAddr, in("ACK", ok.toTag(), 1, ask{}))
		for i, c := range []struct {
			dir  string
			rise int
		}{{"sendrecv", 0}, {"sendonly", 1}, {"sendonly", 0}, {"inactive", 1}, {"sendrecv", 1}} {
			ok := g.again(ok.toTag(), 2+i, desc(2+i, c.dir, ""))
			again, now := version(t, ok)
			if again != id || now != before+c.rise {
				t.Errorf("%s: %s %d after %s %d", c.dir, again, now, id, before)
			}
			before = now
		}
	})
}

// An offer whose o= version is that of before means no change, whatever it says.
func TestSameVersionMeansNoChange(t *testing.T) {
	inBubble(t, func(g *rig) {
		_, tag := g.talk()
		if ok := g.again(tag, 2, desc(1, "inactive", "8")); !strings.Contains(ok.body(), "a=sendrecv") || !strings.Contains(ok.body(), "RTP/AVP 0") {
			t.Error(ok.text)
		}
		g.wantEvents("answered")
	})
}

// We hold: sendonly is offered, the peer stops; back again. While the peer holds too, both are told the truth.
func TestHoldOut(t *testing.T) {
	inBubble(t, func(g *rig) {
		l, tag := g.talk()
		end := g.rooms[0].ends[0]
		offer := func(sends, takes bool, want, answer string, version int) {
			t.Helper()
			l.Hold(sends, takes)
			inv := g.one("INVITE")
			if !strings.Contains(inv.body(), "a="+want+"\r\n") {
				t.Error(want, inv.text)
			}
			g.send(carrierAddr, reply(inv, "200 OK", "", "", desc(version, answer, "")))
			g.one("ACK")
		}
		offer(true, false, "sendonly", "recvonly", 2)
		if n := end.last(); !n.Send || n.Receive {
			t.Errorf("%+v", n)
		}
		l.Hold(true, false) // again: nothing changes
		g.none()
		if ok := g.again(tag, 2, desc(3, "sendonly", "")); !strings.Contains(ok.body(), "a=inactive") { // both hold
			t.Error(ok.text)
		}
		offer(true, true, "sendrecv", "sendonly", 4) // the peer still holds
		if n := end.last(); n.Send || !n.Receive {
			t.Errorf("%+v", n)
		}
		if ok := g.again(tag, 3, desc(5, "sendrecv", "")); !strings.Contains(ok.body(), "a=sendrecv") {
			t.Error(ok.text)
		}
		offer(false, false, "inactive", "inactive", 6)
		offer(true, true, "sendrecv", "sendrecv", 7)
		g.wantEvents("answered held:true,false held:true,true")
	})
}

// A hold before the answer, or while something else is negotiated, is done as soon as it can be.
func TestHoldWaits(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		l.Hold(true, false)
		_ = l.Answer()
		ok := g.one("SIP/2.0 200")
		g.send(carrierAddr, in("ACK", ok.toTag(), 1, ask{}))
		inv := g.one("INVITE")
		l.Hold(true, true)
		l.Hold(false, false)
		g.none()
		g.send(carrierAddr, reply(inv, "200 OK", "", "", desc(2, "recvonly", "")))
		inv = g.find("INVITE")
		if !strings.Contains(inv.body(), "a=inactive") {
			t.Error(inv.text)
		}
		g.send(carrierAddr, reply(inv, "200 OK", "", "", desc(3, "inactive", "")))
		g.one("ACK")
		time.Sleep(time.Minute)
		g.none()
	})
}

// A refused re-INVITE keeps the session (488, 408, 500), and the next one works; 481, and no answer at all, end it.
func TestRefusedReinviteOut(t *testing.T) {
	for _, status := range []string{"488 Not Acceptable Here", "408 Request Timeout", "603 Decline", "500 Server Internal Error"} {
		inBubble(t, func(g *rig) {
			l, _ := g.talk()
			before := g.rooms[0].ends[0].last()
			l.Hold(true, false)
			inv := g.one("INVITE")
			_, refused := version(t, inv)
			g.send(carrierAddr, reply(inv, status, "", "", ""))
			g.one("ACK")
			if g.rooms[0].ends[0].last() != before {
				t.Error(status, "the session changed")
			}
			time.Sleep(time.Minute)
			g.none()
			l.Hold(true, true)
			inv = g.one("INVITE")
			if _, now := version(t, inv); now != refused+1 {
				t.Error("version", now, "after", refused)
			}
			g.send(carrierAddr, reply(inv, "200 OK", "", "", desc(2, "sendrecv", "")))
			g.one("ACK")
			g.wantEvents("answered")
		})
	}
	for _, status := range []string{"481 Call/Transaction Does Not Exist", ""} {
		inBubble(t, func(g *rig) {
			l, _ := g.talk()
			l.Hold(true, false)
			inv := g.one("INVITE")
			if status != "" {
				g.send(carrierAddr, reply(inv, status, "", "", ""))
			} else {
				time.Sleep(32*time.Second + time.Millisecond)
			}
			g.send(carrierAddr, reply(g.find("BYE"), "481 Gone", "", "", ""))
			g.wantEvents("answered ended:timeout")
		})
	}
}

// A re-INVITE that is never finally answered is cancelled, so that the dialog isn't stuck with it.
func TestReinviteWithoutEnd(t *testing.T) {
	inBubble(t, func(g *rig) {
		l, _ := g.talk()
		l.Hold(true, false)
		inv := g.one("INVITE")
		g.send(carrierAddr, reply(inv, "100 Trying", "", "", ""))
		time.Sleep(32*time.Second + time.Millisecond)
		cancel := g.one("CANCEL")
		g.send(carrierAddr, reply(cancel, "200 OK", "", "", ""))
		g.send(carrierAddr, reply(inv, "487 Request Terminated", "", "", ""))
		g.one("ACK")
		l.Hold(true, true)
		g.one("INVITE")
	})
}

// The peer's own INVITE is pending: 500 with Retry-After (RFC 3261, 14.2) is heeded.
func TestRetryAfterOfReinvite(t *testing.T) {
	inBubble(t, func(g *rig) {
		l, _ := g.talk()
		l.Hold(true, false)
		g.send(carrierAddr, reply(g.one("INVITE"), "500 Server Internal Error", "", "Retry-After: 4\r\n", ""))
		g.one("ACK")
		time.Sleep(4*time.Second - time.Millisecond)
		g.none()
		time.Sleep(2 * time.Millisecond)
		g.one("INVITE")
	})
}

// Both sides of a glare wait: the owner of the Call-ID 2.1-4 s, the other 0-2 s.
func TestGlareOwner(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1"})
		inv := g.one("INVITE")
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, desc(1, "sendrecv", "")))
		g.one("ACK")
		for range 5 {
			l.dialog.Do(l.dialog.Reinvite)
			g.send(carrierAddr, reply(g.one("INVITE"), "491 Request Pending", "", "", ""))
			g.one("ACK")
			begin := time.Now()
			time.Sleep(4*time.Second + time.Millisecond)
			next := g.find("INVITE")
			if d := next.at.Sub(begin); d < 2100*time.Millisecond || d > 4*time.Second {
				t.Error("again after", d)
			}
			g.send(carrierAddr, reply(next, "200 OK", "", "", desc(1, "sendrecv", "")))
			g.find("ACK")
		}
	})
}

// UPDATE with an offer crosses our re-INVITE: 491; without one it is answered. And our offer in a 200 that has no ACK yet.
func TestUpdateCrossesReinvite(t *testing.T) {
	inBubble(t, func(g *rig) {
		l, tag := g.talk()
		l.Hold(true, false)
		inv := g.one("INVITE")
		g.send(carrierAddr, in("UPDATE", tag, 2, ask{body: desc(2, "sendonly", "")}))
		g.one("SIP/2.0 491")
		g.send(carrierAddr, in("UPDATE", tag, 3, ask{}))
		g.one("SIP/2.0 200")
		g.send(carrierAddr, reply(inv, "200 OK", "", "", desc(2, "recvonly", "")))
		g.one("ACK")
		g.send(carrierAddr, in("INVITE", tag, 4, ask{}))
		g.one("SIP/2.0 200")
		l.dialog.Do(l.dialog.Reinvite) // waits for the ACK
		g.send(carrierAddr, in("INVITE", tag, 5, ask{body: desc(3, "sendrecv", "")}))
		g.one("SIP/2.0 491")
		g.send(carrierAddr, in("ACK", tag, 4, ask{body: desc(3, "sendrecv", "")}))
		g.one("INVITE")
	})
}

// UPDATE in an early dialog, in both roles: an offer before the first one is reliably answered is too early, without SDP it is fine.
func TestUpdateInEarlyDialog(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l := g.incoming(ask{body: desc(1, "sendrecv", "")})
		tag := l.dialog.LocalTag()
		g.send(carrierAddr, in("UPDATE", tag, 2, ask{body: desc(2, "sendonly", "")}))
		if res := g.one("SIP/2.0 500"); res.header("Retry-After") == "" {
			t.Error(res.text)
		}
		g.send(carrierAddr, in("UPDATE", tag, 3, ask{contact: "<sip:new@127.0.0.2:5099>"}))
		g.one("SIP/2.0 200")
		_ = l.Answer()
		ok := g.one("SIP/2.0 200")
		g.send(carrierAddr, in("ACK", tag, 1, ask{}))
		l.Hangup(fact.EndCompleted)
		if bye := g.one("BYE sip:new@127.0.0.2:5099"); bye.toTag() != "ft" || ok.toTag() != tag {
			t.Error(bye.text)
		}
	})
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1", Manners: polished})
		inv := g.one("INVITE")
		update := func(tag string, seq int, body string) string {
			return ask{
				method: "UPDATE", callID: inv.header("Call-ID"), from: inv.header("To") + ";tag=" + tag, to: inv.header("From"), uri: "sip:x@" + ourAddr, seq: seq, body: body,
				branch: fmt.Sprint("z9hG4bK-", tag, seq),
			}.String()
		}
		g.send(carrierAddr, update("a", 1, "")) // there is no such dialog yet
		g.one("SIP/2.0 481")
		g.send(carrierAddr, reply(inv, "183 Session Progress", "a", calledContact, desc(1, "sendrecv", "8 101")))
		g.send(carrierAddr, update("a", 2, desc(2, "sendrecv", "0 101"))) // our offer has no reliable answer
		g.one("SIP/2.0 491")
		g.send(carrierAddr, reply(inv, "183 Session Progress", "b", reliable(1, "sip:b@"+carrierAddr), desc(1, "sendrecv", "8 101")))
		g.send(carrierAddr, reply(g.one("PRACK"), "200 OK", "", "", ""))
		g.send(carrierAddr, update("b", 1, desc(2, "sendrecv", "0 101")))
		if ok := g.one("SIP/2.0 200"); !strings.Contains(ok.body(), "RTP/AVP 0") || l.Codec() != "PCMU" {
			t.Error(ok.text)
		}
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, desc(1, "sendrecv", "8 101"))) // a answers, not b
		g.one("ACK")
		if l.Codec() != "PCMA" {
			t.Error("codec:", l.Codec())
		}
		g.wantEvents("early early answered")
		l.Hangup(fact.EndCompleted)
		g.one("BYE")
	})
}

// Two early dialogs with different SDP; the 200 of either has none, and the media are its own phone's.
func TestForksKeepTheirMedia(t *testing.T) {
	for tag, codec := range map[string]string{"a": "PCMA", "b": "PCMU"} {
		inBubble(t, func(g *rig) {
			l := g.dial(CallOptions{From: "1"})
			inv := g.one("INVITE")
			g.send(carrierAddr, reply(inv, "183 Session Progress", "a", calledContact, desc(1, "sendrecv", "8")))
			g.send(carrierAddr, reply(inv, "183 Session Progress", "b", calledContact, desc(1, "sendrecv", "0")))
			g.send(carrierAddr, reply(inv, "200 OK", tag, calledContact, ""))
			g.one("ACK")
			if l.Codec() != codec {
				t.Error(tag, l.Codec())
			}
			g.wantEvents("early early answered")
			l.Hangup(fact.EndCompleted)
			g.one("BYE")
		})
	}
}

// Hundreds of phones ring: what we keep of them is bounded, and one that answers gets the call.
func TestManyForks(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1"})
		inv := g.one("INVITE")
		for i := range 200 {
			g.send(carrierAddr, reply(inv, "180 Ringing", fmt.Sprint("f", i), calledContact, ""))
		}
		g.send(carrierAddr, reply(inv, "200 OK", "f150", calledContact, desc(1, "sendrecv", "8")))
		g.one("ACK")
		g.wantEvents("ringing answered")
		l.Hangup(fact.EndCompleted)
		if bye := g.one("BYE"); bye.toTag() != "f150" {
			t.Error(bye.text)
		}
	})
}

// BYE crosses our re-INVITE, and the other way round.
func TestByeCrossesReinvite(t *testing.T) {
	inBubble(t, func(g *rig) {
		l, tag := g.talk()
		l.Hold(true, false)
		inv := g.one("INVITE")
		g.send(carrierAddr, in("BYE", tag, 2, ask{}))
		g.one("SIP/2.0 200")
		g.send(carrierAddr, reply(inv, "487 Request Terminated", "", "", ""))
		g.one("ACK")
		time.Sleep(time.Minute)
		g.none()
		g.wantEvents("answered ended:caller-hung-up")
	})
	inBubble(t, func(g *rig) {
		l, tag := g.talk()
		l.Hangup(fact.EndCompleted)
		bye := g.one("BYE")
		g.send(carrierAddr, in("INVITE", tag, 2, ask{body: desc(2, "sendonly", "")}))
		g.one("SIP/2.0 481")
		g.send(carrierAddr, in("ACK", tag, 2, ask{branch: "z9hG4bK-INVITE-2"}))
		g.send(carrierAddr, reply(bye, "200 OK", "", "", ""))
		g.wantEvents("answered ended:completed")
	})
	inBubble(t, func(g *rig) { // our re-INVITE is answered after we have hung up
		l, _ := g.talk()
		l.Hold(true, false)
		inv := g.one("INVITE")
		l.Hangup(fact.EndCompleted)
		bye := g.one("BYE")
		g.send(carrierAddr, reply(inv, "200 OK", "", "", desc(2, "recvonly", "")))
		g.one("ACK")
		g.send(carrierAddr, reply(bye, "200 OK", "", "", ""))
		g.wantEvents("answered ended:completed")
	})
}

// T.38 and video are refused with port 0 beside the voice; instead of the voice they are 488. The call stays, m-lines keep number and order.
func TestFaxAndVideoRefused(t *testing.T) {
	inBubble(t, func(g *rig) {
		_, tag := g.talk()
		image := "m=image 20002 udptl t38\r\na=T38FaxVersion:0\r\n"
		video := "m=video 20004 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
		ok := g.again(tag, 2, desc(2, "sendrecv", "")+image+video)
		var got []string
		for line := range strings.SplitSeq(ok.body(), "\r\n") {
			if strings.HasPrefix(line, "m=") {
				got = append(got, strings.Join(strings.Fields(line)[:2], " "))
			}
		}
		if strings.Join(got, ", ") != "m=audio 10000, m=image 0, m=video 0" {
			t.Error(got)
		}
		fax := strings.Replace(desc(3, "sendrecv", ""), "m=audio 20000", "m=audio 0", 1) + image
		g.send(carrierAddr, in("INVITE", tag, 3, ask{body: fax}))
		g.one("SIP/2.0 488")
		g.send(carrierAddr, in("ACK", tag, 3, ask{branch: "z9hG4bK-INVITE-3"}))
		ok = g.again(tag, 4, desc(4, "sendrecv", "")+image+video)
		if strings.Count(ok.body(), "m=") != 3 {
			t.Error(ok.text)
		}
		g.wantEvents("answered")
	})
}

// What we can't do is refused with 420, and Unsupported names it.
func TestPreconditionRefused(t *testing.T) {
	polite(t, nil, func(g *rig) {
		g.send(carrierAddr, ask{method: "INVITE", body: desc(1, "sendrecv", ""), extra: "Require: 100rel, precondition\r\n"}.String())
		if res := g.one("SIP/2.0 420"); res.header("Unsupported") != "precondition" {
			t.Error(res.text)
		}
	})
}

// ptime: what we send is what the peer asks for, also in mid-call; what we ask for is what the file says. Comfort noise only if it is offered.
func TestPacketTime(t *testing.T) {
	polite(t, func(d *config.Dialogs) { d.Ptime = 30 * time.Millisecond }, func(g *rig) {
		l := g.incoming(ask{body: desc(1, "sendrecv", "")})
		_ = l.Answer()
		ok := g.one("SIP/2.0 200")
		g.send(carrierAddr, in("ACK", ok.toTag(), 1, ask{}))
		end := g.rooms[0].ends[0]
		if !strings.Contains(ok.body(), "a=ptime:30\r\n") || end.last().Format.Ptime != 30 || !strings.Contains(ok.body(), "RTP/AVP 0 101\r\n") || strings.Contains(ok.body(), "silenceSupp") {
			t.Error(ok.text, end.last().Format.Ptime)
		}
		for i, ms := range []string{"10", "40", "60", "20"} {
			ok := g.again(ok.toTag(), 2+i, desc(2+i, "sendrecv", "0 13 101")+"a=ptime:"+ms+"\r\n")
			if got := fmt.Sprint(end.last().Format.Ptime); got != ms || !strings.Contains(ok.body(), "RTP/AVP 0 101 13") {
				t.Error(ms, got, ok.text)
			}
		}
		g.again(ok.toTag(), 9, desc(9, "sendrecv", "")+"a=ptime:40\r\na=maxptime:20\r\n")
		if got := end.last().Format.Ptime; got != 20 {
			t.Error("over maxptime:", got)
		}
	})
}

// How digits go: telephone-events if both have them, else INFO if the peer takes it, else tones; or as the file says.
func TestDigitWays(t *testing.T) {
	for _, c := range []struct{ way, codecs, allow, want string }{
		{"auto", "0 101", "Allow: INFO\r\n", "e5"},
		{"auto", "0", "Allow: INVITE, INFO\r\n", "INFO"},
		{"auto", "0", "", "t5"},
		{"info", "0 101", "", "INFO"},
		{"inband", "0 101", "Allow: INFO\r\n", "t5"},
		{"rfc4733", "0 101", "", "e5"},
		{"rfc4733", "0", "", ""},
	} {
		polite(t, func(d *config.Dialogs) { d.DTMF = c.way }, func(g *rig) {
			l := g.incoming(ask{body: desc(1, "sendrecv", c.codecs), extra: c.allow})
			_ = l.Answer()
			ok := g.one("SIP/2.0 200")
			g.send(carrierAddr, in("ACK", ok.toTag(), 1, ask{}))
			if offers := strings.Contains(ok.body(), "telephone-event"); offers != (strings.Contains(c.codecs, "101") && (c.way == "auto" || c.way == "rfc4733")) {
				t.Error(c.way, ok.text)
			}
			if err := l.SendDigits("5"); err != nil {
				t.Error(err)
			}
			sent := g.got()
			got := g.rooms[0].ends[0].digits
			for _, m := range sent {
				if strings.HasPrefix(m.text, "INFO") && strings.HasPrefix(m.body(), "Signal=5\r\n") && m.header("Content-Type") == "application/dtmf-relay" {
					got += "INFO"
				}
			}
			if got != c.want {
				t.Errorf("%+v: %q", c, got)
			}
			if l.SendDigits("x") == nil {
				t.Error("x is no digit")
			}
			l.Hangup(fact.EndCompleted)
		})
	}
}

// INFOs go one after the other, so that none overtakes another.
func TestDigitsByInfoInOrder(t *testing.T) {
	polite(t, func(d *config.Dialogs) { d.DTMF = "info" }, func(g *rig) {
		l, _ := g.timed("")
		_ = l.SendDigits("12")
		for _, digit := range []string{"1", "2"} {
			info := g.one("INFO")
			if !strings.Contains(info.body(), "Signal="+digit) {
				t.Error(info.text)
			}
			g.send(carrierAddr, reply(info, "200 OK", "", "", ""))
		}
		g.none()
		l.Hangup(fact.EndCompleted)
	})
}

// Early media: when a provisional response is heard, and when it is ringing.
func TestEarlyMedia(t *testing.T) {
	sdp := desc(1, "sendrecv", "8")
	for _, c := range []struct {
		rule                 dialog.EarlyMedia
		status, header, body string
		want                 string
	}{
		{dialog.EarlyAlways, "183 Session Progress", "", sdp, "early"},
		{dialog.EarlyAlways, "183 Session Progress", "", "", ""},
		{dialog.EarlyAlways, "180 Ringing", "", sdp, "ringing early"},
		{dialog.EarlyAlways, "183 Session Progress", "P-Early-Media: inactive\r\n", sdp, ""},
		{dialog.EarlyAlways, "183 Session Progress", "P-Early-Media: gated, sendonly\r\n", sdp, "early"},
		{dialog.EarlyAuthorized, "183 Session Progress", "", sdp, ""},
		{dialog.EarlyAuthorized, "183 Session Progress", "P-Early-Media: sendrecv\r\n", sdp, "early"},
		{dialog.EarlyNever, "183 Session Progress", "P-Early-Media: sendrecv\r\n", sdp, ""},
		{dialog.EarlyNever, "180 Ringing", "", sdp, "ringing"},
	} {
		inBubble(t, func(g *rig) {
			l := g.dial(CallOptions{From: "1", Manners: dialog.Manners{Early: c.rule}})
			inv := g.one("INVITE")
			if says := inv.header("P-Early-Media") == "supported"; says == (c.rule == dialog.EarlyNever) {
				t.Error(inv.text)
			}
			g.send(carrierAddr, reply(inv, c.status, "a", calledContact+c.header, c.body))
			g.wantEvents(c.want)
			g.send(carrierAddr, reply(inv, "180 Ringing", "a", calledContact, "")) // after the 183
			g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, sdp))
			g.one("ACK")
			want := c.want
			if !strings.Contains(want, "ringing") {
				want = strings.TrimSpace(want + " ringing")
			}
			g.wantEvents(want + " answered")
			l.Hangup(fact.EndCompleted)
			g.one("BYE")
		})
	}
}

// As callee: never is a 180 instead of the 183, and who asks by P-Early-Media is told that it is authorized.
func TestEarlyMediaIn(t *testing.T) {
	for _, c := range []struct{ rule, extra, status, header string }{
		{"always", "", "SIP/2.0 183", ""},
		{"always", "P-Early-Media: supported\r\n", "SIP/2.0 183", "sendrecv"},
		{"never", "P-Early-Media: supported\r\n", "SIP/2.0 180", ""},
	} {
		polite(t, func(d *config.Dialogs) { d.EarlyMedia = c.rule }, func(g *rig) {
			l := g.incoming(ask{body: desc(1, "sendrecv", ""), extra: c.extra})
			_ = l.Ring(true)
			if res := g.one(c.status); res.header("P-Early-Media") != c.header || (res.body() == "") == (c.rule == "always") {
				t.Errorf("%+v: %s", c, res.text)
			}
			l.Hangup(fact.EndBusy)
			g.got()
		})
	}
}

// Reason (RFC 3326) is read where the status says little, and stands behind a status that says enough.
func TestReasonOfRefusal(t *testing.T) {
	for _, c := range []struct{ status, reason, want string }{
		{"480 Temporarily Unavailable", "Q.850;cause=17;text=\"User busy\"", "busy"},
		{"480 Temporarily Unavailable", "Q.850 ; cause=20", "unreachable"},
		{"503 Service Unavailable", "Q.850;cause=1", "unknown-number"},
		{"503 Service Unavailable", "Q.850;cause=34", "congestion"},
		{"500 Server Internal Error", "q.850;cause=\"19\"", "no-answer"},
		{"500 Server Internal Error", "Q.850;cause=88", "not-acceptable"},
		{"502 Bad Gateway", "Q.850;cause=21", "refused"},
		{"480 Temporarily Unavailable", "SIP;cause=486", "no-answer"},
		{"480 Temporarily Unavailable", "Q.850;cause=x", "no-answer"},
		{"486 Busy Here", "Q.850;cause=34", "busy"},
		{"603 Decline", "Q.850;cause=17", "refused"},
		{"607 Unwanted", "", "refused"},
		{"608 Rejected", "", "refused"},
	} {
		inBubble(t, func(g *rig) {
			g.dial(CallOptions{From: "1"})
			g.send(carrierAddr, reply(g.one("INVITE"), c.status, "a", "Reason: "+c.reason+"\r\n", ""))
			g.one("ACK")
			g.wantEvents("ended:" + c.want)
			status := 0
			_, _ = fmt.Sscan(c.status, &status)
			if got := g.events[0].Status; got != status {
				t.Error("status", got)
			}
		})
	}
}

// What the far end has said is said to the caller: the status unchanged, with the cause that belongs to it.
func TestRefusedInTheSameWords(t *testing.T) {
	for _, c := range []struct {
		why    fact.EndReason
		status int
		want   string
		cause  string
	}{
		{fact.EndBusy, 486, "SIP/2.0 486 Busy Here", "Q.850;cause=17"},
		{fact.EndNoAnswer, 480, "SIP/2.0 480 ", "Q.850;cause=19"},
		{fact.EndCongestion, 503, "SIP/2.0 503 ", "Q.850;cause=42"},
		{fact.EndRefused, 603, "SIP/2.0 603 Decline", "Q.850;cause=21"},
		{fact.EndRefused, 607, "SIP/2.0 607 Unwanted", "Q.850;cause=21"},
		{fact.EndRefused, 608, "SIP/2.0 608 Rejected", "Q.850;cause=21"},
		{fact.EndUnknownNumber, 604, "SIP/2.0 604 ", "Q.850;cause=1"},
	} {
		inBubble(t, func(g *rig) {
			l := g.arrive()
			l.Refuse(c.why, c.status)
			if res := g.one(c.want); !strings.HasPrefix(res.header("Reason"), c.cause) {
				t.Error(res.text)
			}
			time.Sleep(40 * time.Second)
		})
	}
}

// A CANCEL because somebody else has answered is told on in the same words.
func TestCancelledElsewhere(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.arrive()
		g.send(carrierAddr, ask{method: "CANCEL", branch: "z9hG4bK-INVITE-0", extra: "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n"}.String())
		g.wantEvents("ended:elsewhere")
		time.Sleep(40 * time.Second)
		_ = l
	})
}

// Longest ring and longest call.
func TestLongestRingAndCall(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.dial(CallOptions{From: "1", Manners: dialog.Manners{LongestRing: 45 * time.Second}})
		inv := g.one("INVITE")
		g.send(carrierAddr, reply(inv, "180 Ringing", "a", calledContact, ""))
		time.Sleep(45*time.Second - time.Millisecond)
		g.none()
		time.Sleep(2 * time.Millisecond)
		g.send(carrierAddr, reply(g.one("CANCEL"), "200 OK", "", "", ""))
		g.send(carrierAddr, reply(inv, "487 Request Terminated", "a", "", ""))
		g.wantEvents("ringing ended:no-answer")
		g.one("ACK")
	})
	polite(t, func(d *config.Dialogs) { d.LongestCall = 2 * time.Hour }, func(g *rig) {
		g.timed("")
		time.Sleep(2*time.Hour - time.Millisecond)
		g.none()
		time.Sleep(2 * time.Millisecond)
		g.send(carrierAddr, reply(g.one("BYE"), "200 OK", "", "", ""))
		g.wantEvents("answered ended:limit")
	})
}
