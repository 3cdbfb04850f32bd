package certify

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

const (
	// waitingMessages is how many messages may wait for a step; what comes beyond it is dropped, as a flood.
	waitingMessages = 1000
	largestMessage  = 65535
	writeFor        = 5 * time.Second
)

// arrival is a message as it came.
type arrival struct {
	at   time.Time
	from netip.AddrPort
	raw  []byte
	msg  sip.Message // nil: it can't be parsed
	err  error
}

// wire is the way to the peer: one UDP socket or one connection. Its reader is a goroutine; everything else belongs to the agent's.
type wire struct {
	packets net.PacketConn
	stream  net.Conn
	peer    netip.AddrPort
	in      chan arrival
	reading sync.WaitGroup
}

func newPacketWire(pc net.PacketConn, peer netip.AddrPort) *wire {
	w := &wire{packets: pc, peer: peer, in: make(chan arrival, waitingMessages)}
	w.reading.Go(w.readPackets)
	return w
}

func newStreamWire(c net.Conn, peer netip.AddrPort) *wire {
	w := &wire{stream: c, peer: peer, in: make(chan arrival, waitingMessages)}
	w.reading.Go(w.readStream)
	return w
}

// reliable says whether the transport repeats by itself.
func (w *wire) reliable() bool { return w.stream != nil }

// secure is the state of TLS; false if there is none.
func (w *wire) secure() (tls.ConnectionState, bool) {
	c, ok := w.stream.(*tls.Conn)
	if !ok {
		return tls.ConnectionState{}, false
	}
	return c.ConnectionState(), true
}

func (w *wire) local() netip.AddrPort {
	var a net.Addr
	if w.stream != nil {
		a = w.stream.LocalAddr()
	} else {
		a = w.packets.LocalAddr()
	}
	ap, _ := netip.ParseAddrPort(a.String())
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

func (w *wire) write(raw []byte, to netip.AddrPort) error {
	if w.stream != nil {
		_ = w.stream.SetWriteDeadline(time.Now().Add(writeFor))
		_, err := w.stream.Write(raw)
		return err
	}
	_, err := w.packets.WriteTo(raw, net.UDPAddrFromAddrPort(to))
	return err
}

// close ends the reader and waits for it.
func (w *wire) close() {
	if w.stream != nil {
		_ = w.stream.Close()
	} else {
		_ = w.packets.Close()
	}
	w.reading.Wait()
}

func (w *wire) readPackets() {
	buf := make([]byte, largestMessage)
	for {
		n, addr, err := w.packets.ReadFrom(buf)
		if err != nil {
			if isTemporary(err) {
				continue
			}
			return
		}
		from, _ := netip.ParseAddrPort(addr.String())
		w.deliver(bytes.Clone(buf[:n]), netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
	}
}

// isTemporary: an ICMP error of an earlier datagram, which some systems report on reading.
func isTemporary(err error) bool { return strings.Contains(err.Error(), "connection refused") }

// readStream cuts the stream into messages (RFC 3261, 18.3).
func (w *wire) readStream() {
	r := bufio.NewReaderSize(w.stream, largestMessage)
	for {
		raw, err := nextMessage(r)
		if err != nil {
			return
		}
		w.deliver(raw, w.peer)
	}
}

func nextMessage(r *bufio.Reader) ([]byte, error) {
	var head bytes.Buffer
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if strings.TrimRight(line, "\r\n") == "" {
			if head.Len() == 0 {
				continue // a keep-alive (RFC 5626, 3.5.1)
			}
			head.WriteString(line)
			break
		}
		if name, value, ok := strings.Cut(line, ":"); ok {
			switch textproto.TrimString(strings.ToLower(name)) {
			case "content-length", "l":
				length, _ = strconv.Atoi(strings.TrimSpace(value))
			}
		}
		if head.WriteString(line); head.Len() > largestMessage {
			return nil, io.ErrShortBuffer
		}
	}
	if length < 0 || length > largestMessage {
		return nil, io.ErrShortBuffer
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	return append(head.Bytes(), body...), nil
}

func (w *wire) deliver(raw []byte, from netip.AddrPort) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return
	}
	a := arrival{at: time.Now(), from: from, raw: raw}
	a.msg, a.err = sip.ParseMessage(raw)
	select {
	case w.in <- a:
	default:
	}
}
