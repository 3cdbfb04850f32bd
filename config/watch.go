package config

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settle is how long files must be left alone before they are read: editors write in steps, and several files change together.
	settle = 300 * time.Millisecond
	// lookAgain is how often a folder is looked for that is gone.
	lookAgain = 2 * time.Second
)

// Watch looks after the files that matter: the operator's, and those that it names.
type Watch struct {
	watcher *fsnotify.Watcher
	files   func() []string
	seen    map[string]stamp
	lost    chan struct{} // events may be missing
}

// NewWatch remembers the files as they are now. files lists them, and is asked again after each change. Run must follow, or Close.
func NewWatch(files func() []string) (*Watch, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("config: watch: %w", err)
	}
	w := &Watch{watcher: watcher, files: files, lost: make(chan struct{}, 1)}
	go w.errors()
	if err := w.look(); err != nil {
		_ = watcher.Close()
		return nil, err
	}
	w.seen = w.stamps()
	return w, nil
}

// errors takes the watcher's errors at once, until it is closed: it waits for that with a lock held which look needs.
func (w *Watch) errors() {
	for range w.watcher.Errors {
		select {
		case w.lost <- struct{}{}:
		default:
		}
	}
}

// Close is for a Watch that is not Run.
func (w *Watch) Close() { _ = w.watcher.Close() }

// Run calls changed whenever a file has become another one, until ctx ends. It blocks, and closes the Watch.
func (w *Watch) Run(ctx context.Context, changed func()) {
	defer w.Close()
	quiet := time.NewTimer(settle) // what has changed since NewWatch
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-w.watcher.Events:
			if !ok {
				return
			}
			quiet.Reset(settle)
		case <-w.lost:
			quiet.Reset(settle)
		case <-quiet.C:
			if !w.compare(changed) {
				quiet.Reset(lookAgain)
			}
		}
	}
}

// compare calls changed if a file has become another one. It reports whether an event will tell of the next change: all folders are watched, and
// were so before the look at their files.
func (w *Watch) compare(changed func()) bool {
	failed := w.look()
	now := w.stamps()
	if maps.Equal(now, w.seen) {
		return failed == nil
	}
	changed()
	failed = w.look() // the file may name others now
	w.seen = w.after(now)
	return failed == nil && maps.Equal(w.stamps(), w.seen) // a folder that came back meanwhile wasn't watched when its files were written
}

// look watches the folders of all files: files that are replaced are seen so, too. A folder that was itself replaced is another one under its old
// name, so all are added each time; one that is gone can't be watched, the others are.
func (w *Watch) look() error {
	var failed error
	for _, path := range w.files() {
		folder := filepath.Dir(path)
		if err := w.watcher.Add(folder); err != nil {
			failed = fmt.Errorf("config: watch %s: %w", folder, err)
		}
	}
	return failed
}

// stamp tells one content of a file from another.
type stamp struct {
	size    int64
	inode   uint64
	changed time.Time
}

func (w *Watch) stamps() map[string]stamp {
	all := map[string]stamp{}
	for _, path := range w.files() {
		all[path] = stampOf(path)
	}
	return all
}

// after are the stamps of what matters now; what has changed again since now was taken stays unseen.
func (w *Watch) after(now map[string]stamp) map[string]stamp {
	all := w.stamps()
	for _, path := range slices.Collect(maps.Keys(all)) {
		if before, ok := now[path]; ok {
			all[path] = before
		}
	}
	return all
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	s := stamp{size: info.Size(), changed: info.ModTime()}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		s.inode = sys.Ino
	}
	return s
}
