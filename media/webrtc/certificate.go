package webrtc

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"
)

// certificateLife outlasts any process. Browsers check the fingerprint, not the dates (RFC 8827, 6.5); libraries may look at both.
const certificateLife = 10 * 365 * 24 * time.Hour

// Certificate is what we show in DTLS handshakes. It is immutable and shared by all workers.
type Certificate struct {
	tls         tls.Certificate
	fingerprint string
}

// NewCertificate makes an ECDSA P-256 key and a self-signed certificate (RFC 8827, 6.5). The key never leaves the process.
func NewCertificate() (*Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("webrtc: make a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("webrtc: make a serial number: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "WebRTC"},
		NotBefore:    now.Add(-24 * time.Hour),
		NotAfter:     now.Add(certificateLife),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("webrtc: make a certificate: %w", err)
	}
	sum := sha256.Sum256(der)
	return &Certificate{
		tls:         tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		fingerprint: fingerprint{hash: "sha-256", sum: sum[:]}.String(),
	}, nil
}

// Fingerprint is the value of a=fingerprint (RFC 8122): "sha-256 AB:CD:…".
func (c *Certificate) Fingerprint() string { return c.fingerprint }
