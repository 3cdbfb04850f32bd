package recorder

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"mediasrv/recorder/seal"
)

// How the sound of a sealed file lies there, for metadata.
const (
	sealedAge     = "age"
	sealedJournal = "journal"
)

// seal makes an age file of a journal and puts it in its place, with all that is known of it in the note: what comes after that needs no key. It may be
// called again.
func (r *Recorder) seal(name, suffix string, j *seal.Journal, m *metadata) error {
	temp := name + suffix + tempPart
	f, err := r.store.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	sum := sha256.New()
	err = r.keys.Seal(f, io.TeeReader(io.NewSectionReader(j, 0, j.Size()), sum))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("recorder: %w", err), r.store.remove(temp))
	}
	m.SoundSHA256, m.Format.Sealed = hex.EncodeToString(sum.Sum(nil)), sealedAge
	if err := r.store.putNote(name+jsonPart, *m); err != nil {
		return err
	}
	return r.store.rename(temp, name+suffix+part)
}

// recoverSealed finishes a sealed file that an earlier process has left. Without an identity it stays a journal, which lacks nothing and whoever has one can open.
func (r *Recorder) recoverSealed(name, suffix string) error {
	file := name + suffix + part
	f, err := r.store.root.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	if err := r.store.remove(name + suffix + tempPart); err != nil {
		return err
	}
	m, err := r.store.readJSON(name + jsonPart)
	if err != nil {
		r.log.Warn("an unfinished recording has no note: only its name tells what it is", "error", err, "file", file)
		m = fromName(name, kindBySuffix(suffix), info.ModTime())
	}
	m.File = name + suffix
	if seal.Sealed(f) { // nothing was missing but its name
		return r.complete(name, suffix, &m)
	}
	frames, end, err := seal.Measure(f, info.Size())
	if frames == 0 && info.Size() < mostJournal && (err == nil || errors.Is(err, seal.ErrFormat)) {
		r.log.Info("an unfinished recording had no audio yet and is removed", "file", file)
		return r.store.remove(file, name+jsonPart, name+jsonPart+tempPart)
	}
	if err != nil {
		return fmt.Errorf("recorder: %s: %w", file, err)
	}
	m.Repaired = true
	if err := r.reseal(name, suffix, f, info.Size(), &m); !errors.Is(err, seal.ErrNoIdentity) {
		return err
	}
	if frames == 0 {
		return fmt.Errorf("recorder: %s: %w: its beginning is damaged; it may be that who has the identity can open it", file, seal.ErrFormat)
	}
	return r.keepJournal(name, suffix, f, frames, end, &m)
}

// mostJournal is what a journal has at most before its sound is first noted, in bytes, its head included: what has more has sound, even if it can't be read here.
const mostJournal = 64 << 10

// reseal repairs the sound in a journal and seals it; seal.ErrNoIdentity: that isn't possible here.
func (r *Recorder) reseal(name, suffix string, f *os.File, size int64, m *metadata) error {
	if !r.keys.On() { // they were sealed before the file was changed
		return seal.ErrNoIdentity
	}
	j, err := r.keys.Reopen(f, size)
	if err != nil {
		return err
	}
	frames, err := kindBySuffix(suffix).repair(j, j.Size())
	if err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	suffix, err = r.rename(name, suffix, suffixAge)
	if err != nil {
		return err
	}
	m.File = name + suffix
	m.length(frames)
	if err := r.seal(name, suffix, j, m); err != nil {
		return err
	}
	return r.recovered(name, suffix, m)
}

// keepJournal completes a journal as it is.
func (r *Recorder) keepJournal(name, suffix string, f *os.File, frames, end int64, m *metadata) error {
	if err := errors.Join(f.Truncate(end), f.Sync()); err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	suffix, err := r.rename(name, suffix, suffixJournal)
	if err != nil {
		return err
	}
	m.File, m.Format.Sealed = name+suffix, sealedJournal
	m.length(frames)
	return r.recovered(name, suffix, m)
}

// rename gives an unfinished sealed file the suffix of another way to seal it.
func (r *Recorder) rename(name, suffix, to string) (string, error) {
	now := strings.TrimSuffix(strings.TrimSuffix(suffix, suffixAge), suffixJournal) + to
	if now == suffix {
		return now, nil
	}
	return now, r.store.rename(name+suffix+part, name+now+part)
}

func (r *Recorder) recovered(name, suffix string, m *metadata) error {
	if err := r.complete(name, suffix, m); err != nil {
		return err
	}
	r.log.Info("recording recovered", "call", m.Call, "leg", m.Leg, "file", m.File, "length", time.Duration(m.Seconds*float64(time.Second)))
	return nil
}
