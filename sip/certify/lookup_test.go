package certify

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mediasrv/config"
)

// zone is a name server that knows these records.
type zone []string

func (z zone) Ask(_ context.Context, name string, kind uint16) ([]dns.RR, error) {
	var out []dns.RR
	for _, line := range z {
		rr, err := dns.NewRR(line)
		if err != nil {
			return nil, err
		}
		if strings.EqualFold(rr.Header().Name, dns.Fqdn(name)) && rr.Header().Rrtype == kind {
			out = append(out, rr)
		}
	}
	return out, nil
}

// The first server is found by NAPTR and SRV; the step servers says which of the others are there.
func TestFurtherServers(t *testing.T) {
	names := zone{
		`carrier.example. 60 IN NAPTR 10 10 "s" "SIP+D2U" "" _sip._udp.carrier.example.`,
		`carrier.example. 60 IN NAPTR 5 10 "s" "SIP+D2X" "" _sip._sctp.carrier.example.`,
		`_sip._udp.carrier.example. 60 IN SRV 10 5 5062 one.carrier.example.`,
		`_sip._udp.carrier.example. 60 IN SRV 20 5 5060 two.carrier.example.`,
		`_sip._udp.carrier.example. 60 IN SRV 20 9 5060 three.carrier.example.`,
		`one.carrier.example. 60 IN A 127.0.0.2`,
		`two.carrier.example. 60 IN A 127.0.0.3`,
		`three.carrier.example. 60 IN A 127.0.0.4`,
	}
	var out bytes.Buffer
	var r *Report
	synctest.Test(t, func(t *testing.T) {
		l := newLAN()
		one := newCarrier(l, netip.MustParseAddrPort("127.0.0.2:5062"), "")
		two := newCarrier(l, netip.MustParseAddrPort("127.0.0.3:5060"), "")
		f := file(false)
		f.Trunks["carrier-a"].Servers = []string{"carrier.example", "gone.example"}
		f.Trunks["carrier-a"].Transport = "auto"
		var err error
		if r, err = Run(t.Context(), Options{
			File: f, Trunk: "carrier-a", Number: "echo", Only: []string{"options", "servers", "call"}, Network: l, Names: names,
		}, &out); err != nil {
			t.Error(err)
		}
		one.close()
		two.close()
		time.Sleep(time.Minute)
	})
	if r.Address != "127.0.0.2:5062 (UDP)" || r.Results[0].Level != OK || r.Results[2].Level != OK {
		t.Error("the first server:", r.Address, out.String())
	}
	for _, want := range []string{
		"ok          its server carrier.example answers at udp/127.0.0.3:5060: 200 OK",
		"wrong       its server carrier.example doesn't answer OPTIONS at udp/127.0.0.4:5060",
		"wrong       its server gone.example has no address",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// Where calls would go first is tried first.
func TestHeaviestFirst(t *testing.T) {
	a := &Agent{file: &config.Config{}, trunk: &config.Trunk{Servers: []string{"carrier.example"}}, opt: Options{Names: zone{
		`_sip._udp.carrier.example. 60 IN SRV 20 9 5060 a.carrier.example.`,
		`_sip._udp.carrier.example. 60 IN SRV 20 5 5060 b.carrier.example.`,
		`a.carrier.example. 60 IN A 127.0.0.3`,
		`b.carrier.example. 60 IN A 127.0.0.4`,
	}}}
	if err := a.lookUp(t.Context()); err != nil || a.peer.String() != "127.0.0.3:5060" || len(a.others) != 1 {
		t.Error(err, a.peer, a.others)
	}
}

// A server by TCP is tried by a connection of its own, and the run goes on by the first way.
func TestFurtherServerByTCP(t *testing.T) {
	var servers []string
	var asked []*atomic.Int32
	for range 2 {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		asked = append(asked, answerOptions(t, ln))
		servers = append(servers, ln.Addr().String())
	}
	f := &config.Config{Listen: config.Listen{RTPMin: 10000, RTPMax: 10999}, Trunks: map[string]*config.Trunk{"t": {
		Name: "t", Servers: append(servers, "127.0.0.1:1"), Transport: "tcp",
	}}}
	var out bytes.Buffer
	r, err := Run(t.Context(), Options{File: f, Trunk: "t", Number: "1", Only: []string{"options", "servers", "compact"}}, &out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ok          its server " + servers[1] + " answers at tcp/" + servers[1], "wrong       its server 127.0.0.1:1 can't be reached"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if a, b := asked[0].Load(), asked[1].Load(); a != 2 || b != 1 { // options and compact; servers
		t.Errorf("the first was asked %d times, the second %d times", a, b)
	}
	if len(r.Results[2].Findings) == 0 || r.Results[2].Findings[0].Level != OK {
		t.Error("after it:", out.String())
	}
}

// writeKeys writes a certificate for pbx.customer.example, and its key.
func writeKeys(t *testing.T, certificatePath, keyPath string) {
	t.Helper()
	own := certificate(t, "pbx.customer.example")
	der, err := x509.MarshalECPrivateKey(own.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{
		certificatePath: {Type: "CERTIFICATE", Bytes: own.Certificate[0]}, keyPath: {Type: "EC PRIVATE KEY", Bytes: der},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A server that asks for our certificate is shown the file's; without one that is said, with the keys that are missing.
func TestOwnCertificate(t *testing.T) {
	folder := t.TempDir()
	keys := config.Keys{Certificate: filepath.Join(folder, "own.pem"), Key: filepath.Join(folder, "own.key")}
	writeKeys(t, keys.Certificate, keys.Key)
	for _, c := range []struct {
		keys config.Keys
		asks tls.ClientAuthType
		want string
		cn   string
	}{
		{keys, tls.RequireAnyClientCert, "ok          asks for our certificate, and is shown that of " + keys.Certificate, "pbx.customer.example"},
		{config.Keys{}, tls.RequestClientCert, "odd         asks for a certificate of ours, and the file has none", ""},
		{keys, tls.NoClientCert, "not tested  doesn't ask for our certificate", ""},
		{config.Keys{}, tls.NoClientCert, "speaks TLS 1.3", ""},
	} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		shown := make(chan string, 1)
		answerOptions(t, tls.NewListener(ln, &tls.Config{
			Certificates: []tls.Certificate{certificate(t, "sip.carrier.example")}, MinVersion: tls.VersionTLS13, ClientAuth: c.asks,
			VerifyConnection: func(s tls.ConnectionState) error {
				cn := ""
				if len(s.PeerCertificates) > 0 {
					cn = s.PeerCertificates[0].Subject.CommonName
				}
				shown <- cn
				return nil
			},
		}))
		f := &config.Config{Listen: config.Listen{RTPMin: 10000, RTPMax: 10999}, Trunks: map[string]*config.Trunk{"t": {
			Name: "t", Servers: []string{ln.Addr().String()}, Transport: "tls", TLS: config.TrunkTLS{Own: c.keys},
		}}}
		var out bytes.Buffer
		r, err := Run(t.Context(), Options{File: f, Trunk: "t", Number: "1", Only: []string{"tls", "options"}}, &out)
		if err != nil {
			t.Fatal(err)
		}
		if got := <-shown; got != c.cn || !strings.Contains(out.String(), c.want) || len(r.Results[1].Findings) == 0 || r.Results[1].Findings[0].Level != OK {
			t.Errorf("shown %q, no %q in\n%s", got, c.want, out.String())
		}
	}
	f := &config.Config{Trunks: map[string]*config.Trunk{"t": {Name: "t", Servers: []string{"127.0.0.1:5061"}, Transport: "tls", TLS: config.TrunkTLS{Own: config.Keys{
		Certificate: filepath.Join(folder, "none.pem"), Key: keys.Key,
	}}}}}
	if _, err := Run(t.Context(), Options{File: f, Trunk: "t", Number: "1"}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "none.pem") {
		t.Error(err)
	}
}
