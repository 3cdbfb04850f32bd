package transaction

import (
	"bytes"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// readBuffer is what the kernel keeps of datagrams while we are busy; a flood that it can't hold is lost, also others' share of it.
const readBuffer = 4 << 20

// serveUDP reads datagrams until the socket is closed.
func (l *Listener) serveUDP() error {
	if c, ok := l.packets.(interface{ SetReadBuffer(int) error }); ok {
		_ = c.SetReadBuffer(readBuffer) // less is no fault
	}
	buf := make([]byte, maxMessage)
	read := l.reader()
	for {
		n, remote, ok, err := read(buf)
		if err != nil {
			return err
		}
		if ok && len(bytes.Trim(buf[:n], "\r\n\x00")) > 0 { // RFC 5626, 3.5.1: over UDP nobody waits for an answer to CRLF
			l.datagram(remote, buf[:n])
		}
	}
}

// reader is how datagrams are read: from the system's sockets with the time when they came, so that it is known how long they lay there.
func (l *Listener) reader() func([]byte) (int, netip.AddrPort, bool, error) {
	c, ok := l.packets.(*net.UDPConn)
	if !ok || stampArrivals(c) != nil {
		return func(buf []byte) (int, netip.AddrPort, bool, error) {
			n, from, err := l.packets.ReadFrom(buf)
			remote, ok := addrPort(from)
			return n, remote, ok, err
		}
	}
	control := make([]byte, 128)
	return func(buf []byte) (int, netip.AddrPort, bool, error) {
		n, size, _, from, err := c.ReadMsgUDPAddrPort(buf, control)
		if at, ok := arrival(control[:max(size, 0)]); ok && err == nil {
			now := time.Now()
			l.table.load.lay(now, min(max(now.Sub(at), 0), longestLie))
		}
		return n, netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), err == nil, err
	}
}

// datagram takes one message (RFC 3261, 18.3: what is behind its Content-Length means nothing).
func (l *Listener) datagram(from netip.AddrPort, data []byte) {
	if !l.admits(from, data) {
		return
	}
	l.message(l.Flow(from), data)
}

// packet is a peer at our UDP socket (sip.Connection).
type packet struct {
	listener *Listener
	remote   netip.AddrPort
}

// WriteMsg implements sip.Connection.
func (p packet) WriteMsg(msg sip.Message) error {
	b, _ := texts.Get().(*bytes.Buffer)
	b.Reset()
	msg.StringWrite(b)
	err := p.write(b.Bytes())
	texts.Put(b)
	return err
}

// texts are messages as they go out: their memory is used again.
var texts = sync.Pool{New: func() any { return new(bytes.Buffer) }} //nolint:gochecknoglobals // no state

func (p packet) write(data []byte) error {
	var err error
	if c, ok := p.listener.packets.(*net.UDPConn); ok {
		_, err = c.WriteToUDPAddrPort(data, p.remote)
	} else {
		_, err = p.listener.packets.WriteTo(data, net.UDPAddrFromAddrPort(p.remote))
	}
	return err
}

// LocalAddr implements sip.Connection.
func (p packet) LocalAddr() net.Addr { return p.listener.addr }

// Ref implements sip.Connection; the socket's life doesn't depend on it.
func (packet) Ref(int) int { return 1 }

// TryClose implements sip.Connection; see Ref.
func (packet) TryClose() (int, error) { return 1, nil }

// Close implements sip.Connection; see Ref.
func (packet) Close() error { return nil }
