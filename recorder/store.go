package recorder

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"mediasrv/media/wav"
	"mediasrv/recorder/ledger"
	"mediasrv/routing/fact"
)

// The suffixes of a file's life: while it is written there are NAME.wav.part and NAME.json.part, at its end NAME.wav and NAME.json. Sound of another kind has
// another suffix than .wav.
const (
	part     = ".part"
	jsonPart = ".json.part"
	jsonDone = ".json"
	tempPart = ".tmp"
)

// file is an open recording.
type file interface {
	wav.Damaged
	Sync() error
	Close() error
}

// store is the recordings directory.
type store struct {
	root   *os.Root
	create func(path string) (file, error) // a new file; fs.ErrExist if there is one. A seam for tests.

	mu      *sync.Mutex
	writing map[string]bool // names of files that are not finished
}

func newStore(root *os.Root) store {
	create := func(path string) (file, error) {
		return root.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o640)
	}
	return store{root: root, create: create, mu: &sync.Mutex{}, writing: make(map[string]bool)}
}

// Close ends the use of the directory.
func (st *store) Close() error {
	if err := st.root.Close(); err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	return nil
}

func (st *store) claim(name string) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.writing[name] {
		return false
	}
	st.writing[name] = true
	return true
}

func (st *store) release(name string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	delete(st.writing, name)
}

// taken says whether a recording has that name already.
func (st *store) taken(name string) bool {
	for _, suffix := range append([]string{".json"}, suffixes()...) {
		for _, file := range [...]string{name + suffix, name + suffix + part} {
			if _, err := st.root.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
				return true
			}
		}
	}
	return false
}

// begin makes an output's file and the note beside it. If one of them can't be made there is none.
func (r *Recorder) begin(s *segment, o *output) error {
	const names = 1000
	for again := range names {
		day, base := nameOf(s.fact, s.start, o.part, again)
		if err := r.store.root.MkdirAll(day, 0o750); err != nil {
			return fmt.Errorf("recorder: %w", err)
		}
		name := day + "/" + base
		if !r.store.claim(name) {
			continue
		}
		if r.store.taken(name) {
			r.store.release(name)
			continue
		}
		if err := r.beginAs(s, o, name); err != nil {
			r.store.release(name)
			return fmt.Errorf("recorder: %w", err)
		}
		return nil
	}
	return fmt.Errorf("recorder: %w: %d files of the same name", fs.ErrExist, names)
}

func (r *Recorder) beginAs(s *segment, o *output, name string) error {
	f, err := r.store.create(name + o.kind.suffix + part)
	if err != nil {
		return err
	}
	o.name, o.noted = name, -1
	w, err := r.open(o, f)
	if err == nil {
		err = r.note(s, o)
	}
	if err != nil {
		o.name = ""
		return errors.Join(err, f.Close(), r.store.root.Remove(name+o.kind.suffix+part))
	}
	o.f, o.w = f, w
	if o.pos > 0 {
		_, o.err = o.w.Silence(int(o.pos))
	}
	return nil
}

// open begins an output's sound in an empty file.
func (r *Recorder) open(o *output, f file) (container, error) {
	if !isSealed(o.kind.suffix) {
		return o.kind.open(f, o.width(), o.name)
	}
	j, err := r.keys.Journal(f)
	if err != nil {
		return nil, err
	}
	o.journal = j
	return o.kind.open(j, o.width(), o.name)
}

// note keeps what is known beside the file, for a crash; again when there are new gaps.
func (r *Recorder) note(s *segment, o *output) error {
	m := s.about(o)
	if len(m.Gaps)+len(m.Marks) == o.noted {
		return nil
	}
	if err := r.store.putNote(o.name+jsonPart, m); err != nil {
		return err
	}
	o.noted = len(m.Gaps) + len(m.Marks)
	return nil
}

// putNote writes what is known of a file beside it, at once or not at all.
func (st *store) putNote(path string, m metadata) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("recorder: %s: %w", path, err)
	}
	if err := st.write(path+tempPart, append(b, '\n'), false); err != nil {
		return err
	}
	return st.rename(path+tempPart, path)
}

// write makes a file, whole or not at all. If it is to last, a power failure doesn't take it either: that may take a while.
func (st *store) write(path string, text []byte, last bool) error {
	f, err := st.root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	_, err = f.Write(text)
	if err == nil && last {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = st.root.Remove(path)
		return fmt.Errorf("recorder: %w", err)
	}
	return nil
}

func (st *store) rename(from, to string) error {
	if err := st.root.Rename(from, to); err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	return nil
}

// complete takes a file that has its size to its end: hashed, in the ledger, with its signed metadata beside it, under its name, and
// indexed. After an error or a crash it may be called again: the ledger's last line about a file holds.
func (r *Recorder) complete(name, suffix string, m *metadata) error {
	var err error
	if m.SHA256, m.Bytes, err = r.store.hash(name + suffix + part); err != nil {
		return err
	}
	if err := r.markUploads(name, ledgerOf(name)); err != nil {
		return err
	}
	if err := r.ledger.Append(name[:len(dayLayout)], func(at ledger.Link) (ledger.Line, error) { return r.sign(name, m, at) }); err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	if err := r.store.rename(name+jsonDone+tempPart, name+jsonDone); err != nil {
		return err
	}
	if err := r.store.rename(name+suffix+part, name+suffix); err != nil {
		return err
	}
	r.tell(name, m.recording())
	r.addUploads(name, ledgerOf(name))
	return nil
}

// sign writes the signed metadata, not yet under its name, and makes the ledger's line about it.
func (r *Recorder) sign(name string, m *metadata, at ledger.Link) (ledger.Line, error) {
	m.Chain = at
	text, err := r.ledger.Key().SignDocument(*m)
	if err != nil {
		return ledger.Line{}, err
	}
	line := ledger.Line{What: ledger.Closed, Segment: m.Segment, Part: m.Part, Leg: m.Leg, Audio: m.SHA256, Metadata: ledger.Hash(text)}
	return line, r.store.write(name+jsonDone+tempPart, text, true)
}

// tell indexes a recording that is complete, then takes the note away: as long as it is there, Recover tells again.
func (r *Recorder) tell(name string, rec fact.Recording) {
	r.store.syncDir(name)
	if r.index != nil {
		r.index.RecordingClosed(rec)
	}
	if err := r.store.remove(name+jsonPart+tempPart, name+jsonPart); err != nil {
		r.log.Warn("a recording's note can't be removed; it is indexed again at the next start", "error", err)
	}
}

func (st *store) hash(path string) (string, int64, error) {
	f, err := st.root.Open(path)
	if err != nil {
		return "", 0, fmt.Errorf("recorder: %w", err)
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return "", 0, fmt.Errorf("recorder: hash of %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), n, nil
}

// syncDir makes renames of a file's directory last. What can't be synced is there after a crash in most cases still.
func (st *store) syncDir(name string) {
	day, err := st.root.Open(name[:len(dayLayout)])
	if err != nil {
		return
	}
	_ = day.Sync()
	_ = day.Close()
}
