package recorder

import (
	"errors"
	"io/fs"
	"sync"
)

const (
	reserveFile = "reserve"
	reserveSize = 16 << 10
)

// reserve is room on the disk that is given up when the disk is full and a recording is to be deleted: the ledger needs a line for it, and the uploads a mark. What is
// deleted then makes room for the next reserve.
type reserve struct {
	mu   sync.Mutex
	here bool
}

// keep sees to it that there is a reserve, as soon as the disk has room for one.
func (v *reserve) keep(st *store) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.here {
		return
	}
	if info, err := st.root.Stat(reserveFile); err == nil && info.Size() == reserveSize {
		v.here = true
		return
	}
	v.here = st.write(reserveFile, make([]byte, reserveSize), true) == nil
}

// spend gives it up; false: there is none.
func (v *reserve) spend(st *store) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.here = false
	return st.root.Remove(reserveFile) == nil
}

// withReserve does what needs a little room on the disk: on a full one with what is kept for that.
func (r *Recorder) withReserve(do func() error) error {
	err := do()
	if err == nil || errors.Is(err, fs.ErrNotExist) || !r.reserve.spend(&r.store) {
		return err
	}
	return do()
}
