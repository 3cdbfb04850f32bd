package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"sync"
	"time"
)

const (
	// FileName is the ledger in a day's directory: base and suffix.
	FileName   = FileBase + FileSuffix
	FileBase   = "ledger"
	FileSuffix = ".jsonl"
	// KeysName has the public keys, in the recordings directory: base and suffix.
	KeysName   = KeysBase + KeysSuffix
	KeysBase   = "signing-keys"
	KeysSuffix = ".pem"
)

var dayName = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// Ledger appends to the ledgers of a recordings directory. Its methods may be called from any goroutine; they wait for the disk.
type Ledger struct {
	root *os.Root
	key  *Key

	mu     sync.Mutex
	heads  map[string]Head // of the days that were touched since the start
	latest Head            // of the line that was written last
}

// Open begins to write to a directory, and puts the public key into it if it isn't there. root stays the caller's.
func Open(root *os.Root, key *Key) (*Ledger, error) {
	l := &Ledger{root: root, key: key, heads: make(map[string]Head)}
	if err := l.publish(); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	day, err := lastDay(root.FS())
	if err != nil || day == "" {
		return l, err
	}
	l.latest, err = l.head(day)
	return l, err
}

// Key is what it signs with.
func (l *Ledger) Key() *Key { return l.key }

func (l *Ledger) publish() error {
	have, err := l.root.ReadFile(KeysName)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	public := l.key.Public()
	if bytes.Contains(have, public) {
		return nil
	}
	return l.root.WriteFile(KeysName, append(have, public...), 0o640)
}

// lastDay is the latest directory that has a ledger; empty: none.
func lastDay(fsys fs.FS) (string, error) {
	days, err := fs.Glob(fsys, "*/"+FileName)
	if err != nil {
		return "", fmt.Errorf("ledger: %w", err)
	}
	last := ""
	for _, path := range days {
		if day := path[:len(path)-len(FileName)-1]; dayName.MatchString(day) && day > last {
			last = day
		}
	}
	return last, nil
}

// head reads how far a day's ledger has come. What a crash left of a line that was never finished is cut off.
func (l *Ledger) head(day string) (Head, error) {
	if h, ok := l.heads[day]; ok {
		return h, nil
	}
	h := Head{Day: day}
	text, err := l.root.ReadFile(day + "/" + FileName)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return h, fmt.Errorf("ledger: %w", err)
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	if whole < len(text) {
		if err := l.cut(day, int64(whole)); err != nil {
			return h, fmt.Errorf("ledger: %w", err)
		}
	}
	for line := range bytes.Lines(text[:whole]) {
		h.Number++
		h.Hash = Hash(bytes.TrimSuffix(line, []byte{'\n'}))
	}
	l.heads[day] = h
	return h, nil
}

func (l *Ledger) cut(day string, size int64) error {
	f, err := l.root.OpenFile(day+"/"+FileName, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Close())
}

// Append adds a line about a file to the ledger of its day and waits until the disk has it. about makes the line, knowing its place in the
// chain; Number, At, After, Previous and Key are filled in. After an error the line isn't there, and Append may be called again.
func (l *Ledger) Append(day string, about func(Link) (Line, error)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	head, err := l.head(day)
	if err != nil {
		return err
	}
	link := Link{Number: head.Number + 1, Previous: head.Hash, Key: l.key.id}
	line, err := about(link)
	if err != nil {
		return err
	}
	line.Link, line.At = link, time.Now().UTC().Truncate(time.Millisecond)
	if head.Number == 0 && l.latest.Number > 0 {
		after := l.latest
		line.After = &after
	}
	text, err := line.text(l.key.private)
	if err != nil {
		return err
	}
	if err := l.write(day, append(text, '\n')); err != nil {
		delete(l.heads, day) // a part may have been written: it is read again
		return fmt.Errorf("ledger: %w", err)
	}
	l.latest = Head{Day: day, Number: line.Number, Hash: Hash(text)}
	l.heads[day] = l.latest
	l.forget(day)
	return nil
}

func (l *Ledger) write(day string, text []byte) error {
	f, err := l.root.OpenFile(day+"/"+FileName, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o640)
	if err != nil {
		return err
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		if _, err = f.Write(text); err == nil {
			err = f.Sync()
		}
		if err != nil {
			err = errors.Join(err, f.Truncate(size))
		}
	}
	return errors.Join(err, f.Close())
}

// forget keeps the memory small: few days are written to at a time.
func (l *Ledger) forget(day string) {
	const keep = 8
	for other := range l.heads {
		if len(l.heads) <= keep {
			return
		}
		if other != day {
			delete(l.heads, other)
		}
	}
}
