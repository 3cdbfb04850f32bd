package sip

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/routing/fact"
)

// overTCPFile is a trunk that is reached by TCP, registered with and probed.
func overTCPFile() *config.Config {
	file := registeredFile()
	t := file.Trunks["out"]
	t.Servers, t.Transport, t.Uplink.Probe = []string{"127.0.0.2:5070"}, "tcp", 30*time.Second
	return file
}

// answers is the far end of a connection of ours: what is asked for d is answered with 200, and kept.
func (p *peerTCP) answers(d time.Duration) (asked []message) {
	p.g.t.Helper()
	for end := time.Now().Add(d); ; time.Sleep(100 * time.Millisecond) {
		for _, m := range p.messages() {
			asked = append(asked, m)
			p.send(reply(m, "200 OK", "r", "Contact: "+m.header("Contact")+"\r\n", ""))
		}
		if !time.Now().Before(end) {
			return asked
		}
	}
}

func starts(all []message, start string) (n int) {
	for _, m := range all {
		if strings.HasPrefix(m.text, start) {
			n++
		}
	}
	return n
}

// Registration and probes go by TCP, over one connection; when that is gone they go by a new one, and a call by the same.
func TestUplinkOverTCP(t *testing.T) {
	overTCP(t, overTCPFile(), func(g *tcp) {
		p := g.called()
		asked := p.answers(65 * time.Second)
		if starts(asked, "REGISTER sip:carrier.example SIP/2.0") != 1 || starts(asked, "OPTIONS") != 3 || len(g.dialled) != 0 {
			t.Error(lines(asked), len(g.dialled), "more connections")
		}
		for _, m := range asked {
			if !strings.Contains(m.header("Via"), "/TCP ") || m.header("Contact") != "" && !strings.Contains(m.header("Contact"), "transport=tcp") {
				t.Error(m.text)
			}
		}
		if s := g.trunkState("out"); s.Registration.State != fact.Registered || s.Registration.Server != "tcp/127.0.0.2:5070" || s.Targets[0].Health != fact.TargetUp {
			t.Errorf("%+v %+v", s.Registration, s.Targets)
		}
		_ = p.c.Close()
		time.Sleep(31 * time.Second)
		next := g.called()
		if asked = next.answers(time.Second); starts(asked, "OPTIONS") == 0 {
			t.Error("after the connection is gone:", lines(asked))
		}
		synctest.Wait()
		if s := g.trunkState("out"); s.Targets[0].Health != fact.TargetUp {
			t.Errorf("%+v", s.Targets)
		}
	})
}

// transport: auto: the DNS says how the trunk is reached (RFC 3263, 4.1).
func TestTransportByDNS(t *testing.T) {
	file := overTCPFile()
	out := file.Trunks["out"]
	out.Transport, out.Servers = "auto", []string{"carrier.example"}
	names := &zone{lines: []string{
		`carrier.example. 60 IN NAPTR 10 10 "s" "SIP+D2U" "" _sip._udp.carrier.example.`,
		`carrier.example. 60 IN NAPTR 5 10 "s" "SIP+D2T" "" _sip._tcp.carrier.example.`,
		"_sip._tcp.carrier.example. 60 IN SRV 10 0 5070 a.carrier.example.",
		"_sip._udp.carrier.example. 60 IN SRV 10 0 5070 a.carrier.example.",
		"a.carrier.example. 60 IN A 127.0.0.2",
	}}
	overTCP(t, file, func(g *tcp) {
		p := g.called()
		if asked := p.answers(time.Second); starts(asked, "REGISTER") != 1 || starts(asked, "OPTIONS") != 1 {
			t.Error(lines(asked))
		}
		if s := g.trunkState("out"); s.Registration.Server != "tcp/127.0.0.2:5070" {
			t.Errorf("%+v", s.Registration)
		}
	}, withNames(names))
}
