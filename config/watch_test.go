package config

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/fsnotify/fsnotify"
)

// watching says at each change of a file what is in it then, until its end.
func watching(t *testing.T, path string) (seen chan string, end func()) {
	t.Helper()
	w, err := NewWatch(func() []string { return []string{path} })
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	seen = make(chan string, 10)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx, func() {
			text, _ := os.ReadFile(path)
			seen <- string(text)
		})
	}()
	return seen, func() { stop(); <-ended }
}

// A file that is written, replaced, or reached by a link that is changed is seen; another one in the same folder is not.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "m.yml"), filepath.Join(dir, "other.txt")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(path, "a")
	seen, end := watching(t, path)
	write(path, "bb")
	if got := <-seen; got != "bb" {
		t.Errorf("written: %q", got)
	}
	write(other, "x")
	write(path+".new", "ccc")
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	if got := <-seen; got != "ccc" {
		t.Errorf("replaced: %q", got)
	}
	write(other, "yyyy")
	write(filepath.Join(dir, "target"), "dddd")
	if err := os.Symlink("target", path+".link"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".link", path); err != nil {
		t.Fatal(err)
	}
	if got := <-seen; got != "dddd" {
		t.Errorf("linked: %q", got)
	}
	end()
	if len(seen) != 0 {
		t.Errorf("%d more", len(seen))
	}
}

// A folder that is replaced, and was away for a while, is watched on.
func TestWatchOfAFolderThatIsReplaced(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "etc")
	path := filepath.Join(dir, "m.yml")
	write := func(text string) {
		t.Helper()
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a")
	seen, end := watching(t, path)
	if err := os.Rename(dir, dir+".old"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"", "bb", "ccc"} { // away, there again, and written
		if step != "" {
			write(step)
		}
		if got := <-seen; got != step {
			t.Errorf("%q, want %q", got, step)
		}
	}
	end()
}

// A folder that comes back, with another file, while the change before is told is looked at again: nothing else would tell of it.
func TestWatchOfAFolderThatComesBackAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "etc")
	path := filepath.Join(dir, "m.yml")
	write := func() {
		t.Helper()
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(path, []byte("a"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write()
	w, err := NewWatch(func() []string { return []string{path} })
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := os.Rename(dir, dir+".old"); err != nil {
		t.Fatal(err)
	}
	if w.compare(write) {
		t.Error("the file that came back is left to an event")
	}
	told := false
	if !w.compare(func() { told = true }) || !told {
		t.Errorf("told %v, want it told and watched", told)
	}
}

// Errors that nobody reads in the moment do not keep the watcher from watching more.
func TestWatchTakesErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.yml")
	w, err := NewWatch(func() []string { return []string{path} })
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for range 3 {
		w.watcher.Errors <- fsnotify.ErrEventOverflow
	}
}
