package sip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/routing"
	"mediasrv/routing/fact"

	"github.com/miekg/dns"
)

// zone is a DNS for bubbles.
type zone struct {
	lines []string
	dead  atomic.Bool
}

var errNoDNS = errors.New("the DNS is dead")

func (n *zone) Ask(_ context.Context, name string, kind uint16) ([]dns.RR, error) {
	if n.dead.Load() {
		return nil, errNoDNS
	}
	var out []dns.RR
	for _, line := range n.lines {
		rr, err := dns.NewRR(line)
		if err != nil {
			return nil, err
		}
		if rr.Header().Rrtype == kind && rr.Header().Name == dns.Fqdn(name) {
			out = append(out, rr)
		}
	}
	return out, nil
}

func withNames(n *zone) func(*Config) { return func(c *Config) { c.Names = n } }

// carrierNames are a carrier with two servers of different priority.
func carrierNames() *zone {
	return &zone{lines: []string{
		"_sip._udp.carrier.example. 60 IN SRV 20 0 5070 b.carrier.example.",
		"_sip._udp.carrier.example. 60 IN SRV 10 0 5060 a.carrier.example.",
		"a.carrier.example. 60 IN A 192.0.2.10",
		"b.carrier.example. 60 IN A 192.0.2.11",
	}}
}

func (g *rig) trunkState(name string) fact.TrunkState {
	g.t.Helper()
	synctest.Wait()
	for _, s := range g.stack.Trunks() {
		if s.Name == name {
			return s
		}
	}
	g.t.Fatal("no trunk", name)
	return fact.TrunkState{}
}

// health is what a trunk's addresses are like, in order.
func (g *rig) health(name string) string {
	g.t.Helper()
	var out []string
	for _, t := range g.trunkState(name).Targets {
		out = append(out, strings.TrimPrefix(t.Address, "udp/")+" "+string(t.Health))
	}
	return strings.Join(out, ", ")
}

// serve lets time pass, and answers what is sent with what f makes of it; nothing is no answer.
func (g *rig) serve(d time.Duration, f func(m message) string) {
	g.t.Helper()
	end := time.NewTimer(d)
	for {
		select {
		case p := <-g.net.out:
			m := message{string(p.data), p.addr.String(), p.at}
			if answer := f(m); answer != "" {
				g.send(m.to, answer)
			}
		case <-end.C:
			return
		}
	}
}

// each takes what was sent, by its first word and destination.
func (g *rig) each(start string) []message {
	g.t.Helper()
	var out []message
	for _, m := range g.got() {
		if strings.HasPrefix(m.text, start) {
			out = append(out, m)
		}
	}
	return out
}

// SRV in order of priority, the next target after 2 s of silence, and at once for the next call; with the DNS dead all goes on (RFC 3261, 3263; P0 1).
func TestOutBySRV(t *testing.T) {
	file := outFile()
	file.Trunks["out"].Servers, file.Trunks["out"].MaxCalls = []string{"carrier.example"}, 0
	n := carrierNames()
	runBubble(t, file, func(g *rig) {
		g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
		first := g.one("INVITE sip:900001@carrier.example")
		if first.to != firstServer || !strings.Contains(first.header("Via"), ";rport") {
			t.Error(first.to, first.text)
		}
		time.Sleep(2 * time.Second)
		second := to(g.each("INVITE sip:900001@carrier.example"), secondServer)
		if len(second) != 1 {
			t.Fatal("the second record isn't tried:", lines(second))
		}
		g.send(secondServer, reply(second[0], "486 Busy Here", "b", "", ""))
		g.got()
		g.out(routing.Target{Number: "900002"}, routing.Caller{Number: "1"})
		inv := g.find("INVITE sip:900002@carrier.example")
		if inv.to != secondServer {
			t.Error("the next call goes to", inv.to)
		}
		g.send(secondServer, reply(inv, "486 Busy Here", "b", "", ""))
		n.dead.Store(true)
		time.Sleep(time.Hour)
		g.got()
		g.out(routing.Target{Number: "900003"}, routing.Caller{Number: "1"})
		if inv := g.find("INVITE sip:900003@carrier.example"); inv.to != firstServer {
			t.Error("with the DNS dead:", inv.to)
		}
	}, withNames(n))
}

// to is the messages that went to an address.
func to(all []message, addr string) (out []message) {
	for _, m := range all {
		if m.to == addr {
			out = append(out, m)
		}
	}
	return out
}

// A target that says nothing is left after 2 s, also in the middle of an attempt, and the next call doesn't try it first; it is tried again later, with back-off.
func TestDeadTargetIsLeftWithin2s(t *testing.T) {
	file := outFile()
	file.Trunks["out"].MaxCalls = 0
	runBubble(t, file, func(g *rig) {
		start := time.Now()
		g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
		time.Sleep(2*time.Second - time.Millisecond)
		if len(to(g.got(), secondServer)) != 0 {
			t.Error("left too early")
		}
		time.Sleep(time.Millisecond)
		second := to(g.got(), secondServer)
		if len(second) != 1 || second[0].at.Sub(start) != 2*time.Second {
			t.Fatal("not left after 2 s:", lines(second))
		}
		if h := g.health("out"); h != firstServer+" down, "+secondServer+" unknown" {
			t.Error(h)
		}
		g.send(secondServer, reply(second[0], "486 Busy Here", "b", "", ""))
		g.wantEvents("ended:busy")
		g.got()

		next := func(number string) string { // where a call goes first
			g.out(routing.Target{Number: number}, routing.Caller{Number: "1"})
			inv := g.find("INVITE sip:" + number)
			if inv.to == secondServer {
				g.send(secondServer, reply(inv, "486 Busy Here", "b", "", ""))
				g.got()
			}
			return inv.to
		}
		if at := next("2"); at != secondServer {
			t.Error("the next call goes to", at)
		}
		time.Sleep(5 * time.Second) // after it was left it may be tried again
		if at := next("3"); at != firstServer {
			t.Error("it isn't tried again:", at)
		}
		time.Sleep(2 * time.Second) // silent again
		for _, m := range to(g.each("INVITE"), secondServer) {
			g.send(secondServer, reply(m, "486 Busy Here", "b", "", ""))
		}
		g.got()
		time.Sleep(9 * time.Second)
		if at := next("4"); at != secondServer {
			t.Error("no back-off:", at)
		}
		time.Sleep(time.Second)
		g.out(routing.Target{Number: "5"}, routing.Caller{Number: "1"})
		inv := g.find("INVITE sip:5@")
		if inv.to != firstServer {
			t.Error("not tried after 10 s:", inv.to)
		}
		g.send(firstServer, reply(inv, "180 Ringing", "a", calledContact, "")) // it lives
		if h := g.health("out"); h != firstServer+" up, "+secondServer+" up" {
			t.Error(h)
		}
		g.got()
		if at := next("6"); at != firstServer {
			t.Error("not come back to:", at)
		}
	})
}

// OPTIONS find a dead target before any call does, and its return; each change is logged once.
func TestProbes(t *testing.T) {
	file := outFile()
	file.Trunks["out"].Uplink.Probe = 30 * time.Second
	var log bytes.Buffer
	runBubble(t, file, func(g *rig) {
		answering := map[string]bool{firstServer: true, secondServer: true}
		asked := map[string]int{}
		pass := func(d time.Duration) {
			g.serve(d, func(m message) string {
				if !strings.HasPrefix(m.text, "OPTIONS") {
					return ""
				}
				asked[m.to]++
				if !answering[m.to] {
					return ""
				}
				time.Sleep(20 * time.Millisecond)
				return reply(m, "404 Not Found", "o", "", "") // it lives, whatever it says
			})
		}
		pass(time.Second)
		s := g.trunkState("out")
		if h := g.health("out"); h != firstServer+" up, "+secondServer+" up" || s.Targets[0].RTT < 20*time.Millisecond || s.Targets[0].RTT > 40*time.Millisecond {
			t.Error(h, s.Targets)
		}
		pass(29*time.Second + 500*time.Millisecond)
		if fmt.Sprint(asked) != fmt.Sprintf("map[%s:2 %s:2]", firstServer, secondServer) {
			t.Error("asked", asked)
		}
		answering[firstServer] = false
		pass(33 * time.Second)
		if h := g.health("out"); h != firstServer+" down, "+secondServer+" up" {
			t.Fatal(h)
		}
		if again := g.trunkState("out").Targets[0].Again; !again.After(time.Now()) || again.After(time.Now().Add(30*time.Second)) {
			t.Error("it is tried again at", again, "and now it is", time.Now())
		}
		g.out(routing.Target{Number: "1"}, routing.Caller{Number: "1"})
		if inv := g.find("INVITE"); inv.to != secondServer {
			t.Error("a call goes to the dead one:", inv.to)
		} else {
			g.send(secondServer, reply(inv, "486 Busy Here", "b", "", ""))
		}
		pass(10 * time.Minute)
		answering[firstServer] = true
		pass(33 * time.Second)
		if h := g.health("out"); h != firstServer+" up, "+secondServer+" up" {
			t.Error("it isn't seen to be back:", h)
		}
		synctest.Wait()
		for text, want := range map[string]int{"is down": 1, "is back": 1, "answers": 2} {
			if n := strings.Count(log.String(), "a server of the trunk "+text); n != want {
				t.Errorf("%q was logged %d times, want %d:\n%s", text, n, want, &log)
			}
		}
	}, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
}

// Failover on every status that blames the server, also after early media: the media keeps its one port, the caller hears one ring only.
func TestFailoverStatuses(t *testing.T) {
	for _, status := range []string{"408 Request Timeout", "500 Server Internal Error", "502 Bad Gateway", "503 Service Unavailable", "504 Server Time-out", "580 Precondition Failure"} {
		for _, early := range []bool{false, true} {
			t.Run(fmt.Sprint(status, " early ", early), func(t *testing.T) {
				runBubble(t, outFile(), func(g *rig) {
					g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
					first := g.one("INVITE")
					want := "ringing early answered"
					if early {
						g.send(firstServer, reply(first, "183 Session Progress", "a", calledContact, desc(1, "sendrecv", "8")))
						want = "early " + want
					}
					g.send(firstServer, reply(first, status, "a", "", ""))
					second := g.find("INVITE sip:900001@192.0.2.11:5070")
					g.send(secondServer, reply(second, "180 Ringing", "b", calledContact, ""))
					g.send(secondServer, reply(second, "180 Ringing", "b", calledContact, ""))
					g.send(secondServer, reply(second, "183 Session Progress", "b", calledContact, desc(1, "sendrecv", "0")))
					g.send(secondServer, reply(second, "200 OK", "b", calledContact, desc(1, "sendrecv", "0")))
					g.wantEvents(want)
					room := g.rooms[len(g.rooms)-1]
					if len(room.ends) != 1 || room.ends[0].closed != 0 || room.ends[0].last().Format.Codec.String() != "PCMU" {
						t.Errorf("%d endpoints, closed %d, %+v", len(room.ends), room.ends[0].closed, room.ends[0].last())
					}
				})
			})
		}
	}
	for _, status := range []string{"404 Not Found", "486 Busy Here", "480 Temporarily Unavailable", "603 Decline"} {
		runBubble(t, outFile(), func(g *rig) {
			g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
			g.send(firstServer, reply(g.one("INVITE"), status, "a", "", ""))
			g.one("ACK")
			if !strings.HasPrefix(g.kinds(), "ended:") {
				t.Error(status, g.kinds())
			}
		})
	}
}

// A callee who was rung for a minute isn't rung again because his provider says 408.
func TestNoFailoverAfterRinging(t *testing.T) {
	runBubble(t, outFile(), func(g *rig) {
		g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
		inv := g.one("INVITE")
		g.send(firstServer, reply(inv, "180 Ringing", "a", calledContact, ""))
		time.Sleep(time.Minute)
		g.send(firstServer, reply(inv, "408 Request Timeout", "a", "", ""))
		g.wantEvents("ringing ended:no-answer")
	})
}

// A server that was slow, not dead, rings after the call has gone on: it is cancelled there.
func TestLateRingIsCancelled(t *testing.T) {
	runBubble(t, outFile(), func(g *rig) {
		g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
		first := g.one("INVITE")
		time.Sleep(2 * time.Second)
		second := to(g.got(), secondServer)[0]
		g.send(secondServer, reply(second, "180 Ringing", "b", calledContact, ""))
		g.send(firstServer, reply(first, "180 Ringing", "a", calledContact, ""))
		cancel := g.find("CANCEL")
		if cancel.to != firstServer || cancel.header("Via") != first.header("Via") || cancel.header("CSeq") != "1 CANCEL" {
			t.Error(cancel.to, cancel.text)
		}
		g.send(firstServer, reply(first, "180 Ringing", "a", calledContact, "")) // once is enough
		if all := g.each("CANCEL"); len(all) > 0 && all[0].at.Equal(cancel.at) {
			t.Error(lines(all))
		}
		g.send(firstServer, reply(cancel, "200 OK", "a", "", ""))
		g.send(firstServer, reply(first, "487 Request Terminated", "a", "", ""))
		g.wantEvents("ringing")
	})
}

// 482 after failover: both ways meet in one server, which sees a double. The call goes there under a new name.
func TestLoopDetectedAfterFailover(t *testing.T) {
	runBubble(t, outFile(), func(g *rig) {
		l := g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
		first := g.one("INVITE")
		time.Sleep(2 * time.Second)
		second := to(g.got(), secondServer)[0]
		g.send(secondServer, reply(second, "482 Loop Detected", "b", "", ""))
		again := to(g.each("INVITE"), secondServer)
		if len(again) != 1 || tagOf(again[0].header("From")) == tagOf(first.header("From")) {
			t.Fatal(lines(again))
		}
		g.send(secondServer, reply(again[0], "200 OK", "c", "Contact: <sip:x@"+secondServer+">\r\n", desc(1, "sendrecv", "8")))
		g.wantEvents("answered")
		// What the peer says within the call finds it by its new name; what comes late from the first server by the old one.
		ack := g.find("ACK")
		g.send(secondServer, ask{
			method: "BYE", uri: "sip:x@" + ourAddr, from: ack.header("To"), to: ack.header("From"), callID: ack.header("Call-ID"), source: secondServer,
		}.String())
		g.find("SIP/2.0 200")
		g.wantEvents("answered ended:caller-hung-up")
		if g.stack.leg(l.sipID, tagOf(first.header("From"))) != nil {
			t.Error("the leg is kept by its old name")
		}
	})
	runBubble(t, outFile(), func(g *rig) { // without a failover it is a loop
		g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
		g.send(firstServer, reply(g.one("INVITE"), "482 Loop Detected", "b", "", ""))
		g.one("ACK")
	})
}

// The last target, or the only one, isn't waited for as long as RFC 3261 would: the next trunk may be better.
func TestLastTargetSilent(t *testing.T) {
	file := outFile()
	file.Trunks["out"].Servers, file.Trunks["out"].MaxCalls = []string{"192.0.2.10"}, 0
	runBubble(t, file, func(g *rig) {
		g.out(routing.Target{Number: "1"}, routing.Caller{Number: "1"})
		time.Sleep(8*time.Second - time.Millisecond)
		g.wantEvents("")
		time.Sleep(time.Millisecond)
		g.wantEvents("ended:unreachable")
		g.out(routing.Target{Number: "2"}, routing.Caller{Number: "1"}) // known to be silent
		time.Sleep(2 * time.Second)
		g.wantEvents("ended:unreachable ended:unreachable")
		if s := g.trunkState("out"); s.Attempts != 2 || s.Failures != 2 || s.ASR != 0 || s.Out != 0 {
			t.Errorf("%+v", s)
		}
	})
}

// 3xx by policy, with a limit.
func TestRedirects(t *testing.T) {
	moved := func(contact string) string { return "Contact: " + contact + "\r\n" }
	for name, c := range map[string]struct{ policy, contact, want string }{
		"to its own server":              {"servers", "<sip:900001@192.0.2.11:5070>", "INVITE sip:900001@192.0.2.11:5070 to " + secondServer},
		"its own, another number":        {"servers", "<sip:+19005551234@192.0.2.11:5070>", ""},
		"elsewhere":                      {"servers", "<sip:900001@203.0.113.5>", ""},
		"elsewhere, allowed":             {"follow", "<sip:+44123@203.0.113.5:5077>", "INVITE sip:+44123@203.0.113.5:5077 to 203.0.113.5:5077"},
		"by name, allowed":               {"follow", "<sip:900001@carrier.example>", "INVITE sip:900001@carrier.example to " + firstServer},
		"by a name that nobody knows":    {"follow", "<sip:900001@nowhere.example>", ""},
		"refused":                        {"refuse", "<sip:900001@192.0.2.11:5070>", ""},
		"no SIP":                         {"follow", "<tel:+4412345>", ""},
		"the most wanted first":          {"servers", "<sip:900001@192.0.2.10>;q=0.2, <sip:900001@192.0.2.11:5070>;q=0.7", "INVITE sip:900001@192.0.2.11:5070 to " + secondServer},
		"a transport that we don't have": {"follow", "<sip:900001@192.0.2.11:5070;transport=tcp>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			file := outFile()
			file.Trunks["out"].Uplink.Redirect = c.policy
			runBubble(t, file, func(g *rig) {
				g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
				g.send(firstServer, reply(g.one("INVITE"), "302 Moved Temporarily", "a", moved(c.contact), ""))
				time.Sleep(2 * time.Second)
				got := ""
				for _, m := range g.each("INVITE") {
					got = strings.TrimSuffix(m.start(), " SIP/2.0") + " to " + m.to
					break
				}
				if got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
				if (got == "") != strings.HasPrefix(g.kinds(), "ended:") {
					t.Error(g.kinds())
				}
			}, withNames(carrierNames()))
		})
	}
	file := outFile()
	file.Trunks["out"].Uplink.Redirect = "follow"
	runBubble(t, file, func(g *rig) { // around and around
		g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
		n := 0
		for range 20 {
			all := g.each("INVITE")
			if len(all) == 0 {
				break
			}
			n++
			g.send(all[0].to, reply(all[0], "302 Moved Temporarily", "a", moved(fmt.Sprintf("<sip:900001@192.0.2.10;n=%d>", n)), ""))
		}
		if n != 6 {
			t.Errorf("%d INVITEs, want the first and five redirections", n)
		}
		if !strings.HasPrefix(g.kinds(), "ended:") {
			t.Error(g.kinds())
		}
	})
	runBubble(t, file, func(g *rig) { // given up while the DNS is asked
		l := g.out(routing.Target{Number: "900001"}, routing.Caller{Number: "1"})
		inv := g.one("INVITE")
		g.send(firstServer, reply(inv, "180 Ringing", "a", calledContact, ""))
		g.send(firstServer, reply(inv, "302 Moved Temporarily", "a", moved("<sip:900001@slow.example>"), ""))
		g.got()
		l.Hangup(fact.EndCallerGone)
		time.Sleep(3 * time.Second)
		g.none()
		g.wantEvents("ringing ended:caller-gone")
	}, func(c *Config) { c.Names = slowNames{} })
}

// slowNames is a DNS that never answers.
type slowNames struct{}

func (slowNames) Ask(ctx context.Context, _ string, _ uint16) ([]dns.RR, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// By weight: the file's weights decide who comes first, and all are there for failover.
func TestOrderByWeight(t *testing.T) {
	file := outFile()
	tr := file.Trunks["out"]
	tr.MaxCalls, tr.Uplink = 0, config.Uplink{Order: "weight", Weights: map[string]int{"192.0.2.11:5070": 3}}
	runBubble(t, file, func(g *rig) {
		n := map[string]int{}
		for range 400 {
			hops := g.stack.links.of("out").Hops()
			if len(hops) != 2 {
				t.Fatal(len(hops))
			}
			n[hops[0].Flow.Remote.String()]++
		}
		if n[secondServer] < 240 || n[secondServer] > 360 { // 300 expected; 7 standard deviations
			t.Error(n)
		}
	})
}

// What the API and the pages show of calls.
func TestTrunkFigures(t *testing.T) {
	file := outFile()
	file.Trunks["out"].MaxCalls = 0
	runBubble(t, file, func(g *rig) {
		call := func() *Leg {
			l := g.out(routing.Target{Number: "1"}, routing.Caller{Number: "1"})
			inv := g.find("INVITE")
			g.send(firstServer, reply(inv, "100 Trying", "", "", ""))
			time.Sleep(3 * time.Second)
			g.send(firstServer, reply(inv, "180 Ringing", "a", calledContact, ""))
			time.Sleep(time.Second)
			g.send(firstServer, reply(inv, "200 OK", "a", calledContact, desc(1, "sendrecv", "8")))
			g.got()
			return l
		}
		l := call()
		if s := g.trunkState("out"); s.Out != 1 || s.In != 0 || s.Attempts != 0 {
			t.Errorf("%+v", s)
		}
		l.Hangup(fact.EndCallerGone)
		g.send(firstServer, reply(g.find("BYE"), "200 OK", "a", "", ""))
		g.out(routing.Target{Number: "2"}, routing.Caller{Number: "1"})
		g.send(firstServer, reply(g.find("INVITE"), "486 Busy Here", "a", "", ""))
		s := g.trunkState("out")
		if s.Out != 0 || s.Attempts != 2 || s.Answered != 1 || s.Failures != 0 || s.ASR != 0.5 || s.PDD != 3*time.Second || s.Window != time.Hour || s.Kind != file.Trunks["out"].Kind {
			t.Errorf("%+v", s)
		}
		time.Sleep(time.Hour + 5*time.Minute)
		if s := g.trunkState("out"); s.Attempts != 0 {
			t.Errorf("the figures of an hour ago: %+v", s)
		}
		g.send(carrierAddr, ask{method: "INVITE", body: desc(1, "sendrecv", "0")}.String())
		if s := g.trunkState("office"); s.In != 1 {
			t.Errorf("%+v", s)
		}
		g.leg(0).Hangup(fact.EndRefused)
		if s := g.trunkState("office"); s.In != 0 {
			t.Errorf("%+v", s)
		}
	})
}
