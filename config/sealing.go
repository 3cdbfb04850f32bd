package config

import (
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
)

// agePublic reads public keys of age, one or several.
func agePublic(text string) (string, error) {
	keys := strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }), "\n")
	if strings.Contains(strings.ToUpper(keys), "AGE-SECRET-KEY") {
		return "", fmt.Errorf("is a private key: %w", errBareSecret)
	}
	if _, err := age.ParseRecipients(strings.NewReader(keys)); err != nil {
		return "", errors.New("is no public key of age")
	}
	return keys, nil
}

// publicKeys is agePublic's shape. What stands there by mistake may be secret: it is shown nowhere.
func publicKeys() *shape {
	s := reads("a public key of age, such as age1…", agePublic)
	s.secret = true
	return s
}

// sealing reads to whom recordings are encrypted.
func (b *builder) sealing(n *node) {
	r := &b.cfg.Recordings
	r.EncryptTo = val(n.get("encrypt_to"), "")
	at := n.get("identity")
	if r.Identity = val(at, ""); r.Identity == "" {
		return
	}
	if _, err := age.ParseIdentities(strings.NewReader(r.Identity)); err != nil {
		b.wrong(at, "has no private key of age in it: expected a file as age-keygen writes it")
	}
	if n.get("encrypt_to") == nil {
		b.wrong(at, "opens nothing: recordings.encrypt_to is not there")
	}
}
