//go:build e2e

package e2e

import (
	"encoding/binary"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// command is a program that dies with us, however we end: a killed test leaves nothing behind.
func command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// startProcess runs a program until the end of the test; what it says is shown if the test fails.
func startProcess(t *testing.T, name string, args ...string) *tail {
	t.Helper()
	out := &tail{}
	cmd := command(name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, out)
		}
	})
	return out
}

// readWAVSoFar is the samples of a mono file of 8 kHz that is still being written: its header isn't right yet.
func readWAVSoFar(t *testing.T, path string) []float64 {
	t.Helper()
	x, err := samplesSoFar(path)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func samplesSoFar(path string) ([]float64, error) {
	const header = 44
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(raw) < header {
		return nil, errorf("%s has %d bytes only", path, len(raw))
	}
	raw = raw[header:]
	x := make([]float64, 0, len(raw)/2)
	for ; len(raw) > 1; raw = raw[2:] {
		x = append(x, float64(int16(binary.LittleEndian.Uint16(raw)))/32768)
	}
	return x, nil
}

// hangUp ends the call from the caller's side.
func (c *caller) hangUp() {
	c.t.Helper()
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		c.t.Fatal(err)
	}
}
