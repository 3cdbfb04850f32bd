package impair

import (
	"container/heap"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	maxPacket  = 2048
	maxWaiting = 4096 // packets of one direction on their way; what is more is lost
)

// End is one side of a link: an interface that Open makes.
type End struct {
	Namespace string // as in `ip netns`
	Device    string
	Address   string // with the length of its prefix
}

// Link carries packets between two namespaces.
type Link struct {
	files   [2]*os.File
	stop    chan struct{}
	running sync.WaitGroup

	mu         sync.Mutex
	conditions Conditions
}

// Open makes a perfect link; its seed repeats what Set lets happen. It starts goroutines, which Close ends.
func Open(a, b End, seed uint64) (*Link, error) {
	l := &Link{stop: make(chan struct{})}
	for i, end := range []End{a, b} {
		f, err := end.open()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("impair: %s in %s: %w", end.Device, end.Namespace, err), l.Close())
		}
		l.files[i] = f
	}
	l.carry(l.files[0], l.files[1], newLine(seed))
	l.carry(l.files[1], l.files[0], newLine(seed+1))
	return l, nil
}

// Set changes the line from the next packet on.
func (l *Link) Set(c Conditions) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conditions = c
}

func (l *Link) now() Conditions {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conditions
}

// Close takes the interfaces away.
func (l *Link) Close() error {
	close(l.stop)
	var errs []error
	for _, f := range l.files {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	l.running.Wait()
	return errors.Join(errs...)
}

// open makes the interface. A thread that entered a namespace is not used again: it ends with its goroutine.
func (e End) open() (*os.File, error) {
	type result struct {
		f   *os.File
		err error
	}
	done := make(chan result)
	go func() {
		runtime.LockOSThread()
		f, err := e.tun()
		done <- result{f, err}
	}()
	r := <-done
	if r.err != nil {
		return nil, r.err
	}
	for _, args := range [][]string{{"addr", "add", e.Address, "dev", e.Device}, {"link", "set", e.Device, "mtu", "1500", "up"}} {
		if out, err := exec.Command("ip", append([]string{"-n", e.Namespace}, args...)...).CombinedOutput(); err != nil { //nolint:gosec // a test's arguments
			return nil, errors.Join(fmt.Errorf("ip %v: %w: %s", args, err, out), r.f.Close())
		}
	}
	return r.f, nil
}

// tun makes a TUN device in the namespace, on the calling thread.
func (e End) tun() (*os.File, error) {
	ns, err := os.Open("/var/run/netns/" + e.Namespace)
	if err != nil {
		return nil, err
	}
	defer ns.Close() //nolint:errcheck // read only
	if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("enter the namespace: %w", err)
	}
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("/dev/net/tun: %w", err)
	}
	var request struct {
		name  [unix.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}
	copy(request.name[:unix.IFNAMSIZ-1], e.Device)
	request.flags = unix.IFF_TUN | unix.IFF_NO_PI
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.TUNSETIFF, uintptr(unsafe.Pointer(&request))); errno != 0 {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("make the device: %w", errno)
	}
	return os.NewFile(uintptr(fd), e.Device), nil
}

// carry starts one direction.
func (l *Link) carry(from, to *os.File, line *line) {
	waiting := make(chan packet, maxWaiting)
	l.running.Go(func() { l.deliver(to, waiting) })
	l.running.Go(func() {
		buf := make([]byte, maxPacket)
		for number := 0; ; number++ {
			n, err := from.Read(buf)
			if err != nil {
				return
			}
			for _, at := range line.arrivals(time.Now(), l.now()) {
				select {
				case waiting <- packet{at, number, append([]byte(nil), buf[:n]...)}:
				default:
				}
			}
		}
	})
}

// deliver writes packets when their time has come.
func (l *Link) deliver(to *os.File, waiting <-chan packet) {
	var queue arrivals
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if len(queue) > 0 {
			timer.Reset(time.Until(queue[0].at))
		}
		select {
		case <-l.stop:
			return
		case p := <-waiting:
			heap.Push(&queue, p)
		case <-timer.C:
		}
		for len(queue) > 0 && !queue[0].at.After(time.Now()) {
			if p, ok := heap.Pop(&queue).(packet); ok {
				_, _ = to.Write(p.b) // a device that is down loses it
			}
		}
	}
}

// packet waits for its arrival.
type packet struct {
	at     time.Time
	number int
	b      []byte
}

// arrivals is a heap, the earliest first.
type arrivals []packet

func (q arrivals) Len() int { return len(q) }

func (q arrivals) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].number < q[j].number
	}
	return q[i].at.Before(q[j].at)
}

func (q arrivals) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

func (q *arrivals) Push(x any) {
	if p, ok := x.(packet); ok {
		*q = append(*q, p)
	}
}

func (q *arrivals) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
