package ledger

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Key signs.
type Key struct {
	private ed25519.PrivateKey
	id      string
}

// ID names the key: "SHA256:" and the hash of its public half in base64, as ssh-keygen writes it.
func (k *Key) ID() string { return k.id }

// Public is the public half as PEM (RFC 8410), for those who verify.
func (k *Key) Public() []byte {
	return publicPEM(k.private.Public().(ed25519.PublicKey)) // of an ed25519 key it is always that
}

func publicPEM(public ed25519.PublicKey) []byte {
	der, _ := x509.MarshalPKIXPublicKey(public) // has no error for such keys
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// OpenKey reads the key from a file that only its owner can read, and makes one if there is none.
func OpenKey(path string) (*Key, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the key that signs recordings: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("the key that signs recordings: %s is no PEM file; restore it, or remove it and a new key is made", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the key that signs recordings: %s: %w", path, err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("the key that signs recordings: %s has no Ed25519 key", path)
	}
	return newKey(private), nil
}

func newKey(private ed25519.PrivateKey) *Key {
	return &Key{private: private, id: idOf(private.Public().(ed25519.PublicKey))}
}

func idOf(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

func makeKey(path string) (*Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("the key that signs recordings: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("the key that signs recordings: %w", err)
	}
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the key that signs recordings: %w", err)
	}
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return nil, fmt.Errorf("the key that signs recordings: %w", err)
	}
	return newKey(private), nil
}

// Trusted are public keys by their id.
type Trusted map[string]ed25519.PublicKey

// ReadTrusted reads public keys from PEM text: one or several.
func ReadTrusted(text []byte) (Trusted, error) {
	t := Trusted{}
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("a public key: %w", err)
		}
		public, ok := parsed.(ed25519.PublicKey)
		if !ok {
			return nil, errors.New("a public key is no Ed25519 key")
		}
		t[idOf(public)] = public
	}
	if len(t) == 0 {
		return nil, errors.New("there is no public key (PEM) in it")
	}
	return t, nil
}
