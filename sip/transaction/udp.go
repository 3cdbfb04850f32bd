package transaction

import (
	"bytes"
	"net"
	"net/netip"

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
	for {
		n, from, err := l.packets.ReadFrom(buf)
		if err != nil {
			return err
		}
		remote, ok := addrPort(from)
		if ok && len(bytes.Trim(buf[:n], "\r\n\x00")) > 0 { // RFC 5626, 3.5.1: over UDP nobody waits for an answer to CRLF
			l.datagram(remote, buf[:n])
		}
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
func (p packet) WriteMsg(msg sip.Message) error { return p.write([]byte(msg.String())) }

func (p packet) write(data []byte) error {
	_, err := p.listener.packets.WriteTo(data, net.UDPAddrFromAddrPort(p.remote))
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
