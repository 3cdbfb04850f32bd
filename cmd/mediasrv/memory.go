package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// When memory is given back to the system: in a calm after work. Go's own collector waits for two minutes, or for as much garbage again.
const (
	calmTime  = 5 * time.Second
	calmBytes = 256 << 10 // allocated in calmTime, at most, in a calm: a page asks for the state, calls go on
	workBytes = 2 << 20   // allocated before it, at least: for less it isn't worth a collection
)

// tidy gives memory back whenever the server is calm after work, until ctx ends; the first time after the start, and then what only the start needed of
// the program itself as well.
func (s *server) tidy(ctx context.Context) error {
	if calm(ctx) {
		if err := forgetProgram(); err != nil {
			s.log.Debug("pages of the program can't be given back", "error", err)
		}
	}
	for calm(ctx) {
	}
	return nil
}

// calm waits for a calm after work and gives memory back; false: ctx ended before. A collection then costs some milliseconds of a core that has nothing
// better to do.
func calm(ctx context.Context) bool {
	look := time.NewTicker(calmTime)
	defer look.Stop()
	latest, work := allocated(), uint64(workBytes)
	for {
		select {
		case <-look.C:
		case <-ctx.Done():
			return false
		}
		now := allocated()
		fresh := now - latest
		latest, work = now, work+fresh
		if fresh <= calmBytes && work >= workBytes {
			debug.FreeOSMemory()
			return true
		}
	}
}

// allocated is how many bytes the heap has ever given out.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// forgetProgram lets go of the pages of the program that are in memory: half of its code, and most of its tables, are for the start only. What is used
// again comes back from the file by itself, some microseconds for 64 KB.
func forgetProgram() error {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	name, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return err
	}
	ranges, err := untouched(f, name)
	for _, r := range ranges {
		if _, _, errno := unix.Syscall(unix.SYS_MADVISE, r.from, r.to-r.from, unix.MADV_DONTNEED); errno != 0 {
			err = errors.Join(err, fmt.Errorf("madvise: %w", errno))
		}
	}
	return err
}

// span is a piece of the address space.
type span struct{ from, to uintptr }

// untouched finds, in the text of smaps, where a file is mapped for reading only and nothing in memory differs from it.
func untouched(smaps io.Reader, file string) ([]span, error) {
	var found []span
	var at span
	var mode, name string
	lines := bufio.NewScanner(smaps)
	for lines.Scan() {
		line := lines.Text()
		var r span
		var m string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &r.from, &r.to, &m); n == 3 {
			at, mode, name = r, m, ""
			if i := strings.IndexByte(line, '/'); i > 0 {
				name = line[i:]
			}
			continue
		}
		var own int
		if n, _ := fmt.Sscanf(line, "Anonymous: %d kB", &own); n == 1 && own == 0 && name == file && (mode == "r-xp" || mode == "r--p") {
			found = append(found, at)
		}
	}
	return found, lines.Err()
}
