package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediasrv/config"
)

// run starts a server on a real port and returns its address.
func (l *lab) run() net.Addr {
	l.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.server.Run(ctx) }()
	l.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			l.t.Errorf("Run: %v", err)
		}
	})
	return l.server.Addr()
}

func TestRunWithItsOwnCertificate(t *testing.T) {
	dir := t.TempDir()
	cfg := newConfig()
	cfg.Listen.Web, cfg.DataDir, cfg.TLS = "127.0.0.1:0", dir, config.TLS{}
	cfg.PublicAddress = netip.MustParseAddr("198.51.100.7")
	l := newLab(t, func(o *Options) { o.Config = func() *config.Config { return cfg } })
	addr := l.run()

	pool := x509.NewCertPool()
	pem, err := os.ReadFile(filepath.Join(dir, "tls", "cert.pem"))
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		t.Fatalf("certificate: %v", err)
	}
	if info, err := os.Stat(filepath.Join(dir, "tls", "key.pem")); err != nil || info.Mode() != 0o600 {
		t.Errorf("key: %v, %v", info.Mode(), err)
	}
	for _, name := range []string{"localhost", "127.0.0.1", "198.51.100.7", "::1"} {
		transport := &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: name},
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "tcp", addr.String())
			},
		}
		c := &client{l: l, http: &http.Client{Transport: transport}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://desk.example/api/login",
			strings.NewReader(`{"user":"aiko","password":"`+password+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		res, err := c.http.Do(req)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_ = res.Body.Close()
		set := res.Header.Get("Set-Cookie")
		if !strings.HasPrefix(set, "__Host-mediasrv=") || !strings.Contains(set, "; Secure") || res.StatusCode != 200 {
			t.Errorf("%s: %d, cookie %q", name, res.StatusCode, set)
		}
		transport.CloseIdleConnections()
	}
}

func TestPortInUse(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	cfg := newConfig()
	cfg.Listen.Web = taken.Addr().String()
	l := newLab(t, func(o *Options) { o.Config = func() *config.Config { return cfg } })
	err = l.server.Run(t.Context())
	if want := "web: listen on " + cfg.Listen.Web + ": address already in use"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if l.server.Addr() != nil {
		t.Error("there is an address")
	}
}

func TestCertificateIsRenewed(t *testing.T) {
	l := newLab(t, nil)
	cfg := newConfig()
	cfg.DataDir, cfg.TLS = t.TempDir(), config.TLS{}
	c, err := newCertificate(cfg, l.server.log)
	if err != nil {
		t.Fatal(err)
	}
	serial := func() string { return c.current.Load().Leaf.SerialNumber.String() }
	first := serial()
	steps := []struct {
		name   string
		at     time.Time
		spoil  func()
		renews bool
	}{
		{"good", time.Now().Add(certLife - renewBefore - time.Hour), nil, false},
		{"a month before its end", time.Now().Add(certLife - renewBefore + time.Hour), nil, true},
		{"damaged", time.Now(), func() { _ = os.WriteFile(c.cert, []byte("x"), 0o600) }, true},
		{"a key of another", time.Now(), func() { _ = os.Remove(c.key) }, true},
	}
	for _, s := range steps {
		if s.spoil != nil {
			s.spoil()
		}
		if err := c.refresh(s.at); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		if got := serial() != first; got != s.renews {
			t.Errorf("%s: renewed %v", s.name, got)
		}
		first = serial()
	}
	again, err := newCertificate(cfg, l.server.log)
	if err != nil || again.current.Load().Leaf.SerialNumber.String() != first {
		t.Errorf("a second start made another certificate (%v)", err)
	}
	cfg.PublicAddress = netip.MustParseAddr("198.51.100.9") // a new name for this machine
	if again, err = newCertificate(cfg, l.server.log); err != nil || again.current.Load().Leaf.SerialNumber.String() == first {
		t.Errorf("a start with a new address kept the certificate (%v)", err)
	}
}

func TestOperatorsCertificate(t *testing.T) {
	l := newLab(t, nil)
	cfg := newConfig()
	cfg.DataDir, cfg.TLS = t.TempDir(), config.TLS{}
	if _, err := newCertificate(cfg, l.server.log); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cfg.TLS.Certificate, cfg.TLS.Key = filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	if _, err := newCertificate(cfg, l.server.log); err == nil || !strings.Contains(err.Error(), "c.pem") {
		t.Errorf("missing files: %v", err)
	}
	copyPair := func() {
		t.Helper()
		for from, to := range map[string]string{"cert.pem": cfg.TLS.Certificate, "key.pem": cfg.TLS.Key} {
			text, err := os.ReadFile(filepath.Join(cfg.DataDir, "tls", from))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(to, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	copyPair()
	c, err := newCertificate(cfg, l.server.log)
	if err != nil {
		t.Fatal(err)
	}
	old := c.current.Load()
	if err := os.WriteFile(cfg.TLS.Certificate, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(cfg.TLS.Certificate, later, later); err != nil {
		t.Fatal(err)
	}
	if err := c.refresh(time.Now()); err == nil || c.current.Load() != old {
		t.Errorf("a damaged file: %v, the old one is kept: %v", err, c.current.Load() == old)
	}
	copyPair()
	if err := c.refresh(time.Now()); err != nil || c.current.Load() == old {
		t.Errorf("the operator's new certificate was not loaded: %v", err)
	}
}
