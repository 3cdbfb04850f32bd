package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mediasrv/recorder/ledger"
)

type verifyCmd struct {
	Dir string `arg:"" help:"A directory of recordings, or of one day of them."`
	Key string `placeholder:"FILE" help:"Public keys (PEM) that are trusted, kept elsewhere. Default: DIR's own."`
}

// Help is shown by `mediasrv verify --help`.
func (verifyCmd) Help() string {
	return `Reads every recording of a directory and its metadata, and compares them with the signed ledgers of their days. It changes nothing, needs no running
server, and works on a copy. Whoever can write to the directory can put an own key into it as well: keep a copy of its
signing-keys.pem elsewhere and say it with --key, or compare the key's name with the one that the server logs at its start.

Exit code 0: everything that was recorded is there and unaltered, or deleted on purpose; 1: it is not, and each finding is a line.

Examples:
  mediasrv verify data/recordings
  mediasrv verify data/recordings --key /media/safe/signing-keys.pem`
}

// Run verifies.
func (c *verifyCmd) Run(tty terminal) error {
	if info, err := os.Stat(c.Dir); err != nil {
		return fmt.Errorf("verify: %w", err)
	} else if !info.IsDir() {
		return fmt.Errorf("verify: %s is a file: expected a directory of recordings", c.Dir)
	}
	trusted, from, err := c.trusted()
	if err != nil {
		return err
	}
	report, err := ledger.Verify(os.DirFS(c.Dir), trusted)
	if err != nil {
		return err
	}
	for _, n := range report.Notes {
		fmt.Fprintf(tty.out, "note: %s %s\n", n.Path, n.What)
	}
	for _, f := range report.Findings {
		fmt.Fprintf(tty.out, "%s: %s\n", f.Path, f.What)
	}
	fmt.Fprintf(tty.out, "%s: %s complete and unaltered, %d deleted on purpose, %s\n", count(report.Days, "day"), count(report.Good, "recording"),
		report.Deleted, count(len(report.Findings), "finding"))
	fmt.Fprintf(tty.out, "signed by %s (from %s)\n", strings.Join(slices.Sorted(maps.Keys(trusted)), ", "), from)
	if len(report.Findings) > 0 {
		return errors.New("verify: the recordings are not as they were recorded")
	}
	return nil
}

// trusted reads the public keys, and says where they are from. A day's directory has its recordings' keys above it.
func (c *verifyCmd) trusted() (ledger.Trusted, string, error) {
	places := []string{c.Key}
	if c.Key == "" {
		places = []string{filepath.Join(c.Dir, ledger.KeysName), filepath.Join(c.Dir, "..", ledger.KeysName)}
	}
	var err error
	for _, path := range places {
		var text []byte
		if text, err = os.ReadFile(path); err != nil {
			continue
		}
		trusted, err := ledger.ReadTrusted(text)
		if err != nil {
			return nil, "", fmt.Errorf("verify: %s: %w", path, err)
		}
		return trusted, path, nil
	}
	if c.Key == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("verify: %s has no public key (%s), nor has the directory above it: is it a directory of recordings? Else name a key's file with --key", c.Dir, ledger.KeysName)
	}
	return nil, "", fmt.Errorf("verify: no public key: %w", err)
}
