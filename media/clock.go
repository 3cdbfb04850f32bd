package media

import (
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// clock gives UTC in ns that never jumps: it is read once, and goes on with the monotonic clock.
type clock struct{ start time.Time }

func newClock() clock { return clock{start: time.Now()} }

func (c clock) now() int64 { return c.start.UnixNano() + int64(time.Since(c.start)) }

// nanosleep waits in the kernel: Go's timers need its scheduler, which a busy process makes wait. The scheduler isn't told, either: it would take the
// worker's place away each time and wake other threads to give it on, which costs a quarter of what relaying does. TuneScheduler has a place more for that,
// and a collection that has to begin ends the sleep by a signal.
func nanosleep(d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	_, _, _ = unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0) // a signal may end it early; the next pass is then a little early as well
}

// workerNice is the priority of a worker's thread.
const workerNice = -15

// prefer gives the calling thread more of the processor than the rest of the process has, where that is allowed.
func prefer() {
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), workerNice)
}

// TuneScheduler lets Go run one thread for each worker beside those that the quota gives: with as many as the quota alone, goroutines that compute
// make a third of the ticks late. It is for main to call, once, before Engine.Run, with the number of workers (0: as Config.Workers). It returns what
// GOMAXPROCS is now.
func TuneScheduler(workers int) int {
	quota := runtime.GOMAXPROCS(0)
	if workers <= 0 {
		workers = max(quota, 1)
	}
	runtime.GOMAXPROCS(quota + workers)
	return quota + workers
}
