package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"mediasrv/config"
)

const (
	certLife    = 397 * 24 * time.Hour // the longest that browsers take
	renewBefore = 30 * 24 * time.Hour
)

// certificate is the port's certificate, from the operator's files or self-signed; refresh replaces it while the server runs.
type certificate struct {
	cert, key string // paths
	own       bool   // self-signed, made by us
	public    netip.Addr
	log       *slog.Logger
	current   atomic.Pointer[tls.Certificate]
	modified  time.Time // of cert, when it was loaded; owned by New, then by Run
}

// newCertificate loads the certificate, or makes it.
func newCertificate(cfg *config.Config, log *slog.Logger) (*certificate, error) {
	c := &certificate{cert: cfg.TLS.Certificate, key: cfg.TLS.Key, public: cfg.PublicAddress, log: log}
	if c.cert == "" {
		c.own = true
		dir := filepath.Join(cfg.DataDir, "tls")
		c.cert, c.key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	}
	if err := c.refresh(time.Now()); err != nil {
		return nil, fmt.Errorf("web: certificate: %w", err)
	}
	return c, nil
}

// get is tls.Config.GetCertificate.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.current.Load(), nil
}

// refresh loads the files if they have changed, and makes a new self-signed certificate in time. After an error the old one stays.
func (c *certificate) refresh(now time.Time) error {
	if c.own && c.stale(now) {
		if err := c.make(now); err != nil {
			return err
		}
	}
	info, err := os.Stat(c.cert)
	if err != nil {
		return err
	}
	if c.current.Load() != nil && info.ModTime().Equal(c.modified) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("load %s and %s: %w", c.cert, c.key, err)
	}
	c.current.Store(&pair)
	c.modified = info.ModTime()
	c.log.Info("certificate loaded", "file", c.cert, "names", pair.Leaf.DNSNames, "addresses", pair.Leaf.IPAddresses, "until", pair.Leaf.NotAfter)
	return nil
}

// stale tells whether the self-signed certificate is missing, unreadable, soon over, or lacks a name of this machine.
func (c *certificate) stale(now time.Time) bool {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			c.log.Warn("the self-signed certificate cannot be read and is made again", "file", c.cert, "error", err)
		}
		return true
	}
	if now.Add(renewBefore).After(pair.Leaf.NotAfter) {
		return true
	}
	if c.current.Load() != nil { // while the server runs, addresses that come and go change nothing: browsers would warn again
		return false
	}
	names, addresses := c.names()
	for _, name := range names {
		if pair.Leaf.VerifyHostname(name) != nil {
			return true
		}
	}
	for _, ip := range addresses {
		if pair.Leaf.VerifyHostname(ip.String()) != nil {
			return true
		}
	}
	return false
}

// names are what browsers on this network may call this machine.
func (c *certificate) names() (names []string, addresses []net.IP) {
	names = []string{"localhost"}
	if host, err := os.Hostname(); err == nil && host != "localhost" && validName(host) {
		names = append(names, host)
	}
	addresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	if c.public.IsValid() {
		addresses = append(addresses, c.public.AsSlice())
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		c.log.Warn("the addresses of this machine cannot be listed, the certificate lacks them", "error", err)
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			addresses = append(addresses, n.IP)
		}
	}
	return names, addresses
}

// validName tells whether x509 would take a host name.
func validName(host string) bool {
	leaf := x509.Certificate{DNSNames: []string{host}}
	return leaf.VerifyHostname(host) == nil
}

// make writes a new certificate and its key.
func (c *certificate) make(now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	names, addresses := c.names()
	template := x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "mediasrv " + names[len(names)-1]},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, DNSNames: names, IPAddresses: addresses,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := writePrivate(c.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})); err != nil {
		return err
	}
	return writePrivate(c.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
