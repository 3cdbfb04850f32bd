//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// kamailio is a carrier: a registrar and a proxy, by another hand.
type kamailio struct {
	t    *testing.T
	host string
	file string
	dir  string
	cmd  *exec.Cmd
	out  *tail
	done chan struct{}
}

// startKamailio starts one on an address of its own. It leads 9… to the callee, everything else to whoever is registered.
func startKamailio(t *testing.T, callee string) *kamailio {
	t.Helper()
	needs(t, "kamailio")
	text, err := os.ReadFile(filepath.Join("testdata", "kamailio.cfg"))
	if err != nil {
		t.Fatal(err)
	}
	k := &kamailio{t: t, host: fmt.Sprintf("127.0.90.%d", servers.Add(1)), dir: t.TempDir()}
	k.file = filepath.Join(k.dir, "kamailio.cfg")
	text = []byte(strings.NewReplacer("udp:HOST", "udp:"+k.host, "sip:CALLEE", "sip:"+callee).Replace(string(text)))
	if err := os.WriteFile(k.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	k.launch()
	t.Cleanup(func() {
		k.die()
		if t.Failed() {
			t.Logf("kamailio %s said:\n%s", k.host, k.out)
		}
	})
	return k
}

func (k *kamailio) launch() {
	k.t.Helper()
	if k.out == nil {
		k.out = &tail{}
	}
	k.cmd = exec.Command("kamailio", "-f", k.file, "-w", k.dir, "-Y", k.dir, "-P", filepath.Join(k.dir, "pid"), "-DD", "-E", "-m", "32", "-M", "4")
	k.cmd.Stdout, k.cmd.Stderr = k.out, k.out
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := k.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.done = make(chan struct{})
	go func(done chan struct{}, cmd *exec.Cmd) {
		_ = cmd.Wait()
		close(done)
	}(k.done, k.cmd)
}

// die ends all its processes at once, as a power cut would.
func (k *kamailio) die() {
	_ = syscall.Kill(-k.cmd.Process.Pid, syscall.SIGKILL)
	<-k.done
}

// said waits until it has said something so often.
func (k *kamailio) said(text string, times int) {
	k.t.Helper()
	eventually(k.t, "kamailio "+k.host+" says "+text, func() error {
		if n := strings.Count(k.out.String(), text); n < times {
			return errorf("it said so %d times, want %d", n, times)
		}
		return nil
	})
}

func (s *server) logs(text string, times int) {
	s.t.Helper()
	eventually(s.t, "the server logs "+text, func() error {
		if n := strings.Count(s.out.String(), text); n < times {
			return errorf("%d times, want %d:\n%s", n, times, s.out)
		}
		return nil
	})
}

// We register with a carrier by digest, take the calls that come through its proxy, and call out through it; when its first server dies, calls and registration go
// to the second at once, and come back.
func TestRegisteredTrunkBehindKamailio(t *testing.T) {
	if !alone(t) {
		return
	}
	callee := startBaresip(t, "900001", "", 900)
	first, second := startKamailio(t, callee.sip), startKamailio(t, callee.sip)
	s := prepare(t, options{Env: []string{"CARRIER_SECRET=s3cret"}})
	text, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	with := strings.NewReplacer(
		"trunks:\n", fmt.Sprintf("trunks:\n  far:\n    kind: carrier\n    servers: [%s, %s]\n    probe: 1s\n    login: {username: acme, password: env:CARRIER_SECRET, register: true, expires: 60s, domain: carrier.example}\n", first.host, second.host),
		"numbers:\n", "numbers:\n  \"9*\": {to: {trunk: far}, recording: {calls: []}}\n",
	).Replace(string(text))
	if err := os.WriteFile(s.file, []byte(with), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CARRIER_SECRET", "s3cret")
	for _, user := range []string{"aiko", "ben"} {
		s.command(strings.NewReader(password+"\n"), "passwd", user, "--file", s.file)
	}
	s.launch()

	s.logs("registered with the trunk", 1)
	first.said("carrier: registered acme for 60", 1)
	in := func(by *kamailio, n int) { // somebody calls the carrier's number
		t.Helper()
		c := (&server{t: t, opt: options{Host: by.host}}).call(supportNumber, "--tone", "440", "--for", "5s")
		c.says("answered")
		c.heardFor(2)
		c.ended()
		by.said("carrier: in dialog BYE", n)
		s.logs(`"msg":"call in"`, n)
	}
	caller := startBaresip(t, "me", "", 500)
	out := func(by *kamailio, n int) { // somebody calls out through us
		t.Helper()
		caller.do("dial", "sip:900001@"+s.sip()+";transport=udp")
		by.said("carrier: call to 900001", n)
		eventually(t, "the callee answers", func() error {
			if got := strings.Count(callee.out.String(), "Call established"); got < 1 {
				return errorf("not yet")
			}
			return nil
		})
		callee.hears(500)
		caller.hears(900)
		caller.do("hangup", "")
	}
	in(first, 1)
	out(first, 1)

	first.die()
	s.logs("a server of the trunk is down", 1)
	second.said("carrier: registered acme for 60", 1)
	out(second, 1)
	in(second, 2)

	first.launch()
	s.logs("a server of the trunk is back", 1)
	out(first, 2)

	s.signal(syscall.SIGTERM)
	second.said("carrier: registered acme for 0", 1)
	s.ended()
}
