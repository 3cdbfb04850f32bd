package webrtc_test

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"

	"mediasrv/media/rtp"

	"golang.org/x/sys/unix"
)

// udp is a non-blocking rtp.Socket on loopback.
type udp struct {
	conn *net.UDPConn
	raw  syscall.RawConn
}

func listenUDP(t *testing.T) *udp {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &udp{conn, raw}
}

func (u *udp) Recv(b []byte) (n int, from netip.AddrPort, err error) {
	var sa unix.Sockaddr
	ctl := u.raw.Read(func(fd uintptr) bool {
		n, sa, err = unix.Recvfrom(int(fd), b, unix.MSG_DONTWAIT)
		return true
	})
	switch {
	case ctl != nil:
		return 0, from, ctl
	case errors.Is(err, unix.EAGAIN):
		return 0, from, rtp.ErrWouldBlock
	case err != nil:
		return 0, from, err
	}
	if a, ok := sa.(*unix.SockaddrInet4); ok {
		from = netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	}
	return n, from, nil
}

func (u *udp) Send(b []byte, to netip.AddrPort) error {
	_, err := u.conn.WriteToUDPAddrPort(b, to)
	return err
}

func (u *udp) Local() netip.AddrPort { return u.conn.LocalAddr().(*net.UDPAddr).AddrPort() }
func (u *udp) Close() error          { return u.conn.Close() }
