package digest

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // RFC 3261 has nothing else
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
	icholy "github.com/icholy/digest"
)

// Life is how long a nonce is good; after it the peer is told that it is stale, and tries again without asking its user.
const Life = 5 * time.Minute

// maxUsed bounds the table of nonces that were used for a good login.
const maxUsed = 8192

// Secret is a password as digest needs it (HA1); the password itself is not kept.
type Secret struct{ MD5, SHA256 string }

// Hash makes a secret.
func Hash(username, realm, password string) Secret {
	a1 := []byte(username + ":" + realm + ":" + password)
	m, s := md5.Sum(a1), sha256.Sum256(a1) //nolint:gosec // see above
	return Secret{MD5: hex.EncodeToString(m[:]), SHA256: hex.EncodeToString(s[:])}
}

// Result is what became of a login.
type Result uint8

// The results.
const (
	Bad   Result = iota // wrong, or not for us
	Stale               // right, but the nonce is old or used: challenge again with stale=true
	Good
)

// Verifier makes challenges and checks what answers them. It may be used from any goroutine.
type Verifier struct {
	realm string
	key   [32]byte

	mu    sync.Mutex
	used  map[string]int // nonce → highest nc
	order []string       // of used, oldest first
}

// NewVerifier makes a verifier with a key of its own, so that nonces don't outlive it.
func NewVerifier(realm string) *Verifier {
	v := &Verifier{realm: realm, used: map[string]int{}}
	_, _ = rand.Read(v.key[:])
	return v
}

// Realm is what users log in to.
func (v *Verifier) Realm() string { return v.realm }

// Challenges are the values of WWW-Authenticate headers. MD5 comes first because many phones read only the first one. Browsers'
// libraries know only MD5 and get just that; their secrets are random and go over TLS.
func (v *Verifier) Challenges(peer netip.Addr, browser, stale bool) []string {
	nonce := v.nonce(peer)
	one := func(algorithm string) string {
		s := fmt.Sprintf(`Digest realm="%s", nonce="%s", qop="auth", algorithm=%s`, v.realm, nonce, algorithm)
		if stale {
			s += ", stale=true"
		}
		return s
	}
	if browser {
		return []string{one("MD5")}
	}
	return []string{one("MD5"), one("SHA-256")}
}

// nonce is a time and its seal: nothing is kept for a challenge, so a flood of them costs no memory. The seal is for one address, so that
// a login proves that its sender hears what is sent there.
func (v *Verifier) nonce(peer netip.Addr) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], uint64(time.Now().UnixNano())) //nolint:gosec // positive
	_, _ = rand.Read(b[8:])
	return base64.RawURLEncoding.EncodeToString(append(b[:], v.seal(b[:], peer)...))
}

func (v *Verifier) seal(b []byte, peer netip.Addr) []byte {
	h := hmac.New(sha256.New, v.key[:])
	h.Write(b)
	at := peer.Unmap().As16()
	h.Write(at[:])
	return h.Sum(nil)[:16]
}

func (v *Verifier) fresh(nonce string, peer netip.Addr) (ours, fresh bool) {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != 32 || !hmac.Equal(b[16:], v.seal(b[:16], peer)) {
		return false, false
	}
	age := time.Since(time.Unix(0, int64(binary.BigEndian.Uint64(b)))) //nolint:gosec // ours
	return true, age >= 0 && age < Life
}

// Username is the name that an Authorization value logs in with, and whether it answers a challenge that its sender got from us; empty
// if it can't be read or is for another realm.
func (v *Verifier) Username(value string, peer netip.Addr) (name string, proven bool) {
	c, err := icholy.ParseCredentials(value)
	if err != nil || c.Realm != v.realm {
		return "", false
	}
	ours, _ := v.fresh(c.Nonce, peer)
	return c.Username, ours
}

// Login is a request with an Authorization value.
type Login struct {
	Method string
	URI    string // the Request-URI
	Value  string
	Peer   netip.Addr
}

// Check checks a login against a user's secret. auth-int is refused: we never offer it. Without qop (RFC 2069) a nonce is good once.
func (v *Verifier) Check(l Login, secret Secret) Result {
	c, err := icholy.ParseCredentials(l.Value)
	if err != nil || c.Realm != v.realm || c.Userhash {
		return Bad
	}
	ours, fresh := v.fresh(c.Nonce, l.Peer)
	if !ours {
		return Stale // made before a restart, for another address, or invented: a new challenge tells
	}
	nc := c.Nc
	switch {
	case c.QOP == "":
		nc = 1
	case c.QOP != "auth" || c.Nc < 1 || c.Cnonce == "":
		return Bad
	}
	if !sameResource(c.URI, l.URI) || subtle.ConstantTimeCompare([]byte(strings.ToLower(c.Response)), []byte(expected(c, l.Method, secret))) != 1 {
		return Bad
	}
	if !fresh || !v.use(c.Nonce, nc) {
		return Stale
	}
	return Good
}

// sameResource says whether the uri of a login names the resource that the request is for (RFC 7616, 3.4.6; RFC 3261, 22.4, 5): a login that was
// overheard can't be used for another. The spelling may differ, and parameters, which proxies add; and phones that name only the server are as
// common as those that name the whole Request-URI.
func sameResource(uri, request string) bool {
	if uri == request {
		return true
	}
	var a, b sip.Uri
	if sip.ParseUri(uri, &a) != nil || sip.ParseUri(request, &b) != nil {
		return false
	}
	return (a.User == b.User || a.User == "") && strings.EqualFold(a.Host, b.Host) && (a.Port == b.Port || a.Port == 0 || b.Port == 0)
}

func expected(c *icholy.Credentials, method string, secret Secret) string {
	hash, ha1 := md5hex, secret.MD5
	switch strings.ToUpper(c.Algorithm) {
	case "", "MD5":
	case "SHA-256":
		hash, ha1 = sha256hex, secret.SHA256
	default:
		return "unknown algorithm"
	}
	if c.QOP == "" {
		return hash(ha1 + ":" + c.Nonce + ":" + hash(method+":"+c.URI))
	}
	return hash(fmt.Sprintf("%s:%s:%08x:%s:%s:%s", ha1, c.Nonce, c.Nc, c.Cnonce, c.QOP, hash(method+":"+c.URI)))
}

func md5hex(s string) string {
	h := md5.Sum([]byte(s)) //nolint:gosec // see above
	return hex.EncodeToString(h[:])
}

func sha256hex(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// use says whether a nonce's count is new: a login that was overheard can't be used again.
func (v *Verifier) use(nonce string, nc int) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	last, known := v.used[nonce]
	if nc <= last {
		return false
	}
	if !known {
		if len(v.order) >= maxUsed {
			delete(v.used, v.order[0])
			v.order = v.order[1:]
		}
		v.order = append(v.order, nonce)
	}
	v.used[nonce] = nc
	return true
}
