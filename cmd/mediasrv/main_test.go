package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "mediasrv-cmd-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "mediasrv")
	build := exec.Command("go", "build", "-tags", "nolibopusfile", "-o", binary, ".")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		return 1
	}
	return m.Run()
}

// outcome of a command.
type outcome struct {
	code     int
	out, err string
}

func invoke(t *testing.T, stdin string, args ...string) outcome {
	t.Helper()
	c := exec.CommandContext(t.Context(), binary, args...)
	var out, err bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &err
	if e := c.Run(); e != nil && !errors.As(e, new(*exec.ExitError)) {
		t.Fatal(e)
	}
	return outcome{code: c.ProcessState.ExitCode(), out: out.String(), err: err.String()}
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.yml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const smallest = "numbers: {\"+815012345678\":}\nqueues: {support:}\nusers: {aiko:}\n"

func TestCheckGoodFile(t *testing.T) {
	path := writeFile(t, smallest)
	got := invoke(t, "", "check", path)
	if want := path + " is good: 1 number, 1 queue, 1 user, 1 trunk\n"; got.code != 0 || got.out != want || got.err != "" {
		t.Errorf("%+v, want %q", got, want)
	}
}

func TestCheckListsMistakesWithTheirLines(t *testing.T) {
	path := writeFile(t, smallest+"company: {name: \"日本\", ring_timout: 20s}\ndrain: 30\n")
	got := invoke(t, "", "check", path)
	want := path + `:4:23: company.ring_timout: unknown key; did you mean ring_timeout?
    4 | company: {name: "日本", ring_timout: 20s}
      |                         ^
` + path + `:5:8: drain: has no unit: write 30s for seconds: expected a duration from 0s to 1d
    5 | drain: 30
      |        ^
2 mistakes
`
	if got.code != 1 || got.out != "" || got.err != want {
		t.Errorf("exit code %d, standard output %q, said:\n%s\nwant:\n%s", got.code, got.out, got.err, want)
	}
}

func TestCheckNeverShowsSecrets(t *testing.T) {
	for _, value := range []string{"hunter2", "[hunter2]", "{a: hunter2}", "'hunter2 '"} {
		path := writeFile(t, smallest+"trunks: {a: {acept: x, accept: {username: u, password: "+value+"}}}\n")
		got := invoke(t, "", "check", path)
		if got.code != 1 || !strings.Contains(got.err, "trunks.a.accept.password") || strings.Contains(got.err+got.out, "hunter2") {
			t.Errorf("%s: %+v", value, got)
		}
	}
}

func TestCheckStrangeFiles(t *testing.T) {
	long := smallest + "drain: " + strings.Repeat("x", 5000) + "\n"
	for name, c := range map[string]struct{ path, want string }{
		"missing":   {filepath.Join(t.TempDir(), "no.yml"), "no.yml does not exist"},
		"folder":    {t.TempDir(), "is a folder"},
		"garbage":   {writeFile(t, strings.Repeat("\x00\xff{[", 1000)), "is not text"},
		"empty":     {writeFile(t, ""), "is empty: the smallest file"},
		"long line": {writeFile(t, long), "4:8: drain: "},
	} {
		got := invoke(t, "", "check", c.path)
		if got.code != 1 || !strings.Contains(got.err, c.want) || len(got.err) > 2000 {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{"cal"},
		{"check"},
		{"run"},
		{"run", "a.yml", "b.yml"},
		{"check", "x.yml", "--nonsense"},
		{"passwd", "aiko"},
		{"call"},
		{"call", "+81 50"},
		{"call", "+8150", "--tone", "9000"},
		{"call", "+8150", "--tone", "440", "--play", "go.mod"},
		{"call", "+8150", "--play", "/no/such/file.wav"},
		{"call", "+8150", "--digits", "1x"},
		{"call", "+8150", "--for", "0s"},
		{"call", "+8150", "--for", "soon"},
		{"call", "+8150", "--password", "x"},
		{"call", "+8150", "--trunk", "a"},
		{"call", "+8150", "--trunk", "a", "--user", "dana", "--password", "x"},
		{"call", "+8150", "--trunk", "a", "--user", "dana", "--digits", "1"},
		{"call", "+8150", "--trunk", "a", "--user", "dana", "--for", "2h"},
		{"call", "+8150", "--api", "http://192.0.2.1", "--user", "dana"},
		{"call", "+8150", "--api", "ftp://192.0.2.1", "--user", "dana"},
		{"call", "+8150", "--say", "x"},
	} {
		got := invoke(t, "", args...)
		if got.code != 2 || got.out != "" || !strings.HasPrefix(got.err, "mediasrv: ") {
			t.Errorf("%v: %+v, want exit code 2 and why", args, got)
		}
	}
}

func TestHelp(t *testing.T) {
	all := invoke(t, "", "--help")
	if all.code != 0 || !strings.Contains(all.out, "Examples:") || !strings.Contains(all.out, "Exit codes") {
		t.Errorf("%+v", all)
	}
	for _, command := range []string{"run", "check", "reload", "queue", "token", "call", "say", "explain", "verify", "passwd", "schema", "version"} {
		if !strings.Contains(all.out, "\n  "+command+" ") {
			t.Errorf("--help doesn't name %s", command)
		}
		got := invoke(t, "", command, "--help")
		if got.code != 0 || (command != "version" && !strings.Contains(got.out, "Example")) {
			t.Errorf("%s --help: %+v", command, got)
		}
	}
	if got := invoke(t, ""); got.code != 0 || got.out != all.out {
		t.Errorf("without arguments: %+v, want the help", got)
	}
}

// docs/cli.md says what the program says of itself.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	help := invoke(t, "", "call", "--help").out
	for line := range strings.Lines(help) {
		if flag, _, ok := strings.Cut(strings.TrimSpace(line), "="); ok && strings.HasPrefix(flag, "--") && !bytes.Contains(text, []byte("`"+flag+" ")) {
			t.Errorf("docs/cli.md lacks the flag %s of call", flag)
		}
	}
	for _, command := range []string{"run", "check", "reload", "queue", "token", "call", "say", "explain", "verify", "passwd", "schema", "version"} {
		if !bytes.Contains(text, []byte("## mediasrv "+command)) {
			t.Errorf("docs/cli.md lacks %s", command)
		}
	}
}

func TestSchemaAndVersion(t *testing.T) {
	if got := invoke(t, "", "schema"); got.code != 0 || !json.Valid([]byte(got.out)) {
		t.Errorf("schema: exit code %d, JSON %v", got.code, json.Valid([]byte(got.out)))
	}
	if got := invoke(t, "", "version"); got.code != 0 || !strings.HasPrefix(got.out, "mediasrv ") || !strings.Contains(got.out, "go1.") {
		t.Errorf("version: %+v", got)
	}
}

func TestPasswdRefusals(t *testing.T) {
	path := writeFile(t, smallest)
	for _, c := range []struct{ user, stdin, want string }{
		{"aika", "x\n", `has no user "aika"; did you mean aiko?`},
		{"zoe", "x\n", `has no user "zoe"; there is: aiko`},
		{"aiko", "", "the password is empty"},
		{"aiko", "\n", "the password is empty"},
		{"aiko", "a\tb\n", "control character"},
		{"aiko", "\xff\xfe\n", "not UTF-8"},
	} {
		got := invoke(t, c.stdin, "passwd", c.user, "--file", path)
		if got.code != 1 || !strings.Contains(got.err, c.want) {
			t.Errorf("%s %q: %+v, want %q", c.user, c.stdin, got, c.want)
		}
	}
}
