package recorder

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"mediasrv/recorder/seal"
	"mediasrv/routing/fact"
)

// heard is a finished recording's sound, which can be read from any place on; one that is sealed is opened while it is read.
type heard struct {
	*io.SectionReader
	file *os.File
	at   time.Time // it was finished
}

// Close implements io.Closer.
func (h heard) Close() error { return h.file.Close() }

// Open opens a finished recording by its path below the directory, and says when it was finished. No path leads out of the directory. The errors are fact.ErrSealed and
// the disk's. Close it.
func (r *Recorder) Open(path string) (io.ReadSeekCloser, time.Time, error) {
	h, err := r.hear(path)
	if err != nil {
		return nil, time.Time{}, err
	}
	return h, h.at, nil
}

func (r *Recorder) hear(path string) (heard, error) {
	f, err := r.store.root.Open(path)
	if err != nil {
		return heard{}, fmt.Errorf("recorder: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return heard{}, fmt.Errorf("recorder: %w", err)
	}
	h := heard{file: f, at: info.ModTime()}
	if _, suffix, _ := cutSound(path); !isSealed(suffix) {
		h.SectionReader = io.NewSectionReader(f, 0, info.Size())
		return h, nil
	}
	if h.SectionReader, err = r.keys.Reader(f, info.Size()); err != nil {
		_ = f.Close()
		if errors.Is(err, seal.ErrNoIdentity) {
			err = fact.ErrSealed
		}
		return heard{}, fmt.Errorf("recorder: %s: %w", path, err)
	}
	return h, nil
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
