package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"time"
)

const (
	sessionLife  = 12 * time.Hour
	renewAfter   = 5 * time.Minute // a session's end is moved at most this often
	cookieLife   = 30 * 24 * time.Hour
	cookieSecure = "__Host-mediasrv" // the prefix binds it to this host, to TLS and to the root path
	cookiePlain  = "mediasrv"
	tokenBytes   = 32
	maxCookieLen = 128
)

// newToken makes a session's token.
func newToken() string {
	var b [tokenBytes]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashToken is what is kept of a token.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// cookieName depends on whether the browser speaks TLS: a browser refuses the prefix without.
func cookieName(secure bool) string {
	if secure {
		return cookieSecure
	}
	return cookiePlain
}

// sessionCookie carries a token; empty: it deletes the cookie. The cookie outlives the session, whose end the server decides.
func sessionCookie(token string, secure bool) *http.Cookie {
	c := &http.Cookie{
		Name: cookieName(secure), Value: token, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode,
		MaxAge: int(cookieLife / time.Second),
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

// requestToken finds the token that a request brings; empty: none.
func requestToken(r *http.Request, secure bool) string {
	c, err := r.Cookie(cookieName(secure))
	if err != nil || len(c.Value) > maxCookieLen {
		return ""
	}
	return c.Value
}
