package transaction

import (
	"encoding/binary"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// longestLie bounds how long a datagram is believed to have lain in a socket's buffer: the stamp is of the wall clock, which may be set.
const longestLie = 2 * time.Second

// stampArrivals has the kernel tell of each datagram when it came.
func stampArrivals(c *net.UDPConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	failed := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) //nolint:gosec // a descriptor is small
	})
	if failed != nil {
		return failed
	}
	return err
}

// arrival finds that time in a datagram's control message. There is no other one.
func arrival(control []byte) (time.Time, bool) {
	const header = 16 // length, level and type, on 64 bits
	if len(control) < header+16 || binary.NativeEndian.Uint32(control[8:]) != unix.SOL_SOCKET ||
		binary.NativeEndian.Uint32(control[12:]) != unix.SCM_TIMESTAMPNS {
		return time.Time{}, false
	}
	seconds, nanos := binary.NativeEndian.Uint64(control[header:]), binary.NativeEndian.Uint64(control[header+8:])
	return time.Unix(int64(seconds), int64(nanos)), true //nolint:gosec // the kernel's clock
}
