package certify

import (
	"cmp"
	"strings"

	"mediasrv/sip/digest"
)

// mostStale is how often a nonce that was new may be called stale before it is a loop.
const mostStale = 2

// login is the header that answers a challenge; false if there is no sense in trying, and the findings then say why.
func (a *Agent) login(f *findings, res *message, method, uri string, tries int) (header string, ok bool) {
	challenge, name, rfc := "WWW-Authenticate", "Authorization", "RFC 3261, 22.2"
	if res.code() == 407 {
		challenge, name, rfc = "Proxy-Authenticate", "Proxy-Authorization", "RFC 3261, 22.3"
	}
	var challenges []string
	for _, h := range res.GetHeaders(challenge) {
		challenges = append(challenges, h.Value())
	}
	switch login := a.trunk.Login; {
	case len(challenges) == 0:
		f.wrong(rfc, "%s to %s without %s: nobody can answer it", res.phrase(), method, challenge)
		return "", false
	case login.Username == "":
		x := f.odd(rfc, "asks for a login (%s to %s), and the file has none for this trunk", res.phrase(), method)
		x.advise(keyUsername())
		x.advise(keyPassword())
		return "", false
	}
	stale := stale(challenges)
	switch {
	case tries > mostStale && stale:
		f.wrong("RFC 7616, 3.3", "calls every nonce stale that it has just given: a login never gets through")
		return "", false
	case tries > 0 && stale && a.nonces[nonceOf(challenges[0])] > 0:
		f.wrong("RFC 7616, 3.3", "calls a nonce stale and gives the same one again")
		return "", false
	}
	value, ok := digest.Answer(challenges, digest.Ask{
		Method: method, URI: uri, Username: a.trunk.Login.Username, Password: a.trunk.Login.Password, Again: tries > 0 && res.code() == a.lastChallenge,
	})
	if !ok {
		a.refusedLogin(f, challenges, tries, rfc)
		return "", false
	}
	a.lastChallenge = res.code()
	a.nonces[nonceOf(challenges[0])]++
	return name + ": " + value, true
}

func (a *Agent) refusedLogin(f *findings, challenges []string, tries int, rfc string) {
	if tries == 0 {
		f.wrong(rfc, "asks for a login in a way that we don't know: %s", strings.Join(schemes(challenges), ", "))
		return
	}
	x := f.wrong(rfc, "refuses the file's login of %s", a.trunk.Login.Username)
	x.advise(keyPassword())
}

func schemes(challenges []string) []string {
	out := make([]string, 0, len(challenges))
	for _, c := range challenges {
		scheme, _, _ := strings.Cut(c, " ")
		out = append(out, scheme+" "+cmp.Or(paramOf(c, "algorithm"), "MD5"))
	}
	return out
}

func stale(challenges []string) bool {
	for _, c := range challenges {
		if strings.EqualFold(paramOf(c, "stale"), "true") {
			return true
		}
	}
	return false
}

func nonceOf(challenge string) string { return paramOf(challenge, "nonce") }

// paramOf reads a parameter of a challenge or login.
func paramOf(text, key string) string {
	_, text, _ = strings.Cut(strings.TrimSpace(text), " ")
	for _, p := range split(text) {
		if k, v, ok := strings.Cut(p, "="); ok && strings.EqualFold(strings.TrimSpace(k), key) {
			return strings.Trim(strings.TrimSpace(v), `"`)
		}
	}
	return ""
}
