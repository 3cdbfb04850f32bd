package transaction

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Listener is one listen address: answers leave by the socket that was asked.
type Listener struct {
	table     *Table
	transport string
	parser    *sip.Parser
	packets   net.PacketConn // UDP
	streams   *streams       // TCP, TLS
	addr      net.Addr
	name      string // of flows by it: transport and address, with slashes
}

// Secrets is what TLS needs to know of us and of our peers. Its methods may be called from any goroutine.
type Secrets interface {
	// Server is the configuration for one connection that a peer opens.
	Server(remote netip.Addr) (*tls.Config, error)
	// Client is the configuration for a connection that we open; it verifies the server.
	Client(f Flow) (*tls.Config, error)
	// Verified is the trunk that a finished connection's certificates were verified for; empty: none.
	Verified(remote netip.Addr, state tls.ConnectionState) string
}

// Dialer opens a TCP connection from a local address (nil: any).
type Dialer func(ctx context.Context, local net.Addr, remote netip.AddrPort) (net.Conn, error)

// ListenUDP makes a listener of a socket. The table owns it from now on.
func (t *Table) ListenUDP(pc net.PacketConn) *Listener {
	return t.add(&Listener{table: t, transport: "UDP", parser: sip.NewParser(), packets: pc, addr: pc.LocalAddr()})
}

// ListenTCP is ListenUDP for TCP. dial opens connections to peers; nil: of the system.
func (t *Table) ListenTCP(ln net.Listener, dial Dialer) *Listener {
	return t.listen("TCP", ln, dial, nil)
}

// ListenTLS is ListenTCP with TLS.
func (t *Table) ListenTLS(ln net.Listener, dial Dialer, secrets Secrets) *Listener {
	return t.listen("TLS", ln, dial, secrets)
}

func (t *Table) listen(transport string, ln net.Listener, dial Dialer, secrets Secrets) *Listener {
	l := &Listener{table: t, transport: transport, parser: sip.NewParser(), addr: ln.Addr()}
	l.streams = newStreams(l, ln, dial, secrets)
	return t.add(l)
}

func (t *Table) add(l *Listener) *Listener {
	l.name = strings.ToLower(l.transport) + "/" + l.addr.String() + "/"
	t.mu.Lock()
	defer t.mu.Unlock()
	t.listeners = append(t.listeners, l)
	return l
}

// Addr is the address that it listens on.
func (l *Listener) Addr() net.Addr { return l.addr }

// Transport is UDP, TCP or TLS.
func (l *Listener) Transport() string { return l.transport }

// Serve reads until Close. It blocks.
func (l *Listener) Serve() error {
	var err error
	if l.packets != nil {
		err = l.serveUDP()
	} else {
		err = l.streams.serve()
	}
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("transaction: serve %s %s: %w", l.transport, l.addr, err)
	}
	return nil
}

// Close closes the socket and every connection, and waits until nobody reads them any more.
func (l *Listener) Close() {
	if l.packets != nil {
		_ = l.packets.Close()
		return
	}
	l.streams.close()
}

// Connections is how many are open.
func (l *Listener) Connections() int {
	if l.streams == nil {
		return 0
	}
	return l.streams.count()
}

func (l *Listener) admits(from netip.AddrPort, data []byte) bool {
	return l.table.knows(from.Addr()) || l.table.acknowledged(from.Addr(), data) || l.table.handler.Admit(l.transport, from, data)
}

// message parses one whole message and gives it to the table. What can't be read is answered with 400 where that is possible.
func (l *Listener) message(flow Flow, data []byte) {
	if l.table.sheds(flow, data) {
		return
	}
	msg, err := l.parser.ParseSIP(data)
	if err != nil {
		l.table.malformed(flow, data, err)
		return
	}
	msg.SetTransport(l.transport)
	msg.SetSource(flow.Remote.String())
	l.table.Receive(flow, msg)
}

func addrPort(a net.Addr) (netip.AddrPort, bool) {
	var ap netip.AddrPort
	switch a := a.(type) {
	case *net.UDPAddr:
		ap = a.AddrPort()
	case *net.TCPAddr:
		ap = a.AddrPort()
	default:
		return ap, false
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()), ap.Addr().IsValid()
}
