//go:build e2e

package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// issuer signs certificates for the addresses of servers.
type issuer struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{t: t, dir: t.TempDir()}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	}
	i.key = i.newKey()
	i.cert = i.sign("ca", template, template, i.key, i.key)
	return i
}

func (i *issuer) newKey() *ecdsa.PrivateKey {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	return key
}

func (i *issuer) sign(name string, template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
	i.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
	if err != nil {
		i.t.Fatal(err)
	}
	if err := os.WriteFile(i.path(name), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		i.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		i.t.Fatal(err)
	}
	return cert
}

func (i *issuer) path(name string) string { return filepath.Join(i.dir, name+".pem") }

// keys are a certificate for an address, as the file has it.
func (i *issuer) keys(host string) string {
	i.t.Helper()
	key := i.newKey()
	i.sign(host, &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.ParseIP(host)},
	}, i.cert, key, i.key)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		i.t.Fatal(err)
	}
	if err := os.WriteFile(i.path(host+"-key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		i.t.Fatal(err)
	}
	return fmt.Sprintf("certificate: %s, key: %s", i.path(host), i.path(host+"-key"))
}

// changed launches a server with its file changed.
func (s *server) changed(replace ...string) {
	s.t.Helper()
	text, err := os.ReadFile(s.file)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.file, []byte(strings.NewReplacer(replace...).Replace(string(text))), 0o600); err != nil {
		s.t.Fatal(err)
	}
	for _, user := range []string{"aiko", "ben"} {
		s.command(strings.NewReader(password+"\n"), "passwd", user, "--file", s.file)
	}
	s.launch()
}

// overTLS starts two servers: calls of 9… go from the near one to the far one's queue by TLS and SRTP. shown is what the near one shows as its
// certificate.
func overTLS(t *testing.T, by *issuer, shown func(host string) string) (near, far *server) {
	t.Helper()
	near, far = prepare(t, options{}), prepare(t, options{})
	listener := func(s *server) []string {
		return []string{
			`"tcp://` + s.opt.Host + `:5060"]`, `"tcp://` + s.opt.Host + `:5060", "tls://` + s.opt.Host + `:5061"]` + "\n  tls: {" + by.keys(s.opt.Host) + "}",
		}
	}
	far.changed(append(listener(far), "accept: {addresses: [127.0.0.0/8]}\n",
		"accept: {addresses: ["+near.opt.Host+"]}\n    servers: [\""+near.opt.Host+":5061\"]\n    transport: tls\n    srtp: required\n"+
			"    tls: {ca: "+by.path("ca")+", client_certificate: required}\n")...)
	near.changed(append(listener(near), "accept: {addresses: [127.0.0.0/8]}\n",
		"accept: {addresses: [127.0.0.0/8]}\n  far:\n    servers: [\""+far.opt.Host+":5061\"]\n    transport: tls\n    srtp: required\n    probe: 1s\n    tls: {ca: "+by.path("ca")+
			shown(near.opt.Host)+"}\n",
		"numbers:\n", "numbers:\n  \"9*\": {to: {trunk: far, number: \""+supportNumber+"\"}, recording: {calls: []}}\n")...)
	return near, far
}

// Two servers with a TLS trunk between them, client certificate and SRTP required: the caller hears the far one's greeting.
func TestTrunkOverTLS(t *testing.T) {
	if !alone(t) {
		return
	}
	by := newIssuer(t)
	near, far := overTLS(t, by, func(host string) string { return ", " + by.keys(host) })
	c := near.call("900001", "--tone", "440", "--for", "6s")
	c.says("answered")
	c.ended()
	if c.result != nil {
		t.Errorf("the call failed: %v\n%s", c.result, c.out)
	}
	if n := readWAV(t, c.heard).loudWindows(0); n < 10 {
		t.Errorf("the caller heard the far server's greeting in %d windows only", n)
	}
	if !far.out.has(`"trunk":"carrier"`) {
		t.Errorf("the far server took no call:\n%s", far.out)
	}
}

// Certificates that are changed while a call is up are used for the next connection, and the call hears nothing of it. The trunk is probed by TLS all the while.
func TestCertificatesChangeInMidCall(t *testing.T) {
	if !alone(t) {
		return
	}
	by := newIssuer(t)
	near, far := overTLS(t, by, func(host string) string { return ", " + by.keys(host) })
	near.logs("a server of the trunk answers", 1)
	c := near.call("900001", "--tone", "440", "--for", "20s")
	c.says("answered")
	before := certificateOf(t, far)
	by.keys(far.opt.Host)
	by.keys(near.opt.Host)
	far.logs("certificates read", 3) // at the start: ours, and the authority
	eventually(t, "the new certificate is shown", func() error {
		if certificateOf(t, far) == before {
			return errorf("the old one still")
		}
		return nil
	})
	again := near.call("900001", "--tone", "440", "--for", "2s")
	again.says("answered")
	again.ended()
	c.ended()
	if c.result != nil || again.result != nil {
		t.Errorf("the calls failed: %v, %v\n%s\n%s", c.result, again.result, c.out, again.out)
	}
	if near.out.has("a server of the trunk is down") {
		t.Errorf("the trunk was down:\n%s", near.out)
	}
}

// certificateOf is what a server shows.
func certificateOf(t *testing.T, s *server) string {
	t.Helper()
	c, err := tls.Dial("tcp", s.opt.Host+":5061", &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // it is only looked at
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].SerialNumber.String()
}

// Without a client certificate the far server refuses in the handshake, and both logs say why.
func TestTrunkOverTLSWithoutCertificate(t *testing.T) {
	if !alone(t) {
		return
	}
	by := newIssuer(t)
	near, far := overTLS(t, by, func(string) string { return "" })
	c := near.call("900001", "--for", "2s")
	c.ended()
	if c.result == nil {
		t.Errorf("the call was answered:\n%s", c.out)
	}
	eventually(t, "both say why", func() error {
		if !far.out.has("a TLS connection from a known address failed") {
			return errorf("the far server said:\n%s", far.out)
		}
		return nil
	})
}
