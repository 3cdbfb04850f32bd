package certify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"time"
)

// secureSignalling looks at the certificate that the connection was made with.
func secureSignalling(_ context.Context, a *Agent) []Finding {
	var f findings
	state, ok := a.wire.secure()
	if !ok {
		f.untested("RFC 5630", "the file reaches this trunk without TLS")
		return f
	}
	f.check(state.Version >= tls.VersionTLS12, "RFC 8996, 2", "speaks "+tls.VersionName(state.Version), "speaks only "+tls.VersionName(state.Version))
	askedForOurs(&f, a)
	if len(state.PeerCertificates) == 0 {
		f.wrong("RFC 5922, 7", "shows no certificate")
		return f
	}
	leaf := state.PeerCertificates[0]
	if err := leaf.VerifyHostname(a.host); err != nil {
		x := f.wrong("RFC 5922, 7.1", "its certificate isn't for %s: %v", a.host, err)
		if len(leaf.DNSNames) > 0 {
			x.advise(keyServers(leaf.DNSNames[0]))
		}
	} else {
		f.ok("RFC 5922, 7.1", "its certificate is for %s", a.host)
	}
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Intermediates: between}); err != nil {
		f.odd("RFC 5280, 6", "its certificate leads to no authority that this machine trusts: %v", err)
	}
	if left := time.Until(leaf.NotAfter); left < 14*24*time.Hour {
		f.odd("RFC 5280, 4.1.2.5", "its certificate ends on %s", leaf.NotAfter.Format(time.DateOnly))
	}
	return f
}

// askedForOurs says whether it wants a certificate of ours, and what it was shown.
func askedForOurs(f *findings, a *Agent) {
	switch s := a.shows; {
	case s == nil:
	case !s.asked.Load() && s.own != nil:
		f.untested("RFC 8446, 4.3.2", "doesn't ask for our certificate, so the file's isn't shown")
	case !s.asked.Load():
	case s.own == nil:
		x := f.odd("RFC 8446, 4.3.2", "asks for a certificate of ours, and the file has none for this trunk")
		x.advise(keyCertificate())
		x.advise(keyCertificateKey())
	default:
		f.ok("RFC 8446, 4.3.2", "asks for our certificate, and is shown that of %s", a.trunk.TLS.Own.Certificate)
	}
}

// secureMedia calls with keys in the offer.
func secureMedia(ctx context.Context, a *Agent) []Finding {
	var f findings
	if a.trunk.SRTP == "off" || a.trunk.SRTP == "" {
		f.untested("RFC 4568", "the file has srtp: off for this trunk")
		return f
	}
	keys := newKeys()
	c, err := a.dial(how{offer: func(o *offer) { o.keys = keys }})
	if err != nil {
		f.untested("", "%v", err)
		return f
	}
	c.keys = keys
	res := c.follow(ctx, &f, ringFor)
	if res == nil || res.code() >= 300 {
		x := f.wrong("RFC 4568, 7", "refuses a call with SRTP: %s", status(res))
		x.advise(keySRTP("off", "the trunk takes no encrypted media"))
		return f
	}
	c.accept(&f, res)
	m := c.theirs.audio()
	switch {
	case m == nil:
		return f
	case m.proto != "RTP/SAVP" || len(m.cryptos) == 0:
		f.wrong("RFC 4568, 7", "answers an offer of SRTP with %s and %d keys", m.proto, len(m.cryptos))
		return f
	case !c.unlock(m):
		f.wrong("RFC 4568, 5.1.2", "answers with a key that fits none of ours (tag or suite)")
		return f
	}
	_, theirs, _ := parseCrypto(m.cryptos[0])
	f.ok("RFC 4568, 6.2", "agrees on %s", theirs.Suite)
	began := time.Now()
	if !a.until(ctx, hearIn, func() bool { return c.audio.hears(began) }) {
		f.wrong("RFC 3711, 3.3", "no audio comes")
		return f
	}
	began = time.Now() // what came before may have come before the keys
	a.pause(ctx, listenFor)
	packets := c.audio.since(began)
	if judgePackets(&f, c, packets); f.worst() == OK {
		f.ok("RFC 3711, 3.3", "its %d packets open with the keys", len(packets))
	}
	return f
}
