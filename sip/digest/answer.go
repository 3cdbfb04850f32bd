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
	var best *icholy.Challenge
	for _, text := range challenges {
		c, err := icholy.ParseChallenge(text)
		if err != nil || !answerable(c) || a.Again && !c.Stale {
			continue
		}
		for i := range c.QOP {
			c.QOP[i] = strings.TrimSpace(c.QOP[i])
		}
		if best == nil || strength(c) > strength(best) {
			best = c
		}
	}
	if best == nil {
		return "", false
	}
	cred, err := icholy.Digest(best, icholy.Options{Method: a.Method, URI: a.URI, Username: a.Username, Password: a.Password, Count: 1})
	if err != nil {
		return "", false
	}
	return cred.String(), true
}

func answerable(c *icholy.Challenge) bool {
	if !icholy.CanDigest(c) {
		return false
	}
	if len(c.QOP) == 0 {
		return true
	}
	for _, q := range c.QOP {
		if strings.TrimSpace(q) == "auth" {
			return true
		}
	}
	return false
}

func strength(c *icholy.Challenge) int {
	if c.Algorithm == "" || strings.EqualFold(c.Algorithm, "MD5") {
		return 1
	}
	return 2
}
