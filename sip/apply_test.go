package sip

import (
	"maps"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
)

// reload makes a file hold.
func (g *rig) reload(file *config.Config) {
	g.t.Helper()
	commit, err := g.stack.Prepare(file)
	if err != nil {
		g.t.Fatal(err)
	}
	commit()
	synctest.Wait()
}

// A trunk that stays keeps its registration; one that changes gives it up and then registers anew; one that is gone gives it up. Allowed addresses
// and limits are the new file's at once.
func TestReloadOfTrunks(t *testing.T) {
	file := registeredFile()
	runBubble(t, file, func(g *rig) {
		first := g.enrolled("")
		same := *file
		again := *file.Trunks["out"]
		same.Trunks = maps.Clone(file.Trunks)
		same.Trunks["out"] = &again
		g.reload(&same)
		g.none()

		changed := *file.Trunks["out"]
		changed.Login.Password, changed.MaxCalls = "other", 7
		next := *file
		next.Trunks = maps.Clone(file.Trunks)
		next.Trunks["out"] = &changed
		next.Trunks["office"] = &config.Trunk{Name: "office", Inbound: true, Addresses: []netip.Prefix{netip.MustParsePrefix("203.0.113.7/32")}}
		if g.stack.trunks.Allowed(netip.MustParseAddr("203.0.113.7")) {
			t.Fatal("the address is allowed already")
		}
		g.reload(&next)
		if !g.stack.trunks.Allowed(netip.MustParseAddr("203.0.113.7")) {
			t.Error("the new trunk's address is not allowed")
		}
		bye := g.one("REGISTER sip:carrier.example SIP/2.0")
		if bye.header("Expires") != "0" || uriOf(bye.header("Contact")) != uriOf(first) {
			t.Error(bye.text)
		}
		g.accept(bye, "")
		second := g.enrolled("")
		if uriOf(second) == uriOf(first) {
			t.Error("the new registration has the old one's token")
		}
		if _, token, ok := strings.Cut(uriOf(first), ";line="); !ok || g.stack.links.now().tokens[token] != nil {
			t.Error("the old token is still good")
		}

		server := g.stack.links.of("out").Servers()[0]
		if g.stack.links.cache.Records(server) == nil {
			t.Error("nobody knows where", server, "is")
		}
		gone := next
		gone.Trunks = maps.Clone(next.Trunks)
		delete(gone.Trunks, "out")
		g.reload(&gone)
		bye = g.one("REGISTER sip:carrier.example SIP/2.0")
		if bye.header("Expires") != "0" || uriOf(bye.header("Contact")) != uriOf(second) {
			t.Error(bye.text)
		}
		g.accept(bye, "")
		for _, s := range g.stack.Trunks() {
			if s.Name == "out" {
				t.Error("the trunk is still there")
			}
		}
		if got := g.stack.links.cache.Records(server); got != nil {
			t.Error("where its server is, is still looked up:", got)
		}
		time.Sleep(2 * time.Hour)
		g.none()
	})
}

// A desk phone whose login changes or goes is no longer registered; another's stays.
func TestReloadOfPhones(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.phone()
		g.reload(g.stack.file())
		if g.phonesOf("chen") != 1 {
			t.Error("the phone is gone though nothing has changed")
		}
		chen := *g.stack.file().Users["chen"]
		chen.Phone = &config.Phone{Username: "chenphone", Password: "another"}
		next := *g.stack.file()
		next.Users = maps.Clone(next.Users)
		next.Users["chen"] = &chen
		g.reload(&next)
		if g.phonesOf("chen") != 0 {
			t.Error("a phone with the old password is still registered")
		}
		g.send(phoneAddr, register(phoneAddr, "reg", 3, "", "Expires: 300\r\n"))
		ch := g.one("SIP/2.0 401")
		g.send(phoneAddr, register(phoneAddr, "reg", 4, answerTo(ch.headers("WWW-Authenticate"), "REGISTER", "sip:mediasrv", "chenphone", "another"), "Expires: 300\r\n"))
		g.one("SIP/2.0 200")
		if g.phonesOf("chen") != 1 {
			t.Error("the new password is not good")
		}
	})
}
