package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Described is what a recording's JSON says, as far as it has to be known here. The recorder writes more.
type Described struct {
	File    string `json:"file"`
	Segment string `json:"segment"`
	Part    string `json:"part"`
	Leg     string `json:"leg"`
	SHA256  string `json:"sha256"`
	Chain   Link   `json:"chain"`
}

// recording compares a JSON and its sound with the ledger's line, and takes the line off listed.
func (v *verifier) recording(day, name string, listed map[which]Line, known map[string]bool) error {
	file := path.Join(day, name)
	text, err := fs.ReadFile(v.fsys, file)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	var d Described
	if err := json.Unmarshal(text, &d); err != nil || d.File == "" {
		v.wrong(file, "is no recording's metadata")
		return nil
	}
	sound := path.Join(day, path.Base(d.File))
	known[sound] = true
	w := which{d.Segment, d.Part, d.Leg}
	l, isListed := listed[w]
	delete(listed, w)
	before := len(v.report.Findings)
	switch {
	case !isListed:
		v.wrong(file, "isn't in the day's ledger: an older version recorded it, or it was put there")
	case l.What == Deleted:
		v.wrong(file, "was deleted, says line %d of the ledger, and is there", l.Number)
	case l.Metadata != Hash(text):
		v.wrong(file, "was altered: line %d of the ledger has another hash", l.Number)
	}
	if err := v.trusted.VerifyDocument(text, d.Chain.Key); err != nil && isListed {
		v.wrong(file, "%v", err)
	}
	want := []string{d.SHA256}
	if l.What == Closed {
		want = append(want, l.Audio)
	}
	if err := v.sound(sound, want); err != nil {
		return err
	}
	if len(v.report.Findings) == before {
		v.report.Good++
	}
	return nil
}

// sound compares a file with the hashes that it should have.
func (v *verifier) sound(file string, want []string) error {
	sum, err := hashFile(v.fsys, file)
	if errors.Is(err, fs.ErrNotExist) {
		v.wrong(file, "is missing")
		return nil
	}
	if err != nil {
		return err
	}
	if slices.ContainsFunc(want, func(w string) bool { return w != sum }) {
		v.wrong(file, "was altered: its hash is another one")
	}
	return nil
}

// closing takes the recordings off listed that are just being closed: the line is there, the JSON has not its name yet.
func (v *verifier) closing(day, name string, listed map[which]Line) {
	text, err := fs.ReadFile(v.fsys, path.Join(day, name))
	var d Described
	if err != nil || json.Unmarshal(text, &d) != nil {
		return
	}
	delete(listed, which{d.Segment, d.Part, d.Leg})
}

// stray tells of files that nothing speaks of.
func (v *verifier) stray(file string, known map[string]bool) {
	switch ext := path.Ext(file); {
	case ext == ".part" || ext == ".tmp":
		if !strings.HasSuffix(file, ".json.part") {
			v.note(file, "is being written, or is repaired at the next start")
		}
	case ext == ".upload": // a mark: it has to be uploaded still
	case ext == ".json" || path.Base(file) == FileName || known[file]:
	default:
		v.wrong(file, "is sound without metadata: it was put there, or its metadata was taken away")
	}
}

func hashFile(fsys fs.FS, file string) (string, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return "", fmt.Errorf("verify: %w", err)
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("verify: %s: %w", file, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
