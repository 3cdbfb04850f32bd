// Package seal keeps files encrypted to public keys of age (age-encryption.org/v1). While a file is being written it is a journal: each write is a piece of its own,
// under a key of the file's own that is in memory only and, wrapped by age, at the journal's beginning. A finished file is a plain age file.
package seal

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

var (
	// ErrNoIdentity means that there is no private key here that opens a file.
	ErrNoIdentity = errors.New("it is sealed, and there is no identity here that opens it")
	// ErrFormat means that it is no sealed file.
	ErrFormat = errors.New("it is no sealed file")
)

// ageIntro is how every age file begins.
const ageIntro = "age-encryption.org/v1\n"

// Keys are whom files are sealed to, and what opens them. The zero value seals nothing.
type Keys struct {
	To   []age.Recipient
	Open []age.Identity // nil: sealed files can't be read here
}

// On says whether files are sealed.
func (k Keys) On() bool { return len(k.To) > 0 }

// Seal writes src to dst as an age file.
func (k Keys) Seal(dst io.Writer, src io.Reader) error {
	w, err := age.Encrypt(dst, k.To...)
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	if _, err := io.Copy(w, src); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	return nil
}

// Sealed says whether a file is an age file, finished or not.
func Sealed(f io.ReaderAt) bool { return begins(f, ageIntro) }

// Journaled says whether a file is a journal.
func Journaled(f io.ReaderAt) bool { return begins(f, intro) }

func begins(f io.ReaderAt, with string) bool {
	head := make([]byte, len(with))
	n, _ := f.ReadAt(head, 0)
	return n == len(head) && string(head) == with
}

// Reader opens what was sealed: an age file, or a journal that was never finished. It reads any place of it. The errors are ErrNoIdentity, ErrFormat and f's own.
func (k Keys) Reader(f io.ReaderAt, size int64) (*io.SectionReader, error) {
	if Journaled(f) {
		j, err := k.Reopen(readOnly{f}, size)
		if err != nil {
			return nil, err
		}
		return io.NewSectionReader(j, 0, j.Size()), nil
	}
	if !Sealed(f) {
		return nil, fmt.Errorf("seal: %w", ErrFormat)
	}
	if len(k.Open) == 0 {
		return nil, fmt.Errorf("seal: %w", ErrNoIdentity)
	}
	r, n, err := age.DecryptReaderAt(f, size, k.Open...)
	if err != nil {
		return nil, opening(err)
	}
	return io.NewSectionReader(r, 0, n), nil
}

func opening(err error) error {
	if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) {
		return fmt.Errorf("seal: %w", ErrNoIdentity)
	}
	return fmt.Errorf("seal: %w", err)
}
