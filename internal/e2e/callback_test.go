//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// customerPhone is a sipp that answers calls and sends back whatever it hears: who hears himself has been heard.
func customerPhone(t *testing.T) (address string) {
	t.Helper()
	needs(t, "sipp")
	xml, err := filepath.Abs(filepath.Join("testdata", "customer.xml"))
	if err != nil {
		t.Fatal(err)
	}
	out, done := &tail{}, make(chan struct{})
	ip := "127.0.89." + strconv.Itoa(int(servers.Add(1)))
	cmd := exec.Command("sipp", "-sf", xml, "-i", ip, "-mi", ip, "-p", "5060", "-nostdin", "-m", "1", "-rtp_echo", "-timeout", "120s", "-trace_err")
	cmd.Dir = t.TempDir()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait()
		close(done)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
		if t.Failed() {
			t.Logf("the customer's phone said:\n%s\n%s", out, readAll(cmd.Dir, "*.log"))
		}
	})
	return ip + ":5060"
}

const confirmationText = "We will certainly call you back within the hour."

// A caller presses a key in the waiting announcement and hears that he will be called back. An agent's browser rings, and when it is answered the
// customer is called over a trunk; both hear each other.
func TestCallerIsCalledBack(t *testing.T) {
	if !alone(t) {
		return
	}
	phone := customerPhone(t)
	s := prepare(t, options{})
	text, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	change := strings.NewReplacer(
		"numbers:\n", fmt.Sprintf("  out: {kind: carrier, probe: 0s, servers: [%q]}\nroutes:\n  \"*\": {trunks: [out]}\nnumbers:\n  \"+815012345695\": {to: {queue: patient}}\n", phone),
		"company:\n", "company:\n  dial_out: {countries: [JP]}\n",
		"waiting_strategies:\n", "callbacks:\n  keep: {priority: queue-position, confirmation: {say: \""+confirmationText+"\"}}\n"+
			"waiting_strategies:\n  patient: {announcements: [{every: 5s, say: \"Press one and we call you back.\", wait: 5s, keys: {1: {callback: keep}}}]}\n",
		"queues:\n", "queues:\n  patient: {agents: [aiko], waiting: patient}\n",
	)
	if err := os.WriteFile(s.file, []byte(change.Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	s.command(strings.NewReader(password+"\n"), "passwd", "aiko", "--file", s.file)
	s.launch()
	c := s.call("+815012345695", "--from", "+819011111111", "--digits", "wwwwwwww1", "--for", "60s")
	c.ended()
	c.heardText(s, confirmationText, true)
	s.want("callback", `SELECT end_reason FROM calls`)
	s.want("in-queue", `SELECT state FROM callbacks WHERE number = '+819011111111' AND queue = 'patient'`)

	a := s.browse("aiko", agentTone)
	a.shows("call-state", "ringing")
	a.click("answer")
	a.shows("call-state", "talking")
	a.hears(agentTone) // that the customer's phone sends back
	s.want("completed", `SELECT state FROM callbacks`)
	s.want("1", `SELECT attempts FROM callbacks`)
	s.want("outbound", `SELECT direction FROM calls WHERE agent = 'aiko'`)
	s.want("out", `SELECT trunk FROM legs WHERE seat = 'customer' ORDER BY began DESC LIMIT 1`)
	a.click("hangup")
	a.shows("wrapup", "")
}
