package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

const (
	// MinPassword is the fewest characters that a password may have.
	MinPassword = 10
	maxPassword = 256 // bytes

	argonMemory  = 64 << 10 // KiB
	argonTime    = 1
	argonThreads = 2
	saltBytes    = 16
	keyBytes     = 32

	// dummyHash is checked for users who have no password, so that they take as long as others. No password fits.
	dummyHash = "$argon2id$v=19$m=65536,t=1,p=2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

// errHash means that a stored hash cannot be read.
var errHash = errors.New("web: the stored password hash is damaged: set the password again")

// SetPassword gives a user a new password and ends all sessions of the user. It needs no running server, so that `mediasrv passwd` can
// call it beside one.
func SetPassword(ctx context.Context, logins Logins, heavy Heavy, user, password string) error {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return fmt.Errorf("web: set password: it must have at least %d characters", MinPassword)
	case len(password) > maxPassword:
		return fmt.Errorf("web: set password: it must have at most %d bytes", maxPassword)
	}
	hash, err := hashPassword(ctx, heavy, password)
	if err != nil {
		return fmt.Errorf("web: set password: %w", err)
	}
	if err := logins.SetPasswordHash(ctx, user, hash); err != nil {
		return fmt.Errorf("web: set password: %w", err)
	}
	if _, err := logins.DeleteSessionsOf(ctx, user); err != nil {
		return fmt.Errorf("web: set password: end the sessions: %w", err)
	}
	return nil
}

// hashPassword makes an argon2id hash in the PHC format. It waits for its turn in heavy.
func hashPassword(ctx context.Context, heavy Heavy, password string) (string, error) {
	if err := heavy.Acquire(ctx, 1); err != nil {
		return "", err
	}
	defer heavy.Release(1)
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, keyBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// checkPassword compares a password with a hash; an empty hash fits nothing, but takes as long. It waits for its turn in heavy.
func checkPassword(ctx context.Context, heavy Heavy, hash, password string) (bool, error) {
	known := hash != ""
	if !known {
		hash = dummyHash
	}
	h, err := parseHash(hash)
	if err != nil {
		return false, err
	}
	if err := heavy.Acquire(ctx, 1); err != nil {
		return false, err
	}
	defer heavy.Release(1)
	key := argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(len(h.key))) //nolint:gosec // at most 64
	return subtle.ConstantTimeCompare(key, h.key) == 1 && known, nil
}

type parsedHash struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

// parseHash reads $argon2id$v=19$m=…,t=…,p=…$salt$key, and refuses parameters that would stall the server.
func parseHash(s string) (h parsedHash, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, errHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); n != 3 || err != nil {
		return h, errHash
	}
	var saltErr, keyErr error
	h.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, keyErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || !h.sane() {
		return h, errHash
	}
	return h, nil
}

// sane tells whether the parameters are ones that argon2 takes and that can be afforded.
func (h parsedHash) sane() bool {
	return len(h.key) >= 16 && len(h.key) <= 64 && len(h.salt) >= 8 && h.threads >= 1 && h.time >= 1 && h.time <= 16 &&
		h.memory >= 8*uint32(h.threads) && h.memory <= 1<<20
}
