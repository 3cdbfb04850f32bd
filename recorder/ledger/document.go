package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrSignature means that a text isn't what was signed.
var ErrSignature = errors.New("its signature is not good: it was altered")

// SignDocument makes JSON text of v with a signature as its last key. Everything before that key is signed, byte by byte.
func (k *Key) SignDocument(v any) ([]byte, error) {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	body, ok := bytes.CutSuffix(b, []byte("\n}"))
	if !ok {
		return nil, errors.New("ledger: an object with keys is expected")
	}
	return seal(body, ",\n  ", "\n}\n", k.private), nil
}

// VerifyDocument checks a signed text, a document's or a line's; the error is ErrSignature.
func (t Trusted) VerifyDocument(text []byte, key string) error {
	at := bytes.LastIndex(text, []byte(signatureKey))
	if at < 0 {
		return fmt.Errorf("%w (there is none)", ErrSignature)
	}
	encoded, rest, found := bytes.Cut(text[at+len(signatureKey):], []byte{'"'})
	signature, err := base64.StdEncoding.DecodeString(string(encoded))
	if !found || err != nil || len(bytes.Trim(rest, "\n}")) > 0 {
		return ErrSignature
	}
	public := t[key]
	if public == nil {
		return fmt.Errorf("%w (key %q is not trusted)", ErrSignature, key)
	}
	if !ed25519.Verify(public, text[:at], signature) {
		return ErrSignature
	}
	return nil
}
