package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"mediasrv/routing/fact"
)

// FileName is the database's name in the data directory.
const FileName = "mediasrv.db"

// ErrNewer means that the database was written by a newer version: nothing was changed.
var ErrNewer = errors.New("was written by a newer mediasrv")

// ErrClosed means that the store was closed.
var ErrClosed = errors.New("store: closed")

// Store is one database. Its methods may be called from any goroutine. Append, RecordingClosed and RenewSession never wait for the disk.
type Store struct {
	node    string
	log     *slog.Logger
	write   *sql.DB // one connection: SQLite has one writer anyway
	read    *sql.DB // query_only
	journal *journal
	errors  atomic.Uint64
	trouble atomic.Pointer[Trouble]       // nil: none
	hooks   func(fact.EventKind) []string // see TellHooks; nil: nobody is told
	hooked  chan struct{}

	mu      sync.Mutex
	running bool
	stop    chan struct{} // closed by Close
	done    chan struct{} // closed when Run has returned
	closed  bool
}

// Open opens the database, makes it if it is not there, and brings it up to this version. node names this server in the keys of events. Close it.
func Open(path, node string, log *slog.Logger) (*Store, error) {
	if err := prepareFile(path); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	s := &Store{node: node, log: log, stop: make(chan struct{}), done: make(chan struct{}), hooked: make(chan struct{}, 1)}
	if err := s.open(path); err != nil {
		s.closeDBs()
		return nil, fmt.Errorf("store: open %s: %w", path, explain(err))
	}
	return s, nil
}

func (s *Store) open(path string) (err error) {
	if s.write, err = openDB(path, writerParams); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err = migrate(s.write); err != nil {
		return err
	}
	if s.read, err = openDB(path, readerParams); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(maxReaders)
	last, err := lastSequence(s.write, s.node)
	if err != nil {
		return err
	}
	s.journal = newJournal(last, maxPending)
	return nil
}

// Append hands records to the journal. It never blocks and never fails; what is appended after Close is lost.
func (s *Store) Append(records ...fact.Record) {
	items := make([]item, len(records))
	for i, r := range records {
		items[i] = item{rank: rankOf(r), what: r}
	}
	s.journal.append(items...)
}

// RecordingClosed enters a recording into the index, by its path. It never blocks.
func (s *Store) RecordingClosed(r fact.Recording) { s.Append(r) }

// Stats says how the journal is doing.
type Stats struct {
	Pending int    // records that are not committed yet
	Dropped uint64 // records lost since the start, because the journal was full or SQLite refused the row
	Errors  uint64 // commits that failed since the start; most were repeated with success
}

// Stats returns the numbers of now.
func (s *Store) Stats() Stats {
	pending, dropped := s.journal.stats()
	return Stats{Pending: pending, Dropped: dropped, Errors: s.errors.Load()}
}

// Flush waits until everything appended before is committed (or dropped), or ctx ends. Run must be running.
func (s *Store) Flush(ctx context.Context) error {
	done := s.journal.flushed()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("store: flush: %w", ctx.Err())
	case <-s.stop:
		return ErrClosed
	}
}

// Close stops Run, writes what is still in the journal, and closes the database. An error says how many records are lost. Calling it again does nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	running := s.running
	close(s.stop)
	s.mu.Unlock()
	if running {
		<-s.done
	}
	err := s.drain()
	s.closeDBs()
	if err != nil {
		pending, _ := s.journal.stats()
		return fmt.Errorf("store: close: %d records could not be written: %w", pending, explain(err))
	}
	return nil
}

func (s *Store) closeDBs() {
	for _, db := range []*sql.DB{s.read, s.write} {
		if db == nil {
			continue
		}
		if err := db.Close(); err != nil {
			s.log.Warn("store: close", "error", err)
		}
	}
}
