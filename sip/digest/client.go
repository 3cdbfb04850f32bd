package digest

import (
	icholy "github.com/icholy/digest"
)

// Client answers the challenges of one dialog or registration: of the server and of proxies in a chain (401 and 407), each by itself. What was
// answered once is sent along with later requests, with a rising nc (RFC 7616, 3.4), so that they aren't challenged again. The zero value is
// ready. One goroutine uses it.
type Client struct {
	kept []*kept
}

type kept struct {
	header    string // Authorization, Proxy-Authorization
	challenge *icholy.Challenge
	n         int // how often it was answered
}

// Credential is a header of a request.
type Credential struct{ Header, Value string }

// maxKept bounds the realms of one dialog.
const maxKept = 4

// Challenged takes the challenges of a 401 (header Authorization) or 407 (Proxy-Authorization). carried says that the request had that header
// already. False: it is of no use to try again, because none can be answered or the login is wrong.
func (c *Client) Challenged(header string, challenges []string, carried bool) bool {
	best := choose(challenges, false)
	if best == nil {
		return false
	}
	for _, k := range c.kept {
		if k.header != header || k.challenge.Realm != best.Realm {
			continue
		}
		// A nonce that was used more than once may have grown old, though not all servers say stale then.
		again := best.Stale || k.n > 1 && k.challenge.Nonce != best.Nonce
		if carried && !again {
			return false
		}
		k.challenge, k.n = best, 0
		return true
	}
	if len(c.kept) >= maxKept {
		return false
	}
	c.kept = append(c.kept, &kept{header: header, challenge: best})
	return true
}

// Credentials are the headers for a request; a method and an URI that is byte-equal to its Request-URI.
func (c *Client) Credentials(a Ask) []Credential {
	var out []Credential
	for _, k := range c.kept {
		k.n++
		if value, ok := respond(k.challenge, a, k.n, ""); ok {
			out = append(out, Credential{k.header, value})
		}
	}
	return out
}
