package upload

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// server is an SFTP server on loopback whose files are in a directory.
type server struct {
	t    *testing.T
	dir  string
	key  ssh.Signer
	addr *net.TCPAddr

	mu    sync.Mutex
	cut   int64 // connections end after so many bytes from the client; 0: never
	bytes int64 // from clients
}

func newKey(t *testing.T) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func newServer(t *testing.T, client ssh.PublicKey) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s := &server{t: t, dir: t.TempDir(), key: newKey(t), addr: l.Addr().(*net.TCPAddr)}
	config := &ssh.ServerConfig{
		PasswordCallback: func(c ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if c.User() == "rec" && string(password) == "sesame" {
				return nil, nil
			}
			return nil, errors.New("no")
		},
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if client != nil && bytes.Equal(key.Marshal(), client.Marshal()) {
				return nil, nil
			}
			return nil, errors.New("no")
		},
	}
	config.AddHostKey(s.key)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(&counted{Conn: conn, s: s}, config)
		}
	}()
	return s
}

// counted cuts the connection off where the test says.
type counted struct {
	net.Conn
	s *server
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.bytes += int64(n)
	if c.s.cut > 0 && c.s.bytes > c.s.cut {
		_ = c.Close()
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

func (s *server) serve(conn net.Conn, config *ssh.ServerConfig) {
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for c := range channels {
		channel, requests, err := c.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range requests {
				_ = r.Reply(r.Type == "subsystem", nil)
			}
		}()
		files, err := sftp.NewServer(channel, sftp.WithServerWorkingDirectory(s.dir))
		if err != nil {
			return
		}
		go func() { _ = files.Serve(); _ = channel.Close() }()
	}
}

func (s *server) target(change func(*SFTP)) Target {
	to := SFTP{Host: "127.0.0.1", Port: s.addr.Port, Path: "in/box", User: "rec", Password: "sesame", Known: []ssh.PublicKey{s.key.PublicKey()}}
	if change != nil {
		change(&to)
	}
	target := NewSFTP(to)
	s.t.Cleanup(func() { _ = target.Close() })
	return target
}

func put(t *testing.T, to Target, name string, text []byte) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return to.Put(ctx, name, bytes.NewReader(text), int64(len(text)))
}

func (s *server) has(name string) []byte {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "in/box", name))
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

func TestSFTP(t *testing.T) {
	key := newKey(t)
	s := newServer(t, key.PublicKey())
	for how, change := range map[string]func(*SFTP){"password": nil, "key": func(to *SFTP) { to.Password, to.Key = "", key }} {
		to := s.target(change)
		for _, text := range []string{"first", "second, longer", "third", ""} { // over what is there
			if err := put(t, to, "2026-01-02/愛 "+how+".wav", []byte(text)); err != nil {
				t.Fatalf("%s: %v", how, err)
			}
			if got := s.has("2026-01-02/愛 " + how + ".wav"); string(got) != text {
				t.Errorf("%s: the server has %q, want %q", how, got, text)
			}
		}
	}
}

func TestSFTPRefuses(t *testing.T) {
	s := newServer(t, nil)
	other := newKey(t)
	for what, c := range map[string]struct {
		change func(*SFTP)
		want   string
	}{
		"a wrong password":   {func(to *SFTP) { to.Password = "simsalabim" }, "unable to authenticate"},
		"a changed host key": {func(to *SFTP) { to.Known = []ssh.PublicKey{other.PublicKey()} }, ssh.FingerprintSHA256(s.key.PublicKey())},
		"nobody there":       {func(to *SFTP) { to.Port = 1 }, "connection refused"},
		"a forbidden path":   {func(to *SFTP) { to.Path = "/proc/nothing" }, "/proc/nothing"},
	} {
		err := put(t, s.target(c.change), "a.wav", []byte("x"))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "simsalabim") {
			t.Errorf("%s: %v, want …%s…", what, err, c.want)
		}
	}
	var changed *HostKeyError
	if err := put(t, s.target(func(to *SFTP) { to.Known = []ssh.PublicKey{other.PublicKey()} }), "a.wav", nil); !errors.As(err, &changed) {
		t.Errorf("a changed host key: %v", err)
	}
}

// An upload that was broken off goes on where it ended; the half file never has the whole one's name.
func TestSFTPResumes(t *testing.T) {
	s := newServer(t, nil)
	to := s.target(nil)
	text := make([]byte, 4<<20)
	_, _ = rand.Read(text)
	s.cut = 3 << 20
	if err := put(t, to, "long.wav", text); err == nil {
		t.Fatal("the connection was cut, and Put says nothing")
	}
	if _, err := os.Stat(filepath.Join(s.dir, "in/box/long.wav")); err == nil {
		t.Fatal("half a file has the name of the whole")
	}
	half := len(s.has("long.wav.half"))
	if half < 1<<20 {
		t.Fatalf("the server has %d bytes of the half, want some MB", half)
	}
	s.mu.Lock()
	s.cut, s.bytes = 0, 0
	s.mu.Unlock()
	if err := put(t, to, "long.wav", text); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.has("long.wav"), text) {
		t.Error("the file isn't the same")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if rest := int64(len(text) - half); s.bytes > rest+rest/4 {
		t.Errorf("%d bytes were sent for the %d that were missing", s.bytes, rest)
	}
}

// Half of another file is not taken for the beginning of this one.
func TestSFTPForeignHalf(t *testing.T) {
	s := newServer(t, nil)
	if err := os.MkdirAll(filepath.Join(s.dir, "in/box"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "in/box/a.wav.half"), []byte("somebody else's"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := "the whole text of this recording"
	if err := put(t, s.target(nil), "a.wav", []byte(want)); err != nil {
		t.Fatal(err)
	}
	if got := s.has("a.wav"); string(got) != want {
		t.Errorf("the server has %q", got)
	}
}

// A server that doesn't answer any more holds an upload no longer than its time.
func TestSFTPStalls(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	to := NewSFTP(SFTP{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, User: "rec", Password: "x", Known: []ssh.PublicKey{newKey(t).PublicKey()}})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := to.Put(ctx, "a", bytes.NewReader(nil), 0); err == nil {
		t.Error("no error")
	}
}
