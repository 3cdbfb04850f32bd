package secure

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"mediasrv/config"
)

// stamp tells versions of a file apart.
type stamp struct {
	at   time.Time
	size int64
}

func stampOf(paths ...string) ([2]stamp, error) {
	var out [2]stamp
	for i, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return out, err
		}
		out[i] = stamp{info.ModTime(), info.Size()}
	}
	return out, nil
}

// pair is a certificate with its key, as the files last had it. refresh is called by one goroutine.
type pair struct {
	keys    config.Keys
	seen    [2]stamp
	current atomic.Pointer[tls.Certificate]
}

// refresh reads the files if they have changed; after an error the old certificate stays, and the same files are not read again.
func (p *pair) refresh() (changed bool, err error) {
	seen, err := stampOf(p.keys.Certificate, p.keys.Key)
	if err != nil || seen == p.seen {
		return false, err
	}
	c, err := tls.LoadX509KeyPair(p.keys.Certificate, p.keys.Key)
	if err != nil {
		return false, fmt.Errorf("%s with %s: %w", p.keys.Certificate, p.keys.Key, err)
	}
	p.seen = seen
	p.current.Store(&c)
	return true, nil
}

var errNoCertificate = errors.New("has no certificate in it")

// authorities are who signs the certificates of a trunk. refresh is called by one goroutine.
type authorities struct {
	path    string
	seen    [2]stamp
	current atomic.Pointer[x509.CertPool]
}

func (a *authorities) refresh() (changed bool, err error) {
	seen, err := stampOf(a.path)
	if err != nil || seen == a.seen {
		return false, err
	}
	text, err := os.ReadFile(a.path)
	if err != nil {
		return false, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return false, fmt.Errorf("%s %w", a.path, errNoCertificate)
	}
	a.seen = seen
	a.current.Store(pool)
	return true, nil
}
