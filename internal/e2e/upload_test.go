//go:build e2e

package e2e

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// sshd is OpenSSH's server with its SFTP, on an address of its own.
type sshd struct {
	t         *testing.T
	dir, host string
	hostKey   string // as known_hosts has it
	cmd       *exec.Cmd
}

const sshPort = "15022"

func newSSHKey(t *testing.T, path string) (public string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	writeText(t, path, string(pem.EncodeToMemory(block)))
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func prepareSSHD(t *testing.T) *sshd {
	t.Helper()
	d := &sshd{t: t, dir: t.TempDir(), host: fmt.Sprintf("127.0.90.%d", servers.Add(1))}
	d.hostKey = newSSHKey(t, filepath.Join(d.dir, "host"))
	writeText(t, filepath.Join(d.dir, "authorized"), newSSHKey(t, filepath.Join(d.dir, "login")))
	writeText(t, filepath.Join(d.dir, "config"), fmt.Sprintf(`Port %s
ListenAddress %s
HostKey %s/host
AuthorizedKeysFile %s/authorized
PidFile none
UsePAM no
PasswordAuthentication no
StrictModes no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp -d %s
ForceCommand internal-sftp -d %s
`, sshPort, d.host, d.dir, d.dir, d.dir, d.dir))
	return d
}

func (d *sshd) launch() {
	d.t.Helper()
	path, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		d.t.Fatal("sshd is missing: scripts/packages.sh test installs it")
	}
	if os.Geteuid() == 0 {
		_ = os.MkdirAll("/run/sshd", 0o755) // where it leaves its privileges
	}
	d.cmd = command(path, "-D", "-e", "-f", filepath.Join(d.dir, "config"))
	log := &tail{}
	d.cmd.Stderr = log
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = d.cmd.Process.Kill(); _ = d.cmd.Wait() })
	eventually(d.t, "sshd listens", func() error {
		conn, err := net.DialTimeout("tcp", net.JoinHostPort(d.host, sshPort), time.Second)
		if err != nil {
			return errorf("%v\n%s", err, log)
		}
		return conn.Close()
	})
}

// Recordings of a call that ended while the SFTP server was down get there when it is back, over a kill -9 of ours; and the copy is
// proven there.
func TestRecordingsGoToSFTP(t *testing.T) {
	if !alone(t, "baresip") {
		return
	}
	callee := startBaresip(t, "900001", "", 900)
	store := prepareSSHD(t)
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	s := prepare(t, options{})
	s.changed("trunks:\n", fmt.Sprintf("recordings:\n  upload:\n    sftp: {host: %s, port: %s, path: calls, user: %s, key: file:%s/login, known_host: %s}\ntrunks:\n  far: {servers: [%q], accept: {addresses: [127.0.0.9]}}\n",
		store.host, sshPort, me.Username, store.dir, strings.TrimSpace(store.hostKey), callee.sip),
		"numbers:\n", "numbers:\n  \"9*\": {to: {trunk: far}, recording: {calls: [inbound], files: both}}\n")
	c := s.call("900001", "--tone", "440", "--for", "3s")
	c.says("answered")
	c.ended()
	eventually(t, "three recordings", func() error { return s.countRecordings(3) })
	s.logs("recordings can't be uploaded; they stay here and are tried again", 1)
	s.kill()
	store.launch()
	s.launch()
	copied := filepath.Join(store.dir, "calls")
	eventually(t, "all is uploaded", func() error {
		for pattern, n := range map[string]int{"*/*.wav": 3, "*/*.json": 3, "*/ledger.jsonl": 1, "*.pem": 1} {
			if files, _ := filepath.Glob(filepath.Join(copied, pattern)); len(files) != n {
				return errorf("%s: %v, want %d\n%s", pattern, files, n, s.out)
			}
		}
		if marks := s.recordings("*.upload"); len(marks) > 0 {
			return errorf("still marked: %v", marks)
		}
		return nil
	})
	if out := s.command(nil, "verify", copied); !strings.Contains(out, "3 recordings complete and unaltered, 0 deleted on purpose, 0 findings") {
		t.Error(out)
	}
	if wav := readWAV(t, s.recordings("*_external_1.wav")[0]); wav.toneWindows(0, 900) < 20 {
		t.Error("the far end isn't in its recording")
	}
}
