package transaction

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"
)

// writeTimeout bounds how long a TCP peer that reads nothing can hold a call's queue.
const writeTimeout = 5 * time.Second

// Listener is one listen address. It has a TransportLayer of its own: with two in one, the other one may answer.
type Listener struct {
	table     *Table
	transport string
	layer     *sip.TransportLayer
	packets   net.PacketConn // UDP
	streams   *gate          // TCP
	addr      net.Addr
}

// ListenUDP makes a listener of a socket. The table owns it from now on.
func (t *Table) ListenUDP(pc net.PacketConn) *Listener {
	l := &Listener{table: t, transport: "UDP", packets: pc, addr: pc.LocalAddr()}
	l.open()
	return l
}

// ListenTCP is ListenUDP for TCP.
func (t *Table) ListenTCP(ln net.Listener) *Listener {
	l := &Listener{table: t, transport: "TCP", addr: ln.Addr()}
	l.streams = &gate{Listener: ln, listener: l}
	l.open()
	return l
}

func (l *Listener) open() {
	quiet := quietLogger(l.table.log)
	l.layer = sip.NewTransportLayer(net.DefaultResolver, sip.NewParser(), nil,
		sip.WithTransportLayerLogger(quiet),
		sip.WithTransportLayerReadFilter(l.filter),
		sip.WithTransportLayerTransports(sip.TransportsConfig{TCP: &sip.TransportTCP{
			WriteTimeout: writeTimeout,
			DialerCreate: func(local net.Addr) net.Dialer { return net.Dialer{Timeout: writeTimeout, LocalAddr: local} },
		}}))
	l.layer.OnMessage(l.receive)
	if l.packets != nil { // before Serve does it: a request that comes first would bind the address again
		l.layer.Pool("udp").Add(l.addr.String(), &sip.UDPConnection{PacketConn: l.packets, PacketAddr: l.addr.String(), Listener: true})
	}
}

// Addr is the address that it listens on.
func (l *Listener) Addr() net.Addr { return l.addr }

// Transport is UDP or TCP.
func (l *Listener) Transport() string { return l.transport }

// Serve reads until Close. It blocks.
func (l *Listener) Serve() error {
	var err error
	if l.packets != nil {
		err = l.layer.ServeUDP(l.packets)
	} else {
		err = l.layer.ServeTCP(l.streams)
	}
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("transaction: serve %s %s: %w", l.transport, l.addr, err)
	}
	return nil
}

// Close closes the socket and every connection.
func (l *Listener) Close() {
	if l.packets != nil {
		_ = l.packets.Close()
	} else {
		_ = l.streams.Close()
	}
	_ = l.layer.Close()
}

// Pooled is how many addresses sipgo remembers connections for.
func (l *Listener) Pooled() int { return l.layer.Pool(l.transport).Size() }

// filter drops a stranger's datagrams before sipgo parses them or keeps their source.
func (l *Listener) filter(p sip.TransportReadProps, data []byte) ([]byte, error) {
	if l.transport != "UDP" {
		return data, nil // gate has looked at it
	}
	from, ok := addrPort(p.RemoteAddr)
	if !ok || !l.admits(from, data) {
		return nil, nil
	}
	return data, nil
}

func (l *Listener) admits(from netip.AddrPort, data []byte) bool {
	return l.table.knows(from.Addr()) || l.table.handler.Admit(l.transport, from, data)
}

func (l *Listener) receive(msg sip.Message) {
	from, err := netip.ParseAddrPort(msg.Source())
	if err != nil {
		return
	}
	if l.transport == "UDP" && msg.Source() != l.addr.String() {
		// The listener's own entry is used instead; without this the pool grows with every source.
		l.layer.Pool("udp").Delete(msg.Source())
	}
	l.table.Receive(l.Flow(from), msg)
}

func addrPort(a net.Addr) (netip.AddrPort, bool) {
	switch a := a.(type) {
	case *net.UDPAddr:
		ap := a.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()), true
	case *net.TCPAddr:
		ap := a.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()), true
	}
	return netip.AddrPort{}, false
}
