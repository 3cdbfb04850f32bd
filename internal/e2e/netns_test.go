//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mediasrv/internal/e2e/impair"
)

// inside holds the name of the namespace that a test runs in.
const inside = "MEDIASRV_E2E_NETNS"

// spacePrefix begins the names of our namespaces; the process's id follows.
const spacePrefix = "msrv"

var spaces atomic.Int32

// sweepSpaces removes namespaces whose test was killed.
func sweepSpaces() {
	names, _ := filepath.Glob("/run/netns/" + spacePrefix + "*x*")
	for _, path := range names {
		name := filepath.Base(path)
		pid, _, _ := strings.Cut(strings.TrimPrefix(name, spacePrefix), "x")
		if _, err := os.Stat("/proc/" + pid); errors.Is(err, os.ErrNotExist) {
			_ = exec.Command("ip", "netns", "del", name).Run()
		}
	}
}

// isolated runs the calling test again, as a process of its own in a network namespace of its own, beside other tests, and returns false when that has ended.
// In that process it returns true: the namespace is the browser's, and a lab gives the server one, too.
func isolated(t *testing.T, programs ...string) bool {
	t.Helper()
	if os.Getenv(inside) != "" {
		return true
	}
	needs(t, append(programs, "ip")...)
	if os.Geteuid() != 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("needs root")
		}
		t.Skip("needs root for network namespaces")
	}
	t.Parallel() // most of its time is waiting
	name := fmt.Sprintf("%s%dx%d", spacePrefix, os.Getpid(), spaces.Add(1))
	shell(t, "ip netns add "+name+" && ip -n "+name+" link set lo up")
	t.Cleanup(func() {
		for _, suffix := range []string{"", "r", "s"} {
			_ = exec.Command("ip", "netns", "del", name+suffix).Run()
		}
	})
	cmd := command("ip", "netns", "exec", name, os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.count=1", "-test.timeout=10m")
	cmd.Env = append(os.Environ(), inside+"="+name, built+"="+program)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("in the namespace: %v\n%s", err, out)
	} else if strings.Contains(string(out), "--- SKIP") {
		t.Skipf("in the namespace:\n%s", out)
	} else if !strings.Contains(string(out), "--- PASS") {
		t.Errorf("it didn't run:\n%s", out)
	}
	t.Logf("in the namespace: %v", time.Since(start).Round(time.Second))
	return false
}

// alone is isolated for a test that needs no other addresses than its own: beside the others where that can be, with an interface beside
// loopback (baresip needs one); without root it runs where it is.
func alone(t *testing.T, programs ...string) bool {
	t.Helper()
	if os.Geteuid() != 0 && os.Getenv("CI") == "" {
		return true
	}
	if !isolated(t, programs...) {
		return false
	}
	shell(t, "ip link add c0 type veth peer name c1; ip addr add 10.88.0.2/24 dev c0; ip link set c0 up; ip link set c1 up")
	return true
}

// shell runs a command line, which has to succeed.
func shell(t *testing.T, line string) {
	t.Helper()
	if out, err := exec.Command("sh", "-ec", line).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
}

// lab is namespaces: the browser's, which is the test's own, and the server's.
type lab struct {
	t      *testing.T
	client string
	server string
	router string // between the two, if there is one
	host   string // the server's address
	link   *impair.Link
}

func newLab(t *testing.T, host string) *lab {
	t.Helper()
	needs(t, "nft")
	l := &lab{t: t, client: os.Getenv(inside), host: host}
	l.server, l.router = l.client+"s", l.client+"r"
	l.space(l.server)
	// IPv6 looks for a second or two whether others have its addresses; here nobody can, and browsers take the end of that for a change of network.
	for _, name := range []string{l.client, l.server} {
		shell(t, "ip netns exec "+name+" sh -ec 'for f in /proc/sys/net/ipv6/conf/*/accept_dad; do [ ! -e $f ] || echo 0 > $f; done'")
	}
	return l
}

func (l *lab) space(name string) {
	l.t.Helper()
	shell(l.t, "ip netns add "+name+" && ip -n "+name+" link set lo up")
	l.t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", name).Run() })
}

// run runs a command line with {c}, {r} and {s} standing for the namespaces of client, router and server.
func (l *lab) run(line string) {
	l.t.Helper()
	shell(l.t, strings.NewReplacer("{c}", l.client, "{r}", l.router, "{s}", l.server).Replace(line))
}

// direct is a cable: browser 10.88.0.2, server 10.88.0.1 and 10.88.0.3, and the same in IPv6.
func direct(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, "10.88.0.1")
	l.run(`ip link add c0 type veth peer name s0 netns {s}
		ip addr add 10.88.0.2/24 dev c0; ip addr add fd88::2/64 dev c0 nodad; ip link set c0 up
		ip -n {s} addr add 10.88.0.1/24 dev s0; ip -n {s} addr add 10.88.0.3/24 dev s0; ip -n {s} addr add fd88::1/64 dev s0 nodad; ip -n {s} link set s0 up`)
	return l
}

// behindNAT is a browser 10.10.0.2 behind a router 203.0.113.1 that gives every flow another port; the server is 203.0.113.2.
func behindNAT(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, "203.0.113.2")
	l.space(l.router)
	l.run(`ip link add c0 type veth peer name r0 netns {r}
		ip -n {s} link add s0 type veth peer name r1 netns {r}
		ip addr add 10.10.0.2/24 dev c0; ip link set c0 up
		ip -n {r} addr add 10.10.0.1/24 dev r0; ip -n {r} link set r0 up
		ip -n {r} addr add 203.0.113.1/24 dev r1; ip -n {r} link set r1 up
		ip -n {s} addr add 203.0.113.2/24 dev s0; ip -n {s} link set s0 up
		ip route add default via 10.10.0.1
		ip netns exec {r} sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
		ip netns exec {r} nft 'table ip nat { chain post { type nat hook postrouting priority srcnat; oifname "r1" masquerade random; }; }'`)
	return l
}

// badLine is a line that can be impaired: browser 10.88.0.2, server 10.88.0.1.
func badLine(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, "10.88.0.1")
	link, err := impair.Open(impair.End{Namespace: l.client, Device: "imp0", Address: "10.88.0.2/24"}, impair.End{Namespace: l.server, Device: "imp0", Address: "10.88.0.1/24"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = link.Close() })
	l.link = link
	return l
}

// start runs the server, and whatever else runs the program, in the server's namespace.
func (l *lab) start(o options) *server {
	l.t.Helper()
	wrapper := filepath.Join(l.t.TempDir(), "mediasrv")
	if err := os.WriteFile(wrapper, []byte("#!/bin/sh\nexec ip netns exec "+l.server+" "+program+" \"$@\"\n"), 0o700); err != nil {
		l.t.Fatal(err)
	}
	outside := program
	program = wrapper
	l.t.Cleanup(func() { program = outside })
	o.Host = l.host
	s := prepare(l.t, o)
	text, err := os.ReadFile(s.file)
	if err != nil {
		l.t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "127.0.0.0/8", "127.0.0.0/8, "+l.host+"/32", 1))
	if err := os.WriteFile(s.file, text, 0o600); err != nil {
		l.t.Fatal(err)
	}
	for _, user := range []string{"aiko", "ben"} {
		s.command(strings.NewReader(password+"\n"), "passwd", user, "--file", s.file)
	}
	s.launch()
	return s
}
