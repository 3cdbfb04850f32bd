//go:build e2e

package e2e

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"mediasrv/internal/e2e/impair"
)

// instrument lets every connection that the page makes have a configuration on top of its own, and keeps the newest as window.pc.
const instrument = `(() => {
  const Real = window.RTCPeerConnection;
  const note = s => (window.pcNotes ??= []).push((performance.now() / 1000).toFixed(1) + ' ' + s);
  window.RTCPeerConnection = class extends Real {
    constructor(c) { super({...c, ...%s}); window.pc = this; this.addEventListener('iceconnectionstatechange', () => note('ICE ' + this.iceConnectionState)); }
    close() { note('closed ' + new Error().stack); super.close(); }
  };
  return true;
})()`

// selected is the candidate pair in use: "protocol type relay-protocol address > remote address".
const selected = `(async () => {
  const all = [...(await window.pc.getStats()).values()], by = id => all.find(r => r.id === id);
  const pair = by(all.find(r => r.type === 'transport')?.selectedCandidatePairId);
  if (!pair) return 'none';
  const l = by(pair.localCandidateId), r = by(pair.remoteCandidateId);
  return [l.protocol, l.candidateType, l.relayProtocol ?? '-', l.address, '>', r.address].join(' ');
})()`

// browseWith is browse with a configuration of RTCPeerConnection (JSON).
func (s *server) browseWith(user string, hz float64, config string) *agent {
	s.t.Helper()
	a := s.openDesk(user, hz)
	script[bool](a, fmt.Sprintf(instrument, config))
	s.t.Cleanup(func() {
		if s.t.Failed() {
			s.t.Logf("%s: what its connections did: %s", user, script[string](a, `(window.pcNotes ?? []).join('\n')`))
		}
	})
	a.logIn(password)
	a.status("available")
	return a
}

// conversation brings a caller and the agent together, with every tone where it belongs.
func (s *server) conversation(a *agent) *caller {
	s.t.Helper()
	c := s.dial(quietNumber)
	a.answers()
	c.hearsAtTheEnd(agentTone, true)
	return c
}

// over demands that the agent's candidate pair begins so.
func (a *agent) over(want string) {
	a.t.Helper()
	eventually(a.t, "the way of the media", func() error {
		if got := script[string](a, selected); !strings.HasPrefix(got, want) {
			return fmt.Errorf("it goes over %q, wanted %q", got, want)
		}
		return nil
	})
}

// A network that lets no UDP through: media comes by our passive TCP candidate.
func TestWebRTCByTCP(t *testing.T) {
	if !isolated(t) {
		return
	}
	l := direct(t)
	l.run(`nft 'table inet block { chain out { type filter hook output priority 0; oifname "c0" meta l4proto udp drop; }; chain in { type filter hook input priority 0; iifname "c0" meta l4proto udp drop; }; }'`)
	s := l.start(options{})
	aiko := s.browseWith("aiko", agentTone, "{}")
	c := s.conversation(aiko)
	aiko.over("tcp ")
	aiko.click("hangup")
	c.ended()
}

// UDP and TCP both work: UDP it is.
func TestWebRTCPrefersUDP(t *testing.T) {
	if !isolated(t) {
		return
	}
	s := direct(t).start(options{})
	aiko := s.browseWith("aiko", agentTone, "{}")
	c := s.conversation(aiko)
	time.Sleep(5 * time.Second) // for a browser that would change its mind
	aiko.over("udp ")
	aiko.hears(callerTone)
	aiko.click("hangup")
	c.ended()
}

// A network that lets only IPv6 through.
func TestWebRTCByIPv6(t *testing.T) {
	if !isolated(t) {
		return
	}
	l := direct(t)
	l.run(`nft 'table inet block { chain out { type filter hook output priority 0; oifname "c0" meta nfproto ipv4 meta l4proto udp drop; oifname "c0" tcp dport 10000-19999 drop; }; }'`)
	s := l.start(options{})
	aiko := s.browseWith("aiko", agentTone, "{}")
	c := s.conversation(aiko)
	aiko.hears(callerTone)
	if got := script[string](aiko, selected); !strings.HasPrefix(got, "udp ") || !strings.HasSuffix(got, "> fd88::1") {
		t.Errorf("it goes over %q", got)
	}
	aiko.click("hangup")
	c.ended()
}

// A browser that reaches us only through its company's TURN server.
func TestWebRTCByTURN(t *testing.T) {
	if !isolated(t, "turnserver") {
		return
	}
	l := direct(t)
	l.turn("10.88.0.3")
	l.run(`nft 'table inet block { chain out { type filter hook output priority 0; oifname "c0" ip daddr 10.88.0.3 accept; oifname "c0" meta l4proto udp drop; oifname "c0" tcp dport 10000-19999 drop; oifname "c0" ip6 daddr fd88::1 drop; }; }'`)
	s := l.start(options{})
	aiko := s.browseWith("aiko", agentTone, `{iceTransportPolicy: 'relay', iceServers: [{urls: 'turn:10.88.0.3:3478', username: 'test', credential: 'test'}]}`)
	c := s.conversation(aiko)
	aiko.over("udp relay udp 10.88.0.3")
	aiko.click("hangup")
	c.ended()
}

// A browser behind a NAT that gives every flow another port; then the NAT itself gets another address, in mid-call.
func TestWebRTCBehindNAT(t *testing.T) {
	if !isolated(t) {
		return
	}
	l := behindNAT(t)
	s := l.start(options{})
	aiko := s.browseWith("aiko", agentTone, "{}")
	c := s.conversation(aiko)
	aiko.over("udp ")
	l.run(`ip -n {r} link set r1 down; ip -n {r} addr del 203.0.113.1/24 dev r1; ip -n {r} addr add 203.0.113.9/24 dev r1; ip -n {r} link set r1 up`)
	c.hearsMore(8) // beyond what was on its way
	aiko.hears(callerTone)
	c.hearsAtTheEnd(agentTone, true)
	aiko.shows("call-state", "talking")
	c.hangUp() // the agent's WebSocket died with the NAT's old address
	c.ended()
	s.want("caller-hung-up", `SELECT end_reason FROM calls`)
}

// 5 % loss, 60 ms of jitter, and packets that overtake others: both still hear each other.
func TestWebRTCOverABadLine(t *testing.T) {
	if !isolated(t) {
		return
	}
	l := badLine(t)
	s := l.start(options{})
	aiko := s.browseWith("aiko", agentTone, "{}")
	c := s.conversation(aiko)
	l.link.Set(impair.Conditions{Loss: 0.05, Reorder: 0.02, Delay: 80 * time.Millisecond, Jitter: 60 * time.Millisecond})
	before := len(readWAVSoFar(t, c.heard))
	c.heardFor(before/8000 + 15)
	x := readWAVSoFar(t, c.heard)[before+8000:]
	heard := sound{rate: 8000, channels: [][]float64{x}}
	if n, of := heard.toneWindows(0, agentTone), heard.windows(); n < of*7/10 {
		t.Errorf("the caller found the agent's tone in %d of %d windows", n, of)
	} else {
		t.Logf("the caller found the agent's tone in %d of %d windows", n, of)
	}
	share := 0.0
	for range 10 {
		share += aiko.listen(theCall, callerTone) / 10
	}
	if t.Logf("the agent found the caller's tone in %.0f %% of the windows", 100*share); share < 0.7 {
		t.Error("that is too little")
	}
	l.link.Set(impair.Conditions{})
	aiko.hears(callerTone)
	c.hearsAtTheEnd(agentTone, true)
	aiko.click("hangup")
	c.ended()
}

// The line is dead: consent to send runs out, and the caller is not left alone with a browser that isn't there, but gets the next agent.
func TestWebRTCConsentRunsOut(t *testing.T) {
	if !isolated(t) {
		return
	}
	l := badLine(t)
	s := l.start(options{})
	aiko := s.browseWith("aiko", agentTone, "{}")
	c := s.conversation(aiko)
	l.link.Set(impair.Conditions{Loss: 1})
	eventually(t, "the server notices", func() error {
		if !s.out.has("media lost") {
			return errorf("it doesn't")
		}
		return nil
	})
	c.hearsAtTheEnd(agentTone, false)
	l.link.Set(impair.Conditions{})
	c.hangUp()
	c.ended()
}

// turn runs coturn on an address in the server's namespace.
func (l *lab) turn(addr string) {
	l.t.Helper()
	startProcess(l.t, "ip", "netns", "exec", l.server, "turnserver", "-n", "--no-cli", "--log-file", "stdout", "--simple-log", "-L", addr, "-E", addr,
		"-p", "3478", "--min-port", "17500", "--max-port", "17599", "-a", "-u", "test:test", "-r", "test", "--no-tls", "--no-dtls", "--no-multicast-peers",
		"--pidfile", l.t.TempDir()+"/pid", "--userdb", l.t.TempDir()+"/db")
	eventually(l.t, "coturn listens", func() error {
		if out, err := exec.Command("ip", "netns", "exec", l.server, "ss", "-Hlun", "sport", "=", ":3478").CombinedOutput(); err != nil || len(out) == 0 {
			return errorf("it doesn't: %v %s", err, out)
		}
		return nil
	})
}
