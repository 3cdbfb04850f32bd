package upload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// shelf is a target in memory. What it has is read between its calls only, under its lock.
type shelf struct {
	err  func(name string) error // nil: none
	hold func(ctx context.Context, name string)

	mu    sync.Mutex
	files map[string]string
	order []string
	puts  int
}

// uploaded are the names in their order.
func (s *shelf) uploaded() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.order)
}

// text is what a file has.
func (s *shelf) text(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[name]
}

func (s *shelf) tries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.puts
}

func (s *shelf) Put(ctx context.Context, name string, from Source, size int64) error {
	s.mu.Lock()
	s.puts++
	s.mu.Unlock()
	if s.hold != nil {
		s.hold(ctx, name)
	}
	if s.err != nil {
		if err := s.err(name); err != nil {
			return err
		}
	}
	text, err := io.ReadAll(from)
	if err != nil || int64(len(text)) != size {
		return fmt.Errorf("%d of %d bytes: %w", len(text), size, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = string(text)
	s.order = append(s.order, name)
	return ctx.Err()
}
func (s *shelf) Kind() string   { return "shelf" }
func (s *shelf) String() string { return "a shelf" }
func (s *shelf) Close() error   { return nil }

// rig is a queue that runs in a bubble.
type rig struct {
	*Queue
	t     *testing.T
	dir   string
	shelf *shelf
	log   *bytes.Buffer
}

func onQueue(t *testing.T, before func(r *rig), do func(r *rig)) {
	t.Helper()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, dir: dir, shelf: &shelf{files: map[string]string{}}, log: &bytes.Buffer{}}
		r.Queue = New(root, func(string) []string { return []string{".wav", ".json"} }, r.shelf, slog.New(slog.NewTextHandler(r.log, nil)))
		before(r)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		synctest.Wait()
		do(r)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func nothing(*rig) {}

// record puts a recording there, marked.
func (r *rig) record(name string) {
	r.t.Helper()
	for _, suffix := range []string{".wav", ".json"} {
		if err := os.WriteFile(filepath.Join(r.dir, name+suffix), []byte(name+suffix), 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := r.Mark(name); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) marks() (names []string) {
	all, _ := filepath.Glob(filepath.Join(r.dir, "*"+Mark))
	for _, p := range all {
		names = append(names, filepath.Base(p))
	}
	return names
}

func TestUploads(t *testing.T) {
	onQueue(t, nothing, func(r *rig) {
		r.record("a")
		r.Add("a")
		synctest.Wait()
		if !slices.Equal(r.shelf.uploaded(), []string{"a.wav", "a.json"}) || r.shelf.text("a.wav") != "a.wav" {
			t.Errorf("uploaded %v, want the sound and then its metadata", r.shelf.uploaded())
		}
		if s := r.Stats(); s.Uploaded != 1 || s.Waiting != 0 || s.Bytes != 11 || len(r.marks()) != 0 {
			t.Errorf("%+v, marks %v, want one uploaded, none marked", s, r.marks())
		}
	})
}

// What an earlier process left is uploaded; what isn't complete yet waits until it is.
func TestUploadsAfterAStart(t *testing.T) {
	onQueue(t, func(r *rig) {
		r.record("old")
		if err := r.Mark("unfinished"); err != nil {
			t.Fatal(err)
		}
	}, func(r *rig) {
		if !slices.Equal(r.shelf.uploaded(), []string{"old.wav", "old.json"}) {
			t.Errorf("uploaded %v, want old", r.shelf.uploaded())
		}
		if !slices.Equal(r.marks(), []string{"unfinished.shelf.upload"}) {
			t.Errorf("marked: %v, want what isn't finished", r.marks())
		}
	})
}

// A server that is down for a day loses nothing, is not hammered, and costs two lines of log.
func TestADayWithoutTheOtherSide(t *testing.T) {
	onQueue(t, nothing, func(r *rig) {
		var up atomic.Bool
		r.shelf.err = func(string) error {
			if !up.Load() {
				return errors.New("connection refused")
			}
			return nil
		}
		for i := range 48 {
			name := fmt.Sprintf("r%02d", i)
			r.record(name)
			r.Add(name)
			time.Sleep(30 * time.Minute)
		}
		if s := r.Stats(); s.Waiting != 48 || s.Uploaded != 0 || time.Since(s.Failing) < 23*time.Hour || s.Error == "" {
			t.Errorf("%+v, want 48 waiting and failing for a day", s)
		}
		if tries := r.shelf.tries(); tries > 24*60/4+20 || tries < 24*60/6 {
			t.Errorf("%d tries in a day, want one in about five minutes", tries)
		}
		up.Store(true)
		time.Sleep(longestPause * 2)
		if s := r.Stats(); s.Waiting != 0 || s.Uploaded != 48 || !s.Failing.IsZero() || len(r.marks()) != 0 {
			t.Errorf("%+v, want all 48 uploaded within ten minutes of its return", s)
		}
		if lines := bytes.Count(r.log.Bytes(), []byte("\n")); lines != 3 { // the start's, and two
			t.Errorf("%d lines of log:\n%s", lines, r.log)
		}
	})
}

// One that the other side never takes holds up nobody.
func TestPoison(t *testing.T) {
	onQueue(t, nothing, func(r *rig) {
		r.shelf.err = func(name string) error {
			if name == "bad.wav" {
				return errors.New("no such name here")
			}
			return nil
		}
		for _, name := range []string{"bad", "a", "b"} {
			r.record(name)
			r.Add(name)
		}
		time.Sleep(5 * time.Second)
		if len(r.shelf.uploaded()) != 4 || r.Stats().Waiting != 1 {
			t.Errorf("uploaded %v, waiting %d, want a and b, and bad waiting", r.shelf.uploaded(), r.Stats().Waiting)
		}
		if err := os.Remove(filepath.Join(r.dir, "bad.wav")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * longestPause)
		if s := r.Stats(); s.Waiting != 0 || len(r.marks()) != 0 {
			t.Errorf("%+v, marks %v: one that was removed is still waiting", s, r.marks())
		}
	})
}

// A file that grows while it is uploaded is uploaded again.
func TestMarkedWhileUploading(t *testing.T) {
	onQueue(t, nothing, func(r *rig) {
		r.shelf.hold = func(_ context.Context, name string) {
			if name != "a.json" || len(r.shelf.uploaded()) != 1 {
				return
			}
			if err := os.WriteFile(filepath.Join(r.dir, "a.wav"), []byte("longer than before"), 0o600); err != nil {
				t.Error(err)
			}
			if err := r.Mark("a"); err != nil {
				t.Error(err)
			}
			r.Add("a")
		}
		r.record("a")
		r.Add("a")
		synctest.Wait()
		if r.shelf.text("a.wav") != "longer than before" || len(r.marks()) != 0 || r.Stats().Waiting != 0 {
			t.Errorf("uploaded %q, marks %v", r.shelf.text("a.wav"), r.marks())
		}
	})
}

// A file may be marked before the try begins, and grow while it is uploaded: what was added in between is uploaded, too.
func TestCompleteWhileUploading(t *testing.T) {
	onQueue(t, nothing, func(r *rig) {
		r.record("a")
		r.shelf.hold = func(_ context.Context, name string) {
			if name != "a.json" || len(r.shelf.uploaded()) != 1 {
				return
			}
			if err := os.WriteFile(filepath.Join(r.dir, "a.wav"), []byte("longer than before"), 0o600); err != nil {
				t.Error(err)
			}
			r.Add("a")
		}
		r.Add("a")
		synctest.Wait()
		if r.shelf.text("a.wav") != "longer than before" || len(r.marks()) != 0 || r.Stats().Waiting != 0 {
			t.Errorf("uploaded %q, marks %v", r.shelf.text("a.wav"), r.marks())
		}
	})
}

// The end of the server ends an upload at once; its mark stays.
func TestEndWhileUploading(t *testing.T) {
	var r *rig
	onQueue(t, nothing, func(q *rig) {
		r = q
		r.shelf.hold = func(ctx context.Context, _ string) { <-ctx.Done() }
		r.record("a")
		r.Add("a")
		synctest.Wait()
	})
	if !slices.Equal(r.marks(), []string{"a.shelf.upload"}) || r.Stats().Failures != 0 {
		t.Errorf("marks %v, %+v; want it marked, and no failure counted", r.marks(), r.Stats())
	}
}
