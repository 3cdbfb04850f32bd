package tts

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"mediasrv/media/wav"
)

const (
	maxCached = 128 << 20 // bytes of one file
	staleTemp = time.Hour
)

// cache keeps what was spoken as WAV files, named by a hash of all that decides how it sounds: the same text never makes a second file.
// It can be emptied at any time.
type cache struct {
	dir string
	log *slog.Logger
}

// key names an utterance in the cache.
func (u utterance) key(e engine) string {
	h := sha256.New()
	for _, part := range [...]string{e.id(), u.language, u.voice, fmt.Sprint(u.rate), u.text} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		_, _ = h.Write(append(n[:], part...)) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (c *cache) path(key string) string { return filepath.Join(c.dir, key+".wav") }

// get reads a file; false if there is none, or one that is broken: then it is made again.
func (c *cache) get(key string) ([]int16, int, bool) {
	info, err := os.Stat(c.path(key))
	if err != nil || info.Size() > maxCached {
		return nil, 0, false
	}
	b, err := os.ReadFile(c.path(key))
	if err != nil {
		c.log.Warn("a spoken text can't be read from the cache; it is spoken anew", "error", err)
		return nil, 0, false
	}
	whole := len(b) > 8 && int64(binary.LittleEndian.Uint32(b[4:]))+8 == int64(len(b))
	pcm, rate, err := readAll(bytes.NewReader(b))
	if !whole || err != nil || len(pcm) == 0 {
		c.log.Warn("a file in the speech cache is broken; it is spoken anew", "file", c.path(key))
		return nil, 0, false
	}
	return pcm, rate, true
}

// put keeps a file, whole or not at all. A disk that can't is logged: the text is spoken anew next time.
func (c *cache) put(key string, pcm []int16, rate int) {
	if err := c.write(key, pcm, rate); err != nil {
		c.log.Warn("a spoken text can't be kept in the cache", "error", err)
	}
}

func (c *cache) write(key string, pcm []int16, rate int) error {
	if err := os.MkdirAll(c.dir, 0o750); err != nil {
		return fmt.Errorf("tts: cache: %w", err)
	}
	c.sweep(key)
	f, err := os.CreateTemp(c.dir, key+".*.tmp")
	if err != nil {
		return fmt.Errorf("tts: cache: %w", err)
	}
	w := wav.NewWriter(f, rate, 1)
	_, err = w.Write(pcm)
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), c.path(key))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("tts: cache: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// sweep removes what a process left behind that ended while it wrote the same text.
func (c *cache) sweep(key string) {
	old, err := filepath.Glob(filepath.Join(c.dir, key+".*.tmp"))
	if err != nil {
		return
	}
	for _, p := range old {
		info, err := os.Stat(p)
		if err != nil || time.Since(info.ModTime()) < staleTemp {
			continue
		}
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			c.log.Warn("an old file in the speech cache can't be removed", "error", err)
		}
	}
}
