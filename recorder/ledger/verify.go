package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Finding is something that is wrong with a file, a line or a day.
type Finding struct {
	Path string // below the directory
	What string // in words
}

// Report is what Verify found.
type Report struct {
	Days     int
	Good     int // files that are complete and unaltered
	Deleted  int // on purpose, as the ledger says
	Findings []Finding
	Notes    []Finding // that say nothing against the files
}

// Verify reads a recordings directory, or one day's, and compares every file with the ledgers. It changes nothing. The error is that it
// couldn't be read.
func Verify(fsys fs.FS, trusted Trusted) (*Report, error) {
	days, err := daysOf(fsys)
	if err != nil {
		return nil, err
	}
	v := &verifier{fsys: fsys, trusted: trusted, heads: make(map[string][]string)}
	for _, day := range days {
		if err := v.day(day); err != nil {
			return nil, err
		}
	}
	v.joints()
	return &v.report, nil
}

func daysOf(fsys fs.FS) ([]string, error) {
	if _, err := fs.Stat(fsys, FileName); err == nil {
		return []string{"."}, nil
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	var days []string
	for _, e := range entries {
		if e.IsDir() && dayName.MatchString(e.Name()) {
			days = append(days, e.Name())
		}
	}
	if days == nil {
		return nil, errors.New("verify: this is no directory of recordings: it has no ledger and no days such as 2026-01-31")
	}
	return days, nil
}

// verifier goes from day to day.
type verifier struct {
	fsys    fs.FS
	trusted Trusted
	heads   map[string][]string // hashes of each day's lines
	after   []joint
	report  Report
}

// joint is a first line that names another day.
type joint struct {
	path string
	head Head
}

func (v *verifier) wrong(path, format string, args ...any) {
	v.report.Findings = append(v.report.Findings, Finding{path, fmt.Sprintf(format, args...)})
}

func (v *verifier) note(path, format string, args ...any) {
	v.report.Notes = append(v.report.Notes, Finding{path, fmt.Sprintf(format, args...)})
}

// which names a recording whatever its file is called.
type which struct{ segment, part, leg string }

func (v *verifier) day(day string) error {
	v.report.Days++
	entries, err := fs.ReadDir(v.fsys, day)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	listed, err := v.lines(day)
	if errors.Is(err, fs.ErrNotExist) {
		if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return strings.HasSuffix(e.Name(), ".json") }) {
			v.wrong(path.Join(day, FileName), "the day's ledger is missing")
		}
	} else if err != nil {
		return err
	}
	known := make(map[string]bool) // sound files that a JSON speaks of
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".json") {
			if err := v.recording(day, e.Name(), listed, known); err != nil {
				return err
			}
		}
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".json.part") {
			v.closing(day, e.Name(), listed)
		}
		v.stray(path.Join(day, e.Name()), known)
	}
	for _, w := range slices.SortedFunc(maps.Keys(listed), func(a, b which) int { return listed[a].Number - listed[b].Number }) {
		l := listed[w]
		if l.What == Deleted {
			v.report.Deleted++
			continue
		}
		v.wrong(day, "the recording that line %d lists is missing (segment %s, %s, closed %s)", l.Number, w.segment, w.part, l.At.Format("2006-01-02 15:04:05Z"))
	}
	return nil
}

// lines checks the chain of a day, and returns the last line about each recording. fs.ErrNotExist: the day has no ledger.
func (v *verifier) lines(day string) (map[which]Line, error) {
	listed := make(map[which]Line)
	file := path.Join(day, FileName)
	text, err := fs.ReadFile(v.fsys, file)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	previous := ""
	for raw := range bytes.Lines(text) {
		raw, whole := bytes.CutSuffix(raw, []byte{'\n'})
		number := len(v.heads[day]) + 1
		v.heads[day] = append(v.heads[day], Hash(raw))
		if !whole {
			v.note(file, "line %d was never finished: the server is writing, or ended there", number)
			break
		}
		var l Line
		if err := json.Unmarshal(raw, &l); err != nil {
			v.wrong(file, "line %d can't be read: %v", number, err)
		} else {
			v.line(file, number, raw, l, previous)
			listed[which{l.Segment, l.Part, l.Leg}] = l
		}
		previous = Hash(raw)
	}
	return listed, nil
}

func (v *verifier) line(file string, number int, raw []byte, l Line, previous string) {
	if err := v.trusted.VerifyDocument(raw, l.Key); err != nil {
		v.wrong(file, "line %d: %v", number, err)
	}
	if l.Number != number {
		v.wrong(file, "line %d says that it is number %d: lines were taken away or put in", number, l.Number)
	}
	if l.Previous != previous {
		v.wrong(file, "line %d doesn't follow the line before it: the chain is broken there", number)
	}
	if l.After != nil {
		v.after = append(v.after, joint{fmt.Sprintf("%s: line %d", file, number), *l.After})
	}
}

// joints checks what the days' first lines say of other days.
func (v *verifier) joints() {
	for _, j := range v.after {
		lines, there := v.heads[j.head.Day]
		switch {
		case len(v.heads) == 1: // one day was asked about
		case !there:
			v.wrong(j.path, "names the ledger of %s, which is missing", j.head.Day)
		case len(lines) < j.head.Number:
			v.wrong(j.path, "says that the ledger of %s had %d lines; it has %d now: lines were taken away", j.head.Day, j.head.Number, len(lines))
		case lines[j.head.Number-1] != j.head.Hash:
			v.wrong(j.path, "says what line %d of the ledger of %s was; it was altered", j.head.Number, j.head.Day)
		}
	}
}
