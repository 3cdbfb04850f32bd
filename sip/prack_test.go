package sip

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
)

// polite runs a bubble whose trunk has 100rel and the session timer as the file has them by default, but for a change.
func polite(t *testing.T, change func(d *config.Dialogs), f func(g *rig)) {
	t.Helper()
	file := testFile()
	d := &file.Trunks["office"].Dialogs
	*d = config.Dialogs{Reliable: "supported", Timer: config.SessionTimer{Min: 90 * time.Second, Refresher: "any"}}
	if change != nil {
		change(d)
	}
	runBubble(t, file, f)
}

const canPrack = "Supported: 100rel\r\n"

// incoming brings an INVITE in, up to Handle.
func (g *rig) incoming(a ask) *Leg {
	g.t.Helper()
	a.method = "INVITE"
	g.send(carrierAddr, a.String())
	g.one("SIP/2.0 100")
	return g.leg(0)
}

// prack acknowledges a provisional response of ours.
func (g *rig) prack(res message, seq int, body string) {
	g.t.Helper()
	cseq, _, _ := strings.Cut(res.header("CSeq"), " ")
	g.send(carrierAddr, in("PRACK", res.toTag(), seq, ask{extra: "RAck: " + res.header("RSeq") + " " + cseq + " INVITE\r\n", body: body}))
}

// A reliable 183 has Require and RSeq, is repeated at T1 doubling without end, and stops with the PRACK.
func TestReliableProvisional(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l := g.incoming(ask{body: desc(1, "sendrecv", ""), extra: canPrack})
		begin := time.Now()
		_ = l.Ring(true)
		time.Sleep(5 * time.Second)
		var at []string
		all := g.got()
		for _, m := range all {
			if m.header("Require") != "100rel" || m.header("RSeq") != all[0].header("RSeq") || !strings.HasPrefix(m.text, "SIP/2.0 183") {
				t.Error(m.text)
			}
			at = append(at, m.at.Sub(begin).String())
		}
		if got := strings.Join(at, " "); got != "0s 500ms 1.5s 3.5s" {
			t.Error(got)
		}
		g.prack(all[0], 2, "")
		g.one("SIP/2.0 200")
		time.Sleep(20 * time.Second)
		g.none()
		_ = l.Answer()
		ok := g.one("SIP/2.0 200")
		if ok.body() != "" {
			t.Error("SDP again in the 200:", ok.text)
		}
		g.send(carrierAddr, in("ACK", ok.toTag(), 1, ask{}))
		g.wantEvents("answered")
		g.send(carrierAddr, in("BYE", ok.toTag(), 3, ask{}))
		g.one("SIP/2.0 200")
	})
}

// Each reliable response has the next RSeq (RFC 3262, 3), and PRACK names the one that it is for.
func TestRSeqRisesByOne(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l := g.incoming(ask{body: desc(1, "sendrecv", ""), extra: "Require: 100rel\r\n"})
		_ = l.Ring(true)
		early := g.one("SIP/2.0 183")
		g.prack(early, 2, "")
		g.one("SIP/2.0 200")
		_ = l.Ring(false)
		ringing := g.one("SIP/2.0 180")
		first, err := strconv.Atoi(early.header("RSeq"))
		if err != nil || ringing.header("RSeq") != strconv.Itoa(first+1) {
			t.Errorf("RSeq %s, then %s", early.header("RSeq"), ringing.header("RSeq"))
		}
		g.prack(early, 3, "") // of the one before
		g.one("SIP/2.0 481")
		g.send(carrierAddr, in("PRACK", ringing.toTag(), 4, ask{extra: "RAck: " + ringing.header("RSeq") + " 9 INVITE\r\n"})) // of no INVITE of this call
		g.one("SIP/2.0 481")
		g.prack(ringing, 5, "")
		g.one("SIP/2.0 200")
		l.Hangup(fact.EndBusy)
		g.one("SIP/2.0 486")
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-INVITE-0", to: early.header("To")}.String())
	})
}

// Without PRACK the call is refused with 504 after 64*T1 (RFC 3262, 3: 5xx).
func TestNoPrackIs504(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l := g.incoming(ask{body: desc(1, "sendrecv", ""), extra: canPrack})
		begin := time.Now()
		_ = l.Ring(true)
		time.Sleep(32*time.Second - time.Millisecond)
		if n := len(g.got()); n != 7 {
			t.Errorf("%d times, want 7 (0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s)", n)
		}
		time.Sleep(2 * time.Millisecond)
		if res := g.one("SIP/2.0 504"); res.at.Sub(begin) != 32*time.Second {
			t.Error(res.at.Sub(begin))
		}
		g.wantEvents("ended:timeout")
		time.Sleep(40 * time.Second)
	})
}

// The 200 waits for the PRACK of the 183 with the answer (RFC 3262, 3).
func TestAnswerWaitsForPrack(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l := g.incoming(ask{body: desc(1, "sendrecv", ""), extra: canPrack})
		_ = l.Ring(true)
		early := g.one("SIP/2.0 183")
		_ = l.Answer()
		_ = l.Ring(false) // too late
		g.none()
		g.prack(early, 2, "")
		all := g.got()
		if len(all) != 2 || !strings.Contains(all[0].header("CSeq"), "PRACK") || !strings.Contains(all[1].header("CSeq"), "1 INVITE") {
			t.Fatal(lines(all))
		}
		g.send(carrierAddr, in("ACK", early.toTag(), 1, ask{}))
		g.wantEvents("answered")
		l.Hangup(fact.EndCompleted)
		g.one("BYE")
	})
}

// PRACK of something else is 481 and stops nothing; a second one of the same is absorbed or 481.
func TestPrackOfNothing(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l := g.incoming(ask{body: desc(1, "sendrecv", ""), extra: canPrack})
		g.send(carrierAddr, in("PRACK", l.dialog.LocalTag(), 2, ask{extra: "RAck: 1 1 INVITE\r\n"}))
		g.one("SIP/2.0 481")
		_ = l.Ring(true)
		early := g.one("SIP/2.0 183")
		g.send(carrierAddr, in("PRACK", early.toTag(), 3, ask{extra: "RAck: 4294967295 1 INVITE\r\n"}))
		g.one("SIP/2.0 481")
		time.Sleep(500 * time.Millisecond)
		g.one("SIP/2.0 183")
		g.prack(early, 4, "")
		g.one("SIP/2.0 200")
		g.prack(early, 4, "") // repeated
		g.one("SIP/2.0 200")
		g.prack(early, 5, "")
		g.one("SIP/2.0 481")
		l.Hangup(fact.EndBusy)
		g.one("SIP/2.0 486")
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-INVITE-0", to: early.header("To")}.String())
	})
}

// The levels: off refuses who requires it (420), required refuses who can't (421), supported rings unreliably with who can.
func TestReliableLevels(t *testing.T) {
	invite := func(extra string) string {
		return ask{method: "INVITE", body: desc(1, "sendrecv", ""), extra: extra}.String()
	}
	for _, c := range []struct{ level, extra, status, header, value string }{
		{"off", "Require: 100rel\r\n", "SIP/2.0 420", "Unsupported", "100rel"},
		{"required", "", "SIP/2.0 421", "Require", "100rel"},
	} {
		polite(t, func(d *config.Dialogs) { d.Reliable = c.level }, func(g *rig) {
			g.send(carrierAddr, invite(c.extra))
			if res := g.one(c.status); res.header(c.header) != c.value {
				t.Error(res.text)
			}
			if len(g.legs) != 0 {
				t.Error("it was handed on")
			}
		})
	}
	for _, c := range []struct{ level, extra, ringing string }{
		{"off", canPrack, ""},
		{"supported", "", ""},
		{"supported", canPrack, ""},
		{"supported", "Require: 100rel\r\n", "100rel"},
		{"supported", "k: timer, 100rel\r\nRequire: 100rel\r\n", "100rel"},
		{"required", canPrack, "100rel"},
	} {
		polite(t, func(d *config.Dialogs) { d.Reliable = c.level }, func(g *rig) {
			g.send(carrierAddr, invite(c.extra))
			g.one("SIP/2.0 100")
			_ = g.leg(0).Ring(false)
			res := g.one("SIP/2.0 180")
			if res.header("Require") != c.ringing || res.body() != "" {
				t.Errorf("%+v: %s", c, res.text)
			}
			if strings.Contains(res.header("Allow"), "PRACK") == (c.level == "off") || strings.Contains(res.header("Supported"), "100rel") == (c.level == "off") {
				t.Errorf("%+v: Allow or Supported isn't true: %s", c, res.text)
			}
			g.leg(0).Hangup(fact.EndBusy)
			g.one("SIP/2.0 486")
			g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-INVITE-0", to: res.header("To")}.String())
		})
	}
}

// An INVITE without offer: the first reliable response has ours (RFC 3262, 5), the answer comes in the PRACK; one without is refused.
func TestOfferInReliableProvisional(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l := g.incoming(ask{extra: "Require: 100rel\r\n"})
		_ = l.Ring(false)
		ringing := g.one("SIP/2.0 180")
		if !strings.Contains(ringing.body(), "m=audio 10000 RTP/AVP 0 8") {
			t.Fatal(ringing.text)
		}
		g.send(carrierAddr, in("UPDATE", ringing.toTag(), 2, ask{body: desc(1, "sendrecv", "")})) // our offer has no answer yet
		g.one("SIP/2.0 491")
		g.prack(ringing, 3, desc(1, "sendrecv", "8 101"))
		g.one("SIP/2.0 200")
		if l.Codec() != "PCMA" {
			t.Error("codec:", l.Codec())
		}
		_ = l.Answer()
		ok := g.one("SIP/2.0 200")
		if ok.body() != "" {
			t.Error(ok.text)
		}
		g.send(carrierAddr, in("ACK", ok.toTag(), 1, ask{}))
		g.wantEvents("answered")
		l.Hangup(fact.EndCompleted)
		g.one("BYE")
	})
	polite(t, nil, func(g *rig) {
		l := g.incoming(ask{extra: "Require: 100rel\r\n"})
		_ = l.Ring(true)
		early := g.one("SIP/2.0 183")
		g.prack(early, 2, "")
		all := g.got()
		if len(all) != 2 || !strings.HasPrefix(all[0].text, "SIP/2.0 400") || !strings.HasPrefix(all[1].text, "SIP/2.0 488") {
			t.Fatal(lines(all))
		}
		g.wantEvents("ended:not-acceptable")
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-INVITE-0", to: early.header("To")}.String())
	})
}

// A PRACK may bring another offer, once the first is answered reliably.
func TestOfferInPrack(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l := g.incoming(ask{body: desc(1, "sendrecv", "0 8 101"), extra: canPrack})
		_ = l.Ring(true)
		early := g.one("SIP/2.0 183")
		g.prack(early, 2, desc(2, "sendrecv", "8 101"))
		ok := g.one("SIP/2.0 200")
		if !strings.Contains(ok.body(), "m=audio 10000 RTP/AVP 8") || l.Codec() != "PCMA" {
			t.Error(ok.text, l.Codec())
		}
		g.send(carrierAddr, in("UPDATE", early.toTag(), 3, ask{body: desc(3, "sendonly", "8 101")}))
		if ok := g.one("SIP/2.0 200"); !strings.Contains(ok.body(), "a=recvonly") {
			t.Error(ok.text)
		}
		l.Hangup(fact.EndBusy)
		g.one("SIP/2.0 486")
		g.send(carrierAddr, ask{method: "ACK", branch: "z9hG4bK-INVITE-0", to: early.header("To")}.String())
	})
}

func reliable(rseq int, contact string) string {
	return fmt.Sprintf("Require: 100rel\r\nRSeq: %d\r\nContact: <%s>\r\n", rseq, contact)
}

var polished = dialog.Manners{Reliable: dialog.Supported, Timer: dialog.Timer{Min: 90 * time.Second}}

// As caller: PRACK goes to the provisional's Contact by its route, repeated and skipped RSeqs are not acknowledged, the ACK has the INVITE's CSeq,
// SDP may come in the 183 only.
func TestPrackOut(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1", Manners: polished})
		inv := g.one("INVITE")
		if !strings.Contains(inv.header("Supported"), "100rel") || !strings.Contains(inv.header("Allow"), "PRACK") {
			t.Error(inv.text)
		}
		early := reply(inv, "183 Session Progress", "a", reliable(7, "sip:early@127.0.0.2:5081"), desc(1, "sendrecv", "8 101"))
		g.send(carrierAddr, early)
		prack := g.one("PRACK sip:early@127.0.0.2:5081")
		if prack.header("RAck") != "7 1 INVITE" || prack.to != "127.0.0.2:5081" || prack.toTag() != "a" || prack.header("CSeq") != "2 PRACK" {
			t.Error(prack.text, prack.to)
		}
		g.send(carrierAddr, early) // repeated: its PRACK is under way
		g.none()
		g.send("127.0.0.2:5081", reply(prack, "200 OK", "", "", ""))
		g.send(carrierAddr, reply(inv, "180 Ringing", "a", reliable(9, "sip:early@127.0.0.2:5081"), "")) // 8 is missing
		g.none()
		g.wantEvents("early")
		g.send(carrierAddr, reply(inv, "180 Ringing", "a", reliable(8, "sip:late@127.0.0.2:5082"), ""))
		prack = g.one("PRACK sip:late@127.0.0.2:5082")
		if prack.header("RAck") != "8 1 INVITE" {
			t.Error(prack.text)
		}
		g.send("127.0.0.2:5082", reply(prack, "200 OK", "", "", ""))
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, ""))
		if ack := g.one("ACK"); ack.header("CSeq") != "1 ACK" {
			t.Error(ack.text)
		}
		g.wantEvents("early ringing answered")
		l.Hangup(fact.EndCompleted)
		if bye := g.one("BYE"); bye.header("CSeq") != "4 BYE" {
			t.Error(bye.text)
		}
	})
}

// The 200 comes before the answer to our PRACK: it is acknowledged at once, and the PRACK goes on.
func TestAnswerBeforePrackIsAnswered(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1", Manners: polished})
		inv := g.one("INVITE")
		g.send(carrierAddr, reply(inv, "183 Session Progress", "a", reliable(1, "sip:called@"+carrierAddr), desc(1, "sendrecv", "8 101")))
		prack := g.one("PRACK")
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, desc(1, "sendrecv", "8 101")))
		if ack := g.one("ACK"); ack.header("CSeq") != "1 ACK" {
			t.Error(ack.text)
		}
		g.wantEvents("early answered")
		time.Sleep(500 * time.Millisecond)
		g.one("PRACK")
		g.send(carrierAddr, reply(prack, "200 OK", "", "", ""))
		time.Sleep(time.Minute)
		g.none()
		l.Hangup(fact.EndCompleted)
		g.one("BYE")
	})
}

// Two phones of a fork send reliable 183s: each gets its own PRACK.
func TestPrackOfForks(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1", Manners: polished})
		inv := g.one("INVITE")
		for _, tag := range []string{"a", "b"} {
			g.send(carrierAddr, reply(inv, "183 Session Progress", tag, reliable(1, "sip:"+tag+"@"+carrierAddr), desc(1, "sendrecv", "8 101")))
			prack := g.one("PRACK sip:" + tag + "@")
			if prack.toTag() != tag {
				t.Error(prack.text)
			}
			g.send(carrierAddr, reply(prack, "200 OK", "", "", ""))
		}
		l.Hangup(fact.EndCallerGone)
		g.one("CANCEL")
		g.send(carrierAddr, reply(inv, "487 Request Terminated", "", "", ""))
		g.find("ACK")
	})
}

// required asks for it in the INVITE; a peer that can't is the end of the call.
func TestReliableRequiredOut(t *testing.T) {
	inBubble(t, func(g *rig) {
		m := polished
		m.Reliable = dialog.Required
		g.dial(CallOptions{From: "1", Manners: m})
		inv := g.one("INVITE")
		if inv.header("Require") != "100rel" {
			t.Error(inv.text)
		}
		g.send(carrierAddr, reply(inv, "420 Bad Extension", "a", "Unsupported: 100rel\r\n", ""))
		g.one("ACK")
		g.wantEvents("ended:remote")
	})
}

// A late offer: the INVITE has no SDP; the offer comes in a reliable 183 and is answered in the PRACK, or it comes in the 200 and is answered in the ACK.
func TestLateOffer(t *testing.T) {
	m := polished
	m.LateOffer = true
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1", Manners: m})
		inv := g.one("INVITE")
		if inv.body() != "" {
			t.Error(inv.text)
		}
		g.send(carrierAddr, reply(inv, "183 Session Progress", "a", reliable(1, "sip:called@"+carrierAddr), desc(1, "sendrecv", "8 101")))
		prack := g.one("PRACK")
		if !strings.Contains(prack.body(), "m=audio 10000 RTP/AVP 8") {
			t.Error(prack.text)
		}
		g.send(carrierAddr, reply(prack, "200 OK", "", "", ""))
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact, ""))
		if ack := g.one("ACK"); ack.body() != "" {
			t.Error(ack.text)
		}
		g.wantEvents("early answered")
		l.Hangup(fact.EndCompleted)
		g.one("BYE")
	})
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1", Manners: m})
		inv := g.one("INVITE")
		g.send(carrierAddr, reply(inv, "180 Ringing", "a", calledContact, ""))
		ok := reply(inv, "200 OK", "a", calledContact, desc(1, "sendrecv", "8 101"))
		g.send(carrierAddr, ok)
		if ack := g.one("ACK"); !strings.Contains(ack.body(), "m=audio 10000 RTP/AVP 8") || l.Codec() != "PCMA" {
			t.Error(ack.text, l.Codec())
		}
		g.send(carrierAddr, ok) // our ACK was lost
		if ack := g.one("ACK"); !strings.Contains(ack.body(), "m=audio 10000 RTP/AVP 8") {
			t.Error("without the answer:", ack.text)
		}
		g.wantEvents("ringing answered")
		l.Hangup(fact.EndCompleted)
		g.one("BYE")
	})
	for body, why := range map[string]string{"": "protocol", desc(1, "sendrecv", "18"): "not-acceptable"} {
		inBubble(t, func(g *rig) {
			g.dial(CallOptions{From: "1", Manners: m})
			g.send(carrierAddr, reply(g.one("INVITE"), "200 OK", "a", calledContact, body))
			all := g.got()
			if len(all) != 2 || !strings.HasPrefix(all[0].text, "ACK") || !strings.HasPrefix(all[1].text, "BYE") {
				t.Fatal(lines(all))
			}
			g.wantEvents("ended:" + why)
		})
	}
}
