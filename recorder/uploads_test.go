package recorder

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/recorder/ledger"
	"mediasrv/recorder/upload"
	"mediasrv/routing/fact"
)

// mirror is a target that is another directory.
type mirror struct{ dir string }

func (m mirror) Put(_ context.Context, name string, from upload.Source, _ int64) error {
	text, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}
func (mirror) Kind() string   { return "mirror" }
func (mirror) String() string { return "a mirror" }
func (mirror) Close() error   { return nil }

// What was uploaded is evidence by itself: a verifier needs nothing else.
func TestUploadedRecordingsAreEvidence(t *testing.T) {
	dir, copied := t.TempDir(), t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir, mirror{copied})
		s.run()
		tap := s.begin(twoParties("s1"))
		talkAll(tap, 2*time.Second, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880})
		s.Stop("s1")
		time.Sleep(time.Second)
		if u := s.Uploads(); len(u) != 1 || u[0].Kind != "mirror" || u[0].Waiting != 0 || u[0].Uploaded < 5 { // keys, three files, the ledger once at least
			t.Errorf("%+v, want all uploaded", u)
		}
		s.stop()
	})
	if r := evidence(t, copied); r.Good != 3 || len(r.Findings)+len(r.Notes) != 0 {
		t.Errorf("the copy: %+v, want 3 good files", r)
	}
	if r := evidence(t, dir); r.Good != 3 || len(r.Findings)+len(r.Notes) != 0 {
		t.Errorf("the original: %+v, want 3 good files, and no marks left", r)
	}
}

// A deletion reaches the copy's ledger, too: the next day's names that line. Whoever keeps the copy decides about its files.
func TestACopyWhoseOriginalIsDeleted(t *testing.T) {
	dir, copied := t.TempDir(), t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir, mirror{copied})
		s.run()
		tap := s.begin(twoParties("s1"))
		talkAll(tap, time.Second, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880})
		s.Stop("s1")
		time.Sleep(time.Second)
		rec := s.index.part(t, "agent")
		if err := s.Delete(fact.RecordingView{Path: rec.Path, Segment: rec.Segment, Part: rec.Part, Leg: rec.Leg}); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
		if u := s.Uploads(); u[0].Waiting != 0 {
			t.Errorf("%+v", u)
		}
		s.stop()
	})
	for day, text := range ledgers(t, dir) {
		if there := ledgers(t, copied)[day]; there != text {
			t.Errorf("the copy of the ledger %s has\n%s\nthe original\n%s", day, there, text)
		}
	}
}

// ledgers are those of a directory.
func ledgers(t *testing.T, dir string) map[string]string {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(dir, "*", ledger.FileName))
	all := map[string]string{}
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(filepath.Dir(path))] = string(text)
	}
	return all
}

// What was recorded before a crash is uploaded after it.
func TestRecoveredRecordingsAreUploaded(t *testing.T) {
	dir, copied := crash(t, 2*time.Second), t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir, mirror{copied})
		s.run()
		if err := s.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		s.stop()
	})
	if r := evidence(t, copied); r.Good != 3 || len(r.Findings) != 0 {
		t.Errorf("the copy: %+v, want 3 good files", r)
	}
}
