package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"mediasrv/config"
)

// controlFile is the socket in the data directory by which commands on the same machine reach the running server.
const controlFile = "control.sock"

// controlPath is the socket's address: a socket's path may have 107 bytes only, so that of the folder is a short one.
func controlPath(dir *os.File) string {
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), controlFile)
}

// listenControl makes the socket, which the server's own user alone can open. The data directory is locked, so what is there is left over.
func listenControl(dataDir string) (net.Listener, error) {
	dir, err := os.Open(dataDir)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	defer dir.Close()
	if err := os.Remove(filepath.Join(dataDir, controlFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: controlPath(dir), Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	listener.SetUnlinkOnClose(false) // its name is good only while dir is open
	if err := os.Chmod(filepath.Join(dataDir, controlFile), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("control socket: %w", err), listener.Close())
	}
	return listener, nil
}

// serveControl serves commands of this machine until ctx ends.
func (s *server) serveControl(ctx context.Context) error {
	defer os.Remove(filepath.Join(s.cfg().DataDir, controlFile)) //nolint:errcheck // the next start does it, too
	return s.web.ServeControl(ctx, s.control)
}

// controlOf reaches the running server of a file, which may have mistakes.
func controlOf(file string) (*api, error) {
	dataDir, err := config.DataDirOf(file)
	if err != nil {
		return nil, err
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		dir, err := os.Open(dataDir)
		if errors.Is(err, fs.ErrPermission) {
			return nil, fmt.Errorf("%s: only the server's own user may open it", dataDir)
		}
		if err != nil {
			return nil, fmt.Errorf("no server has run with data_dir %s", dataDir)
		}
		defer dir.Close()
		var d net.Dialer
		c, err := d.DialContext(ctx, "unix", controlPath(dir))
		if errors.Is(err, fs.ErrPermission) {
			return nil, fmt.Errorf("%s: only the server's own user may open it", filepath.Join(dataDir, controlFile))
		}
		if err != nil {
			return nil, fmt.Errorf("no server runs with data_dir %s", dataDir)
		}
		return c, nil
	}
	return &api{base: "http://control", client: &http.Client{Transport: &http.Transport{DialContext: dial}}}, nil
}
