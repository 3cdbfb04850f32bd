package config

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestUplink(t *testing.T) {
	t.Setenv("SECRET", "x")
	cfg := mustRead(t, smallest+`nameservers: [192.0.2.53, "[2001:db8::53]:5353"]
trunks:
  t:
    servers: [{address: a.example, weight: 3}, "b.example:5070"]
    order: weight
    probe: 10s
    redirect: follow
    transport: auto
    login: {username: u, password: env:SECRET, register: true, expires: 10m, proxy: edge.example, domain: ims.example}
  plain: {servers: [a.example]}
`)
	tr := cfg.Trunks["t"]
	if got := fmt.Sprint(tr.Servers, tr.Uplink, tr.Register, tr.Transport); got != "[a.example b.example:5070] {map[a.example:3] weight 10s follow} {true 10m0s edge.example ims.example}auto" {
		t.Error(got)
	}
	if !tr.Inbound || !tr.Outbound {
		t.Error("a trunk that is registered with brings calls")
	}
	if got := fmt.Sprint(cfg.Nameservers); got != "[192.0.2.53:53 [2001:db8::53]:5353]" {
		t.Error(got)
	}
	if p := cfg.Trunks["plain"]; p.Uplink.Probe != 30*time.Second || p.Uplink.Order != "file" || p.Uplink.Redirect != "servers" || p.Register.On || p.Inbound {
		t.Errorf("%+v", p)
	}
}

func TestMistakesOfUplinks(t *testing.T) {
	t.Setenv("SECRET", "x")
	for name, c := range map[string]struct{ file, want string }{
		"weight without order": {"trunks: {a: {servers: [{address: x, weight: 2}]}}", "4:45: trunks.a.servers[0].weight: does nothing without order: weight"},
		"no address":           {"trunks: {a: {order: weight, servers: [{weight: 2}, y]}}", "4:39: trunks.a.servers[0]: has no address"},
		"server twice":         {"trunks: {a: {servers: [x, {address: x}]}}", "4:37: trunks.a.servers[1].address: x is in the list twice"},
		"bad address":          {"trunks: {a: {servers: [{address: 'a b'}]}}", `4:34: trunks.a.servers[0].address: "a b" is neither`},
		"register, no servers": {"trunks: {a: {accept: {addresses: [192.0.2.1]}, login: {username: u, password: env:SECRET, register: true}}}", "4:101: trunks.a.login.register: needs servers"},
		"register, no login":   {"trunks: {a: {servers: [x], login: {register: true}}}", "4:46: trunks.a.login.register: needs a username"},
		"redirect":             {"trunks: {a: {servers: [x], redirect: follows}}", `4:38: trunks.a.redirect: "follows" is not known; did you mean follow?`},
		"probe":                {"trunks: {a: {servers: [x], probe: 1h}}", "4:35: trunks.a.probe: 1h is out of range"},
		"domain":               {"trunks: {a: {servers: [x], login: {domain: 'x:5060'}}}", `4:44: trunks.a.login.domain: "x:5060" is neither an address nor a host name`},
		"name server":          {"nameservers: [dns.example]", `4:15: nameservers[0]: "dns.example" is neither an address nor`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := mistakesOf(t, smallest+c.file+"\n"); len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
