package upload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// SFTP is a server that takes files over SSH.
type SFTP struct {
	Host     string
	Port     int
	Path     string // directory below which files are put; it is made if need be
	User     string
	Password string          // never logged; empty: none
	Key      ssh.Signer      // tried before the password; nil: none
	Known    []ssh.PublicKey // the only host keys that are taken
}

// HostKeyError means that the server isn't who it was.
type HostKeyError struct{ Host, Got, Want string }

func (e *HostKeyError) Error() string {
	return fmt.Sprintf("%s shows the host key %s, known_host is %s: either somebody is between, or the server has a new key; "+
		"ask its operator, then change known_host", e.Host, e.Got, e.Want)
}

const (
	dialTime = 15 * time.Second
	// half is the suffix of a file that isn't whole yet.
	half = ".half"
)

type sftpTarget struct {
	to     SFTP
	conn   net.Conn
	ssh    *ssh.Client
	client *sftp.Client // nil: not connected
	made   map[string]bool
}

// NewSFTP makes a target; it connects when there is something to upload.
func NewSFTP(to SFTP) Target { return &sftpTarget{to: to} }

func (t *sftpTarget) Kind() string { return "sftp" }

func (t *sftpTarget) String() string {
	return fmt.Sprintf("sftp://%s@%s%s", t.to.User, t.address(), path.Join("/", t.to.Path))
}

func (t *sftpTarget) address() string { return net.JoinHostPort(t.to.Host, strconv.Itoa(t.to.Port)) }

// Put implements Target. A file is written as NAME.half and renamed when it is whole; what is there of it already is not sent again.
func (t *sftpTarget) Put(ctx context.Context, name string, from Source, size int64) error {
	if err := t.connect(ctx); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = t.conn.Close() }) // ends whatever waits for the other side
	err := t.put(path.Join(t.to.Path, name), from, size)
	if !stop() {
		err = errors.Join(ctx.Err(), err)
	}
	if err != nil {
		_ = t.Close() // the next try begins anew
		return fmt.Errorf("%s: %w", t, err)
	}
	return nil
}

func (t *sftpTarget) put(name string, from Source, size int64) error {
	if err := t.mkdir(path.Dir(name)); err != nil {
		return err
	}
	if info, err := t.client.Stat(name); err == nil && info.Size() == size {
		if same, err := t.same(name, from, size); err != nil || same {
			return err
		}
	}
	f, err := t.client.OpenFile(name+half, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return fmt.Errorf("%s: %w", name+half, err)
	}
	err = resume(f, from, size)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("%s: %w", name+half, err)
	}
	return t.rename(name+half, name)
}

// resume writes what the other side hasn't got yet. What it has is trusted only if its last bytes are those of the file.
func resume(f *sftp.File, from Source, size int64) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	have := info.Size()
	if have > size || !tailIs(f, from, have) {
		have = 0
	}
	if err := f.Truncate(have); err != nil {
		return err
	}
	if _, err := f.Seek(have, io.SeekStart); err != nil {
		return err
	}
	sent, err := f.ReadFrom(io.NewSectionReader(from, have, size-have))
	if err == nil && have+sent != size {
		err = fmt.Errorf("%d of %d bytes were taken", have+sent, size)
	}
	return err
}

// tailIs compares up to 64 KB before a position.
func tailIs(f io.ReaderAt, from io.ReaderAt, at int64) bool {
	n := min(at, 64<<10)
	there, here := make([]byte, n), make([]byte, n)
	if _, err := f.ReadAt(there, at-n); err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	if _, err := from.ReadAt(here, at-n); err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	return bytes.Equal(there, here)
}

// same says whether the other side has the file already: an earlier try came through, and its answer didn't.
func (t *sftpTarget) same(name string, from Source, size int64) (bool, error) {
	f, err := t.client.Open(name)
	if err != nil {
		return false, nil //nolint:nilerr // then it is written anew
	}
	defer func() { _ = f.Close() }()
	return tailIs(f, from, size), nil
}

func (t *sftpTarget) rename(from, to string) error {
	err := t.client.PosixRename(from, to)
	if err == nil {
		return nil
	}
	// Servers without the extension don't rename over what is there.
	if _, has := t.client.HasExtension("posix-rename@openssh.com"); !has {
		_ = t.client.Remove(to)
		err = t.client.Rename(from, to)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", to, err)
	}
	return nil
}

func (t *sftpTarget) mkdir(dir string) error {
	if t.made[dir] {
		return nil
	}
	if err := t.client.MkdirAll(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("directory %s: %w", dir, err)
	}
	t.made[dir] = true
	return nil
}

func (t *sftpTarget) connect(ctx context.Context) error {
	if t.client != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", t.address())
	if err != nil {
		return fmt.Errorf("%s: %w", t, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	client, files, err := t.greet(conn)
	if !stop() {
		err = errors.Join(fmt.Errorf("no answer within %v", dialTime), err)
	}
	if err != nil {
		_ = conn.Close()
		return fmt.Errorf("%s: %w", t, err)
	}
	t.conn, t.ssh, t.client, t.made = conn, client, files, make(map[string]bool)
	return nil
}

func (t *sftpTarget) greet(conn net.Conn) (*ssh.Client, *sftp.Client, error) {
	config := &ssh.ClientConfig{User: t.to.User, HostKeyCallback: t.known, HostKeyAlgorithms: algorithms(t.to.Known)}
	if t.to.Key != nil {
		config.Auth = append(config.Auth, ssh.PublicKeys(t.to.Key))
	}
	if t.to.Password != "" {
		config.Auth = append(config.Auth, ssh.Password(t.to.Password))
	}
	c, channels, requests, err := ssh.NewClientConn(conn, t.address(), config)
	if err != nil {
		return nil, nil, err
	}
	client := ssh.NewClient(c, channels, requests)
	files, err := sftp.NewClient(client, sftp.UseConcurrentWrites(false)) // in order, so that half a file is its beginning
	if err != nil {
		_ = client.Close()
		return nil, nil, err
	}
	return client, files, nil
}

func (t *sftpTarget) known(_ string, _ net.Addr, key ssh.PublicKey) error {
	var want []string
	for _, k := range t.to.Known {
		if bytes.Equal(key.Marshal(), k.Marshal()) {
			return nil
		}
		want = append(want, ssh.FingerprintSHA256(k))
	}
	return &HostKeyError{t.address(), ssh.FingerprintSHA256(key), strings.Join(want, " or ")}
}

// algorithms are what the server may sign with, so that it shows a key that is known and not another one of its keys.
func algorithms(keys []ssh.PublicKey) (all []string) {
	for _, k := range keys {
		if k.Type() == ssh.KeyAlgoRSA {
			all = append(all, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
		} else {
			all = append(all, k.Type())
		}
	}
	return all
}

// Close implements Target; it may be used again after.
func (t *sftpTarget) Close() error {
	if t.client == nil {
		return nil
	}
	_ = t.client.Close()
	_ = t.ssh.Close() // the connection may have gone already: nothing is lost by that
	t.client = nil
	return nil
}
