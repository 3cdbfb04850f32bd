package recorder

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/recorder/ledger"
)

// evidence is what a verifier says of a directory whose keys it takes from there.
func evidence(t *testing.T, dir string) *ledger.Report {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, ledger.KeysName))
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := ledger.ReadTrusted(text)
	if err != nil {
		t.Fatal(err)
	}
	report, err := ledger.Verify(os.DirFS(dir), trusted)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// What was recorded is evidence when it is closed; while it is being written nothing is said against it.
func TestRecordingsAreEvidence(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		tap := s.begin(twoParties("s1"))
		talkAll(tap, 3*time.Second, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880})
		if r := evidence(t, dir); len(r.Findings) != 0 || len(r.Notes) != 3 {
			t.Errorf("while it is written: %+v", r)
		}
		s.stop()
	})
	if r := evidence(t, dir); r.Good != 3 || len(r.Findings)+len(r.Notes) != 0 {
		t.Errorf("%+v, want 3 good files", r)
	}
}

// Files that a crash left unfinished are as good as others once they are recovered.
func TestRecoveredRecordingsAreEvidence(t *testing.T) {
	dir := crash(t, 2*time.Second)
	s := newStudio(t, dir)
	if err := s.Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if r := evidence(t, dir); r.Good != 3 || len(r.Findings) != 0 {
		t.Errorf("%+v, want 3 good files\n%s", r, s.log)
	}
}

// A crash between the ledger's line and the file's name costs nothing: the file is closed again, and the last line holds.
func TestClosedTwice(t *testing.T) {
	dir := crash(t, 2*time.Second)
	part, err := filepath.Glob(filepath.Join(dir, "*/*.part"))
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string][]byte)
	for _, p := range part {
		if texts[p], err = os.ReadFile(p); err != nil {
			t.Fatal(err)
		}
	}
	s := newStudio(t, dir)
	for range 2 {
		if err := s.Recover(context.Background()); err != nil {
			t.Fatal(err)
		}
		if r := evidence(t, dir); r.Good != 3 || len(r.Findings) != 0 {
			t.Errorf("%+v, want 3 good files", r)
		}
		for p, text := range texts { // as they were before
			if err := os.WriteFile(p, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
