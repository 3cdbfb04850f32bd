package secure

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"mediasrv/config"
	"mediasrv/sip/transaction"
)

// Store is every certificate and authority of a file. Its methods but Refresh may be called from any goroutine.
type Store struct {
	log    *slog.Logger
	own    *pair // of tls:// listeners; nil: there are none
	trunks []*peer
	said   map[string]string // the last trouble with each file, said once
}

// peer is what a trunk proves and is shown.
type peer struct {
	trunk *config.Trunk
	names []string     // that its certificate may be for
	ca    *authorities // nil: the system's
	own   *pair        // nil: nothing
}

// New reads the certificates that a file names.
func New(file *config.Config, log *slog.Logger) (*Store, error) {
	s := &Store{log: log, said: map[string]string{}}
	if k := file.Listen.TLS; k.Certificate != "" {
		s.own = &pair{keys: k}
	}
	for _, t := range file.Trunks {
		p := &peer{trunk: t}
		for _, server := range t.Servers {
			p.names = append(p.names, hostOf(server))
		}
		if t.TLS.CA != "" {
			p.ca = &authorities{path: t.TLS.CA}
		}
		if t.TLS.Own.Certificate != "" {
			p.own = &pair{keys: t.TLS.Own}
		}
		s.trunks = append(s.trunks, p)
	}
	slices.SortFunc(s.trunks, func(a, b *peer) int { return cmp.Compare(a.trunk.Name, b.trunk.Name) })
	return s, s.Refresh()
}

func hostOf(server string) string {
	host, _, err := net.SplitHostPort(server)
	if err != nil {
		host = strings.Trim(server, "[]")
	}
	return host
}

// Refresh reads files that have changed. What can't be read is said once, and what was read before stays in use. It is called by one
// goroutine.
func (s *Store) Refresh() error {
	var errs []error
	try := func(what, path string, refresh func() (bool, error)) {
		changed, err := refresh()
		switch {
		case err != nil && s.said[path] != err.Error():
			s.said[path] = err.Error()
			s.log.Error("a certificate can't be read; the one that was read before stays in use", "of", what, "error", err)
			errs = append(errs, fmt.Errorf("secure: %s: %w", what, err))
		case changed:
			delete(s.said, path)
			s.log.Info("certificates read", "of", what, "file", path)
		}
	}
	if s.own != nil {
		try("tls:// listeners", s.own.keys.Certificate, s.own.refresh)
	}
	for _, p := range s.trunks {
		if p.ca != nil {
			try("trunk "+p.trunk.Name, p.ca.path, p.ca.refresh)
		}
		if p.own != nil {
			try("trunk "+p.trunk.Name, p.own.keys.Certificate, p.own.refresh)
		}
	}
	return errors.Join(errs...)
}

// anyUse: public authorities sign certificates for servers only (no clientAuth), and carriers show these as clients, too.
const anyUse = x509.ExtKeyUsageAny

var (
	errNoOwn  = errors.New("secure: no certificate for tls:// listeners")
	errNoPeer = errors.New("secure: no trunk of this name")
	errNone   = errors.New("the peer shows no certificate, but tls.client_certificate of its trunk is required")
)

// Server implements transaction.Secrets. A trunk that must show a certificate is asked for it; where several trunks could be behind an address, or
// the trunk logs in from anywhere, the certificate is looked at again when its call comes (Verified).
func (s *Store) Server(remote netip.Addr) (*tls.Config, error) {
	if s.own == nil || s.own.current.Load() == nil {
		return nil, errNoOwn
	}
	cfg := &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return s.own.current.Load(), nil },
	}
	for _, p := range s.trunks {
		if p.trunk.TLS.Client == "required" {
			cfg.ClientAuth = tls.RequestClientCert
		}
	}
	if at := s.at(remote); len(at) > 0 && !slices.ContainsFunc(at, func(p *peer) bool { return p.trunk.TLS.Client != "required" }) {
		cfg.VerifyConnection = func(state tls.ConnectionState) error {
			var err error
			for _, p := range at {
				if err = p.verify(state, p.names, anyUse); err == nil {
					return nil
				}
			}
			return err
		}
	}
	return cfg, nil
}

// at are the trunks whose calls come from an address.
func (s *Store) at(remote netip.Addr) []*peer {
	var out []*peer
	for _, p := range s.trunks {
		for _, prefix := range p.trunk.Addresses {
			if prefix.Contains(remote.Unmap()) {
				out = append(out, p)
				break
			}
		}
	}
	return out
}

// Client implements transaction.Secrets.
func (s *Store) Client(f transaction.Flow) (*tls.Config, error) {
	p, host := s.of(f), f.Host
	if p == nil {
		if f.Trunk != "" {
			return nil, errNoPeer
		}
		p = &peer{trunk: &config.Trunk{TLS: config.TrunkTLS{Verify: "name"}}} // a call to any address: what the system trusts
	}
	if host == "" {
		host = f.Remote.Addr().String()
	}
	cfg := &tls.Config{
		MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, //nolint:gosec // VerifyConnection does it, as the trunk says
		ServerName: host,
		VerifyConnection: func(state tls.ConnectionState) error {
			return p.verify(state, []string{host}, x509.ExtKeyUsageServerAuth)
		},
	}
	if _, err := netip.ParseAddr(host); err == nil {
		cfg.ServerName = "" // RFC 6066, 3: no addresses
	}
	if p.own != nil {
		cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if c := p.own.current.Load(); c != nil {
				return c, nil
			}
			return &tls.Certificate{}, nil
		}
	}
	return cfg, nil
}

func (s *Store) of(f transaction.Flow) *peer {
	for _, p := range s.trunks {
		if f.Trunk == p.trunk.Name {
			return p
		}
	}
	if at := s.at(f.Remote.Addr()); f.Trunk == "" && len(at) > 0 {
		return at[0]
	}
	return nil
}

// Verified implements transaction.Secrets: the first trunk that the peer's certificate is good for, those of its address first.
func (s *Store) Verified(remote netip.Addr, state tls.ConnectionState) string {
	if len(state.PeerCertificates) == 0 {
		return ""
	}
	for _, p := range append(s.at(remote), s.trunks...) {
		if p.trunk.TLS.Client == "required" && p.verify(state, p.names, anyUse) == nil {
			return p.trunk.Name
		}
	}
	return ""
}

// verify checks a peer's certificate as the trunk says; for one of the names, if there are any.
func (p *peer) verify(state tls.ConnectionState, names []string, usage x509.ExtKeyUsage) error {
	if len(state.PeerCertificates) == 0 {
		return errNone
	}
	if p.trunk.TLS.Verify == "off" {
		return nil
	}
	leaf := state.PeerCertificates[0]
	chain := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		chain.AddCert(c)
	}
	options := x509.VerifyOptions{Intermediates: chain, KeyUsages: []x509.ExtKeyUsage{usage}, CurrentTime: time.Now()}
	if p.ca != nil {
		options.Roots = p.ca.current.Load()
	}
	if _, err := leaf.Verify(options); err != nil {
		return err
	}
	if p.trunk.TLS.Verify != "name" || len(names) == 0 {
		return nil
	}
	var err error
	for _, name := range names {
		if err = named(leaf, name); err == nil {
			return nil
		}
	}
	return err
}

// named says whether a certificate is for a SIP domain (RFC 5922, 7.1 and 7.2): a URI sip:NAME in its subjectAltName; only without any, a DNS
// name or an address. There are no wildcards in it.
func named(leaf *x509.Certificate, name string) error {
	uris := false
	for _, u := range leaf.URIs {
		if strings.EqualFold(u.Scheme, "sip") {
			uris = true
			domain := u.Opaque
			if domain == "" {
				domain = u.Host
			}
			if strings.EqualFold(domain, name) {
				return nil
			}
		}
	}
	if !uris && !wild(leaf, name) && leaf.VerifyHostname(name) == nil {
		return nil
	}
	return x509.HostnameError{Certificate: leaf, Host: name}
}

// wild says whether a certificate is for a name by a wildcard only.
func wild(leaf *x509.Certificate, name string) bool {
	return net.ParseIP(name) == nil && !slices.ContainsFunc(leaf.DNSNames, func(d string) bool {
		return strings.EqualFold(strings.TrimSuffix(d, "."), strings.TrimSuffix(name, "."))
	})
}
