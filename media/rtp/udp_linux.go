package rtp

import (
	"fmt"
	"net/netip"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Buffers of a socket: half a second of G.711 for a leg; more for the port that all of a worker's browsers share.
const (
	legBuffer    = 64 << 10
	sharedBuffer = 4 << 20
)

// UDP is a raw non-blocking UDP socket: its system calls don't go through Go's poller and scheduler, and allocate nothing.
type UDP struct {
	fd     int
	local  netip.AddrPort
	six    bool // an IPv6 socket
	any    bool // the system chose the port: disconnecting would lose it
	to     bool // connected
	closed atomic.Bool
}

// ListenUDP binds a socket; port 0 lets the system choose. It is a Listen.
func ListenUDP(addr netip.AddrPort) (Socket, error) { return listenUDP(addr, legBuffer) }

// ListenShared is ListenUDP with buffers for many legs.
func ListenShared(addr netip.AddrPort) (Socket, error) { return listenUDP(addr, sharedBuffer) }

func listenUDP(addr netip.AddrPort, buffer int) (*UDP, error) {
	family, six := unix.AF_INET, addr.Addr().Is6() && !addr.Addr().Is4In6()
	if six {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("rtp: socket: %w", err)
	}
	s := &UDP{fd: fd, six: six}
	if err := s.bind(addr, buffer); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("rtp: bind %v: %w", addr, err)
	}
	return s, nil
}

func (s *UDP) bind(addr netip.AddrPort, buffer int) error {
	// The system may give less than asked; that is no reason to refuse a call.
	_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, buffer)
	_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_SNDBUF, buffer)
	// Expedited forwarding for voice (RFC 4594, 4.1).
	_ = unix.SetsockoptInt(s.fd, unix.IPPROTO_IP, unix.IP_TOS, 46<<2) // an IPv6 socket's IPv4 packets, too
	if s.six {
		_ = unix.SetsockoptInt(s.fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, 46<<2)
		_ = unix.SetsockoptInt(s.fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 0) // the wildcard takes both families, whatever the system's default
	}
	var to unix.Sockaddr = &unix.SockaddrInet4{Port: int(addr.Port()), Addr: unmap4(addr.Addr())}
	if s.six {
		to = &unix.SockaddrInet6{Port: int(addr.Port()), Addr: addr.Addr().As16()}
	}
	if err := unix.Bind(s.fd, to); err != nil {
		return err
	}
	s.any = addr.Port() == 0
	got, err := unix.Getsockname(s.fd)
	if err != nil {
		return err
	}
	switch a := got.(type) {
	case *unix.SockaddrInet4:
		s.local = netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *unix.SockaddrInet6:
		s.local = netip.AddrPortFrom(netip.AddrFrom16(a.Addr), uint16(a.Port))
	}
	return nil
}

func unmap4(a netip.Addr) [4]byte {
	if a = a.Unmap(); a.Is4() {
		return a.As4()
	}
	return [4]byte{}
}

// Recv implements Socket.
func (s *UDP) Recv(b []byte) (int, netip.AddrPort, error) {
	var from unix.RawSockaddrInet6 // the larger of the two
	size := uint32(unsafe.Sizeof(from))
	if len(b) == 0 {
		return 0, netip.AddrPort{}, ErrWouldBlock
	}
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(s.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_DONTWAIT,
		uintptr(unsafe.Pointer(&from)), uintptr(unsafe.Pointer(&size)))
	if errno != 0 {
		return 0, netip.AddrPort{}, s.why(errno)
	}
	if from.Family == unix.AF_INET6 {
		return int(n), netip.AddrPortFrom(netip.AddrFrom16(from.Addr).Unmap(), swap(from.Port)), nil
	}
	four := (*unix.RawSockaddrInet4)(unsafe.Pointer(&from))
	return int(n), netip.AddrPortFrom(netip.AddrFrom4(four.Addr), swap(four.Port)), nil
}

// Send implements Socket. That nobody listens is told once for each time: the packet that is told so is sent again.
func (s *UDP) Send(b []byte, to netip.AddrPort) error {
	if len(b) == 0 {
		return nil
	}
	errno := s.send(b, to)
	if errno == unix.ECONNREFUSED {
		if errno = s.send(b, to); errno == 0 {
			return ErrRefused
		}
	}
	if errno != 0 {
		return s.why(errno)
	}
	return nil
}

func (s *UDP) send(b []byte, to netip.AddrPort) syscall.Errno {
	if s.to {
		_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_DONTWAIT, 0, 0)
		return errno
	}
	var addr sockaddr
	size := addr.set(to, s.six)
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_DONTWAIT,
		uintptr(unsafe.Pointer(&addr)), size)
	return errno
}

// sockaddr is an address as the kernel takes it: the larger kind holds the smaller.
type sockaddr struct{ unix.RawSockaddrInet6 }

// set fills in an address and returns its size.
func (a *sockaddr) set(to netip.AddrPort, six bool) uintptr {
	if six {
		a.RawSockaddrInet6 = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: swap(to.Port()), Addr: to.Addr().As16()}
		return unsafe.Sizeof(a.RawSockaddrInet6)
	}
	four := (*unix.RawSockaddrInet4)(unsafe.Pointer(a))
	*four = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: swap(to.Port()), Addr: unmap4(to.Addr())}
	return unsafe.Sizeof(*four)
}

// Connect implements Connector. A port that the system chose isn't connected, since it would be lost at Disconnect.
func (s *UDP) Connect(to netip.AddrPort) error {
	if s.any {
		return ErrUnfit
	}
	var addr sockaddr
	return s.connect(&addr, addr.set(to, s.six))
}

// Disconnect implements Connector.
func (s *UDP) Disconnect() error {
	addr := sockaddr{unix.RawSockaddrInet6{Family: unix.AF_UNSPEC}}
	return s.connect(&addr, unsafe.Sizeof(addr))
}

func (s *UDP) connect(addr *sockaddr, size uintptr) error {
	if _, _, errno := unix.RawSyscall(unix.SYS_CONNECT, uintptr(s.fd), uintptr(unsafe.Pointer(addr)), size); errno != 0 {
		return s.why(errno)
	}
	s.to = addr.Family != unix.AF_UNSPEC
	return nil
}

// why makes an error of errno; it allocates nothing.
func (s *UDP) why(errno syscall.Errno) error {
	switch {
	case s.closed.Load():
		return ErrClosed
	case errno == unix.ECONNREFUSED:
		return ErrRefused
	case errno == unix.EAGAIN, errno == unix.EINTR, errno == unix.ENOBUFS:
		return ErrWouldBlock
	}
	return errno
}

// FD is the descriptor, for a Poller.
func (s *UDP) FD() int { return s.fd }

// Local implements Socket.
func (s *UDP) Local() netip.AddrPort { return s.local }

// Close implements Socket. Nobody may be in Recv or Send: the descriptor's number is used again at once.
func (s *UDP) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	if err := unix.Close(s.fd); err != nil {
		return fmt.Errorf("rtp: close: %w", err)
	}
	return nil
}

// swap turns a port into network order, or back.
func swap(p uint16) uint16 {
	var b [2]byte
	b[0], b[1] = byte(p>>8), byte(p)
	return *(*uint16)(unsafe.Pointer(&b))
}
