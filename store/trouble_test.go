package store

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"

	"golang.org/x/sys/unix"
)

// impatient lets commits of a locked database fail soon: SQLite waits in real time.
func impatient(t *testing.T, s *Store) {
	t.Helper()
	count(t, s.write, `PRAGMA busy_timeout = 10`)
}

func TestLockedDatabaseStallsNobody(t *testing.T) {
	path := dbPath(t)
	synctest.Test(t, func(t *testing.T) {
		s, log := openAt(t, path)
		impatient(t, s)
		start(t, s)
		other, err := openDB(path, writerParams)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = other.Close() }()
		tx, err := other.Begin() // BEGIN IMMEDIATE: holds the write lock
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			s.Append(fact.Call{ID: fact.CallID(fmt.Sprint(i))}, fact.Event{Kind: fact.Queued})
			time.Sleep(time.Second)
		}
		if st := s.Stats(); st.Pending != 6 || st.Errors < 2 || st.Dropped != 0 {
			t.Errorf("while locked: %+v", st)
		}
		if got := s.Trouble(); time.Since(got.Since) < 2*time.Second || got.Err == nil || !strings.Contains(got.Err.Error(), "another program has locked") {
			t.Errorf("while locked the trouble is %+v", got)
		}
		if n, err := s.OpenConversations(); n != nil || err != nil {
			t.Errorf("reading while locked: %v, %v", n, err)
		}
		if err := s.SetPasswordHash(t.Context(), "aiko", "h"); err == nil || !strings.Contains(err.Error(), "locked") {
			t.Errorf("a write that somebody waits for: %v", err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		flush(t, s)
		synctest.Wait() // the writer has logged, too
		if got := count(t, s.read, `SELECT (SELECT count(*) FROM calls) + (SELECT count(*) FROM events)`); got != 6 {
			t.Errorf("%d records after the lock, want 6", got)
		}
		if began, ended := log.count("cannot write"), log.count("writes again"); began != 1 || ended != 1 {
			t.Errorf("trouble began %d times and ended %d times in the log:\n%s", began, ended, log)
		}
		if got := s.Trouble(); got != (Trouble{}) {
			t.Errorf("after the lock the trouble is %+v", got)
		}
	})
}

func TestFullDatabaseKeepsRowsAndCountsLostEvents(t *testing.T) {
	path := dbPath(t)
	synctest.Test(t, func(t *testing.T) {
		s, log := openAt(t, path)
		s.journal.limit = 1000
		start(t, s)
		pages := count(t, s.write, `PRAGMA page_count`)
		count(t, s.write, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages))
		for i := range 200 {
			for range 10 {
				s.Append(fact.Event{Kind: fact.Queued, Detail: strings.Repeat("x", 500)})
			}
			s.Append(fact.Call{ID: fact.CallID(fmt.Sprint(i))})
			time.Sleep(50 * time.Millisecond)
		}
		st := s.Stats()
		if st.Pending > 1000 || st.Dropped < 1000 || st.Errors == 0 {
			t.Errorf("while full: %+v", st)
		}
		if n := log.count("the journal is full"); n < 2 || n > 11 {
			t.Errorf("the loss was reported %d times in 10 s, want about once a second", n)
		}
		count(t, s.write, `PRAGMA max_page_count = 1000000`)
		flush(t, s)
		synctest.Wait() // the writer has logged, too
		if got := count(t, s.read, `SELECT count(*) FROM calls`); got != 200 {
			t.Errorf("%d calls of 200 are kept", got)
		}
		events := count(t, s.read, `SELECT count(*) FROM events`)
		if st = s.Stats(); uint64(events)+st.Dropped != 2000 {
			t.Errorf("%d events are kept and %d counted as lost, of 2000", events, st.Dropped)
		}
		if !strings.Contains(log.String(), "free some space") || log.count("writes again") != 1 {
			t.Errorf("log:\n%s", log)
		}
	})
}

// tmpfs mounts a small file system; tests that need one are for root.
func tmpfs(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("a tmpfs cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

func TestFullDisk(t *testing.T) {
	dir := tmpfs(t, "size=1m")
	synctest.Test(t, func(t *testing.T) {
		s, log := openAt(t, filepath.Join(dir, FileName))
		start(t, s)
		ballast := filepath.Join(dir, "ballast")
		if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); !errors.Is(err, unix.ENOSPC) {
			t.Fatalf("the disk is not full: %v", err)
		}
		for i := range 100 {
			s.Append(fact.Call{ID: fact.CallID(fmt.Sprint(i))}, fact.Event{Detail: strings.Repeat("x", 1000)})
		}
		time.Sleep(5 * time.Second)
		if st := s.Stats(); st.Pending == 0 || st.Errors == 0 {
			t.Errorf("on a full disk: %+v", st)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		flush(t, s)
		synctest.Wait() // the writer has logged, too
		if got := count(t, s.read, `SELECT (SELECT count(*) FROM calls) + (SELECT count(*) FROM events)`); got != 200 {
			t.Errorf("%d records, want 200", got)
		}
		if log.count("cannot write") != 1 || log.count("writes again") != 1 {
			t.Errorf("log:\n%s", log)
		}
	})
}

func TestOpenErrorsSayWhatToDo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	damaged := dbPath(t)
	for _, f := range []string{file, damaged} {
		if err := os.WriteFile(f, []byte(strings.Repeat("this is no database ", 100)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string][2]string{
		"the directory is a file": {filepath.Join(file, FileName), "make the data directory"},
		"damaged":                 {damaged, "restore a backup"},
	}
	for name, tt := range tests {
		s, err := Open(tt[0], "n", slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), tt[1]) || !strings.Contains(err.Error(), tt[0]) || s != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	dir := tmpfs(t, "size=1m")
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, "size=1m"); err != nil {
		t.Fatal(err)
	}
	_, err := Open(filepath.Join(dir, FileName), "n", slog.New(slog.DiscardHandler))
	if !errors.Is(err, unix.EROFS) || !strings.Contains(err.Error(), "must be writable") {
		t.Errorf("got %v", err)
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	path := dbPath(t)
	s, _ := openAt(t, path)
	count(t, s.write, `PRAGMA user_version`)
	if _, err := s.write.Exec(`PRAGMA user_version = 99`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path, "n", slog.New(slog.DiscardHandler))
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "schema 99") {
		t.Errorf("got %v", err)
	}
}

func TestAMigrationIsAllOrNothing(t *testing.T) {
	db, err := sql.Open("sqlite3", dbPath(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(`CREATE TABLE sessions (x)`); err != nil { // in the way of the last table
		t.Fatal(err)
	}
	if err := migrate(db); err == nil || !strings.Contains(err.Error(), "migrate to schema 1") {
		t.Errorf("got %v", err)
	}
	if n := count(t, db, `SELECT count(*) FROM sqlite_master WHERE name = 'calls'`); n != 0 {
		t.Error("half a migration is left")
	}
	if _, err := db.Exec(`DROP TABLE sessions`); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := migrate(db); err != nil {
			t.Error(err)
		}
	}
}

func TestARefusedRecordDoesNotHoldUpTheOthers(t *testing.T) {
	path := dbPath(t)
	synctest.Test(t, func(t *testing.T) {
		s, log := openAt(t, path)
		start(t, s)
		if _, err := s.write.Exec(`CREATE TRIGGER no BEFORE INSERT ON calls WHEN new.id = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END`); err != nil {
			t.Fatal(err)
		}
		s.Append(fact.Call{ID: "a"}, fact.Call{ID: "bad"}, fact.Event{Kind: fact.Queued}, fact.Call{ID: "z"})
		flush(t, s)
		synctest.Wait() // the writer has logged, too
		if got := count(t, s.read, `SELECT (SELECT count(*) FROM calls) + (SELECT count(*) FROM events)`); got != 3 {
			t.Errorf("%d records, want 3", got)
		}
		if st := s.Stats(); st.Dropped != 1 || st.Pending != 0 || log.count("a record is lost") != 1 {
			t.Errorf("%+v, log:\n%s", st, log)
		}
	})
}

func TestCloseSaysWhatIsLost(t *testing.T) {
	path := dbPath(t)
	s, _ := openAt(t, path)
	impatient(t, s)
	other, err := openDB(path, writerParams)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	s.Append(fact.Call{ID: "a"}, fact.Call{ID: "b"})
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "2 records could not be written") {
		t.Errorf("got %v", err)
	}
	if err := s.Flush(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("Flush after Close: %v", err)
	}
}

const killEnv = "MEDIASRV_STORE_TEST_KILL"

// TestKilledWhileCommitting kills a process that writes without pause, and opens what it left.
func TestKilledWhileCommitting(t *testing.T) {
	if path := os.Getenv(killEnv); path != "" {
		writeUntilKilled(t, path)
		return
	}
	path := dbPath(t)
	flushed := 0
	for range 3 {
		flushed += killWriter(t, path)
		s, _ := openAt(t, path)
		if got := count(t, s.read, `SELECT count(*) FROM events WHERE kind = 'queued'`); got < flushed {
			t.Errorf("%d events are left, but %d were flushed", got, flushed)
		} else {
			flushed = got
		}
		var check string
		if err := s.read.QueryRow(`PRAGMA integrity_check`).Scan(&check); err != nil || check != "ok" {
			t.Errorf("integrity: %s, %v", check, err)
		}
		if n := count(t, s.read, `SELECT count(*) FROM events WHERE kind = 'queued' AND detail NOT IN (SELECT id FROM calls)`); n != 0 {
			t.Errorf("%d events came without the call that was appended with them", n)
		}
		if _, err := s.Resume(); err != nil {
			t.Error(err)
		}
		if n := count(t, s.read, `SELECT count(*) FROM calls WHERE ended IS NULL`); n != 0 {
			t.Errorf("%d calls are open", n)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// killWriter lets another process write and kills it; it returns how many events that process knew to be on the disk.
func killWriter(t *testing.T, path string) (flushed int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWhileCommitting$") //nolint:gosec // this very test
	cmd.Env = append(os.Environ(), killEnv+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for rounds := 0; rounds < 20 && lines.Scan(); {
		if n, err := fmt.Sscanf(lines.Text(), "flushed %d", &flushed); n == 1 && err == nil {
			rounds++
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the writer was not killed")
	}
	if flushed == 0 {
		t.Fatal("nothing was written")
	}
	return flushed
}

func writeUntilKilled(t *testing.T, path string) {
	t.Helper()
	s, _ := openAt(t, path)
	start(t, s)
	for n := 0; ; {
		for range 50 {
			id := fact.CallID(fmt.Sprintf("%d-%d", os.Getpid(), n))
			s.Append(fact.Call{ID: id, Began: time.Now()}, fact.Event{At: time.Now(), Call: id, Kind: fact.Queued, Detail: string(id)})
			n++
		}
		flush(t, s)
		fmt.Fprintf(os.Stdout, "flushed %d\n", n) // for the process that kills this one
	}
}
