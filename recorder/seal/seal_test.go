package seal

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
)

func keys(t *testing.T) (Keys, Keys) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	to := []age.Recipient{id.Recipient()}
	return Keys{To: to}, Keys{To: to, Open: []age.Identity{id}}
}

func file(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "a"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func sizeOf(t *testing.T, f *os.File) int64 {
	t.Helper()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// A journal reads as a file would that was written in the same way, also when it is opened again; nothing of it lies on the disk in clear.
func TestJournalIsAFile(t *testing.T) {
	to, both := keys(t)
	f := file(t)
	j, err := to.Journal(f)
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	grow := func(n int) {
		if n > len(want) {
			want = append(want, make([]byte, n-len(want))...)
		}
		want = want[:n]
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		if dice.IntN(10) == 0 {
			size := dice.IntN(3000)
			grow(size)
			if err := j.Truncate(int64(size)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		b := bytes.Repeat([]byte("secret"), 1+dice.IntN(50))
		off := dice.IntN(3000)
		if off+len(b) > len(want) {
			grow(off + len(b))
		}
		copy(want[off:], b)
		if _, err := j.WriteAt(b, int64(off)); err != nil {
			t.Fatal(err)
		}
	}
	same := func(what string, r io.Reader) {
		t.Helper()
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v, want %d", what, len(got), err, len(want))
		}
	}
	if err := j.Note(4711); err != nil {
		t.Fatal(err)
	}
	same("written", io.NewSectionReader(j, 0, j.Size()))
	raw, err := os.ReadFile(f.Name())
	if err != nil || bytes.Contains(raw, []byte("secret")) {
		t.Error("the journal shows its secrets", err)
	}
	r, err := both.Reader(f, sizeOf(t, f))
	if err != nil {
		t.Fatal(err)
	}
	same("opened", r)
	if noted, end, err := Measure(f, sizeOf(t, f)); err != nil || noted != 4711 || end != sizeOf(t, f) {
		t.Errorf("measured without a key: %d up to %d, %v", noted, end, err)
	}
	if _, err := to.Reader(f, sizeOf(t, f)); !errors.Is(err, ErrNoIdentity) {
		t.Errorf("without a key: %v", err)
	}
	_, stranger := keys(t)
	if _, err := stranger.Reader(f, sizeOf(t, f)); !errors.Is(err, ErrNoIdentity) {
		t.Errorf("with another key: %v", err)
	}
	sealed := file(t)
	if err := to.Seal(sealed, io.NewSectionReader(j, 0, j.Size())); err != nil {
		t.Fatal(err)
	}
	if r, err = both.Reader(sealed, sizeOf(t, sealed)); err != nil {
		t.Fatal(err)
	}
	same("sealed", r)
	if _, err := stranger.Reader(sealed, sizeOf(t, sealed)); !errors.Is(err, ErrNoIdentity) {
		t.Errorf("sealed, with another key: %v", err)
	}
}

// Wherever a journal is cut, what was written before is there. After a disk that was full it goes on, and no two pieces have the same number.
func TestTornJournal(t *testing.T) {
	to, both := keys(t)
	f := file(t)
	j, err := to.Journal(f)
	if err != nil {
		t.Fatal(err)
	}
	ends := []int64{j.end}
	for i := range 5 {
		if _, err := j.WriteAt([]byte{byte(i), byte(i)}, int64(2*i)); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, j.end)
	}
	raw, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(raw) {
		r, err := both.Reader(bytes.NewReader(raw[:cut]), int64(cut))
		whole := -1
		for _, e := range ends {
			if e <= int64(cut) {
				whole++
			}
		}
		switch {
		case whole < 0 && err == nil:
			t.Fatalf("cut at %d: no error", cut)
		case whole >= 0 && (err != nil || r.Size() != int64(2*whole)):
			t.Fatalf("cut at %d: %v, want %d pieces", cut, err, whole)
		}
	}
	altered := bytes.Clone(raw)
	altered[ends[1]+headLen] ^= 1
	r, err := both.Reader(bytes.NewReader(altered), int64(len(altered)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, []byte{0, 0, 0, 0, 2, 2, 3, 3, 4, 4}) {
		t.Errorf("an altered piece: %v %v", got, err)
	}
	torn := file(t)
	if _, err := torn.Write(raw[:len(raw)-1]); err != nil {
		t.Fatal(err)
	}
	again, err := both.Reopen(torn, sizeOf(t, torn))
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Truncate(2); err != nil || again.pieces[len(again.pieces)-1].number <= j.pieces[len(j.pieces)-1].number {
		t.Errorf("after a crash the number of a torn piece is used again: %v", err)
	}
	full := &failing{File: f}
	j.f, full.err = full, io.ErrShortWrite
	if _, err := j.WriteAt([]byte("x"), 10); err == nil {
		t.Error("a full disk: no error")
	}
	failed := j.next - 1
	full.err = nil
	if _, err := j.WriteAt([]byte("yz"), 10); err != nil || j.pieces[len(j.pieces)-1].number == failed {
		t.Error("after a full disk", err)
	}
	if r, err := both.Reader(f, sizeOf(t, f)); err != nil || r.Size() != 12 {
		t.Error("after a full disk", err)
	}
}

type failing struct {
	File
	err error
}

func (f *failing) WriteAt(b []byte, off int64) (int, error) {
	if f.err != nil {
		_, _ = f.File.WriteAt(b[:len(b)/2], off)
		return len(b) / 2, f.err
	}
	return f.File.WriteAt(b, off)
}
