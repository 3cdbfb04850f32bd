package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mediasrv/recorder/ledger"
)

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	day := filepath.Join(dir, "2026-01-02")
	if err := os.Mkdir(day, 0o750); err != nil {
		t.Fatal(err)
	}
	if got := invoke(t, "", "verify", dir); got.code != 1 || !strings.Contains(got.err, "has no public key") {
		t.Errorf("a directory without keys: %+v", got)
	}
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for arg, want := range map[string]string{filepath.Join(dir, "nowhere"): "nowhere: no such file or directory", file: "is a file: expected a directory of recordings"} {
		if got := invoke(t, "", "verify", arg); got.code != 1 || !strings.Contains(got.err, want) || strings.Contains(got.err, "public key") {
			t.Errorf("%s: %+v, want %s", arg, got, want)
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	key, err := ledger.OpenKey(filepath.Join(t.TempDir(), "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	book, err := ledger.Open(root, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Append("2026-01-02", func(at ledger.Link) (ledger.Line, error) {
		sound := []byte("sound")
		text, err := key.SignDocument(ledger.Described{File: "2026-01-02/a.wav", Segment: "s", Part: "customer", SHA256: ledger.Hash(sound), Chain: at})
		if err != nil {
			return ledger.Line{}, err
		}
		line := ledger.Line{What: ledger.Closed, Segment: "s", Part: "customer", Audio: ledger.Hash(sound), Metadata: ledger.Hash(text)}
		if err := os.WriteFile(filepath.Join(day, "a.wav"), sound, 0o600); err != nil {
			return line, err
		}
		return line, os.WriteFile(filepath.Join(day, "a.json"), text, 0o600)
	}); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, day} {
		got := invoke(t, "", "verify", d)
		if got.code != 0 || !strings.Contains(got.out, "1 day: 1 recording complete and unaltered, 0 deleted on purpose, 0 findings") || !strings.Contains(got.out, key.ID()) {
			t.Errorf("%s untouched: %+v", d, got)
		}
	}
	if err := os.WriteFile(filepath.Join(day, "a.wav"), []byte("Sound"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := invoke(t, "", "verify", dir); got.code != 1 || !strings.Contains(got.out, "2026-01-02/a.wav: was altered") {
		t.Errorf("altered: %+v", got)
	}
	if got := invoke(t, "", "verify", dir, "--key", filepath.Join(day, "a.wav")); got.code != 1 || !strings.Contains(got.err, "no public key (PEM)") {
		t.Errorf("a key's file without keys: %+v", got)
	}
}
