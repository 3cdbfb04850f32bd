package rtp

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Poller says which of many sockets have packets, without a call per socket. Wait belongs to one goroutine; Add and Remove may be called beside it.
type Poller struct {
	fd     int
	events [256]unix.EpollEvent
}

// NewPoller makes a poller; the creator closes it.
func NewPoller() (*Poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("rtp: epoll: %w", err)
	}
	return &Poller{fd: fd}, nil
}

// Add watches a descriptor; Wait calls it by key.
func (p *Poller) Add(fd int, key int32) error {
	if err := unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: key}); err != nil {
		return fmt.Errorf("rtp: epoll: add: %w", err)
	}
	return nil
}

// Remove forgets a descriptor, before it is closed.
func (p *Poller) Remove(fd int) {
	_ = unix.EpollCtl(p.fd, unix.EPOLL_CTL_DEL, fd, &unix.EpollEvent{}) // it can only fail if the descriptor isn't watched
}

// Wait calls ready for every socket that has packets now, and returns how many there were. It doesn't wait, lock or allocate. What ready leaves
// unread is found by the next Wait.
func (p *Poller) Wait(ready func(key int32)) int {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.fd), uintptr(unsafe.Pointer(&p.events[0])), uintptr(len(p.events)), 0, 0, 0)
	if errno != 0 {
		return 0
	}
	for i := range int(n) {
		ready(p.events[i].Fd)
	}
	return int(n)
}

// Sleep waits until a socket has packets, or for d, or until a signal comes; true if it was packets. Go's scheduler isn't told, so the caller keeps its
// place in it.
func (p *Poller) Sleep(d time.Duration) bool {
	ts := unix.NsecToTimespec(int64(d))
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT2, uintptr(p.fd), uintptr(unsafe.Pointer(&p.events[0])), 1, uintptr(unsafe.Pointer(&ts)), 0, 0)
	if errno == unix.ENOSYS { // before Linux 5.11
		_ = unix.Nanosleep(&ts, nil)
		return false
	}
	return errno == 0 && n > 0
}

// Close closes the poller.
func (p *Poller) Close() error {
	if err := unix.Close(p.fd); err != nil {
		return fmt.Errorf("rtp: epoll: close: %w", err)
	}
	return nil
}
