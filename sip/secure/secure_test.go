package secure

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediasrv/config"
	"mediasrv/sip/transaction"
)

// authority signs certificates of tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	n    int64
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{cert: cert, key: key, n: 1}
}

func (a *authority) write(t *testing.T, path string) string {
	t.Helper()
	put(t, path, &pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
	return path
}

// sign writes a certificate for names (a host, an address or sip:DOMAIN) and its key.
func (a *authority) sign(t *testing.T, dir string, ends time.Time, names ...string) config.Keys {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a.n++
	template := &x509.Certificate{SerialNumber: big.NewInt(a.n), NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: ends, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	for _, name := range names {
		switch {
		case strings.HasPrefix(name, "sip:"):
			template.URIs = append(template.URIs, &url.URL{Scheme: "sip", Opaque: name[4:]})
		case net.ParseIP(name) != nil:
			template.IPAddresses = append(template.IPAddresses, net.ParseIP(name))
		default:
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	k := config.Keys{Certificate: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	put(t, k.Certificate, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	put(t, k.Key, &pem.Block{Type: "PRIVATE KEY", Bytes: private})
	return k
}

func put(t *testing.T, path string, b *pem.Block) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

func store(t *testing.T, own config.Keys, trunks ...*config.Trunk) *Store {
	t.Helper()
	file := &config.Config{Listen: config.Listen{TLS: own}, Trunks: map[string]*config.Trunk{}}
	for _, trunk := range trunks {
		file.Trunks[trunk.Name] = trunk
	}
	s, err := New(file, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var peerAddr = netip.MustParseAddr("192.0.2.1")

// meet lets a client and a server shake hands; the words of the side that refuses, or nothing, and what the server then knows.
func meet(t *testing.T, client, server *tls.Config) (why string, seen tls.ConnectionState) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	failed := make(chan error, 1)
	go func() {
		c, err := ln.Accept()
		if err != nil {
			failed <- err
			return
		}
		defer c.Close()
		s := tls.Server(c, server)
		err = s.Handshake()
		seen = s.ConnectionState()
		failed <- err
	}()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	err = tls.Client(c, client).Handshake()
	if err != nil {
		_ = c.Close()
		<-failed
		return transaction.SayTLS(err), seen
	}
	if err := <-failed; err != nil {
		return transaction.SayTLS(err), seen
	}
	return "", seen
}

// RFC 5922, 7: the server's certificate must be for the name that the call is to.
func TestServersName(t *testing.T) {
	dir := t.TempDir()
	ca := newAuthority(t, "good")
	path := ca.write(t, filepath.Join(dir, "ca.pem"))
	stranger := newAuthority(t, "stranger")
	soon := time.Now().Add(time.Hour)
	for name, c := range map[string]struct {
		by    *authority
		ends  time.Time
		names []string
		is    string // verify
		want  string // what the refusal says; empty: it is good
	}{
		"host":             {ca, soon, []string{"sip.carrier.example"}, "name", ""},
		"case":             {ca, soon, []string{"SIP.Carrier.Example"}, "name", ""},
		"sip uri":          {ca, soon, []string{"sip:sip.carrier.example", "other.example"}, "name", ""},
		"another sip uri":  {ca, soon, []string{"sip:other.example", "sip.carrier.example"}, "name", "not for sip.carrier.example"},
		"another host":     {ca, soon, []string{"other.example"}, "name", "not for sip.carrier.example but for other.example"},
		"wildcard":         {ca, soon, []string{"*.carrier.example"}, "name", "not for sip.carrier.example but for *.carrier.example"},
		"no name":          {ca, soon, nil, "name", "nobody"},
		"any name":         {ca, soon, []string{"other.example"}, "chain", ""},
		"unknown":          {stranger, soon, []string{"sip.carrier.example"}, "name", "not trusted here: name the authority's file as tls.ca"},
		"unknown, chain":   {stranger, soon, []string{"sip.carrier.example"}, "chain", "not trusted here"},
		"unknown, off":     {stranger, soon, []string{"other.example"}, "off", ""},
		"expired":          {ca, time.Now().Add(-time.Hour), []string{"sip.carrier.example"}, "name", "expired"},
		"address, no name": {ca, soon, []string{"192.0.2.1"}, "name", "not for sip.carrier.example but for 192.0.2.1"},
	} {
		t.Run(name, func(t *testing.T) {
			server := store(t, c.by.sign(t, t.TempDir(), c.ends, c.names...))
			client := store(t, config.Keys{}, &config.Trunk{Name: "carrier", TLS: config.TrunkTLS{CA: path, Verify: c.is}})
			ours, err := client.Client(transaction.Flow{Trunk: "carrier", Host: "sip.carrier.example"})
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := server.Server(peerAddr)
			if err != nil {
				t.Fatal(err)
			}
			why, _ := meet(t, ours, theirs)
			if (c.want == "") != (why == "") || !strings.Contains(why, c.want) {
				t.Errorf("%q, want %q", why, c.want)
			}
		})
	}
}

// A server that is called by its address must have a certificate for it.
func TestServersAddress(t *testing.T) {
	ca := newAuthority(t, "good")
	path := ca.write(t, filepath.Join(t.TempDir(), "ca.pem"))
	server := store(t, ca.sign(t, t.TempDir(), time.Now().Add(time.Hour), "192.0.2.1"))
	client := store(t, config.Keys{}, &config.Trunk{Name: "carrier", TLS: config.TrunkTLS{CA: path, Verify: "name"}})
	theirs, err := server.Server(peerAddr)
	if err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]string{"192.0.2.1": "", "192.0.2.2": "not for 192.0.2.2"} {
		ours, err := client.Client(transaction.Flow{Trunk: "carrier", Remote: netip.AddrPortFrom(netip.MustParseAddr(addr), 5061)})
		if err != nil {
			t.Fatal(err)
		}
		if why, _ := meet(t, ours, theirs); (want == "") != (why == "") || !strings.Contains(why, want) {
			t.Errorf("%s: %q", addr, why)
		}
	}
	if _, err := client.Client(transaction.Flow{Trunk: "nobody"}); err == nil {
		t.Error("a trunk that isn't there")
	}
}

// A trunk that must show a certificate: a good one is asked for and verified, anything else is refused in the handshake.
func TestClientCertificates(t *testing.T) {
	dir := t.TempDir()
	ca := newAuthority(t, "good")
	path := ca.write(t, filepath.Join(dir, "ca.pem"))
	stranger := newAuthority(t, "stranger")
	soon := time.Now().Add(time.Hour)
	server := store(t, ca.sign(t, dir, soon, "us.example"), &config.Trunk{
		Name: "carrier", Servers: []string{"sip.carrier.example:5061"}, Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
		TLS: config.TrunkTLS{CA: path, Verify: "name", Client: "required"},
	})
	for name, c := range map[string]struct {
		own  config.Keys
		want string
	}{
		"good":         {ca.sign(t, t.TempDir(), soon, "sip.carrier.example"), ""},
		"none":         {config.Keys{}, "shows no certificate, but tls.client_certificate"},
		"another name": {ca.sign(t, t.TempDir(), soon, "other.example"), "not for sip.carrier.example"},
		"unknown":      {stranger.sign(t, t.TempDir(), soon, "sip.carrier.example"), "not trusted here"},
		"expired":      {ca.sign(t, t.TempDir(), time.Now().Add(-time.Hour), "sip.carrier.example"), "expired"},
	} {
		t.Run(name, func(t *testing.T) {
			client := store(t, config.Keys{}, &config.Trunk{Name: "us", TLS: config.TrunkTLS{CA: path, Verify: "name", Own: c.own}})
			for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
				ours, err := client.Client(transaction.Flow{Trunk: "us", Host: "us.example"})
				if err != nil {
					t.Fatal(err)
				}
				ours.MaxVersion = version
				theirs, err := server.Server(peerAddr)
				if err != nil {
					t.Fatal(err)
				}
				why, seen := meet(t, ours, theirs)
				if c.want == "" {
					if why != "" || server.Verified(peerAddr, seen) != "carrier" {
						t.Errorf("%q, verified for %q", why, server.Verified(peerAddr, seen))
					}
				} else if why == "" || version == tls.VersionTLS13 && !strings.Contains(why, c.want) {
					t.Errorf("%q, want %q", why, c.want)
				}
			}
		})
	}
	// Whoever else connects is asked, but may have none: a phone, or a trunk that logs in from anywhere.
	client := store(t, config.Keys{}, &config.Trunk{Name: "us", TLS: config.TrunkTLS{CA: path, Verify: "name"}})
	ours, _ := client.Client(transaction.Flow{Trunk: "us", Host: "us.example"})
	elsewhere := netip.MustParseAddr("203.0.113.1")
	theirs, err := server.Server(elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	if why, seen := meet(t, ours, theirs); why != "" || server.Verified(elsewhere, seen) != "" {
		t.Error(why)
	}
}

// TLS 1.1 is refused.
func TestOldVersions(t *testing.T) {
	ca := newAuthority(t, "good")
	server := store(t, ca.sign(t, t.TempDir(), time.Now().Add(time.Hour), "us.example"))
	theirs, err := server.Server(peerAddr)
	if err != nil {
		t.Fatal(err)
	}
	why, _ := meet(t, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, theirs) //nolint:gosec // that is the test
	if !strings.Contains(why, "refused") || !strings.Contains(why, "version") {
		t.Error(why)
	}
}

// A certificate that changes is in use at the next connection; one that can't be read changes nothing and is said once.
func TestCertificateChanges(t *testing.T) {
	dir := t.TempDir()
	ca := newAuthority(t, "good")
	k := ca.sign(t, dir, time.Now().Add(time.Hour), "old.example")
	s := store(t, k)
	name := func() string {
		cfg, err := s.Server(peerAddr)
		if err != nil {
			t.Fatal(err)
		}
		c, err := cfg.GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.DNSNames[0]
	}
	if name() != "old.example" {
		t.Fatal(name())
	}
	if err := os.WriteFile(k.Certificate, []byte("half a f"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.Refresh() == nil || s.Refresh() != nil || name() != "old.example" {
		t.Error("a broken file: said not once, or in use:", name())
	}
	ca.sign(t, dir, time.Now().Add(time.Hour), "new.example")
	later := time.Now().Add(time.Minute)
	_ = os.Chtimes(k.Certificate, later, later)
	if err := s.Refresh(); err != nil || name() != "new.example" {
		t.Error(err, name())
	}
}

// So is an authority that changes.
func TestAuthorityChanges(t *testing.T) {
	dir := t.TempDir()
	before, after := newAuthority(t, "before"), newAuthority(t, "after")
	path := before.write(t, filepath.Join(dir, "ca.pem"))
	server := store(t, after.sign(t, t.TempDir(), time.Now().Add(time.Hour), "us.example"))
	client := store(t, config.Keys{}, &config.Trunk{Name: "us", TLS: config.TrunkTLS{CA: path, Verify: "name"}})
	try := func() string {
		ours, err := client.Client(transaction.Flow{Trunk: "us", Host: "us.example"})
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := server.Server(peerAddr)
		if err != nil {
			t.Fatal(err)
		}
		why, _ := meet(t, ours, theirs)
		return why
	}
	if try() == "" {
		t.Error("the old authority is enough")
	}
	after.write(t, path)
	later := time.Now().Add(time.Minute)
	_ = os.Chtimes(path, later, later)
	if err := client.Refresh(); err != nil {
		t.Fatal(err)
	}
	if why := try(); why != "" {
		t.Error(why)
	}
}

// Who speaks no TLS is told apart.
func TestNoTLS(t *testing.T) {
	ca := newAuthority(t, "good")
	server := store(t, ca.sign(t, t.TempDir(), time.Now().Add(time.Hour), "us.example"))
	theirs, err := server.Server(peerAddr)
	if err != nil {
		t.Fatal(err)
	}
	a, b := net.Pipe()
	go func() {
		_, _ = a.Write([]byte("OPTIONS sip:x SIP/2.0\r\n\r\n"))
		_, _ = a.Read(make([]byte, 100))
		_ = a.Close()
	}()
	if why := transaction.SayTLS(tls.Server(b, theirs).Handshake()); !strings.Contains(why, "does not speak TLS") {
		t.Error(why)
	}
	if _, err := store(t, config.Keys{}).Server(peerAddr); err == nil {
		t.Error("without a certificate")
	}
}
