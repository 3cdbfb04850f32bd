package recorder

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// copyDir is the disk as a crash leaves it.
func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// crash records two parties for a while and returns the directory as kill -9 would have left it.
func crash(t *testing.T, after time.Duration) (dir string) {
	t.Helper()
	live, dead := t.TempDir(), filepath.Join(t.TempDir(), "recordings")
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, live)
		s.run()
		tap := s.begin(twoParties("s1"))
		talkAll(tap, after, talker{channel: 0, hz: 440, skip: func(k int) bool { return k >= 50 && k < 150 }}, talker{channel: 1, hz: 880})
		copyDir(t, live, dead)
		s.stop()
	})
	return dead
}

func TestRecover(t *testing.T) {
	for _, after := range []time.Duration{5 * time.Second, 5*time.Second + 80*time.Millisecond, 5*time.Second + 490*time.Millisecond, 5990 * time.Millisecond} {
		dir := crash(t, after)
		part, err := os.OpenFile(filepath.Join(dir, "2000-01-01", "0190f0aa-0000-7000-8000-000000000001_Aiko-Mori_Bob_20000101000000_merged_1.wav.part"),
			os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte{1, 2, 3}); err != nil { // a torn sample frame
			t.Fatal(err)
		}
		if err := part.Close(); err != nil {
			t.Fatal(err)
		}
		s := newStudio(t, dir)
		if err := s.Recover(context.Background()); err != nil {
			t.Fatal(err)
		}
		if s.index.count() != 3 {
			t.Fatalf("%d recordings, want 3\n%s", s.index.count(), s.log)
		}
		rec := s.index.part(t, "merged")
		both := s.sound(rec)
		length := time.Duration(len(both[0])) * time.Second / rate
		if lost := after - length; lost < 0 || lost > time.Second {
			t.Errorf("a crash after %v leaves %v", after, length)
		}
		hears(t, "right", both[1], 0, length.Seconds(), 880)
		hears(t, "left", both[0], 0, 1, 440)
		hears(t, "left", both[0], 3, length.Seconds(), 440)
		if !rec.Repaired || rec.Call != "call-1" || rec.Agent != "aiko" || rec.EndUser != "Bob" || rec.End.Sub(rec.Start) != length || len(rec.SHA256) != 64 ||
			rec.Bytes != int64(44+4*len(both[0])) {
			t.Errorf("recording %+v", rec)
		}
		if got := gapsOf(rec.Gaps); got != "0:no-media 1.0-3.0;" {
			t.Errorf("gaps %q", got)
		}
		if m := s.metadata(rec); !m.Repaired || m.Seconds != length.Seconds() || m.EndUser.Number != "+442079460000" {
			t.Errorf("metadata %+v", m)
		}
		if got := strings.Join(files(t, dir), " "); strings.Contains(got, ".part") || strings.Contains(got, ".tmp") {
			t.Errorf("left behind: %s", got)
		}
		if err := s.Recover(context.Background()); err != nil || s.index.count() != 3 {
			t.Errorf("again: %v, %d recordings, want no more", err, s.index.count())
		}
	}
}

// TestRecoverOddities has files that no recorder left behind in that way.
func TestRecoverOddities(t *testing.T) {
	const base = "2000-01-01/0190f0aa-0000-7000-8000-000000000001_Aiko-Mori_Bob_20000101000000_agent_1"
	tests := []struct {
		name    string
		spoil   func(t *testing.T, p string) // p is the agent's file without suffix
		indexed int
		left    bool // the .part stays
	}{
		{"no note", func(t *testing.T, p string) { t.Helper(); remove(t, p+jsonPart) }, 3, false},
		{"broken note", func(t *testing.T, p string) { t.Helper(); write(t, p+jsonPart, "{") }, 3, false},
		{"huge note", func(t *testing.T, p string) { t.Helper(); write(t, p+jsonPart, strings.Repeat(" ", 2<<20)) }, 3, false},
		{"empty file", func(t *testing.T, p string) { t.Helper(); write(t, p+".wav"+part, "") }, 2, false},
		{"half a header", func(t *testing.T, p string) { t.Helper(); write(t, p+".wav"+part, "RIFF....WAVEfmt ") }, 2, false},
		{"not a WAV file", func(t *testing.T, p string) { t.Helper(); write(t, p+".wav"+part, strings.Repeat("nonsense", 100)) }, 2, true},
		{"a note without a file", func(t *testing.T, p string) { t.Helper(); remove(t, p+".wav"+part) }, 2, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := crash(t, 4*time.Second)
			test.spoil(t, filepath.Join(dir, base))
			s := newStudio(t, dir)
			if err := s.Recover(context.Background()); err != nil {
				t.Fatal(err)
			}
			if s.index.count() != test.indexed {
				t.Errorf("%d recordings, want %d\n%s", s.index.count(), test.indexed, s.log)
			}
			if got := strings.Join(files(t, dir), " "); strings.Contains(got, ".part") != test.left {
				t.Errorf("left behind: %s", got)
			}
			if test.indexed == 3 {
				rec := s.index.part(t, "agent")
				if rec.Conversation != "0190f0aa-0000-7000-8000-000000000001" || rec.EndUser != "Bob" || rec.Start.Year() != 2000 {
					t.Errorf("from the name alone: %+v", rec)
				}
			}
		})
	}
}

// TestRecoverUnindexed crashes between the renaming and the index.
func TestRecoverUnindexed(t *testing.T) {
	dir := crash(t, 4*time.Second)
	s := newStudio(t, dir)
	if err := s.Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	rec := s.index.part(t, "agent")
	write(t, filepath.Join(dir, strings.TrimSuffix(rec.Path, ".wav")+jsonPart), "{}")
	s = newStudio(t, dir)
	if err := s.Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := s.index.part(t, "agent"); s.index.count() != 1 || got.SHA256 != rec.SHA256 || got.Path != rec.Path {
		t.Errorf("%d indexed, %+v, want %+v", s.index.count(), got, rec)
	}
}

// TestRecoverLeavesLive runs beside a recording.
func TestRecoverLeavesLive(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, dir)
		s.run()
		tap := s.begin(twoParties("s1"))
		talkAll(tap, time.Second, talker{channel: 0, hz: 440})
		if err := s.Recover(context.Background()); err != nil || s.index.count() != 0 {
			t.Errorf("%v, %d files taken from under the recorder", err, s.index.count())
		}
		s.stop()
		if s.index.count() != 3 || bytes.Contains(s.log.Bytes(), []byte("ERROR")) {
			t.Errorf("%d recordings\n%s", s.index.count(), s.log)
		}
	})
}

func TestRecoverEnds(t *testing.T) {
	s := newStudio(t, crash(t, time.Second))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Recover(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want canceled", err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}
