package certify

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mediasrv/config"
)

var updateDocs = flag.Bool("update", false, "rewrite the sample in docs/certify.md")

// Every key that a finding can propose is a key of a trunk, and its value is one that the file takes.
func TestProposedKeys(t *testing.T) {
	schema := trunkSchema(t)
	for _, k := range proposals() {
		at := schema
		for part := range strings.SplitSeq(k.Path, ".") {
			props := properties(at)
			next, ok := props[part].(map[string]any)
			if !ok {
				t.Errorf("a trunk has no key %s", k.Path)
				break
			}
			at = next
		}
		r := Report{Trunk: "carrier-a", Keys: []Key{k}}
		if err := loads(t, r.YAML()); err != nil {
			t.Errorf("%s: %s: %v", k.Path, k.Value, err)
		}
	}
}

func trunkSchema(t *testing.T) map[string]any {
	t.Helper()
	text, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	trunks := properties(root)["trunks"].(map[string]any)
	return trunks["additionalProperties"].(map[string]any)
}

// properties of an object, also of one that may be off instead.
func properties(m map[string]any) map[string]any {
	if either, ok := m["anyOf"].([]any); ok {
		m = either[0].(map[string]any)
	}
	p, _ := m["properties"].(map[string]any)
	return p
}

// loads puts a proposal into a file, with what it needs beside it.
func loads(t *testing.T, yaml string) error {
	t.Helper()
	t.Setenv("NAME", "x")
	has := func(s string) bool { return strings.Contains(yaml, s) }
	if !has("    login:") {
		yaml += "    login:\n"
	}
	if !has("      username:") {
		yaml += "      username: x\n"
	}
	if !has("      password:") {
		yaml += "      password: env:NAME\n"
	}
	if has("      expires:") && has("    login:\n      expires:") {
		yaml += "      register: true\n"
	}
	if has("      certificate:") && !has("      key:") {
		yaml = strings.Replace(yaml, "      certificate:", "      key: k.pem\n      certificate:", 1)
	}
	if has("      key:") && !has("      certificate:") {
		yaml = strings.Replace(yaml, "      key:", "      certificate: c.pem\n      key:", 1)
	}
	if !has("    servers:") {
		yaml += "    servers: [192.0.2.1]\n"
	}
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "certs"), 0o700); err != nil {
		t.Fatal(err)
	}
	if has("      certificate:") || has("      key:") {
		writeKeys(t, filepath.Join(folder, "certs/trunk.pem"), filepath.Join(folder, "k.pem"))
		writeKeys(t, filepath.Join(folder, "c.pem"), filepath.Join(folder, "certs/trunk.key"))
	}
	path := filepath.Join(folder, "f.yml")
	text := yaml + "    kind: carrier\ncompany: {country: JP}\nnumbers: {\"+81312345678\": {to: {queue: q}}}\nqueues: {q: {agents: [a]}}\nusers: {a: {name: A}}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := config.Load(path)
	return err
}

func TestMask(t *testing.T) {
	text := "INVITE sip:1@h SIP/2.0\r\nAuthorization: Digest username=\"u\", nonce=\"abc\", response=\"0123\", cnonce=\"xyz\", opaque=op\r\n" +
		"Proxy-Authenticate: Digest realm=\"r\", nonce=\"def\"\r\nAuthorization: Bearer topsecret\r\nSubject: response=kept\r\n\r\n" +
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4\r\na=ice-pwd:hidden\r\n"
	got := mask(text)
	for _, secret := range []string{"abc", "0123", "xyz", "=op", "def", "topsecret", "WVNf", "hidden", "2^20"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is shown:\n%s", secret, got)
		}
	}
	for _, kept := range []string{`username="u"`, `realm="r"`, "response=kept", "AES_CM_128_HMAC_SHA1_80"} {
		if !strings.Contains(got, kept) {
			t.Errorf("%q is lost:\n%s", kept, got)
		}
	}
}

// The report says what was printed, holds the messages, and no secret.
func TestReport(t *testing.T) {
	r, _, out := try(t, "ptime 40", true, "register", "call", "media")
	folder := filepath.Join(t.TempDir(), "out")
	paths, err := r.Write(folder)
	if err != nil || len(paths) != 2 {
		t.Fatal(paths, err)
	}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"sends packets of 40 ms of PCMU", "INVITE sip:echo@127.0.0.2:5060 SIP/2.0", "ptime", "40ms"} {
			if !bytes.Contains(text, []byte(want)) {
				t.Errorf("%s: no %q", filepath.Base(p), want)
			}
		}
		if regexp.MustCompile(`response=(\\?&#34;|\\?")[0-9a-f]{32}`).Match(text) {
			t.Errorf("%s shows a digest", filepath.Base(p))
		}
		info, err := os.Stat(p)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Error(info.Mode(), err)
		}
	}
	var back Report
	text, _ := os.ReadFile(filepath.Join(folder, fileJSON))
	if err := json.Unmarshal(text, &back); err != nil || len(back.Results) != 3 || back.YAML() != r.YAML() {
		t.Error(err, len(back.Results))
	}
	if !strings.Contains(out, "ptime: 40ms") {
		t.Error(out)
	}
}

// The sample of docs/certify.md is what a run prints.
func TestSample(t *testing.T) {
	const path = "../../docs/certify.md"
	_, _, out := try(t, "ptime 40", false, "options", "call", "media", "hold", "100rel", "timer")
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(doc), "<!-- sample -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- /sample -->")
	if !ok || !ok2 {
		t.Fatal("the page has no place for the sample")
	}
	want := before + "<!-- sample -->\n```\n" + out + "```\n<!-- /sample -->" + after
	if *updateDocs {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	number := regexp.MustCompile(`[0-9.]+( packets| s\b)`) // of audio and times, which vary a little
	if number.ReplaceAllString(string(doc), "N$1") != number.ReplaceAllString(want, "N$1") {
		t.Error("the sample is not what a run prints: go test ./sip/certify -run TestSample -update")
	}
}

// The steps' table of docs/certify.md names every step.
func TestStepsInDocs(t *testing.T) {
	doc, err := os.ReadFile("../../docs/certify.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps() {
		if !strings.Contains(string(doc), "| `"+s.name+"` | ") {
			t.Errorf("docs/certify.md doesn't say what %s is", s.name)
		}
	}
}
