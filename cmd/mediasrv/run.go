package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/term"

	"mediasrv/config"
)

// errInUse means that another server works on the same data directory.
var errInUse = errors.New("another mediasrv is running on this data directory")

// run starts the server of a file and blocks until it has ended. soft asks it to end (drain, then end), hard to end at once. What a person
// has to know (addresses, demo logins) goes to out.
func run(soft, hard context.Context, path string, out io.Writer, log *slog.Logger) error {
	cfg, err := config.Load(path)
	if err != nil {
		return err
	}
	if err := makeDataDir(cfg); err != nil {
		return err
	}
	unlock, err := lock(cfg.DataDir)
	if err != nil {
		return err
	}
	defer unlock()
	s, err := build(soft, cfg, log)
	switch {
	case soft.Err() != nil && errors.Is(err, context.Canceled):
		return nil // told to end before it had begun
	case err != nil:
		return err
	}
	return s.serve(soft, hard, out)
}

// logger writes text for a person at a terminal, and JSON for everything that collects logs.
func logger(w io.Writer) *slog.Logger {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return slog.New(slog.NewTextHandler(w, nil))
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: readable}))
}

// readable writes what has a text of its own (durations, addresses, reasons) as that text, as the handler for terminals does.
func readable(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case time.Time, error:
	case fmt.Stringer:
		a.Value = slog.StringValue(v.String())
	}
	return a
}

// databaseFile is the database in the data directory.
const databaseFile = "mediasrv.db"

func makeDataDir(cfg *config.Config) error {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return fmt.Errorf("data_dir: %w", err)
	}
	return nil
}

// lock makes sure that one server only works on a data directory. The lock goes with the process, however it ends.
func lock(dir string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data_dir: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("data_dir %s: %w", dir, errInUse)
	}
	return func() { _ = f.Close() }, nil
}
