//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The README's way, on a machine of its own (a network namespace): the example starts as it is, prints the desk's address and logins, and
// the README's test call hears the greeting.
func TestReadmeCommands(t *testing.T) {
	if !alone(t) {
		return
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`(?m)^bin/mediasrv (call .*)$`).FindSubmatch(readme)
	if call == nil {
		t.Fatal("the README shows no test call")
	}
	dir := t.TempDir()
	for _, name := range []string{"examples/mediasrv.yml", "bin/mediasrv"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	copyFile(t, "../../examples/mediasrv.yml", filepath.Join(dir, "examples/mediasrv.yml"))
	if err := os.Symlink(program, filepath.Join(dir, "bin/mediasrv")); err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, opt: options{Host: "README", Dir: filepath.Join(dir, "data")}, out: &tail{}, done: make(chan struct{})}
	s.cmd = command("bin/mediasrv", "run", "examples/mediasrv.yml")
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = dir, s.out, s.out
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.done)
	}()
	t.Cleanup(s.kill)
	eventually(t, "it says where it is", func() error {
		for _, want := range []string{"https://localhost:8443/", "aiko", "ben", "bin/mediasrv call +815012345678"} {
			if !s.out.has(want) {
				return errorf("no %q yet:\n%s", want, s.out)
			}
		}
		return nil
	})
	args := strings.Fields(strings.Replace(string(call[1]), "30s", "9s", 1))
	caller := command("bin/mediasrv", args...)
	caller.Dir = dir
	if out, err := caller.CombinedOutput(); err != nil {
		t.Fatalf("the README's call: %v\n%s", err, out)
	}
	if n := readWAV(t, filepath.Join(dir, "heard.wav")).loudWindows(0); n < 30 {
		t.Errorf("the caller heard sound in %d windows of 100 ms only", n)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
