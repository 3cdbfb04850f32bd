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

// carrier is a sipp that takes calls at an address of its own.
func carrier(t *testing.T, scenario string, args ...string) (address string, p *sipp) {
	t.Helper()
	needs(t, "sipp")
	dir := t.TempDir()
	writeULaw(t, filepath.Join(dir, "tone440.ul"), callerTone)
	xml, err := filepath.Abs(filepath.Join("testdata", scenario+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	p = &sipp{t: t, out: &tail{}, done: make(chan struct{})}
	ip := "127.0.89." + strconv.Itoa(int(servers.Add(1)))
	if len(args) == 0 {
		args = []string{"-m", "1"}
	}
	p.cmd = exec.Command("sipp", append([]string{
		"-sf", xml, "-i", ip, "-mi", ip, "-p", "5060", "-nostdin", "-timeout", "90s", "-timeout_error", "-trace_err", "-trace_msg",
	}, args...)...)
	p.cmd.Dir = dir
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		if t.Failed() {
			t.Logf("carrier %s said:\n%s\n%s", scenario, p.out, readAll(dir, "*.log"))
		}
	})
	return ip + ":5060", p
}

// outward starts a server with two carriers: the first choice has no room.
func outward(t *testing.T) (s *server, full, good *sipp) {
	t.Helper()
	a, full := carrier(t, "carrier_full")
	b, good := carrier(t, "carrier_good")
	s = prepare(t, options{})
	text, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	change := strings.NewReplacer(
		"numbers:\n", fmt.Sprintf(`  full: {kind: carrier, probe: 0s, servers: ["%s"]}
  good:
    kind: carrier
    probe: 0s
    servers: ["%s"]
    numbers_as: national
    login: {username: "0312340000", password: env:HOME}
    identity: {from: account, asserted: asserted, diversion: diversion, uri: phone, domain: carrier.example}
    headers: {remove: [User-Agent], add: {X-Account: "4711 {number}"}}
routes:
  "*": {trunks: [full, good]}
numbers:
  "+44*": {to: {number: dialled}}
  "+33*": {to: {number: dialled}}
`, a, b),
		"company:\n", "company:\n  dial_out: {countries: [GB]}\n",
		"users:\n", "users:\n  dana: {name: Dana Kim, role: supervisor, agent: false}\n",
	)
	if err := os.WriteFile(s.file, []byte(change.Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	s.command(strings.NewReader(password+"\n"), "passwd", "dana", "--file", s.file)
	s.launch()
	return s, full, good
}

// A caller on one trunk is connected by the second carrier when the first has no room. What the carrier is shown (who calls, by whom it was passed
// on, how numbers are spelled, the operator's own header) is asserted by the carrier's scenario.
func TestCarrierOut(t *testing.T) {
	if !alone(t) {
		return
	}
	s, full, good := outward(t)
	p := s.sipp("talk", "+442071838750", "-d", "2000")
	p.succeeded()
	full.succeeded()
	good.succeeded()
	s.want("caller-hung-up", `SELECT end_reason FROM calls`)
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'next-trunk' AND detail LIKE 'good%'`)
	s.want("good", `SELECT trunk FROM legs WHERE seat = 'guest' ORDER BY began DESC LIMIT 1`)
}

// A number of a country that may not be dialled is refused with 403, and the log and the time line say why.
func TestBarredNumber(t *testing.T) {
	if !alone(t) {
		return
	}
	s, _, _ := outward(t)
	s.sipp("barred", "+33123456789").succeeded()
	s.want("barred", `SELECT end_reason FROM calls`)
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'dial-refused' AND detail LIKE '%country%'`)
	if !s.out.has("call out refused") {
		t.Error("the log doesn't say it")
	}
}

// The running server calls out by a trunk, and the command says what happens.
func TestCallByTrunk(t *testing.T) {
	if !alone(t) {
		return
	}
	s, full, good := outward(t)
	run := func(args ...string) (string, error) {
		c := exec.Command(program, append([]string{"call", "--api", "https://" + s.opt.Host + ":8443", "--user", "dana"}, args...)...)
		c.Env = append(os.Environ(), "MEDIASRV_CALL_PASSWORD="+password)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	out, err := run("+442071838750", "--shown", "+81312345678", "--say", "This is a test.", "--for", "2s")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, line := range []string{"calling +442071838750 by full", "the next trunk is tried: good (503", "early media", "answered (PCMU)", "ended: completed"} {
		if !strings.Contains(out, line) {
			t.Errorf("lacks %q:\n%s", line, out)
		}
	}
	full.succeeded()
	good.succeeded()
	s.want("outbound", `SELECT direction FROM calls`)
	if out, err = run("+33123456789", "--trunk", "good"); err == nil || !strings.Contains(out, "ended: barred") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = run("+442071838750", "--trunk", "goood"); err == nil || !strings.Contains(out, "There is no such trunk.") {
		t.Errorf("%v\n%s", err, out)
	}
}
