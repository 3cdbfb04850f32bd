package recorder

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"
)

// Trouble is that recordings can't be kept as they should be.
type Trouble struct {
	Since time.Time // zero: all is well
	Err   error
}

// Trouble is what is wrong now with the disk that recordings are written to; the zero value: nothing.
func (r *Recorder) Trouble() Trouble { return r.sick.worst() }

// ailment is a way in which the disk can fail us.
type ailment uint8

const (
	cantWrite ailment = iota
	cantClose
	tooSlow
	ailments
)

var errSlow = errors.New("the disk is too slow")

// sickness is what is wrong now. Writer and closer say it, anybody may ask.
type sickness struct {
	mu  sync.Mutex
	all [ailments]Trouble
}

// has notes that something is wrong; the latest error is the one that is told.
func (s *sickness) has(a ailment, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all[a].Since.IsZero() {
		s.all[a].Since = time.Now().UTC()
	}
	s.all[a].Err = err
}

func (s *sickness) heal(a ailment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[a] = Trouble{}
}

func (s *sickness) worst() Trouble {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.all {
		if !t.Since.IsZero() {
			return t
		}
	}
	return Trouble{}
}

const (
	probeFile = "probe" + tempPart
	probeSize = 256 << 10 // 16 s of a leg
)

// probe tells whether the disk takes audio again, while no recording that runs can tell.
func (st *store) probe() (err error) {
	if err := st.root.Remove(probeFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("recorder: %w", err)
	}
	f, err := st.create(probeFile)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(make([]byte, probeSize), 0)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), st.remove(probeFile))
}
