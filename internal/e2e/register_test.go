//go:build e2e

package e2e

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// kamailio is a carrier: a registrar and a proxy, by another hand.
type kamailio struct {
	t    *testing.T
	host string
	file string
	dir  string
	cmd  *exec.Cmd
	out  *tail
	done chan struct{}
}

// startKamailio starts one on an address of its own. It leads 9… to the callee, everything else to whoever is registered. replace are further changes of its
// configuration.
func startKamailio(t *testing.T, callee string, replace ...string) *kamailio {
	t.Helper()
	needs(t, "kamailio")
	text, err := os.ReadFile(filepath.Join("testdata", "kamailio.cfg"))
	if err != nil {
		t.Fatal(err)
	}
	k := &kamailio{t: t, host: fmt.Sprintf("127.0.90.%d", servers.Add(1)), dir: t.TempDir()}
	k.file = filepath.Join(k.dir, "kamailio.cfg")
	text = []byte(strings.NewReplacer(replace...).Replace(string(text)))
	text = []byte(strings.NewReplacer(":HOST", ":"+k.host, "sip:CALLEE", "sip:"+callee).Replace(string(text)))
	if err := os.WriteFile(k.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	k.launch()
	t.Cleanup(func() {
		k.die()
		if t.Failed() {
			t.Logf("kamailio %s said:\n%s", k.host, k.out)
		}
	})
	return k
}

func (k *kamailio) launch() {
	k.t.Helper()
	if k.out == nil {
		k.out = &tail{}
	}
	k.cmd = exec.Command("kamailio", "-f", k.file, "-w", k.dir, "-Y", k.dir, "-P", filepath.Join(k.dir, "pid"), "-DD", "-E", "-m", "32", "-M", "4")
	k.cmd.Stdout, k.cmd.Stderr = k.out, k.out
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := k.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.done = make(chan struct{})
	go func(done chan struct{}, cmd *exec.Cmd) {
		_ = cmd.Wait()
		close(done)
	}(k.done, k.cmd)
}

// die ends all its processes at once, as a power cut would.
func (k *kamailio) die() {
	_ = syscall.Kill(-k.cmd.Process.Pid, syscall.SIGKILL)
	<-k.done
}

// said waits until it has said something so often.
func (k *kamailio) said(text string, times int) {
	k.t.Helper()
	eventually(k.t, "kamailio "+k.host+" says "+text, func() error {
		if n := strings.Count(k.out.String(), text); n < times {
			return errorf("it said so %d times, want %d", n, times)
		}
		return nil
	})
}

func (s *server) logs(text string, times int) {
	s.t.Helper()
	eventually(s.t, "the server logs "+text, func() error {
		if n := strings.Count(s.out.String(), text); n < times {
			return errorf("%d times, want %d:\n%s", n, times, s.out)
		}
		return nil
	})
}

// We register with a carrier by digest, take the calls that come through its proxy, and call out through it; when its first server dies, calls and registration go
// to the second at once, and come back.
func TestRegisteredTrunkBehindKamailio(t *testing.T) {
	if !alone(t) {
		return
	}
	callee := startBaresip(t, "900001", "", 900)
	first, second := startKamailio(t, callee.sip), startKamailio(t, callee.sip)
	s := prepare(t, options{Env: []string{"CARRIER_SECRET=s3cret"}})
	text, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	with := strings.NewReplacer(
		"trunks:\n", fmt.Sprintf("trunks:\n  far:\n    kind: carrier\n    servers: [%s, %s]\n    probe: 1s\n    login: {username: acme, password: env:CARRIER_SECRET, register: true, expires: 60s, domain: carrier.example}\n", first.host, second.host),
		"numbers:\n", "numbers:\n  \"9*\": {to: {trunk: far}, recording: {calls: []}}\n",
	).Replace(string(text))
	if err := os.WriteFile(s.file, []byte(with), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CARRIER_SECRET", "s3cret")
	for _, user := range []string{"aiko", "ben"} {
		s.command(strings.NewReader(password+"\n"), "passwd", user, "--file", s.file)
	}
	s.launch()

	s.logs("registered with the trunk", 1)
	first.said("carrier: registered acme for 60", 1)
	in := func(by *kamailio, n int) { // somebody calls the carrier's number
		t.Helper()
		c := (&server{t: t, opt: options{Host: by.host}}).call(supportNumber, "--tone", "440", "--for", "5s")
		c.says("answered")
		c.heardFor(2)
		c.ended()
		by.said("carrier: in dialog BYE", n)
		s.logs(`"msg":"call in"`, n)
	}
	caller := startBaresip(t, "me", "", 500)
	out := func(by *kamailio, n int) { // somebody calls out through us
		t.Helper()
		caller.do("dial", "sip:900001@"+s.sip()+";transport=udp")
		by.said("carrier: call to 900001", n)
		eventually(t, "the callee answers", func() error {
			if got := strings.Count(callee.out.String(), "Call established"); got < 1 {
				return errorf("not yet")
			}
			return nil
		})
		callee.hears(500)
		caller.hears(900)
		caller.do("hangup", "")
	}
	in(first, 1)
	out(first, 1)

	first.die()
	s.logs("a server of the trunk is down", 1)
	second.said("carrier: registered acme for 60", 1)
	out(second, 1)
	in(second, 2)

	first.launch()
	s.logs("a server of the trunk is back", 1)
	out(first, 2)

	s.signal(syscall.SIGTERM)
	second.said("carrier: registered acme for 0", 1)
	s.ended()
}

// names is a name server of a few records.
func names(t *testing.T, records ...string) (server string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.93.1:53")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		a := new(dns.Msg).SetReply(q)
		for _, line := range records {
			if rr, err := dns.NewRR(line); err == nil && strings.EqualFold(rr.Header().Name, q.Question[0].Name) && rr.Header().Rrtype == q.Question[0].Qtype {
				a.Answer = append(a.Answer, rr)
			}
		}
		_ = w.WriteMsg(a)
	})}
	go func() { _ = s.ActivateAndServe() }()
	t.Cleanup(func() { _ = s.Shutdown() })
	return conn.LocalAddr().String()
}

// A carrier is named by its domain alone: its NAPTR and SRV records lead to TLS, whose certificate has to be the domain's. We register over it, and its calls come
// in by the same connection.
func TestRegistersOverTLSByDNS(t *testing.T) {
	if !alone(t) {
		return
	}
	by := newIssuer(t)
	key := by.newKey()
	by.sign("carrier", &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"carrier.example"},
	}, by.cert, key, by.key)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(by.path("carrier-key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	k := startKamailio(t, "127.0.0.1:9", "disable_tcp=yes", "enable_tls=yes\ntcp_children=2", "listen=udp:HOST:5060", "listen=udp:HOST:5060\nlisten=tls:HOST:5061",
		"loadmodule \"kex.so\"", "loadmodule \"kex.so\"\nloadmodule \"tls.so\"\nmodparam(\"tls\", \"certificate\", \""+by.path("carrier")+"\")\n"+
			"modparam(\"tls\", \"private_key\", \""+by.path("carrier-key")+"\")\nmodparam(\"tls\", \"tls_method\", \"TLSv1.2+\")")
	asked := names(t, `carrier.example. 60 IN NAPTR 10 10 "s" "SIPS+D2T" "" _sips._tcp.carrier.example.`,
		"_sips._tcp.carrier.example. 60 IN SRV 10 0 5061 edge.carrier.example.", "edge.carrier.example. 60 IN A "+k.host)
	t.Setenv("CARRIER_SECRET", "s3cret")
	s := prepare(t, options{})
	s.changed("accept: {addresses: [127.0.0.0/8]}", "accept: {addresses: [127.0.88.0/24]}", `"tcp://`+s.opt.Host+`:5060"]`, `"tcp://`+s.opt.Host+`:5060", "tls://`+s.opt.Host+`:5061"]`+
		"\n  tls: {"+by.keys(s.opt.Host)+"}",
		"company:\n", "nameservers: ["+asked+"]\ncompany:\n",
		"trunks:\n", "trunks:\n  far:\n    kind: carrier\n    servers: [carrier.example]\n    transport: auto\n    probe: 1s\n    tls: {ca: "+by.path("ca")+"}\n"+
			"    login: {username: acme, password: env:CARRIER_SECRET, register: true, expires: 60s, domain: carrier.example}\n")
	k.said("carrier: registered acme for 60", 1)
	s.logs(`"msg":"registered with the trunk"`, 1)
	c := (&server{t: t, opt: options{Host: k.host}}).call(supportNumber, "--tone", "440", "--for", "2s")
	c.says("answered")
	c.ended()
	k.said("carrier: in dialog BYE", 1)
	s.want("far", `SELECT trunk FROM calls`)
	s.signal(syscall.SIGTERM)
	k.said("carrier: registered acme for 0", 1)
	s.ended()
}
