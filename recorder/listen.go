package recorder

import (
	"fmt"
	"io"
	"time"
)

// Open opens a finished recording by its path below the directory, and says when it was finished. No path leads out of the directory. Close it.
func (r *Recorder) Open(path string) (io.ReadSeekCloser, time.Time, error) {
	f, err := r.store.root.Open(path)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("recorder: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, time.Time{}, fmt.Errorf("recorder: %w", err)
	}
	return f, info.ModTime(), nil
}

// Metadata reads the JSON beside a finished recording, as it was signed.
func (r *Recorder) Metadata(path string) ([]byte, error) {
	name, _, _ := cutSound(path)
	text, err := r.store.root.ReadFile(name + jsonDone)
	if err != nil {
		return nil, fmt.Errorf("recorder: %w", err)
	}
	return text, nil
}
