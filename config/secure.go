package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
)

// Keys names a certificate and its private key; empty paths: none.
type Keys struct {
	Certificate string // absolute path, PEM: the chain
	Key         string // absolute path, PEM
}

// TrunkTLS is how a trunk and we prove to each other over TLS who we are.
type TrunkTLS struct {
	CA     string // absolute path, PEM: who signs the trunk's certificates; empty: the authorities that the system trusts
	Own    Keys   // what we show the trunk's servers, if they ask; empty: nothing
	Verify string // of the trunk's certificate: name, chain, off
	Client string // what those who connect must show: off, required
}

// secureFields are a trunk's keys for TLS.
func secureFields() []field {
	return []field{{key: "tls", what: of(
		field{key: "ca", what: reads("a PEM file", pemPath), or: "the authorities that the system trusts", about: "Certificates of who signs the trunk's certificate."},
		field{key: "certificate", what: reads("a PEM file", pemPath), or: "none", about: "What we show the trunk's servers when they ask for a certificate."},
		field{key: "key", what: reads("a PEM file", pemPath), or: "none", about: "Its private key."},
		field{
			key: "verify", what: oneOf([]string{"name", "chain", "off"}), std: "name",
			about: "`name`: a trusted authority signed the certificate, and it is for the server's name (RFC 5922); `chain`: for any name; `off`: nothing is checked, anybody between could listen.",
		},
		field{
			key: "client_certificate", what: oneOf([]string{"off", "required"}), std: "off",
			about: "`required`: the trunk's calls come only by TLS connections with a certificate that `ca` and `verify` find good.",
		},
	), about: "TLS with the trunk. Files that change are read again while the server runs."}}
}

// listenTLSKeys are the certificate of tls:// listeners.
func listenTLSKeys() *shape {
	return of(
		field{key: "certificate", what: reads("a PEM file", pemPath), or: "that of `tls` at the top", about: "Certificate chain as PEM."},
		field{key: "key", what: reads("a PEM file", pemPath), or: "that of `tls` at the top", about: "The certificate's private key as PEM."},
	)
}

func pemPath(text string) (string, error) {
	if text == "" || len(text) > 1024 {
		return "", errors.New("is no path of a file")
	}
	return text, nil
}

// secure reads a trunk's keys for TLS.
func (b *builder) secure(t *Trunk, n *node) {
	at := n.get("tls")
	t.TLS = TrunkTLS{
		Verify: val(at.get("verify"), "name"), Client: val(at.get("client_certificate"), "off"),
		CA: b.authorities(at.get("ca")), Own: b.pair(at.get("certificate"), at.get("key")),
	}
	if t.TLS.Client == "required" {
		switch {
		case at.get("ca") == nil:
			b.wrong(at.get("client_certificate"), "needs ca beside it: who signs the trunk's certificates")
		case t.TLS.Verify == "off":
			b.wrong(at.get("client_certificate"), "contradicts verify: off")
		}
	}
	if t.Transport == "tls" && !b.listens("tls") {
		b.wrong(n.get("transport"), "needs a listener that calls leave by: add tls://:5061 to listen.sip")
	}
	if t.TLS.Client == "required" && !b.listens("tls") {
		b.wrong(at.get("client_certificate"), "needs a listener: add tls://:5061 to listen.sip")
	}
}

func (b *builder) listens(transport string) bool {
	return slices.ContainsFunc(b.cfg.Listen.SIP, func(a SIPAddress) bool { return a.Transport == transport })
}

// authorities looks whether a file has certificates.
func (b *builder) authorities(n *node) string {
	if n == nil || n.value == nil {
		return ""
	}
	path := b.path(val(n, ""))
	if b.silent || !b.readable(n) {
		return path
	}
	text, err := os.ReadFile(path)
	switch {
	case err != nil:
		b.wrong(n, reason(path, err).Error())
	case !x509.NewCertPool().AppendCertsFromPEM(text):
		b.wrong(n, "has no certificate in it: expected PEM, -----BEGIN CERTIFICATE-----")
	}
	return path
}

// pair looks whether a certificate can be used with its key.
func (b *builder) pair(certificate, key *node) Keys {
	switch {
	case certificate == nil && key == nil:
		return Keys{}
	case certificate == nil:
		b.wrong(key, "needs certificate beside it")
		return Keys{}
	case key == nil:
		b.wrong(certificate, "needs key beside it")
		return Keys{}
	case certificate.value == nil || key.value == nil:
		return Keys{}
	}
	k := Keys{Certificate: b.path(val(certificate, "")), Key: b.path(val(key, ""))}
	there := b.readable(certificate)
	if !b.readable(key) || !there || b.silent {
		return k
	}
	if _, err := tls.LoadX509KeyPair(k.Certificate, k.Key); err != nil {
		b.wrong(certificate, fmt.Sprintf("can't be used with the key: %v", err))
	}
	return k
}

// listenTLS finds the certificate of tls:// listeners; it is called when the top of the file has been read.
func (b *builder) listenTLS(n *node) {
	l := &b.cfg.Listen
	l.TLS = b.pair(n.get("tls", "certificate"), n.get("tls", "key"))
	if l.TLS == (Keys{}) {
		l.TLS = Keys{Certificate: b.cfg.TLS.Certificate, Key: b.cfg.TLS.Key}
	}
	if n == nil || l.TLS != (Keys{}) || b.mistaken(n) {
		return
	}
	if sip := n.get("sip"); sip != nil {
		for _, item := range sip.items {
			if a, ok := item.value.(SIPAddress); ok && a.Transport == "tls" {
				b.wrong(item, "needs a certificate that carriers trust: tls: {certificate: FILE, key: FILE} at the top, or listen: {tls: {…}}")
			}
		}
	}
}
