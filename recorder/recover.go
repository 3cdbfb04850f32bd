package recorder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"mediasrv/media/ogg"
	"mediasrv/media/wav"
)

const (
	maxJSON  = 1 << 20
	mostHead = 128 // bytes of a container's headers: a shorter file has no sound
)

// Recover finishes what an earlier process left behind: files that were being written are repaired, renamed, get their metadata and are
// indexed, marked as repaired. It is called at the start and may run beside Run; files that this recorder is writing are left alone. A
// file that can't be recovered is logged and stays as it is. The error is ctx's, or that the directory can't be read.
func (r *Recorder) Recover(ctx context.Context) error {
	names := make(map[string]string) // with the suffix of the sound that is unfinished; empty: there is only a note
	err := fs.WalkDir(r.store.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil || d.IsDir():
			return err
		}
		file, unfinished := strings.CutSuffix(p, part)
		if name, isNote := strings.CutSuffix(strings.TrimSuffix(p, tempPart), jsonPart); isNote && names[name] == "" {
			names[name] = ""
		} else if name, suffix, ok := cutSound(file); ok && unfinished {
			names[name] = suffix
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("recorder: recover: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if ctx.Err() != nil {
			return fmt.Errorf("recorder: recover: %w", ctx.Err())
		}
		if !r.store.claim(name) {
			continue
		}
		if err := r.recoverOne(name, names[name]); err != nil {
			r.log.Error("an unfinished recording can't be recovered", "error", err, "file", name+names[name]+part)
		}
		r.store.release(name)
	}
	return nil
}

func (r *Recorder) recoverOne(name, suffix string) error {
	if suffix == "" {
		return r.recoverNote(name)
	}
	if isSealed(suffix) {
		return r.recoverSealed(name, suffix)
	}
	file, as := name+suffix+part, kindBySuffix(suffix)
	f, err := r.store.root.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	frames, err := as.repair(f, info.Size())
	if (errors.Is(err, wav.ErrFormat) || errors.Is(err, ogg.ErrFormat)) && info.Size() < mostHead {
		r.log.Info("an unfinished recording had no audio yet and is removed", "file", file)
		return r.store.remove(file, name+jsonPart, name+jsonPart+tempPart)
	}
	if err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	m, err := r.store.readJSON(name + jsonPart)
	if err != nil {
		r.log.Warn("an unfinished recording has no note: only its name tells what it is", "error", err, "file", file)
		m = fromName(name, as, info.ModTime().Add(-duration(frames)))
	}
	m.File, m.Repaired = name+suffix, true
	m.length(frames)
	return r.recovered(name, suffix, &m)
}

// recoverNote deals with a note whose recording is complete, but may not have been indexed; or has gone.
func (r *Recorder) recoverNote(name string) error {
	if r.store.finished(name) {
		m, err := r.store.readJSON(name + jsonDone)
		if err != nil {
			return err
		}
		r.tell(name, m.recording())
		return nil
	}
	return r.store.remove(name+jsonPart, name+jsonPart+tempPart)
}

// finished says whether the sound is there under its name.
func (st *store) finished(name string) bool {
	return slices.ContainsFunc(suffixes(), func(suffix string) bool { _, err := st.root.Stat(name + suffix); return err == nil })
}

func (st *store) remove(paths ...string) error {
	var all error
	for _, p := range paths {
		if err := st.root.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, fmt.Errorf("recorder: %w", err))
		}
	}
	return all
}

func (st *store) readJSON(p string) (m metadata, err error) {
	info, err := st.root.Stat(p)
	if err != nil {
		return m, fmt.Errorf("recorder: %w", err)
	}
	if info.Size() > maxJSON {
		return m, fmt.Errorf("recorder: %s has %d bytes: not ours", p, info.Size())
	}
	b, err := st.root.ReadFile(p)
	if err != nil {
		return m, fmt.Errorf("recorder: %w", err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("recorder: %s: %w", p, err)
	}
	return m, nil
}

// fromName reads what a file's name says, see nameOf; start is used if it says nothing.
func fromName(name string, as kind, start time.Time) metadata {
	m := metadata{Part: "merged", Start: start.UTC(), Gaps: []gapMeta{}, Marks: []markMeta{}, Format: format{Container: as.container, Coding: as.coding, Rate: rate}}
	w := strings.Split(path.Base(name), "_")
	if len(w) != 6 {
		return m
	}
	m.Conversation, m.Agent.Name, m.EndUser.Name, m.Part = w[0], w[1], w[2], w[4]
	if t, err := time.Parse(stampLayout, w[3]); err == nil {
		m.Start = t
	}
	number, _, _ := strings.Cut(w[5], "-")
	if n, err := strconv.Atoi(number); err == nil {
		m.SegmentNumber = n
	}
	return m
}
