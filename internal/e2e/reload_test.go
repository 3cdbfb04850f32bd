//go:build e2e

package e2e

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// 500 reloads by the command while 20 calls of sipp wait and hear the music drop none of them; a file with a mistake is refused with its place; a change
// of the file is found by itself.
func TestReloadDropsNoCall(t *testing.T) {
	if !alone(t) {
		return
	}
	s := start(t, options{})
	const calls, reloads = 20, 500
	p := s.sipp("wait_bye", quietNumber, "-m", strconv.Itoa(calls), "-l", strconv.Itoa(calls), "-r", strconv.Itoa(calls))
	eventually(t, "the calls are up", func() error { return s.metricIs("mediasrv_calls", calls) })
	file, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(s.file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range reloads {
		if said := s.command(nil, "reload", s.file); !strings.HasPrefix(said, "applied: ") {
			t.Fatal(said)
		}
	}
	write(string(file) + "nonsense: 1\n")
	eventually(t, "the change is found and refused", func() error { return s.metricIs("mediasrv_reload_ok", 0) })
	write(string(file) + "limits: {calls: 500}\n")
	eventually(t, "the change is found and holds", func() error { return s.metricIs("mediasrv_reload_ok", 1) })
	if err := s.metricIs("mediasrv_calls", calls); err != nil {
		t.Error(err)
	}
	s.signal(syscall.SIGTERM)
	p.succeeded() // each has had its BYE from us, and none before
	s.want(strconv.Itoa(calls), `SELECT count(*) FROM calls WHERE end_reason = 'shutdown'`)
	s.want("1", `SELECT count(*) FROM events WHERE kind = 'reload-refused' AND detail LIKE '%nonsense: unknown key%'`)
}

// metricIs looks at a metric without labels.
func (s *server) metricIs(name string, want float64) error {
	s.t.Helper()
	res, err := insecure.Get(s.url("/metrics"))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(text), "\n"+name+" ")
	value, _, _ := strings.Cut(rest, "\n")
	if got, err := strconv.ParseFloat(value, 64); err != nil || got != want {
		return fmt.Errorf("%s is %q, want %v", name, value, want)
	}
	return nil
}
