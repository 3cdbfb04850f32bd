package recorder

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"filippo.io/age"

	"mediasrv/recorder/seal"
	"mediasrv/routing/fact"
)

func sealKeys(t *testing.T) (to, both seal.Keys) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	to.To = []age.Recipient{id.Recipient()}
	return to, seal.Keys{To: to.To, Open: []age.Identity{id}}
}

// clear looks for sound of files in clear: 440 Hz as PCM.
func inClear(t *testing.T, dir string) (found []string) {
	t.Helper()
	var pcm [160]int16
	tone(pcm[:], 440, 8000)
	var want []byte
	for _, s := range pcm[20:60] {
		want = append(want, byte(s), byte(s>>8))
	}
	for _, name := range files(t, dir) {
		all, _ := filepath.Glob(filepath.Join(dir, "*", name))
		for _, p := range all {
			if text, err := os.ReadFile(p); err != nil || bytes.Contains(text, want) || bytes.HasPrefix(text, []byte("RIFF")) || bytes.HasPrefix(text, []byte("OggS")) {
				found = append(found, name)
			}
		}
	}
	return found
}

// Sound is on the disk sealed only: while it is written, when it is finished, and after a crash, whether the server can open it or not. Whoever has the identity hears it.
func TestSealed(t *testing.T) {
	for _, format := range []string{fact.FormatWAV, fact.FormatOpus} {
		t.Run(format, func(t *testing.T) {
			to, both := sealKeys(t)
			dir, crashed, crashedToo := t.TempDir(), t.TempDir(), t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				s := newStudio(t, dir)
				s.keys = to
				s.run()
				f := twoParties("s1")
				f.Format = format
				tap := s.begin(f)
				talkAll(tap, 4*time.Second, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880})
				if found := inClear(t, dir); len(found) > 0 {
					t.Errorf("in clear while it is recorded: %v", found)
				}
				for _, d := range []string{crashed, crashedToo} {
					if err := os.CopyFS(d, os.DirFS(dir)); err != nil {
						t.Fatal(err)
					}
				}
				s.Stop("s1")
				time.Sleep(time.Second)
				s.stop()
				if _, _, err := newStudio(t, dir).Open(s.index.part(t, "customer").Path); !errors.Is(err, fact.ErrSealed) {
					t.Errorf("without an identity: %v", err)
				}
				for d, keys := range map[string]seal.Keys{crashed: to, crashedToo: both} {
					again := newStudio(t, d)
					again.keys = keys
					if err := again.Recover(t.Context()); err != nil {
						t.Fatal(err)
					}
					if rec := again.index.part(t, "merged"); !rec.Repaired || rec.End.Sub(rec.Start) < 3*time.Second || rec.End.Sub(rec.Start) > 4500*time.Millisecond {
						t.Errorf("recovered: %+v", rec)
					}
				}
			})
			for d, suffix := range map[string]string{dir: suffixAge, crashed: suffixJournal, crashedToo: suffixAge} {
				if found := inClear(t, d); len(found) > 0 {
					t.Errorf("in clear: %v", found)
				}
				if r := evidence(t, d); r.Good != 3 || len(r.Findings)+len(r.Notes) > 0 {
					t.Errorf("%s: %+v, want 3 good files", suffix, r)
				}
				opened := t.TempDir()
				for _, file := range sounds(t, d) {
					out, proven, err := Decrypt(file, opened, both)
					if err != nil || proven != (suffix == suffixAge) || !strings.HasSuffix(file, suffix) {
						t.Fatalf("%s: proven %v, %v", file, proven, err)
					}
					if strings.Contains(file, "_customer_") {
						hears(t, file, decoded(t, out)[0], 0.2, 2.9, 440)
					}
				}
			}
			listen(t, dir, both)
		})
	}
}

// listen opens a sealed file as a page does, and one that was altered.
func listen(t *testing.T, dir string, keys seal.Keys) {
	t.Helper()
	s := newStudio(t, dir)
	s.keys = keys
	file := sounds(t, dir)[0]
	path, _ := filepath.Rel(dir, file)
	f, _, err := s.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(f)
	if _, again := f.Seek(100, io.SeekStart); err != nil || again != nil {
		t.Fatal(err, again)
	}
	part := make([]byte, 50)
	if _, err := io.ReadFull(f, part); err != nil || !bytes.Equal(part, all[100:150]) {
		t.Error("a part is not what the whole is", err)
	}
	_ = f.Close()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Decrypt(file, t.TempDir(), keys); err == nil {
		t.Error("an altered file is decrypted")
	}
	if r := evidence(t, dir); r.Good != 2 || len(r.Findings) != 1 {
		t.Errorf("an altered file: %+v", r)
	}
}

// A disk that lost a page of a journal costs that page: the file is never taken for one without sound, and what lies behind a damaged piece is heard.
func TestDamagedJournalStays(t *testing.T) {
	to, both := sealKeys(t)
	dirs := map[string]string{"first": t.TempDir(), "middle": t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		s := newStudio(t, dir)
		s.keys = to
		s.run()
		tap := s.begin(twoParties("s1"))
		talkAll(tap, 8*time.Second, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880})
		for _, d := range dirs {
			if err := os.CopyFS(d, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
		}
		s.Stop("s1")
		time.Sleep(time.Second)
		s.stop()
	})
	damage := func(dir string, at func(size int) int) (all []string) {
		all, _ = filepath.Glob(filepath.Join(dir, "*", "*"+part))
		all = slices.DeleteFunc(all, func(p string) bool { return strings.HasSuffix(p, jsonPart) })
		for _, p := range all {
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			copy(b[at(len(b)):], bytes.Repeat([]byte{0xff}, 100))
			if err := os.WriteFile(p, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	for _, keys := range []seal.Keys{to, both} {
		lost := damage(dirs["first"], func(int) int { return 300 }) // the head of the first piece, or close to it
		s := newStudio(t, dirs["first"])
		s.keys = keys
		if err := s.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, p := range lost {
			if _, err := os.Stat(p); err != nil || len(lost) != 3 {
				t.Errorf("%d journals whose beginning is damaged: %v", len(lost), err)
			}
		}
	}
	damage(dirs["middle"], func(size int) int { return size / 2 })
	s := newStudio(t, dirs["middle"])
	s.keys = both
	if err := s.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rec := s.index.part(t, "customer"); rec.End.Sub(rec.Start) < 7*time.Second {
		t.Errorf("behind a damaged piece nothing is left: %+v", rec)
	}
}

// A sealed file that lacked its name only is found by its path, though its note was lost.
func TestSealedWithoutNote(t *testing.T) {
	to, _ := sealKeys(t)
	s := newStudio(t, t.TempDir())
	s.keys = to
	const name = "2026-01-02/c_agent_user_20260102T090000Z_customer_1"
	if err := s.store.root.MkdirAll("2026-01-02", 0o750); err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	if err := to.Seal(&sealed, strings.NewReader("sound")); err != nil {
		t.Fatal(err)
	}
	if err := s.store.root.WriteFile(name+suffixWAV+suffixAge+part, sealed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rec := s.index.part(t, "customer"); rec.Path != name+suffixWAV+suffixAge {
		t.Errorf("it is indexed as %q", rec.Path)
	}
}
