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
	"path/filepath"
	"strings"

	"mediasrv/recorder/seal"
)

// ErrOtherSound means that a sealed file's sound isn't what its metadata say.
var ErrOtherSound = errors.New("its sound is not what was recorded: the hash in the metadata is another one")

// Decrypt opens a sealed recording into a file of a directory (empty: its own), whose path it returns. proven: the metadata beside it have the sound's hash, and it is
// that. A file that is there already is an error. After ErrOtherSound, too, there is none.
func Decrypt(path, dir string, keys seal.Keys) (out string, proven bool, err error) {
	name, suffix, ok := cutSound(path)
	if !ok || !isSealed(suffix) {
		return "", false, fmt.Errorf("its name doesn't end with %s or %s", suffixAge, suffixJournal)
	}
	if dir == "" {
		dir = filepath.Dir(path)
	}
	out = filepath.Join(dir, filepath.Base(name)+strings.TrimSuffix(strings.TrimSuffix(suffix, suffixAge), suffixJournal))
	src, err := os.Open(path)
	if err != nil {
		return "", false, err
	}
	defer func() { _ = src.Close() }()
	info, err := src.Stat()
	if err != nil {
		return "", false, err
	}
	sound, err := keys.Reader(src, info.Size())
	if err != nil {
		return "", false, err
	}
	dst, err := os.OpenFile(out, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", false, err
	}
	sum, err := copySound(dst, sound, kindBySuffix(suffix), seal.Journaled(src))
	if err = errors.Join(err, dst.Close()); err == nil {
		proven, err = isRecorded(name, sum)
	}
	if err != nil {
		return "", false, errors.Join(err, os.Remove(out))
	}
	return out, proven, nil
}

// copySound returns the sound's hash. What a journal has was never finished: it is repaired.
func copySound(dst *os.File, sound *io.SectionReader, as kind, torn bool) (string, error) {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(dst, sum), sound)
	if err != nil {
		return "", fmt.Errorf("recorder: %w", err)
	}
	if torn {
		_, err = as.repair(dst, n)
	}
	return hex.EncodeToString(sum.Sum(nil)), err
}

// isRecorded compares the sound's hash with the metadata's; false: there is none.
func isRecorded(name, sum string) (bool, error) {
	text, err := os.ReadFile(name + jsonDone)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	var m metadata
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return false, fmt.Errorf("recorder: its metadata can't be read: %w", err)
	}
	if m.SoundSHA256 != "" && m.SoundSHA256 != sum {
		return false, ErrOtherSound
	}
	return m.SoundSHA256 != "", nil
}
