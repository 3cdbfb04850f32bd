package certify

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mediasrv/config"
)

// answerOptions answers every request on a connection with 200, after a keep-alive and in two pieces, and counts them.
func answerOptions(t *testing.T, ln net.Listener) *atomic.Int32 {
	t.Helper()
	var requests atomic.Int32
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		for {
			raw, err := nextMessage(r)
			if err != nil {
				return
			}
			requests.Add(1)
			var lines []string
			for line := range strings.SplitSeq(string(raw), "\r\n") {
				for _, name := range []string{"via:", "v:", "from:", "f:", "to:", "t:", "call-id:", "i:", "cseq"} {
					if strings.HasPrefix(strings.ToLower(line), name) {
						lines = append(lines, line)
					}
				}
			}
			text := "\r\n\r\nSIP/2.0 200 OK\r\n" + strings.Join(lines, "\r\n") + "\r\nl: 4\r\n\r\nbody"
			_, _ = io.WriteString(c, text[:20])
			_, _ = io.WriteString(c, text[20:])
		}
	}()
	return &requests
}

func certificate(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Over TCP and TLS messages are cut out of the stream, and the certificate is judged.
func TestStreams(t *testing.T) {
	for _, transport := range []string{"tcp", "tls"} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		if transport == "tls" {
			ln = tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{certificate(t, "sip.carrier.example")}, MinVersion: tls.VersionTLS12})
		}
		answerOptions(t, ln)
		f := &config.Config{Listen: config.Listen{RTPMin: 10000, RTPMax: 10999}, Trunks: map[string]*config.Trunk{"t": {
			Name: "t", Servers: []string{ln.Addr().String()}, Transport: transport,
		}}}
		var out bytes.Buffer
		r, err := Run(t.Context(), Options{File: f, Trunk: "t", Number: "1", Only: []string{"tls", "options", "compact"}}, &out)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range r.Results[1:] {
			for _, x := range s.Findings {
				if x.Level == Wrong && !strings.Contains(x.Text, "no tag in To") {
					t.Error(transport, s.Step, x.Text)
				}
			}
			if len(s.Findings) == 0 || s.Findings[0].Level != OK {
				t.Error(transport, s)
			}
		}
		if transport == "tls" {
			for _, want := range []string{"speaks TLS 1.3", "its certificate isn't for 127.0.0.1", "servers: [sip.carrier.example]", "leads to no authority", "ends on"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, out.String())
				}
			}
		}
	}
}
