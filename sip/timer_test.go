package sip

import (
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
)

const canUpdate = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n"

// timed answers an INVITE that asks for a session timer in some way, and returns the 200.
func (g *rig) timed(extra string) (l *Leg, ok message) {
	g.t.Helper()
	l = g.incoming(ask{body: desc(1, "sendrecv", ""), extra: extra})
	_ = l.Answer()
	ok = g.one("SIP/2.0 200")
	g.send(carrierAddr, in("ACK", ok.toTag(), 1, ask{}))
	return l, ok
}

func TestSessionTimerTooShort(t *testing.T) {
	polite(t, nil, func(g *rig) {
		g.send(carrierAddr, ask{method: "INVITE", body: desc(1, "sendrecv", ""), extra: "Supported: timer\r\nSession-Expires: 60\r\n"}.String())
		if res := g.one("SIP/2.0 422"); res.header("Min-SE") != "90" {
			t.Error(res.text)
		}
		if len(g.legs) != 0 {
			t.Error("it was handed on")
		}
	})
	polite(t, func(d *config.Dialogs) { d.Timer.Min = 10 * time.Minute }, func(g *rig) {
		_, ok := g.timed("Supported: timer\r\nSession-Expires: 1200\r\n")
		g.send(carrierAddr, in("UPDATE", ok.toTag(), 2, ask{extra: "Supported: timer\r\nSession-Expires: 300\r\n"}))
		if res := g.one("SIP/2.0 422"); res.header("Min-SE") != "600" {
			t.Error(res.text)
		}
		g.leg(0).Hangup(fact.EndCompleted)
		g.one("BYE")
	})
}

// Who refreshes, and how long a session lasts (RFC 4028, 9, table 2).
func TestSessionTimerAnswer(t *testing.T) {
	half := config.SessionTimer{Expires: 30 * time.Minute, Min: 90 * time.Second, Refresher: "any"}
	us := half
	us.Refresher = "us"
	for _, c := range []struct {
		timer                   config.SessionTimer
		extra, expires, require string
	}{
		{config.SessionTimer{}, "Supported: timer\r\nSession-Expires: 600\r\n", "", ""}, // unknown to us
		{config.SessionTimer{Min: 90 * time.Second}, "Supported: timer\r\n", "", ""},
		{config.SessionTimer{Min: 90 * time.Second}, "Supported: timer\r\nSession-Expires: 600\r\n", "600;refresher=uac", "timer"},
		{half, "Supported: timer\r\nx: 600;refresher=uas\r\n", "600;refresher=uas", ""},
		{half, "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n", "600;refresher=uac", "timer"},
		{half, "Supported: timer\r\nSession-Expires: 7200\r\n", "1800;refresher=uac", "timer"},
		{half, "Supported: timer\r\nSession-Expires: 7200\r\nMin-SE: 3600\r\n", "3600;refresher=uac", "timer"},
		{half, "k: timer\r\n", "1800;refresher=uac", "timer"},
		{half, "", "1800;refresher=uas", ""}, // the peer can't: we do it alone
		{half, "Session-Expires: 600\r\n", "600;refresher=uas", ""},
		{half, "Session-Expires: 60\r\n", "", ""}, // too short, and nobody could be told
		{us, "Supported: timer\r\n", "1800;refresher=uas", ""},
		{us, "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n", "600;refresher=uac", "timer"},
	} {
		polite(t, func(d *config.Dialogs) { d.Timer = c.timer }, func(g *rig) {
			l, ok := g.timed(c.extra)
			if ok.header("Session-Expires") != c.expires || ok.header("Require") != c.require {
				t.Errorf("%+v: %q %q", c, ok.header("Session-Expires"), ok.header("Require"))
			}
			l.Hangup(fact.EndCompleted)
			g.one("BYE")
		})
	}
}

// The peer refreshes: by UPDATE or re-INVITE. If it doesn't, BYE comes 32 s before the end (a third, if that is less).
func TestSessionTimerOfThePeer(t *testing.T) {
	for asked, want := range map[string]time.Duration{"1800": 1800*time.Second - 32*time.Second, "90": 60 * time.Second} {
		polite(t, nil, func(g *rig) {
			_, ok := g.timed("Supported: timer\r\nSession-Expires: " + asked + ";refresher=uac\r\n")
			refresh := "Supported: timer\r\nSession-Expires: " + asked + ";refresher=uac\r\n"
			time.Sleep(want - time.Second)
			g.send(carrierAddr, in("UPDATE", ok.toTag(), 2, ask{extra: refresh}))
			if res := g.one("SIP/2.0 200"); res.header("Session-Expires") != asked+";refresher=uac" {
				t.Error(res.text)
			}
			time.Sleep(want - time.Second)
			g.send(carrierAddr, in("INVITE", ok.toTag(), 3, ask{extra: refresh, body: desc(1, "sendrecv", "")}))
			if res := g.one("SIP/2.0 200"); res.header("Session-Expires") != asked+";refresher=uac" {
				t.Error(res.text)
			}
			g.send(carrierAddr, in("ACK", ok.toTag(), 3, ask{}))
			time.Sleep(want - time.Second)
			g.none()
			begin := time.Now()
			time.Sleep(2 * time.Second)
			bye := g.find("BYE")
			if bye.at.Sub(begin) != time.Second {
				t.Error("BYE after", bye.at.Sub(begin))
			}
			g.send(carrierAddr, reply(bye, "200 OK", "", "", ""))
			g.wantEvents("answered ended:timeout")
		})
	}
}

// We refresh at half the time: by UPDATE; by re-INVITE with the same SDP if the peer has none, or refuses it.
func TestSessionTimerOfOurs(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l, ok := g.timed(canUpdate + "Supported: timer\r\nSession-Expires: 600;refresher=uas\r\n")
		begin := time.Now()
		time.Sleep(301 * time.Second)
		update := g.find("UPDATE sip:carrier@" + carrierAddr)
		if update.at.Sub(begin) != 300*time.Second || update.header("Session-Expires") != "600;refresher=uac" || update.header("Min-SE") != "90" || update.body() != "" {
			t.Error(update.at.Sub(begin), update.text)
		}
		g.send(carrierAddr, reply(update, "200 OK", "", "Session-Expires: 600;refresher=uac\r\n", ""))
		g.got()
		time.Sleep(301 * time.Second)
		update = g.find("UPDATE")
		g.send(carrierAddr, reply(update, "405 Method Not Allowed", "", "", ""))
		invite := g.find("INVITE sip:carrier@" + carrierAddr)
		if invite.body() != ok.body() || invite.header("Session-Expires") != "600;refresher=uac" {
			t.Errorf("the SDP has changed:\n%s\n%s", ok.body(), invite.text)
		}
		g.send(carrierAddr, reply(invite, "200 OK", "", "Session-Expires: 600;refresher=uac\r\n"+canUpdate, desc(1, "sendrecv", "")))
		g.one("ACK")
		time.Sleep(301 * time.Second)
		g.find("INVITE") // UPDATE isn't tried again
		g.wantEvents("answered")
		l.Hangup(fact.EndCompleted)
		g.find("BYE")
	})
}

// A refresh that is refused for the moment comes again; if none succeeds the call ends in time.
func TestRefreshRefused(t *testing.T) {
	polite(t, nil, func(g *rig) {
		g.timed(canUpdate + "Supported: timer\r\nSession-Expires: 600;refresher=uas\r\n")
		begin := time.Now()
		time.Sleep(300 * time.Second)
		g.send(carrierAddr, reply(g.find("UPDATE"), "500 Server Internal Error", "", "Retry-After: 5\r\n", ""))
		time.Sleep(5 * time.Second)
		g.send(carrierAddr, reply(g.find("UPDATE"), "491 Request Pending", "", "", ""))
		time.Sleep(2001 * time.Millisecond)
		again := g.find("UPDATE")
		if d := again.at.Sub(begin); d < 305*time.Second || d > 307*time.Second {
			t.Error("again after", d)
		}
		ended := false
		for range 200 {
			for _, m := range g.got() {
				switch {
				case strings.HasPrefix(m.text, "UPDATE"):
					g.send(carrierAddr, reply(m, "503 Service Unavailable", "", "", ""))
				case strings.HasPrefix(m.text, "BYE") && !ended:
					ended = true
					if d := m.at.Sub(begin); d != 568*time.Second {
						t.Error("BYE after", d)
					}
					g.send(carrierAddr, reply(m, "200 OK", "", "", ""))
				}
			}
			time.Sleep(2 * time.Second)
		}
		g.wantEvents("answered ended:timeout")
	})
}

// A refresh without any answer, or with 481, ends the call.
func TestRefreshUnanswered(t *testing.T) {
	for _, status := range []string{"", "481 Call/Transaction Does Not Exist"} {
		polite(t, nil, func(g *rig) {
			g.timed(canUpdate + "Supported: timer\r\nSession-Expires: 600;refresher=uas\r\n")
			time.Sleep(300 * time.Second)
			update := g.find("UPDATE")
			if status != "" {
				g.send(carrierAddr, reply(update, status, "", "", ""))
			} else {
				time.Sleep(32*time.Second + time.Millisecond)
			}
			g.send(carrierAddr, reply(g.find("BYE"), "481 Gone", "", "", ""))
			g.wantEvents("answered ended:timeout")
		})
	}
}

var half = dialog.Manners{Timer: dialog.Timer{Expires: 30 * time.Minute, Min: 90 * time.Second}}

// As caller: we ask, take 422 with a longer Min-SE, and keep to what the 200 says.
func TestSessionTimerOut(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1", Manners: half})
		inv := g.one("INVITE")
		if inv.header("Session-Expires") != "1800" || inv.header("Min-SE") != "90" || inv.header("Supported") != "replaces, timer" {
			t.Error(inv.text)
		}
		g.send(carrierAddr, reply(inv, "422 Session Interval Too Small", "x", "Min-SE: 3600\r\n", ""))
		inv = g.find("INVITE")
		if inv.header("Session-Expires") != "3600" || inv.header("Min-SE") != "3600" || inv.header("CSeq") != "2 INVITE" || len(inv.headers("Session-Expires")) != 1 {
			t.Error(inv.text)
		}
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact+canUpdate+"Session-Expires: 3600;refresher=uac\r\nRequire: timer\r\n", desc(1, "sendrecv", "")))
		g.one("ACK")
		time.Sleep(1801 * time.Second)
		update := g.find("UPDATE")
		if update.header("Session-Expires") != "3600;refresher=uac" {
			t.Error(update.text)
		}
		g.send(carrierAddr, reply(update, "200 OK", "", "", "")) // no timer any more (RFC 4028, 7.2)
		g.got()
		time.Sleep(3 * time.Hour)
		g.none()
		l.Hangup(fact.EndCompleted)
		g.one("BYE")
	})
}

// The 200 makes the peer the refresher: without its refresh the call ends. Without Session-Expires in the 200 there is no timer.
func TestSessionTimerOutPeerRefreshes(t *testing.T) {
	inBubble(t, func(g *rig) {
		m := half
		m.Timer.Refresher = dialog.TheyRefresh
		g.dial(CallOptions{From: "1", Manners: m})
		inv := g.one("INVITE")
		if inv.header("Session-Expires") != "1800;refresher=uas" {
			t.Error(inv.text)
		}
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact+"Session-Expires: 1800;refresher=uas\r\n", desc(1, "sendrecv", "")))
		g.one("ACK")
		time.Sleep(1767 * time.Second)
		g.none()
		time.Sleep(time.Second)
		g.send(carrierAddr, reply(g.one("BYE"), "200 OK", "", "", ""))
		g.wantEvents("answered ended:timeout")
	})
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1", Manners: half})
		g.send(carrierAddr, reply(g.one("INVITE"), "200 OK", "a", calledContact, desc(1, "sendrecv", "")))
		g.one("ACK")
		time.Sleep(2 * time.Hour)
		g.none()
		l.Hangup(fact.EndCompleted)
		g.one("BYE")
	})
}

// A refresh by re-INVITE gets 422, is sent again with more, and glare doesn't end the call.
func TestRefreshByReinviteGlareAndTooShort(t *testing.T) {
	inBubble(t, func(g *rig) {
		l := g.dial(CallOptions{From: "1", Manners: half})
		inv := g.one("INVITE")
		g.send(carrierAddr, reply(inv, "200 OK", "a", calledContact+"Session-Expires: 1800;refresher=uac\r\n", desc(1, "sendrecv", "")))
		g.one("ACK")
		time.Sleep(900 * time.Second)
		again := g.one("INVITE")
		g.send(carrierAddr, reply(again, "491 Request Pending", "", "", ""))
		g.one("ACK")
		begin := time.Now()
		time.Sleep(4*time.Second + time.Millisecond)
		again = g.find("INVITE")
		if d := again.at.Sub(begin); d < 2100*time.Millisecond { // we own the Call-ID
			t.Error("again after", d)
		}
		g.send(carrierAddr, reply(again, "422 Session Interval Too Small", "", "Min-SE: 2000\r\n", ""))
		again = g.find("INVITE")
		if again.header("Session-Expires") != "2000;refresher=uac" || again.body() != inv.body() {
			t.Error(again.text)
		}
		g.send(carrierAddr, reply(again, "200 OK", "", "Session-Expires: 2000;refresher=uac\r\n", desc(1, "sendrecv", "")))
		g.find("ACK")
		g.wantEvents("answered")
		l.Hangup(fact.EndCompleted)
		g.one("BYE")
	})
}
