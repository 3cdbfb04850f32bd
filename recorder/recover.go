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

	"mediasrv/media/wav"
)

const maxJSON = 1 << 20

// Recover finishes what an earlier process left behind: files that were being written are repaired, renamed, get their metadata and are
// indexed, marked as repaired. It is called at the start and may run beside Run; files that this recorder is writing are left alone. A
// file that can't be recovered is logged and stays as it is. The error is ctx's, or that the directory can't be read.
func (r *Recorder) Recover(ctx context.Context) error {
	names := make(map[string]bool)
	err := fs.WalkDir(r.store.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil || d.IsDir():
			return err
		case strings.HasSuffix(p, wavPart):
			names[strings.TrimSuffix(p, wavPart)] = true
		case strings.HasSuffix(p, jsonPart):
			names[strings.TrimSuffix(p, jsonPart)] = true
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
		if err := r.recoverOne(name); err != nil {
			r.log.Error("an unfinished recording can't be recovered", "error", err, "file", name+wavPart)
		}
		r.store.release(name)
	}
	return nil
}

func (r *Recorder) recoverOne(name string) error {
	f, err := r.store.root.OpenFile(name+wavPart, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return r.recoverNote(name)
	}
	if err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	_, frames, err := wav.Repair(f)
	if errors.Is(err, wav.ErrFormat) && info.Size() < 44 {
		r.log.Info("an unfinished recording had no audio yet and is removed", "file", name+wavPart)
		return r.store.remove(name+wavPart, name+jsonPart)
	}
	if err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	m, err := r.store.readJSON(name + jsonPart)
	if err != nil {
		r.log.Warn("an unfinished recording has no note: only its name tells what it is", "error", err, "file", name+wavPart)
		m = fromName(name, info.ModTime().Add(-duration(frames)))
	}
	m.File, m.Repaired = name+wavDone, true
	m.length(frames)
	if err := r.complete(name, &m); err != nil {
		return err
	}
	r.log.Info("recording recovered", "call", m.Call, "leg", m.Leg, "file", m.File, "length", duration(frames))
	return nil
}

// recoverNote deals with a note whose recording is complete, but may not have been indexed; or has gone.
func (r *Recorder) recoverNote(name string) error {
	if _, err := r.store.root.Stat(name + wavDone); err == nil {
		m, err := r.store.readJSON(name + jsonDone)
		if err != nil {
			return err
		}
		r.tell(name, m.recording())
		return nil
	}
	return r.store.remove(name + jsonPart)
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
func fromName(name string, start time.Time) metadata {
	m := metadata{Part: "merged", Start: start.UTC(), Gaps: []gapMeta{}, Format: format{Container: "wav", Coding: "pcm_s16le", Rate: rate}}
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
