package transaction

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"
)

// SayTLS says in words what is wrong when TLS doesn't come about, and what can be done.
func SayTLS(err error) string {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "the peer's certificate is expired or not yet valid: " + invalid.Detail
	}
	if name, ok := errors.AsType[x509.HostnameError](err); ok {
		return fmt.Sprintf("the peer's certificate is not for %s but for %s (RFC 5922): correct servers, or name the authority and set tls.verify: chain",
			name.Host, strings.Join(named(name.Certificate), ", "))
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "the peer's certificate is signed by an authority that is not trusted here: name the authority's file as tls.ca of the trunk"
	}
	if record, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the peer does not speak TLS on this connection: " + record.Msg
	}
	if errors.Is(err, io.EOF) {
		return "the peer closed the connection during the handshake"
	}
	if text := err.Error(); strings.Contains(text, "remote error: ") { // alerts of TCP's TLS have no type that is exported
		_, alert, _ := strings.Cut(text, "remote error: ")
		return "the peer refused: " + alert + " (our certificate, or the lack of one, or the version of TLS)"
	}
	return err.Error()
}

// named are the names that a certificate is for.
func named(c *x509.Certificate) []string {
	out := append([]string{}, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		out = append(out, ip.String())
	}
	for _, u := range c.URIs {
		out = append(out, u.String())
	}
	if len(out) == 0 {
		out = []string{"nobody (it has no subjectAltName)"}
	}
	return out
}
