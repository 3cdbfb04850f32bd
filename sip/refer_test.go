package sip

import (
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

func mayRefer(d *config.Dialogs) { d.Refer = true }

// A REFER is refused unless the file allows it: it dials at our cost.
func TestReferRefused(t *testing.T) {
	polite(t, nil, func(g *rig) {
		l, ok := g.timed("")
		g.send(carrierAddr, in("REFER", ok.toTag(), 2, ask{extra: "Refer-To: <sip:+81355555555@127.0.0.1>\r\n"}))
		g.one("SIP/2.0 603")
		if strings.Contains(ok.header("Allow"), "REFER") {
			t.Error("Allow isn't true:", ok.text)
		}
		g.wantEvents("answered")
		l.Hangup(fact.EndCompleted)
	})
}

// 202, then NOTIFYs with the status lines of the new call; the last one ends the subscription.
func TestRefer(t *testing.T) {
	polite(t, mayRefer, func(g *rig) {
		l, ok := g.timed("")
		if !strings.Contains(ok.header("Allow"), "REFER, NOTIFY") {
			t.Error(ok.text)
		}
		refer := ask{extra: "Refer-To: <sip:+81355555555@127.0.0.1;user=phone?Replaces=abc%40x%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\nReferred-By: <sip:boss@pbx>\r\n"}
		g.send(carrierAddr, in("REFER", ok.toTag(), 2, refer))
		all := g.got()
		if len(all) != 2 || !strings.HasPrefix(all[0].text, "SIP/2.0 202") || !strings.HasPrefix(all[1].text, "NOTIFY sip:carrier@") {
			t.Fatal(lines(all))
		}
		check := func(n message, state, line string) {
			t.Helper()
			if n.header("Event") != "refer;id=2" || n.header("Subscription-State") != state || n.body() != line+"\r\n" ||
				n.header("Content-Type") != "message/sipfrag;version=2.0" || len(n.headers("Content-Type")) != 1 {
				t.Error(n.text)
			}
			g.send(carrierAddr, reply(n, "200 OK", "", "", ""))
		}
		check(all[1], "active;expires=60", "SIP/2.0 100 Trying")
		g.wantEvents("answered transfer:+81355555555")
		if to := g.events[1].To; to.Trunk != "office" || to.Replaces != "abc@x;to-tag=1;from-tag=2" || to.ReferredBy != "<sip:boss@pbx>" {
			t.Errorf("%+v", to)
		}
		g.send(carrierAddr, in("REFER", ok.toTag(), 3, refer)) // one at a time
		g.one("SIP/2.0 491")
		l.Transferred(180)
		check(g.one("NOTIFY"), "active;expires=60", "SIP/2.0 180 Ringing")
		l.Transferred(200)
		check(g.one("NOTIFY"), "terminated;reason=noresource", "SIP/2.0 200 OK")
		l.Transferred(200) // nobody has asked
		g.none()
		l.Hangup(fact.EndCompleted)
		g.one("BYE")
	})
}

// Refer-Sub: false (RFC 4488): no NOTIFY; bad Refer-To; the referrer leaves before the NOTIFY.
func TestReferOddities(t *testing.T) {
	polite(t, mayRefer, func(g *rig) {
		l, ok := g.timed("")
		for i, c := range []struct{ extra, want string }{
			{"", "SIP/2.0 400"},
			{"Refer-To: <sip:a@b>\r\nRefer-To: <sip:c@d>\r\n", "SIP/2.0 400"},
			{"Refer-To: <http://x/y>\r\n", "SIP/2.0 416"},
			{"Refer-To: <sip:>\r\n", "SIP/2.0 400"},
		} {
			g.send(carrierAddr, in("REFER", ok.toTag(), 2+i, ask{extra: c.extra}))
			g.one(c.want)
		}
		g.send(carrierAddr, in("REFER", ok.toTag(), 10, ask{extra: "r: <tel:+81355555555;phone-context=x>\r\nRefer-Sub: false\r\n"}))
		if res := g.one("SIP/2.0 202"); res.header("Refer-Sub") != "false" {
			t.Error(res.text)
		}
		g.wantEvents("answered transfer:+81355555555")
		l.Transferred(603)
		g.none()
		g.send(carrierAddr, in("REFER", ok.toTag(), 11, ask{extra: "Refer-To: sip:+81355555555@127.0.0.1\r\n"}))
		g.find("SIP/2.0 202")
		g.send(carrierAddr, in("BYE", ok.toTag(), 12, ask{}))
		g.find("SIP/2.0 200")
		l.Transferred(200)
		time.Sleep(40 * time.Second)
	})
}

// Replaces names a call of ours: nobody behind the trunk could take its place.
func TestReferReplacesOurs(t *testing.T) {
	polite(t, mayRefer, func(g *rig) {
		l, ok := g.timed("")
		g.send(carrierAddr, in("REFER", ok.toTag(), 2, ask{extra: "Refer-To: <sip:+81355555555@127.0.0.1?Replaces=call1%3Bto-tag%3D" + ok.toTag() + "%3Bfrom-tag%3Dft>\r\n"}))
		all := g.got()
		if len(all) != 3 || !strings.Contains(all[2].body(), "603") {
			t.Error(lines(all))
		}
		g.wantEvents("answered")
		l.Hangup(fact.EndCompleted)
	})
}

// REFER of ours: how it went is what the NOTIFYs say, in whatever order they come; BYE instead of the last NOTIFY means that it has worked.
func TestReferOut(t *testing.T) {
	notify := func(tag string, seq int, line, state string) string {
		return in("NOTIFY", tag, seq, ask{extra: "Event: refer\r\nSubscription-State: " + state + "\r\n", kind: "message/sipfrag", body: line + "\r\n"})
	}
	for name, c := range map[string]struct {
		act  func(g *rig, refer message, tag string)
		want string
	}{
		"accepted": {func(g *rig, refer message, tag string) {
			g.send(carrierAddr, reply(refer, "202 Accepted", "", "", ""))
			g.send(carrierAddr, notify(tag, 2, "SIP/2.0 180 Ringing", "active;expires=60"))
			g.one("SIP/2.0 200")
			g.send(carrierAddr, notify(tag, 3, "SIP/2.0 200 OK", "terminated;reason=noresource"))
			g.one("SIP/2.0 200")
		}, "moved:200"},
		"NOTIFY before 202": {func(g *rig, refer message, tag string) {
			g.send(carrierAddr, notify(tag, 2, "SIP/2.0 200 OK", "terminated"))
			g.one("SIP/2.0 200")
			g.send(carrierAddr, reply(refer, "202 Accepted", "", "", ""))
		}, "moved:200"},
		"BYE before NOTIFY": {func(g *rig, refer message, tag string) {
			g.send(carrierAddr, reply(refer, "202 Accepted", "", "", ""))
			g.send(carrierAddr, in("BYE", tag, 2, ask{}))
			g.one("SIP/2.0 200")
		}, "moved:200 ended:caller-hung-up"},
		"refused": {func(g *rig, refer message, _ string) { g.send(carrierAddr, reply(refer, "603 Decline", "", "", "")) }, "moved:603"},
		"norefersub": {func(g *rig, refer message, _ string) {
			g.send(carrierAddr, reply(refer, "202 Accepted", "", "Refer-Sub: false\r\n", ""))
		}, "moved:200"},
		"failed": {func(g *rig, refer message, tag string) {
			g.send(carrierAddr, notify(tag, 2, "SIP/2.0 486 Busy Here", "terminated"))
			g.one("SIP/2.0 200")
		}, "moved:486"},
		"no answer": {func(g *rig, _ message, _ string) { time.Sleep(33 * time.Second); g.got() }, "moved:0"},
		"no NOTIFY": {func(g *rig, refer message, _ string) {
			g.send(carrierAddr, reply(refer, "202 Accepted", "", "", ""))
			time.Sleep(61 * time.Second)
		}, "moved:0"},
	} {
		t.Run(name, func(t *testing.T) {
			polite(t, nil, func(g *rig) {
				l, ok := g.timed("")
				l.Refer("+81355555555")
				refer := g.one("REFER sip:carrier@" + carrierAddr)
				if refer.header("Refer-To") != "<sip:+81355555555@127.0.0.2:5070>" || refer.header("Referred-By") != "<sip:+81312345678@127.0.0.1>" {
					t.Error(refer.text)
				}
				c.act(g, refer, ok.toTag())
				g.wantEvents("answered " + c.want)
				g.send(carrierAddr, notify(ok.toTag(), 20, "SIP/2.0 200 OK", "terminated")) // of nothing
				g.one("SIP/2.0 481")
				l.Hangup(fact.EndCompleted)
			})
		})
	}
}
