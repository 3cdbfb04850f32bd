package web

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mediasrv/config"
)

// DemoFile is the file in the data directory that keeps the demo's passwords in the clear.
const DemoFile = "demo-logins.txt"

const demoHeader = "# Logins of the demo, in the clear: user, password. Set a real one with `mediasrv passwd USER`; then the line here has no effect.\n"

// Login is a user with a password in the clear, to be printed.
type Login struct {
	User     string
	Name     string
	Role     string
	Password string
}

// DemoLogins gives every user without a password a random one, keeps them in DemoFile (0600), and returns the users whose password in
// that file is right, by login. It does nothing unless the file says demo.
func DemoLogins(ctx context.Context, cfg *config.Config, logins Logins, heavy Heavy) ([]Login, error) {
	if !cfg.Demo {
		return nil, nil
	}
	path := filepath.Join(cfg.DataDir, DemoFile)
	kept, err := readDemo(path)
	if err != nil {
		return nil, fmt.Errorf("web: demo logins: %w", err)
	}
	users := slices.Sorted(maps.Keys(cfg.Users))
	fresh := false
	for _, user := range users {
		if kept[user] != "" {
			continue
		}
		hash, err := logins.PasswordHash(ctx, user)
		if err != nil {
			return nil, fmt.Errorf("web: demo logins: %w", err)
		}
		if hash == "" {
			kept[user], fresh = readablePassword(), true
		}
	}
	if fresh { // the file first: a password that is set but not kept would lock the user out
		if err := writeDemo(path, kept); err != nil {
			return nil, fmt.Errorf("web: demo logins: %w", err)
		}
	}
	return demoUsers(ctx, cfg, users, kept, logins, heavy)
}

// demoUsers sets the passwords that are not set yet and leaves out those that were changed since.
func demoUsers(ctx context.Context, cfg *config.Config, users []string, kept map[string]string, logins Logins, heavy Heavy) ([]Login, error) {
	var out []Login
	for _, user := range users {
		if kept[user] == "" {
			continue
		}
		right, err := demoPassword(ctx, user, kept[user], logins, heavy)
		if err != nil {
			return nil, fmt.Errorf("web: demo logins: %s: %w", user, err)
		}
		if u := cfg.Users[user]; right {
			out = append(out, Login{User: user, Name: u.Name, Role: u.Role, Password: kept[user]})
		}
	}
	return out, nil
}

func demoPassword(ctx context.Context, user, password string, logins Logins, heavy Heavy) (right bool, err error) {
	hash, err := logins.PasswordHash(ctx, user)
	if err != nil {
		return false, err
	}
	if hash == "" {
		return true, SetPassword(ctx, logins, heavy, user, password)
	}
	return checkPassword(ctx, heavy, hash, password)
}

func readDemo(path string) (map[string]string, error) {
	kept := make(map[string]string)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return kept, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 2 && !strings.HasPrefix(fields[0], "#") {
			kept[fields[0]] = fields[1]
		}
	}
	return kept, lines.Err()
}

// writeDemo replaces the file as a whole, so that a crash leaves the old one or the new one.
func writeDemo(path string, kept map[string]string) error {
	var b strings.Builder
	b.WriteString(demoHeader)
	for _, user := range slices.Sorted(maps.Keys(kept)) {
		fmt.Fprintf(&b, "%s %s\n", user, kept[user])
	}
	return writePrivate(path, []byte(b.String()))
}

// writePrivate writes a file that only its owner can read.
func writePrivate(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.WriteFile(part, data, 0o600); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// readablePassword is eight syllables that can be read out and typed, worth 49 bits.
func readablePassword() string {
	const consonants, vowels = "bdfghkmnprstvwz", "aeiou"
	var b strings.Builder
	for i := range 8 {
		if i > 0 && i%2 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(pick(consonants))
		b.WriteByte(pick(vowels))
	}
	return b.String()
}

func pick(from string) byte {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(len(from))))
	if err != nil {
		return from[0] // never: crypto/rand does not fail
	}
	return from[n.Int64()]
}
