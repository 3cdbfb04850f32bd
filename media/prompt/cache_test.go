package prompt

import (
	"os"
	"path/filepath"
	"testing"
)

// A file is decoded once, whatever its name; another content is another file; a broken cache costs time only.
func TestLoaderCache(t *testing.T) {
	dir := t.TempDir()
	l := Loader{Cache: filepath.Join(dir, "cache", "prompts")}
	count := filepath.Join(dir, "runs")
	program(t, "ffmpeg", "echo x >> "+count+"; /usr/bin/head -c 64000 /dev/zero | /usr/bin/tr '\\0' '1'")
	put := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	runs := func() int { b, _ := os.ReadFile(count); return len(b) / 2 }
	load := func(path string) {
		t.Helper()
		p, err := l.Load(t.Context(), path)
		if err != nil || p.Length().Seconds() != 2 {
			t.Fatalf("%v", err)
		}
	}
	a := put("a.mp3", "music")
	load(a)
	load(a)
	load(put("b.m4a", "music"))
	if got := runs(); got != 1 {
		t.Errorf("decoded %d times", got)
	}
	load(put("a.mp3", "other music"))
	if got := runs(); got != 2 {
		t.Errorf("another content: decoded %d times", got)
	}
	files, _ := filepath.Glob(filepath.Join(l.Cache, "*"))
	if len(files) != 2 {
		t.Fatalf("in the cache: %v", files)
	}
	for _, f := range files {
		if err := os.WriteFile(f, []byte("RIFFjunk"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	load(a)
	load(a)
	if got := runs(); got != 3 {
		t.Errorf("a broken cache: decoded %d times", got)
	}
	l.Cache = put("file", "no directory")
	load(a)
	if got := runs(); got != 4 {
		t.Errorf("no cache: decoded %d times", got)
	}
	program(t, "ffmpeg", "exit 3")
	if _, err := l.Load(t.Context(), a); err == nil {
		t.Error("nothing was decoded, and no error")
	}
}
