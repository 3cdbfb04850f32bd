package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

const (
	intro    = "mediasrv sealed journal 1\n"
	headLen  = 20       // of a piece: number, place, length
	tagLen   = 16       // GCM's
	maxKey   = 64 << 10 // of the wrapped key: some hundred recipients
	maxPiece = 1 << 20
	sizeMark = 1 << 31 // in place of a length: the file has that size from now on
	noteMark = 1 << 30 // likewise: a note, and nothing of the file
	keyLen   = 32
	unseen   = 1 << 32 // more than the pieces that a crash can have torn: their numbers were used
)

var errReadOnly = errors.New("seal: it is open for reading only")

// File is where a journal is kept.
type File interface {
	io.ReaderAt
	io.WriterAt
	Sync() error
	Close() error
}

// piece is a part of the journal: what was written, or a new size.
type piece struct {
	number  uint64
	at      int64 // in the journal
	off     int64 // in the file; of a new size: it
	n       int
	resizes bool
	notes   bool // off is what was noted
}

// Journal is a file that can be written and read at any place, and is never in clear on the disk. What a crash tears is the last write only. One goroutine uses it.
type Journal struct {
	f      File
	crypt  cipher.AEAD
	end    int64  // of the journal
	next   uint64 // piece's number: no two have the same, also if one of them couldn't be written
	size   int64  // of the file
	noted  int64
	pieces []piece
	buf    []byte
	plain  []byte
}

// Journal begins one in an empty file.
func (k Keys) Journal(f File) (*Journal, error) {
	var key [keyLen]byte
	if _, err := rand.Read(key[:]); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	var wrapped bytes.Buffer
	if err := k.Seal(&wrapped, bytes.NewReader(key[:])); err != nil {
		return nil, err
	}
	j, err := open(f, key[:])
	if err != nil {
		return nil, err
	}
	head := binary.LittleEndian.AppendUint32([]byte(intro), uint32(wrapped.Len())) //nolint:gosec // small
	head = append(head, wrapped.Bytes()...)
	if _, err := f.WriteAt(head, 0); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	j.end = int64(len(head))
	return j, nil
}

func open(f File, key []byte) (*Journal, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	crypt, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return &Journal{f: f, crypt: crypt}, nil
}

// Reopen opens a journal of size bytes that a crash has left. What isn't whole at its end is left out, and written over; before the end it is left out only: what
// the disk kept behind it counts.
func (k Keys) Reopen(f File, size int64) (*Journal, error) {
	wrapped, end, err := wrappedKey(f)
	if err != nil {
		return nil, err
	}
	if len(k.Open) == 0 {
		return nil, fmt.Errorf("seal: %w", ErrNoIdentity)
	}
	r, err := age.Decrypt(bytes.NewReader(wrapped), k.Open...)
	if err != nil {
		return nil, opening(err)
	}
	key, err := io.ReadAll(r)
	if err != nil || len(key) != keyLen {
		return nil, fmt.Errorf("seal: %w: its key can't be read", ErrFormat)
	}
	j, err := open(f, key)
	if err != nil {
		return nil, err
	}
	j.end = end
	for whole := end; ; {
		p, next, ok := j.readHead(size)
		if !ok {
			j.end = whole
			j.next += unseen
			return j, nil
		}
		j.end = next
		if _, err := j.decrypt(p); err == nil {
			j.add(p)
			whole = next
		}
	}
}

// wrappedKey reads a journal's beginning.
func wrappedKey(f io.ReaderAt) (wrapped []byte, end int64, err error) {
	if !Journaled(f) {
		return nil, 0, fmt.Errorf("seal: %w", ErrFormat)
	}
	var n [4]byte
	if _, err := f.ReadAt(n[:], int64(len(intro))); err != nil {
		return nil, 0, fmt.Errorf("seal: %w: it ends in its head", ErrFormat)
	}
	size := binary.LittleEndian.Uint32(n[:])
	if size > maxKey {
		return nil, 0, fmt.Errorf("seal: %w: a key of %d bytes", ErrFormat, size)
	}
	wrapped = make([]byte, size)
	if _, err := f.ReadAt(wrapped, int64(len(intro)+4)); err != nil {
		return nil, 0, fmt.Errorf("seal: %w: it ends in its head", ErrFormat)
	}
	return wrapped, int64(len(intro)+4) + int64(size), nil
}

// Measure says what was noted last in a journal, and where its last whole piece ends. It needs no key, and so can't tell what was altered.
func Measure(f io.ReaderAt, size int64) (noted, end int64, err error) {
	_, end, err = wrappedKey(f)
	if err != nil {
		return 0, 0, err
	}
	j := &Journal{f: readOnly{f}, end: end}
	for {
		p, next, ok := j.readHead(size)
		if !ok {
			return j.noted, j.end, nil
		}
		j.end = next
		j.add(p)
	}
}

// readHead reads the head of the piece at the journal's end, and says where the next one begins; false: there is none that is whole.
func (j *Journal) readHead(size int64) (p piece, next int64, ok bool) {
	var head [headLen]byte
	if _, err := j.f.ReadAt(head[:], j.end); err != nil {
		return p, 0, false
	}
	le := binary.LittleEndian
	length := le.Uint32(head[16:])
	p = piece{number: le.Uint64(head[:]), at: j.end, off: int64(le.Uint64(head[8:])), n: int(length)} //nolint:gosec // looked at below
	switch length {
	case sizeMark:
		p.n, p.resizes = 0, true
	case noteMark:
		p.n, p.notes = 0, true
	}
	next = p.at + headLen + int64(p.n) + tagLen
	return p, next, p.n <= maxPiece && p.off >= 0 && next <= size
}

// add takes a piece into the file.
func (j *Journal) add(p piece) {
	j.pieces = append(j.pieces, p)
	j.next = p.number + 1
	switch {
	case p.notes:
		j.noted = p.off
	case p.resizes:
		j.size = p.off
	default:
		j.size = max(j.size, p.off+int64(p.n))
	}
}

// head is what stands before a piece; it is authenticated with it.
func (p piece) head(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint64(b, p.number)
	b = le.AppendUint64(b, uint64(p.off)) //nolint:gosec // not negative
	switch {
	case p.resizes:
		return le.AppendUint32(b, sizeMark)
	case p.notes:
		return le.AppendUint32(b, noteMark)
	}
	return le.AppendUint32(b, uint32(p.n)) //nolint:gosec // at most maxPiece
}

func (p piece) nonce() []byte {
	return append(binary.LittleEndian.AppendUint64(nil, p.number), 0, 0, 0, 0)
}

// Size is how long the file is.
func (j *Journal) Size() int64 { return j.size }

// WriteAt implements io.WriterAt: all of b or nothing of it.
func (j *Journal) WriteAt(b []byte, off int64) (int, error) {
	if err := j.append(piece{off: off, n: len(b)}, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Truncate gives the file a size.
func (j *Journal) Truncate(size int64) error { return j.append(piece{off: size, resizes: true}, nil) }

// Note writes a number beside the file, that can be read without a key: how much is in it.
func (j *Journal) Note(n int64) error { return j.append(piece{off: n, notes: true}, nil) }

func (j *Journal) append(p piece, plain []byte) error {
	p.number, p.at = j.next, j.end
	j.next++
	head := p.head(make([]byte, 0, headLen))
	j.buf = append(j.buf[:0], head...)
	j.buf = j.crypt.Seal(j.buf, p.nonce(), plain, head)
	if _, err := j.f.WriteAt(j.buf, p.at); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	j.end += int64(len(j.buf))
	j.add(p)
	return nil
}

// decrypt reads a piece; the bytes are valid until the next one is read.
func (j *Journal) decrypt(p piece) ([]byte, error) {
	j.buf = append(j.buf[:0], make([]byte, p.n+tagLen)...)
	if _, err := j.f.ReadAt(j.buf, p.at+headLen); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	plain, err := j.crypt.Open(j.plain[:0], p.nonce(), j.buf, p.head(nil))
	if err != nil {
		return nil, fmt.Errorf("seal: %w: a piece was altered", ErrFormat)
	}
	j.plain = plain
	return plain, nil
}

// ReadAt implements io.ReaderAt: later pieces lie over earlier ones.
func (j *Journal) ReadAt(b []byte, off int64) (int, error) {
	if off >= j.size {
		return 0, io.EOF
	}
	want := b[:min(int64(len(b)), j.size-off)]
	clear(want)
	for _, p := range j.pieces {
		switch {
		case p.notes:
		case p.resizes && p.off < off+int64(len(want)):
			clear(want[max(0, p.off-off):])
		case p.resizes || p.off >= off+int64(len(want)) || p.off+int64(p.n) <= off:
		default:
			plain, err := j.decrypt(p)
			if err != nil {
				return 0, err
			}
			if p.off < off {
				copy(want, plain[off-p.off:])
			} else {
				copy(want[p.off-off:], plain)
			}
		}
	}
	if len(want) < len(b) {
		return len(want), io.EOF
	}
	return len(want), nil
}

// Sync brings it to the disk.
func (j *Journal) Sync() error { return j.f.Sync() }

// Close closes the file below.
func (j *Journal) Close() error { return j.f.Close() }

// readOnly is a File that isn't written.
type readOnly struct{ io.ReaderAt }

func (readOnly) WriteAt([]byte, int64) (int, error) { return 0, errReadOnly }
func (readOnly) Sync() error                        { return nil }
func (readOnly) Close() error                       { return nil }
