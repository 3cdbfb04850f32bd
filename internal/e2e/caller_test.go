//go:build e2e

package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const (
	supportNumber = "+815012345678"
	quietNumber   = "+815012345679"
	earlyNumber   = "+815012345670" // answered with the agent: early media until then
)

// caller is a running `mediasrv call`.
type caller struct {
	t      *testing.T
	cmd    *exec.Cmd
	out    *tail
	heard  string // WAV file of what it hears
	done   chan struct{}
	result error
}

// call places a call into the server and returns at once.
func (s *server) call(number string, args ...string) *caller {
	s.t.Helper()
	c := &caller{t: s.t, out: &tail{}, heard: filepath.Join(s.t.TempDir(), "heard.wav"), done: make(chan struct{})}
	args = append([]string{"call", number, "--server", s.sip(), "--listen", c.heard}, args...)
	c.cmd = command(program, args...)
	c.cmd.Stdout, c.cmd.Stderr = c.out, c.out
	if err := c.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		c.result = c.cmd.Wait()
		close(c.done)
	}()
	s.t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		<-c.done
		if s.t.Failed() {
			s.t.Logf("caller said:\n%s", c.out)
		}
	})
	return c
}

// dial places a call whose caller speaks a tone until somebody hangs up, and returns at once.
func (s *server) dial(number string) *caller {
	s.t.Helper()
	return s.call(number, "--tone", "440", "--for", "10m")
}

// says waits until the caller printed a text.
func (c *caller) says(text string) {
	c.t.Helper()
	eventually(c.t, "caller says "+text, func() error {
		if !c.out.has(text) {
			return fmt.Errorf("it said:\n%s", c.out)
		}
		return nil
	})
}

// ended waits until the call is over.
func (c *caller) ended() {
	c.t.Helper()
	select {
	case <-c.done:
	case <-time.After(patience):
		c.t.Fatalf("the caller did not end:\n%s", c.out)
	}
}
