package prompt

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"mediasrv/media/wav"
)

// decoderVersion is a part of every name in the cache: another one when programs are asked for something else.
const decoderVersion = "1"

// kept is what decode makes of a file, at a rate, or what it made before. kind is what decides about the decoding beside the content.
func (l Loader) kept(path, kind string, rate int, decode func() ([]int16, error)) ([]int16, int, error) {
	if l.Cache == "" {
		pcm, err := decode()
		return pcm, rate, err
	}
	name, err := fingerprint(path, kind)
	if err != nil {
		return nil, 0, err
	}
	at := filepath.Join(l.Cache, name+".wav")
	if pcm, was, err := readKept(at); err == nil && was == rate {
		return pcm, rate, nil
	}
	pcm, err := decode()
	if err == nil {
		_ = keep(at, pcm, rate) // as the type says: it is decoded again then
	}
	return pcm, rate, err
}

// fingerprint names a file by its content.
func fingerprint(path, kind string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", bare(err)
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	sum.Write([]byte(decoderVersion + kind + "\n"))
	if _, err := io.Copy(sum, io.LimitReader(f, MaxFile+1)); err != nil {
		return "", bare(err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:16]), nil
}

func readKept(path string) ([]int16, int, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, bare(err)
	}
	defer func() { _ = f.Close() }()
	return mono(f, int(maxDecoded/2))
}

// keep writes a file under another name first: nobody reads half of one.
func keep(path string, pcm []int16, rate int) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("prompt: cache: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("prompt: cache: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	w := wav.NewWriter(f, rate, 1)
	_, err = w.Write(pcm)
	if err = errors.Join(err, w.Close(), f.Close()); err != nil {
		return fmt.Errorf("prompt: cache: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("prompt: cache: %w", err)
	}
	return nil
}
