package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
)

const (
	maxReaders = 4
	// busyTimeout is how long SQLite waits for another process's lock before a commit fails and is tried again later.
	busyTimeout = "1000"
)

// writerParams and readerParams are the connections' settings, in the spelling of go-sqlite3.
const (
	writerParams = "_journal_mode=WAL&_synchronous=NORMAL&_foreign_keys=on&_txlock=immediate&_busy_timeout=" + busyTimeout
	readerParams = "_query_only=on&_busy_timeout=" + busyTimeout
)

// prepareFile makes the folder and the file, readable by nobody else: there are password hashes and customers in it. SQLite gives its side
// files the same mode.
func prepareFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("the data directory must be writable: %w", err)
	}
	return f.Close()
}

func openDB(path, params string) (*sql.DB, error) {
	u := url.URL{Scheme: "file", Path: path, RawQuery: params}
	if !filepath.IsAbs(path) {
		u = url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: params}
	}
	db, err := sql.Open("sqlite3", u.String())
	if err != nil {
		return nil, err
	}
	if err := db.Ping(); err != nil {
		return db, err
	}
	return db, nil
}

// explain adds what to do to SQLite's terse sentences.
func explain(err error) error {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fmt.Errorf("%w (another program has locked the database)", err)
	case sqlite3.ErrFull:
		return fmt.Errorf("%w (free some space on the disk)", err)
	case sqlite3.ErrNotADB, sqlite3.ErrCorrupt:
		return fmt.Errorf("%w (the file is damaged: restore a backup, or move it away to start with an empty one)", err)
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen:
		return fmt.Errorf("%w (the data directory and the files in it must be writable)", err)
	default:
		return err
	}
}
