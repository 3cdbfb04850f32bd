package ledger

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// archive is a directory with recordings of three days: five, two and one.
func archive(t *testing.T) (string, *Ledger, Trusted) {
	t.Helper()
	dir := t.TempDir()
	key, err := OpenKey(filepath.Join(dir, "key.pem"))
	must(t, err)
	records := filepath.Join(dir, "recordings")
	must(t, os.Mkdir(records, 0o755))
	l := open(t, records, key)
	for d, files := range []int{5, 2, 1} {
		day := fmt.Sprintf("2026-01-%02d", d+1)
		must(t, os.Mkdir(filepath.Join(records, day), 0o755))
		for n := range files {
			record(t, records, l, day, fmt.Sprintf("seg%d", n))
		}
	}
	trusted, err := ReadTrusted(key.Public())
	must(t, err)
	return records, l, trusted
}

func open(t *testing.T, dir string, key *Key) *Ledger {
	t.Helper()
	root, err := os.OpenRoot(dir)
	must(t, err)
	t.Cleanup(func() { _ = root.Close() })
	l, err := Open(root, key)
	must(t, err)
	return l
}

// record closes a recording, as the recorder does.
func record(t *testing.T, dir string, l *Ledger, day, segment string) {
	t.Helper()
	sound := []byte("sound of " + segment)
	d := Described{File: day + "/" + segment + ".wav", Segment: segment, Part: "customer", SHA256: Hash(sound)}
	var text []byte
	must(t, l.Append(day, func(at Link) (line Line, err error) {
		d.Chain = at
		text, err = l.Key().SignDocument(d)
		return Line{What: Closed, Segment: segment, Part: "customer", Audio: Hash(sound), Metadata: Hash(text)}, err
	}))
	must(t, os.WriteFile(filepath.Join(dir, day, segment+".wav"), sound, 0o600))
	must(t, os.WriteFile(filepath.Join(dir, day, segment+".json"), text, 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, dir string, trusted Trusted) *Report {
	t.Helper()
	r, err := Verify(os.DirFS(dir), trusted)
	must(t, err)
	return r
}

func TestUntouchedArchive(t *testing.T) {
	dir, _, trusted := archive(t)
	r := verify(t, dir, trusted)
	if r.Good != 8 || r.Days != 3 || len(r.Findings)+len(r.Notes) != 0 {
		t.Errorf("%+v, want 8 good files of 3 days and nothing found", r)
	}
	if r := verify(t, filepath.Join(dir, "2026-01-02"), trusted); r.Good != 2 || len(r.Findings) != 0 {
		t.Errorf("one day alone: %+v, want 2 good files", r)
	}
}

// Whatever somebody does to the files is found, and said about the right one.
func TestTampering(t *testing.T) {
	edit := func(file, from, to string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			file := filepath.Join(dir, file)
			text, err := os.ReadFile(file)
			must(t, err)
			changed := bytes.Replace(text, []byte(from), []byte(to), 1)
			if bytes.Equal(text, changed) {
				t.Fatalf("%s has no %q", file, from)
			}
			must(t, os.WriteFile(file, changed, 0o600))
		}
	}
	remove := func(files ...string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			for _, f := range files {
				must(t, os.RemoveAll(filepath.Join(dir, f)))
			}
		}
	}
	dropLines := func(file string, from, to int) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			text, err := os.ReadFile(filepath.Join(dir, file))
			must(t, err)
			lines := strings.SplitAfter(string(text), "\n")
			lines = append(lines[:from:from], lines[to:]...)
			must(t, os.WriteFile(filepath.Join(dir, file), []byte(strings.Join(lines, "")), 0o600))
		}
	}
	for name, c := range map[string]struct {
		do   func(t *testing.T, dir string)
		path string
		what string
	}{
		"one bit of the sound":      {edit("2026-01-01/seg1.wav", "s", "S"), "2026-01-01/seg1.wav", "altered"},
		"a word of the metadata":    {edit("2026-01-01/seg1.json", "customer", "costumer"), "2026-01-01/seg1.json", "isn't in the day's ledger"},
		"a space of the metadata":   {edit("2026-01-01/seg1.json", "  ", " "), "2026-01-01/seg1.json", "altered"},
		"the end of the metadata":   {edit("2026-01-01/seg1.json", "\n}", "\n ,\"x\":1}"), "2026-01-01/seg1.json", "altered"},
		"a line below the metadata": {edit("2026-01-01/seg1.json", "\n}\n", "\n}\n\n"), "2026-01-01/seg1.json", "has another hash"},
		"sound taken away":          {remove("2026-01-01/seg1.wav"), "2026-01-01/seg1.wav", "missing"},
		"metadata taken away":       {remove("2026-01-01/seg1.json"), "2026-01-01/seg1.wav", "without metadata"},
		"both taken away":           {remove("2026-01-01/seg1.json", "2026-01-01/seg1.wav"), "2026-01-01", "line 2 lists is missing"},
		"a line edited":             {edit("2026-01-01/ledger.jsonl", "closed", "clozed"), "2026-01-01/ledger.jsonl", "line 1: its signature"},
		"a line of another day": {func(t *testing.T, dir string) {
			t.Helper()
			text, err := os.ReadFile(filepath.Join(dir, "2026-01-02/ledger.jsonl"))
			must(t, err)
			foreign := strings.SplitAfter(string(text), "\n")[1]
			text, err = os.ReadFile(filepath.Join(dir, "2026-01-01/ledger.jsonl"))
			must(t, err)
			lines := strings.SplitAfter(string(text), "\n")
			lines[1] = foreign
			must(t, os.WriteFile(filepath.Join(dir, "2026-01-01/ledger.jsonl"), []byte(strings.Join(lines, "")), 0o600))
		}, "2026-01-01/ledger.jsonl", "line 2 doesn't follow"},
		"a line taken away":               {dropLines("2026-01-01/ledger.jsonl", 1, 2), "2026-01-01/ledger.jsonl", "line 2 says that it is number 3"},
		"the last lines taken away":       {dropLines("2026-01-01/ledger.jsonl", 4, 5), "2026-01-02/ledger.jsonl: line 1", "had 5 lines; it has 4 now"},
		"the ledger taken away":           {remove("2026-01-01/ledger.jsonl"), "2026-01-01/ledger.jsonl", "missing"},
		"a day taken away":                {remove("2026-01-02"), "2026-01-03/ledger.jsonl: line 1", "2026-01-02, which is missing"},
		"a recording of the last day too": {remove("2026-01-03/seg0.wav", "2026-01-03/seg0.json"), "2026-01-03", "line 1 lists is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, _, trusted := archive(t)
			c.do(t, dir)
			r := verify(t, dir, trusted)
			for _, f := range r.Findings {
				if f.Path == c.path && strings.Contains(f.What, c.what) {
					return
				}
			}
			t.Errorf("found %v, want %s: …%s…", r.Findings, c.path, c.what)
		})
	}
}

// Who makes everything anew with a key of their own is found by that key.
func TestForgedWithAnotherKey(t *testing.T) {
	dir, _, trusted := archive(t)
	must(t, os.RemoveAll(filepath.Join(dir, "2026-01-03")))
	must(t, os.Mkdir(filepath.Join(dir, "2026-01-03"), 0o755))
	other, err := OpenKey(filepath.Join(t.TempDir(), "other.pem"))
	must(t, err)
	record(t, dir, open(t, dir, other), "2026-01-03", "seg0")
	if r := verify(t, dir, trusted); len(r.Findings) != 2 || r.Good != 7 {
		t.Errorf("found %v and %d good files, want a line and a JSON of a key that isn't trusted, and 7", r.Findings, r.Good)
	}
}

// A file that was deleted on purpose isn't missing; one that comes back is found.
func TestDeleted(t *testing.T) {
	dir, l, trusted := archive(t)
	text, err := os.ReadFile(filepath.Join(dir, "2026-01-01/seg3.json"))
	must(t, err)
	must(t, l.Append("2026-01-01", func(Link) (Line, error) { return Line{What: Deleted, Segment: "seg3", Part: "customer"}, nil }))
	must(t, os.Remove(filepath.Join(dir, "2026-01-01/seg3.wav")))
	must(t, os.Remove(filepath.Join(dir, "2026-01-01/seg3.json")))
	if r := verify(t, dir, trusted); r.Good != 7 || r.Deleted != 1 || len(r.Findings) != 0 {
		t.Errorf("%+v, want 7 good files, 1 deleted", r)
	}
	must(t, os.WriteFile(filepath.Join(dir, "2026-01-01/seg3.json"), text, 0o600))
	if r := verify(t, dir, trusted); len(r.Findings) == 0 {
		t.Error("a deleted recording that is there again wasn't found")
	}
}

// After a crash in the middle of a line the chain goes on behind the last whole one, and so it does after a start.
func TestGoesOnAfterACrash(t *testing.T) {
	dir, l, trusted := archive(t)
	file := filepath.Join(dir, "2026-01-03", FileName)
	text, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, append(text, `{"number":2,"at":"20`...), 0o600))
	if r := verify(t, dir, trusted); len(r.Findings) != 0 || len(r.Notes) != 1 {
		t.Errorf("an unfinished line: %+v, want one note", r)
	}
	l = open(t, dir, l.Key())
	record(t, dir, l, "2026-01-03", "seg1")
	must(t, os.Mkdir(filepath.Join(dir, "2026-01-04"), 0o755))
	record(t, dir, l, "2026-01-04", "seg0")
	record(t, dir, l, "2026-01-01", "late") // a call that began days ago
	if r := verify(t, dir, trusted); r.Good != 11 || len(r.Findings)+len(r.Notes) != 0 {
		t.Errorf("%+v, want 11 good files", r)
	}
}

func TestKeyIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key.pem")
	first, err := OpenKey(path)
	must(t, err)
	again, err := OpenKey(path)
	must(t, err)
	if first.ID() != again.ID() {
		t.Error("the key isn't the same after a start")
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the key: %v", info.Mode())
	}
	must(t, os.WriteFile(path, []byte("nonsense"), 0o600))
	if _, err := OpenKey(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a broken key's file: %v, want an error that names it", err)
	}
}

func TestVerifyAnythingElse(t *testing.T) {
	if _, err := Verify(os.DirFS(t.TempDir()), Trusted{}); err == nil || !strings.Contains(err.Error(), "no directory of recordings") {
		t.Errorf("an empty directory: %v", err)
	}
	if _, err := ReadTrusted([]byte("nonsense")); err == nil {
		t.Error("a file without keys was taken")
	}
}
