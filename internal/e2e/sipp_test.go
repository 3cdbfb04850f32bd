//go:build e2e

package e2e

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// sipp is a running sipp: the second SIP implementation that calls us.
type sipp struct {
	t    *testing.T
	cmd  *exec.Cmd
	out  *tail
	done chan struct{}
}

// sipp starts a scenario of testdata against the server and returns at once.
func (s *server) sipp(scenario, number string, args ...string) *sipp {
	s.t.Helper()
	needs(s.t, "sipp")
	dir := s.t.TempDir()
	writeULaw(s.t, filepath.Join(dir, "tone440.ul"), callerTone)
	writeKeys(s.t, filepath.Join(dir, "keys.ul"), "3")
	xml, err := filepath.Abs(filepath.Join("testdata", scenario+".xml"))
	if err != nil {
		s.t.Fatal(err)
	}
	p := &sipp{t: s.t, out: &tail{}, done: make(chan struct{})}
	n := servers.Add(1) // an address of its own, so that its ports are free
	ip := "127.0.89." + strconv.Itoa(int(n))
	p.cmd = command("sipp", append([]string{
		s.sip(), "-sf", xml, "-s", number, "-i", ip, "-mi", ip, "-p", "5060", "-nostdin",
		"-m", "1", "-timeout", "240s", "-timeout_error", "-trace_err", "-trace_msg",
	}, args...)...)
	p.cmd.Dir = dir
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	s.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		if s.t.Failed() {
			s.t.Logf("sipp said:\n%s\n%s", p.out, readAll(dir, "*.log"))
		}
	})
	return p
}

// succeeded waits for the end and demands that every step of the scenario happened.
func (p *sipp) succeeded() {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(5 * patience):
		p.t.Fatal("sipp did not end")
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		p.t.Fatalf("sipp ended with %d", code)
	}
}

func readAll(dir, pattern string) string {
	var all string
	files, _ := filepath.Glob(filepath.Join(dir, pattern))
	for _, f := range files {
		b, _ := os.ReadFile(f)
		all += fmt.Sprintf("== %s\n%s\n", filepath.Base(f), b)
	}
	return all
}

// writeULaw writes ten seconds of a tone as raw µ-law (ITU-T G.711), as sipp streams it.
func writeULaw(t *testing.T, path string, hz float64) {
	t.Helper()
	b := make([]byte, 80000)
	for i := range b {
		b[i] = ulaw(int(8000 * math.Sin(2*math.Pi*hz*float64(i)/8000)))
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// ulaw is written from the Recommendation rather than taken from media/codec, so that the two check each other.
func ulaw(v int) byte {
	sign := 0
	if v < 0 {
		sign, v = 0x80, -v
	}
	v = min(v, 32635) + 132
	exp := 7
	for mask := 0x4000; v&mask == 0 && exp > 0; mask >>= 1 {
		exp--
	}
	return ^byte(sign | exp<<4 | v>>(exp+3)&15)
}
