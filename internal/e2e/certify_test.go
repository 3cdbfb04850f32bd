//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Our own server passes what we try on others: nothing that it does is wrong, nor odd.
func TestCertifyOurselves(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	folder := t.TempDir()
	file := filepath.Join(folder, "caller.yml")
	text := `
listen: {sip: ["udp://` + s.opt.Host + `:0"], web: "127.0.0.1:0", rtp: 38000-38999}
trunks:
  ours: {kind: byoc, servers: ["` + s.sip() + `"], directions: [outbound]}
numbers: {"+81312345678": {to: {queue: q}}}
queues: {q: {agents: [a]}}
users: {a: {name: A}}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(folder, "report")
	said, err := exec.Command(program, "certify", "ours", "--config", file, "--number", supportNumber, "--unknown", "+81399999999", "--out", out).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	var report struct {
		Steps []struct {
			Step     string
			Level    string
			Findings []struct{ Level, Text string }
		}
	}
	read, err := os.ReadFile(filepath.Join(out, "certify.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(read, &report); err != nil {
		t.Fatal(err)
	}
	ok := 0
	for _, step := range report.Steps {
		for _, f := range step.Findings {
			if f.Level == "wrong" || f.Level == "odd" && step.Step != "media" { // a busy machine pauses
				t.Errorf("%s: %s: %s", step.Step, f.Level, f.Text)
			}
		}
		if step.Level == "ok" || step.Level == "odd" && step.Step == "media" {
			ok++
		}
	}
	if ok < 17 {
		t.Errorf("only %d steps are ok:\n%s", ok, said)
	}
	page, err := os.ReadFile(filepath.Join(out, "certify.html"))
	if err != nil || !strings.Contains(string(page), "<h1>Trunk ours</h1>") {
		t.Error(err)
	}
}
