package webrtc

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"strings"
)

// fingerprint is the value of a=fingerprint (RFC 8122, 5), parsed.
type fingerprint struct {
	hash string // lower case
	sum  []byte
}

// parseFingerprint reads "sha-256 AB:CD:…".
func parseFingerprint(s string) (fingerprint, error) {
	hash, value, ok := strings.Cut(strings.TrimSpace(s), " ")
	if !ok {
		return fingerprint{}, fmt.Errorf("%w: %q is no hash and value", ErrFingerprint, s)
	}
	sum, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(value), ":", ""))
	if err != nil {
		return fingerprint{}, fmt.Errorf("%w: %q: %w", ErrFingerprint, s, err)
	}
	f := fingerprint{hash: strings.ToLower(hash), sum: sum}
	if _, err := digest(f.hash, nil); err != nil {
		return fingerprint{}, err
	}
	return f, nil
}

// matches says whether f is the fingerprint of a certificate.
func (f fingerprint) matches(der []byte) bool {
	sum, err := digest(f.hash, der)
	return err == nil && bytes.Equal(sum, f.sum)
}

func (f fingerprint) String() string {
	var b strings.Builder
	b.WriteString(f.hash)
	for i, octet := range f.sum {
		sep := byte(':')
		if i == 0 {
			sep = ' '
		}
		b.WriteByte(sep)
		fmt.Fprintf(&b, "%02X", octet)
	}
	return b.String()
}

// digest hashes by name. MD5 and SHA-1 are known to RFC 8122 and too weak to trust.
func digest(hash string, der []byte) ([]byte, error) {
	switch hash {
	case "sha-256":
		sum := sha256.Sum256(der)
		return sum[:], nil
	case "sha-384":
		sum := sha512.Sum384(der)
		return sum[:], nil
	case "sha-512":
		sum := sha512.Sum512(der)
		return sum[:], nil
	}
	return nil, fmt.Errorf("%w: hash %q is not supported (sha-256, sha-384 and sha-512 are)", ErrFingerprint, hash)
}
