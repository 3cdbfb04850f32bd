//go:build e2e

package sip

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// TestSipp has sipp call in, over UDP and TCP.
func TestSipp(t *testing.T) {
	if _, err := exec.LookPath("sipp"); err != nil {
		t.Skip("sipp is not installed (Debian: sip-tester)")
	}
	for _, c := range []struct {
		scenario string
		onCall   func(leg routing.Leg)
		events   string
		calls    string
	}{
		{"call", func(l routing.Leg) { _ = l.Ring(false); _ = l.Answer() }, "answered ended:caller-hung-up", "1"},
		{"hold", func(l routing.Leg) { _ = l.Answer() }, "answered held:true,false held:true,true ended:caller-hung-up", "1"},
		{"refused", func(l routing.Leg) { l.Hangup(fact.EndBusy) }, "ended:busy", "1"},
		{"cancel", func(l routing.Leg) { _ = l.Ring(false) }, "ended:caller-gone", "1"},
		{"login", func(l routing.Leg) { _ = l.Answer() }, "answered ended:caller-hung-up", "1"},
		{"call", func(l routing.Leg) { _ = l.Ring(false); _ = l.Answer() }, "", "100"},
	} {
		for transport, flag := range map[string]string{"udp": "u1", "tcp": "t1"} {
			t.Run(c.scenario+"-"+transport+"-"+c.calls, func(t *testing.T) {
				file := testFile()
				if c.scenario == "login" {
					file = loginOnly()
				}
				g, tcp := realRigOf(t, file)
				g.mu.Lock()
				g.onCall = c.onCall
				g.mu.Unlock()
				at := tcp
				if transport == "udp" {
					at = g.stack.Addrs()[0]
				}
				sipp(t, at, c.scenario, flag, c.calls)
				if c.events == "" {
					g.until("all calls' ends", func() bool { return len(g.events) == 200 })
					return
				}
				want := len(strings.Fields(c.events))
				g.until("the events", func() bool { return len(g.events) >= want })
				if got := g.kinds(); got != c.events {
					t.Errorf("events: got %q, want %q", got, c.events)
				}
			})
		}
	}
}

func sipp(t *testing.T, at net.Addr, scenario, transport, calls string) {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("testdata", "sipp", scenario+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sipp", at.String(), "-sf", file, "-s", "+81312345678", "-t", transport, "-i", fmt.Sprint("127.0.87.", sipps.Add(1)), "-p", "5060", "-m", calls, //nolint:gosec // a test
		"-l", calls, "-r", "200", "-timeout", "90s", "-timeout_error", "-nostdin", "-trace_err", "-trace_msg")
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		logs, _ := exec.Command("sh", "-c", "tail -c 3000 "+cmd.Dir+"/*.log").CombinedOutput() //nolint:gosec // a test
		t.Fatalf("sipp: %v\n%s\n%s", err, out[max(0, len(out)-1500):], logs)
	}
}

// sipps numbers the sipps: each has a loopback address of its own, 127.0.87.N, where its port is free.
var sipps atomic.Int32
