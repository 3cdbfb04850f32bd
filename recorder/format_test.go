package recorder

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/routing/fact"
)

// decoded is what another program hears in a file; one slice per channel.
func decoded(t *testing.T, path string) [][]int16 {
	t.Helper()
	if strings.HasSuffix(path, ".wav") {
		return readFile(t, path)
	}
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("there is no ffmpeg")
	}
	out := filepath.Join(t.TempDir(), "a.wav")
	if text, err := exec.Command("ffmpeg", "-v", "warning", "-i", path, "-ar", "8000", out).CombinedOutput(); err != nil || len(text) > 0 {
		t.Fatalf("ffmpeg: %v: %s", err, text)
	}
	return readFile(t, out)
}

// A recording of any format has everybody at his place; after a crash as well.
func TestFormats(t *testing.T) {
	for format, want := range map[string]struct {
		suffix, coding string
		most           int64 // bytes per second and voice
	}{
		fact.FormatALaw: {".wav", "pcm_alaw", 8020}, fact.FormatULaw: {".wav", "pcm_mulaw", 8020}, fact.FormatOpus: {".opus", "opus", 4000},
	} {
		t.Run(format, func(t *testing.T) {
			dir, crashed := t.TempDir(), t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				s := newStudio(t, dir)
				s.run()
				f := twoParties("s1")
				f.Format = format
				tap := s.begin(f)
				talkAll(tap, 4*time.Second, talker{channel: 0, hz: 440}, talker{channel: 1, hz: 880, skip: func(k int) bool { return k < 100 }})
				if err := os.CopyFS(crashed, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
				s.Stop("s1")
				time.Sleep(time.Second)
				s.stop()
				if err := newStudio(t, crashed).Recover(t.Context()); err != nil {
					t.Fatal(err)
				}
				for _, part := range []string{"customer", "agent", "merged"} {
					rec := s.index.part(t, part)
					m := s.metadata(rec)
					if m.Format.Coding != want.coding || !strings.HasSuffix(rec.Path, want.suffix) || m.Seconds != 4 || rec.Bytes > 4*want.most*int64(len(m.Format.Channels)) {
						t.Errorf("%s: %+v, %d bytes", part, m, rec.Bytes)
					}
				}
			})
			for _, d := range []string{dir, crashed} {
				if r := evidence(t, d); r.Good != 3 || len(r.Findings)+len(r.Notes) > 0 {
					t.Errorf("%+v, want 3 good files", r)
				}
				least := 3.95
				if d == crashed {
					least = 3 // a second may be lost
				}
				for _, file := range sounds(t, d) {
					pcm := decoded(t, file)
					switch {
					case strings.Contains(file, "_customer_"):
						hears(t, file, pcm[0], 0.2, least, 440)
					case strings.Contains(file, "_agent_"):
						hears(t, file, pcm[0], 2.2, least, 880)
					default:
						hears(t, file+" left", pcm[0], 0.2, least, 440)
						hears(t, file+" right", pcm[1], 0.2, 1.9, 0)
						hears(t, file+" right", pcm[1], 2.2, least, 880)
					}
				}
			}
		})
	}
}

// sounds are the finished files of a directory.
func sounds(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	for _, suffix := range suffixes() {
		found, err := filepath.Glob(filepath.Join(dir, "*", "*"+suffix))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	return all
}
