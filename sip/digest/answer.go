package digest

import (
	"strings"

	icholy "github.com/icholy/digest"
)

// Ask is a request that was challenged.
type Ask struct {
	Method   string
	URI      string // byte-equal to the Request-URI
	Username string
	Password string
	Again    bool // it carried a login already: only a stale nonce is worth another try
}

// Answer is the value of the (Proxy-)Authorization header for the best of several challenges; false if none can be answered.
func Answer(challenges []string, a Ask) (string, bool) {
	c := choose(challenges, a.Again)
	if c == nil {
		return "", false
	}
	return respond(c, a, 1, "")
}

// choose is the strongest of several challenges, the first of equal ones; nil: none can be answered.
func choose(challenges []string, staleOnly bool) *icholy.Challenge {
	var best *icholy.Challenge
	for _, text := range challenges {
		c, err := icholy.ParseChallenge(text)
		if err != nil || !answerable(c) || staleOnly && !c.Stale {
			continue
		}
		if best == nil || strength(c) > strength(best) {
			best = c
		}
	}
	return best
}

// respond answers a challenge for the nth time; an empty cnonce is a random one.
func respond(c *icholy.Challenge, a Ask, n int, cnonce string) (string, bool) {
	cred, err := icholy.Digest(c, icholy.Options{Method: a.Method, URI: a.URI, Username: a.Username, Password: a.Password, Count: n, Cnonce: cnonce})
	if err != nil {
		return "", false
	}
	return cred.String(), true
}

// answerable says whether we can answer a challenge; of its qop values auth is taken, and auth-int never.
func answerable(c *icholy.Challenge) bool {
	offered := len(c.QOP) > 0
	auth := false
	for _, q := range c.QOP {
		auth = auth || strings.EqualFold(strings.TrimSpace(q), "auth")
	}
	if offered {
		c.QOP = []string{"auth"}
	}
	return c.Nonce != "" && strength(c) > 0 && (auth || !offered)
}

// strength orders algorithms (RFC 8760); 0: we don't know it.
func strength(c *icholy.Challenge) int {
	switch strings.ToUpper(c.Algorithm) {
	case "", "MD5":
		return 1
	case "SHA-256":
		return 2
	case "SHA-512-256":
		return 3
	}
	return 0
}
