package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"mediasrv/recorder/ledger"
	"mediasrv/recorder/seal"
)

func TestDecrypt(t *testing.T) {
	dir := t.TempDir()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var sealed bytes.Buffer
	if err := (seal.Keys{To: []age.Recipient{id.Recipient()}}).Seal(&sealed, strings.NewReader("sound")); err != nil {
		t.Fatal(err)
	}
	key, file := write("key.txt", id.String()), write("a.wav.age", sealed.String())
	write("a.json", `{"soundSHA256": "`+ledger.Hash([]byte("sound"))+`"}`)
	out := filepath.Join(dir, "out")
	if err := os.Mkdir(out, 0o750); err != nil {
		t.Fatal(err)
	}
	got := invoke(t, "", "decrypt", "-i", key, "-o", out, file)
	if text, err := os.ReadFile(filepath.Join(out, "a.wav")); err != nil || string(text) != "sound" || got.code != 0 || !strings.Contains(got.out, "its sound is what was recorded") {
		t.Errorf("%q %v %+v", text, err, got)
	}
	if got := invoke(t, "", "decrypt", "-i", key, "-o", out, file); got.code != 1 || !strings.Contains(got.err, "file exists") {
		t.Errorf("again: %+v", got)
	}
	write("a.json", `{"soundSHA256": "`+ledger.Hash([]byte("another"))+`"}`)
	if got := invoke(t, "", "decrypt", "-i", key, file); got.code != 1 || !strings.Contains(got.err, "not what was recorded") {
		t.Errorf("another sound: %+v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "a.wav")); err == nil {
		t.Error("what isn't proven is there")
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if got := invoke(t, "", "decrypt", "-i", write("other.txt", other.String()), file); got.code != 1 || !strings.Contains(got.err, "no identity here that opens it") {
		t.Errorf("another key: %+v", got)
	}
	if got := invoke(t, "", "decrypt", "-i", file, file); got.code != 1 || !strings.Contains(got.err, "no private key of age") {
		t.Errorf("no key: %+v", got)
	}
}
