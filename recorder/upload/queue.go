package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Mark is the suffix, behind a dot and the target's kind, of the empty file that says: this has to be uploaded. It stands beside the files and
// goes when they are there.
const Mark = ".upload"

const (
	firstPause   = time.Second     // after a failure; twice as long after each further one
	longestPause = 5 * time.Minute // between tries while the other side is down
	leastTime    = time.Minute     // that a file may take
	slowest      = 20 << 10        // bytes a second that are still worth waiting for
)

// Source is a file that is being uploaded.
type Source interface {
	io.ReadSeeker
	io.ReaderAt
}

// Target is the other side. Its methods are called by one goroutine at a time.
type Target interface {
	// Put stores a file under a name with slashes, whole or not at all, over what may be there; it goes on where an earlier try ended, if
	// it can. It blocks until the other side has it or ctx ends.
	Put(ctx context.Context, name string, from Source, size int64) error
	Kind() string // sftp, s3: there is one of each
	// String names it in logs: without secrets.
	String() string
	Close() error
}

// Stats is how the uploads are going.
type Stats struct {
	Waiting  int       // recordings, ledgers and keys that are not there yet
	Uploaded uint64    // of them since the start
	Bytes    uint64    // since the start
	Failures uint64    // tries that failed since the start
	Failing  time.Time // since when every try has failed; zero: they don't
	Error    string    // of the last failure; empty: the last try went well
}

// Queue uploads what is marked, the oldest first.
type Queue struct {
	root   *os.Root
	mark   string
	files  func(name string) []string // suffixes of what belongs to a mark, in the order in which they are uploaded
	target Target
	log    *slog.Logger
	wake   chan struct{}

	mu      sync.Mutex
	waiting []string // the first is being uploaded
	again   bool     // the first was marked anew, or has become longer, meanwhile
	stats   Stats
}

// New makes a queue for a directory; root stays the caller's. files says what belongs to a mark: suffixes, in the order of uploading.
func New(root *os.Root, files func(name string) []string, target Target, log *slog.Logger) *Queue {
	return &Queue{root: root, mark: "." + target.Kind() + Mark, files: files, target: target, log: log, wake: make(chan struct{}, 1)}
}

// Mark says that files are to be uploaded, as soon as Add is told that they are complete. It is on the disk when Mark returns.
func (q *Queue) Mark(name string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.root.WriteFile(name+q.mark, nil, 0o640); err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	q.again = q.again || len(q.waiting) > 0 && q.waiting[0] == name
	return nil
}

// Add says that files which were marked are complete. It doesn't wait.
func (q *Queue) Add(name string) {
	q.mu.Lock()
	switch slices.Index(q.waiting, name) {
	case -1:
		q.waiting = append(q.waiting, name)
	case 0: // it may be half sent; if its turn is still to come, first forgets this
		q.again = true
	}
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Target names where it uploads to: its kind, and without secrets.
func (q *Queue) Target() (kind, name string) { return q.target.Kind(), q.target.String() }

// Stats says how it is going.
func (q *Queue) Stats() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.stats
	s.Waiting = len(q.waiting)
	return s
}

// Run uploads until ctx ends; first what an earlier process left. It blocks; call it once. The target is closed at the end.
func (q *Queue) Run(ctx context.Context) error {
	if err := q.find(); err != nil {
		return err
	}
	q.log.Info("recordings are uploaded", "to", q.target.String(), "waiting", q.Stats().Waiting)
	pause := time.Duration(0)
	for {
		name := q.first()
		if name == "" {
			select {
			case <-q.wake:
				continue
			case <-ctx.Done():
				return q.target.Close()
			}
		}
		err := q.upload(ctx, name)
		if ctx.Err() != nil {
			return q.target.Close()
		}
		if pause = q.result(name, err, pause); !sleep(ctx, pause) {
			return q.target.Close()
		}
	}
}

// find takes up what is marked on the disk and complete; what isn't complete is added when it is recovered.
func (q *Queue) find() error {
	err := fs.WalkDir(q.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		name, marked := strings.CutSuffix(p, q.mark)
		if err != nil || d.IsDir() || !marked {
			return err
		}
		for _, suffix := range q.files(name) {
			if _, err := q.root.Stat(name + suffix); errors.Is(err, fs.ErrNotExist) {
				return nil
			}
		}
		q.Add(name)
		return nil
	})
	if err != nil {
		return fmt.Errorf("upload: what has to be uploaded can't be found: %w", err)
	}
	return nil
}

func (q *Queue) first() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.again = false
	if len(q.waiting) == 0 {
		return ""
	}
	return q.waiting[0]
}

func (q *Queue) upload(ctx context.Context, name string) error {
	for _, suffix := range q.files(name) {
		if err := q.put(ctx, name+suffix); err != nil {
			return err
		}
	}
	return nil
}

func (q *Queue) put(ctx context.Context, name string) error {
	f, err := q.root.Open(name)
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, leastTime+time.Duration(info.Size()/slowest)*time.Second)
	defer cancel()
	if err := q.target.Put(ctx, name, f, info.Size()); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stats.Bytes += uint64(info.Size())
	return nil
}

// result takes a recording off the queue, or puts it behind the others, so that one that can't be uploaded holds up nobody. It returns
// how long to wait before the next try.
func (q *Queue) result(name string, err error, pause time.Duration) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	gone := errors.Is(err, fs.ErrNotExist) && q.vanished(name)
	q.waiting = q.waiting[1:]
	if q.again && !gone {
		q.waiting = append(q.waiting, name)
	} else if err == nil || gone {
		q.unmark(name)
	}
	switch {
	case gone:
		q.log.Warn("a recording was removed before it was uploaded", "file", name)
		return pause
	case err == nil:
		if !q.stats.Failing.IsZero() {
			q.log.Warn("recordings are uploaded again", "to", q.target.String(), "waiting", len(q.waiting), "failed_for", time.Since(q.stats.Failing).Round(time.Second))
		}
		q.stats.Uploaded++
		q.stats.Failing, q.stats.Error = time.Time{}, ""
		return 0
	}
	if !q.again {
		q.waiting = append(q.waiting, name)
	}
	q.stats.Failures++
	if q.stats.Failing.IsZero() {
		q.stats.Failing = time.Now()
	}
	if text := err.Error(); text != q.stats.Error {
		q.log.Error("recordings can't be uploaded; they stay here and are tried again", "to", q.target.String(), "error", err, "file", name, "waiting", len(q.waiting))
		q.stats.Error = text
	}
	return min(max(2*pause, firstPause), longestPause)
}

func (q *Queue) unmark(name string) {
	if err := q.root.Remove(name + q.mark); err != nil && !errors.Is(err, fs.ErrNotExist) {
		q.log.Warn("the mark of an uploaded recording can't be removed; it is uploaded again at the next start", "error", err)
	}
}

// vanished says that a file is not here any more: deleted meanwhile.
func (q *Queue) vanished(name string) bool {
	return slices.ContainsFunc(q.files(name), func(suffix string) bool {
		_, err := q.root.Stat(name + suffix)
		return errors.Is(err, fs.ErrNotExist)
	})
}

// sleep waits about so long; false: ctx has ended. Chance keeps many servers from coming all at once.
func sleep(ctx context.Context, d time.Duration) bool {
	if d == 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d*4/5 + rand.N(d*2/5+1))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
