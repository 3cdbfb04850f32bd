//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"text/template"
	"time"

	_ "github.com/mattn/go-sqlite3"
)

// servers numbers the servers of this run: each has the loopback address 127.0.88.N.
var servers atomic.Int32

const password = "correct-horse-7"

// fileText is the operator's file of a test.
const fileText = `
listen:
  sip: ["udp://{{.Host}}:5060", "tcp://{{.Host}}:5060"]
  web: "{{.Host}}:8443"
  rtp: {{.RTP}}
public_address: {{.Host}}
data_dir: {{.Dir}}
drain: {{.Drain}}
company:
  name: Test Ltd
  time_zone: UTC
  country: JP
  default_queue: support
  wrap_up: {time: {{.WrapUp}}, extend: true}
  dispositions: {list: [resolved, follow-up]}
trunks:
  carrier:
    kind: byoc
    accept: {addresses: [127.0.0.0/8]}
numbers:
  "+815012345678": {to: {queue: support}}
  "+815012345679": {to: {queue: quiet}}
  "+815012345670": {to: {queue: early}}
waiting_strategies:
  greet:
    greeting: {say: "{{.Greeting}}"}
    longest_wait: {after: {{.LongestWait}}}
queues:
  support: {agents: [aiko, ben], waiting: greet, ring_timeout: {{.Ring}}, recording: {calls: [inbound], files: both}}
  quiet: {agents: [aiko], ring_timeout: {{.Ring}}, recording: {calls: []}}
  early: {agents: [aiko], ring_timeout: {{.Ring}}, answer: with-agent, recording: {calls: []}}
users:
  aiko: {name: Aiko Sato}
  ben: {name: Ben Okri}
`

// options of a server; the zero value of each has a default.
type options struct {
	Host, RTP, Dir, Drain, WrapUp, Greeting, LongestWait, Ring string
	Env                                                        []string
	RawDir                                                     bool // Dir is used as it is (a second start on the same data)
}

// server is a running mediasrv.
type server struct {
	t    *testing.T
	opt  options
	file string
	cmd  *exec.Cmd
	out  *tail
	done chan struct{} // closed when the process has ended
	err  error         // of Wait; read after done
}

// start runs the binary on a file of its own and returns when it answers.
func start(t *testing.T, o options) *server {
	t.Helper()
	s := prepare(t, o)
	for _, user := range []string{"aiko", "ben"} {
		s.command(strings.NewReader(password+"\n"), "passwd", user, "--file", s.file)
	}
	s.launch()
	return s
}

// prepare writes the file of a server.
func prepare(t *testing.T, o options) *server {
	t.Helper()
	n := servers.Add(1)
	set := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	set(&o.Host, fmt.Sprintf("127.0.88.%d", n))
	set(&o.RTP, fmt.Sprintf("%d-%d", 10000+int(n)*200, 10199+int(n)*200))
	set(&o.Dir, filepath.Join(t.TempDir(), "data"))
	set(&o.Drain, "0s")
	set(&o.WrapUp, "30s")
	set(&o.Greeting, "Thank you for calling. Please hold the line.")
	set(&o.LongestWait, "10m")
	set(&o.Ring, "60s")
	var text bytes.Buffer
	if err := template.Must(template.New("file").Parse(fileText)).Execute(&text, o); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "mediasrv.yml")
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return &server{t: t, opt: o, file: file}
}

// launch starts the process and waits until it answers.
func (s *server) launch() {
	s.t.Helper()
	s.out = &tail{}
	s.cmd = command(program, "run", s.file)
	s.cmd.Env = append(os.Environ(), s.opt.Env...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.done = make(chan struct{})
	go func() {
		s.err = s.cmd.Wait()
		close(s.done)
	}()
	s.t.Cleanup(func() {
		s.kill()
		if s.t.Failed() {
			s.t.Logf("server %s said:\n%s", s.opt.Host, s.out)
		}
	})
	eventually(s.t, "the server answers", func() error {
		select {
		case <-s.done:
			s.t.Fatalf("the server ended: %v\n%s", s.err, s.out)
		default:
		}
		res, err := insecure.Get(s.url("/healthz"))
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("healthz: %s", res.Status)
		}
		return nil
	})
}

// kill ends the process at once, as a power cut would.
func (s *server) kill() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		<-s.done
	}
}

// signal sends a signal to the process.
func (s *server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// ended waits for the process to end and returns its exit code.
func (s *server) ended() int {
	s.t.Helper()
	select {
	case <-s.done:
	case <-time.After(patience):
		s.t.Fatalf("the server did not end\n%s", s.out)
	}
	return s.cmd.ProcessState.ExitCode()
}

func (s *server) url(path string) string { return "https://" + s.opt.Host + ":8443" + path }
func (s *server) sip() string            { return s.opt.Host + ":5060" }

// command runs another command of the binary and fails the test if it fails.
func (s *server) command(in io.Reader, args ...string) string {
	s.t.Helper()
	c := exec.Command(program, args...)
	c.Stdin = in
	out, err := c.CombinedOutput()
	if err != nil {
		s.t.Fatalf("mediasrv %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// unhealthy says whether the server says that it is shutting down.
func (s *server) unhealthy() error {
	res, err := insecure.Get(s.url("/healthz"))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable {
		return errorf("healthz: %s", res.Status)
	}
	return nil
}

// query reads one value from the server's database.
func (s *server) query(dst any, q string, args ...any) error {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(s.opt.Dir, "mediasrv.db")+"?mode=ro&_busy_timeout=5000")
	if err != nil {
		return err
	}
	defer db.Close()
	return db.QueryRow(q, args...).Scan(dst)
}

// want waits until a query gives a value.
func (s *server) want(v string, q string, args ...any) {
	s.t.Helper()
	eventually(s.t, q, func() error {
		var got string
		if err := s.query(&got, q, args...); err != nil {
			return err
		}
		if got != v {
			return fmt.Errorf("got %q, want %q", got, v)
		}
		return nil
	})
}

// recordings lists the finished files below the recordings folder whose names match.
func (s *server) recordings(pattern string) []string {
	var found []string
	_ = filepath.WalkDir(filepath.Join(s.opt.Dir, "recordings"), func(path string, _ os.DirEntry, err error) error {
		if ok, _ := filepath.Match(pattern, filepath.Base(path)); err == nil && ok {
			found = append(found, path)
		}
		return nil
	})
	return found
}

var insecure = &http.Client{
	Timeout:   5 * time.Second,
	Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}, //nolint:gosec // a test's self-signed server
}

// patience bounds every wait for something that must happen: long, because machines are slow; reached only on failure.
const patience = 60 * time.Second

// eventually asks until the answer is nil.
func eventually(t *testing.T, what string, ask func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: %v", what, err)
		}
	}
}

// tail is a writer that may be read while it is written.
type tail struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *tail) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *tail) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func (o *tail) has(text string) bool { return strings.Contains(o.String(), text) }
