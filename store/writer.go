package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/mattn/go-sqlite3"
)

const (
	groupTime    = 50 * time.Millisecond // how long a group gathers before it is committed
	groupSize    = 1000                  // items of one transaction
	firstBackoff = 100 * time.Millisecond
	lastBackoff  = time.Second
	drainTries   = 3
)

// Run is the one writer: it commits the journal in groups until ctx ends or the store is closed. A commit that fails is repeated until it
// succeeds. It blocks, and may be called once; what is appended after it has returned is written by Close.
func (s *Store) Run(ctx context.Context) error {
	s.mu.Lock()
	if s.closed || s.running {
		s.mu.Unlock()
		return fmt.Errorf("store: run: closed or running already")
	}
	s.running = true
	s.mu.Unlock()
	defer close(s.done)

	trouble := trouble{log: s.log, show: &s.trouble}
	for {
		select {
		case <-s.journal.wake:
		case <-s.stop:
			return nil
		case <-ctx.Done():
			return nil
		}
		if !s.pause(ctx, groupTime, s.journal.urgent) {
			return nil
		}
		if !s.commitStubbornly(ctx, &trouble) {
			return nil
		}
	}
}

// pause waits for d or until hurry; false: Run is to return.
func (s *Store) pause(ctx context.Context, d time.Duration, hurry <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-hurry:
	case <-s.stop:
		return false
	case <-ctx.Done():
		return false
	}
	return true
}

// commitStubbornly writes all that is pending, as often as it takes; false: Run is to return.
func (s *Store) commitStubbornly(ctx context.Context, t *trouble) bool {
	for wait := firstBackoff; ; wait = min(2*wait, lastBackoff) {
		err := s.commitPending()
		pending, dropped := s.journal.stats()
		t.report(err, pending, dropped)
		if err == nil {
			return true
		}
		if !s.pause(ctx, wait, nil) {
			return false
		}
	}
}

// commitPending writes all that is pending, group by group. After an error the rest is pending still.
func (s *Store) commitPending() error {
	for {
		batch := s.journal.take(groupSize)
		if len(batch) == 0 {
			return nil
		}
		lost, err := s.commit(batch)
		if err != nil {
			s.errors.Add(1)
			s.journal.giveBack(batch)
			return err
		}
		s.journal.settled(lost)
	}
}

// commit writes a batch in one transaction. If SQLite refuses one of the rows for good, the others are written without it.
func (s *Store) commit(batch []item) (lost int, err error) {
	var w rowWriter
	err = s.inTx(context.Background(), func(tx *sql.Tx) error {
		w = rowWriter{tx: tx, node: s.node, hooks: s.hooks}
		for _, it := range latest(batch) {
			if err := w.put(it); err != nil {
				return err
			}
		}
		return nil
	})
	if !refused(err) {
		if err == nil {
			s.committed(&w)
		}
		return 0, err
	}
	s.errors.Add(1)
	err = s.inTx(context.Background(), func(tx *sql.Tx) error {
		lost, err = s.putEach(tx, batch)
		return err
	})
	return lost, err
}

// putEach writes items one by one and skips those that are refused.
func (s *Store) putEach(tx *sql.Tx, batch []item) (lost int, err error) {
	w := rowWriter{tx: tx, node: s.node, hooks: s.hooks}
	for _, it := range batch {
		if _, err := tx.Exec("SAVEPOINT item"); err != nil {
			return 0, err
		}
		err := w.put(it)
		if refused(err) {
			lost++
			s.log.Error("store: a record is lost: the database refuses it", "record", fmt.Sprintf("%T", it.what), "error", err)
			_, err = tx.Exec("ROLLBACK TO item")
		}
		if err != nil {
			return 0, err
		}
		if _, err := tx.Exec("RELEASE item"); err != nil {
			return 0, err
		}
	}
	return lost, nil
}

// inTx runs f in a write transaction.
func (s *Store) inTx(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // SQLite may have rolled back by itself
		return err
	}
	return tx.Commit()
}

// refused tells an error that repeating cannot mend: the row itself is at fault.
func refused(err error) bool {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case sqlite3.ErrConstraint, sqlite3.ErrTooBig, sqlite3.ErrMismatch, sqlite3.ErrRange:
		return true
	default:
		return false
	}
}

// drain writes what is left when nothing else runs any more.
func (s *Store) drain() error {
	var err error
	for range drainTries {
		if err = s.commitPending(); err == nil {
			return nil
		}
		<-time.After(firstBackoff)
	}
	return err
}

// trouble logs when writing begins to fail and when it works again, and once a second how much was lost meanwhile.
type trouble struct {
	log      *slog.Logger
	show     *atomic.Pointer[Trouble]
	since    time.Time // zero: all is well
	reported time.Time
	dropped  uint64 // as last reported
}

func (t *trouble) report(err error, pending int, dropped uint64) {
	now := time.Now()
	if err != nil && t.since.IsZero() {
		t.since = now
		t.log.Error("store: cannot write, records wait in memory", "pending", pending, "error", explain(err))
	}
	if err != nil {
		t.show.Store(&Trouble{Since: t.since, Err: explain(err)})
	}
	if dropped != t.dropped && now.Sub(t.reported) >= time.Second {
		t.log.Warn("store: the journal is full, the oldest events were dropped", "dropped", dropped-t.dropped)
		t.dropped, t.reported = dropped, now
	}
	if err == nil && !t.since.IsZero() {
		t.log.Info("store: writes again", "after", now.Sub(t.since))
		t.since = time.Time{}
		t.show.Store(nil)
	}
}

// Trouble is that the database can't be written. What is appended waits in memory until it can.
type Trouble struct {
	Since time.Time
	Err   error
}

// Trouble is what keeps the store from writing now; the zero value: nothing.
func (s *Store) Trouble() Trouble {
	if t := s.trouble.Load(); t != nil {
		return *t
	}
	return Trouble{}
}
