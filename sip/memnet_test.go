package sip

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
)

// wire is one end of a TCP connection in memory. Its writes don't wait for the other end.
type wire struct {
	local, remote net.Addr
	in            chan []byte
	peer          *wire
	rest          []byte
	once          sync.Once
	closed        chan struct{}
	stuck         bool // writes block until the deadline

	mu       sync.Mutex
	deadline time.Time // of writes
}

func newWires(a, b string) (*wire, *wire) {
	addr := func(s string) net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(s)) }
	x := &wire{local: addr(a), remote: addr(b), in: make(chan []byte, 4096), closed: make(chan struct{})}
	y := &wire{local: addr(b), remote: addr(a), in: make(chan []byte, 4096), closed: make(chan struct{})}
	x.peer, y.peer = y, x
	return x, y
}

func (w *wire) Read(b []byte) (int, error) {
	if len(w.rest) == 0 {
		select {
		case w.rest = <-w.in:
		case <-w.closed:
			return 0, net.ErrClosed
		case <-w.peer.closed:
			select {
			case w.rest = <-w.in: // what was sent before the end
			default:
				return 0, io.EOF
			}
		}
	}
	n := copy(b, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}

func (w *wire) Write(b []byte) (int, error) {
	w.mu.Lock()
	stuck, deadline := w.stuck, w.deadline
	w.mu.Unlock()
	if stuck {
		select {
		case <-time.After(time.Until(deadline)):
			return 0, os.ErrDeadlineExceeded
		case <-w.closed:
			return 0, net.ErrClosed
		}
	}
	select {
	case <-w.closed:
		return 0, net.ErrClosed
	case <-w.peer.closed:
		return 0, errors.New("broken pipe")
	default:
	}
	w.peer.in <- append([]byte(nil), b...)
	return len(b), nil
}

func (w *wire) Close() error                    { w.once.Do(func() { close(w.closed) }); return nil }
func (w *wire) LocalAddr() net.Addr             { return w.local }
func (w *wire) RemoteAddr() net.Addr            { return w.remote }
func (w *wire) SetDeadline(time.Time) error     { return nil }
func (w *wire) SetReadDeadline(time.Time) error { return nil }
func (w *wire) SetWriteDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deadline = t
	return nil
}

// port is a net.Listener in memory.
type port struct {
	addr   net.Addr
	in     chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func newPort(addr string) *port {
	return &port{addr: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(addr)), in: make(chan net.Conn, 100), closed: make(chan struct{})}
}

func (p *port) Accept() (net.Conn, error) {
	select {
	case c := <-p.in:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *port) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *port) Addr() net.Addr { return p.addr }

// tcp is a rig with TCP beside UDP.
type tcp struct {
	*rig
	port    *port
	dialled chan *wire // the far ends of connections that the stack opened
	refuse  bool       // whom the stack dials isn't there
}

// overTCP runs a test against a stack in a bubble that listens on UDP and TCP in memory.
func overTCP(t *testing.T, file *config.Config, f func(g *tcp), with ...func(*Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := &tcp{rig: &rig{t: t, net: newPackets(ourAddr), phones: map[string]int{}}, port: newPort(ourAddr), dialled: make(chan *wire, 100)}
		next := 40000
		var mu sync.Mutex
		dial := func(_ context.Context, _ net.Addr, remote netip.AddrPort) (net.Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			if g.refuse {
				return nil, errors.New("connection refused")
			}
			next++
			ours, theirs := newWires(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(next)).String(), remote.String())
			g.dialled <- theirs
			return ours, nil
		}
		cfg := Config{File: file, Handler: g, Packets: []net.PacketConn{g.net}, Streams: []net.Listener{g.port}, Dial: dial}
		for _, w := range with {
			w(&cfg)
		}
		stack, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		stack.open = stackRooms(g.rig)
		g.stack = stack
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- stack.Run(ctx) }()
		synctest.Wait()
		f(g)
		cancel()
		if err := <-done; err != nil {
			t.Error("Run:", err)
		}
		if n := stack.table.Live(); n != 0 {
			t.Errorf("%d queues are left", n)
		}
	})
}

// connect opens a connection to the stack.
func (g *tcp) connect(from string) *peerTCP {
	ours, theirs := newWires(ourAddr, from)
	g.port.in <- ours
	synctest.Wait()
	return &peerTCP{g: g, c: theirs, ours: ours}
}

// called is the far end of a connection that the stack has opened.
func (g *tcp) called() *peerTCP {
	g.t.Helper()
	synctest.Wait()
	select {
	case c := <-g.dialled:
		return &peerTCP{g: g, c: c, ours: c.peer}
	default:
		g.t.Fatal("the stack has connected to nobody")
		return nil
	}
}

// peerTCP is a peer with a connection. It reads its stream message by message: how bytes are cut into segments is nobody's business.
type peerTCP struct {
	g    *tcp
	c    *wire
	ours *wire
	got  []byte
}

func (p *peerTCP) send(parts ...string) {
	for _, s := range parts {
		if _, err := p.c.Write([]byte(s)); err != nil {
			p.g.t.Error("send:", err)
		}
		synctest.Wait()
	}
}

// text is all that has come and wasn't taken.
func (p *peerTCP) text() string {
	synctest.Wait()
	for {
		select {
		case b := <-p.c.in:
			p.got = append(p.got, b...)
		default:
			return string(p.got)
		}
	}
}

// messages takes what has come, message by message; keep-alives are left out.
func (p *peerTCP) messages() []message {
	p.g.t.Helper()
	p.text()
	var out []message
	for rest := strings.TrimLeft(string(p.got), "\r\n"); ; rest = strings.TrimLeft(rest, "\r\n") {
		head, _, whole := strings.Cut(rest, "\r\n\r\n")
		if !whole {
			p.got = []byte(rest)
			return out
		}
		length, _ := strconv.Atoi(message{text: rest}.header("Content-Length"))
		end := len(head) + 4 + length
		if end > len(rest) {
			p.g.t.Fatalf("a message isn't whole: %q", rest)
		}
		out = append(out, message{text: rest[:end]})
		rest = rest[end:]
	}
}

// one takes what has come and expects one message that begins so.
func (p *peerTCP) one(start string) message {
	p.g.t.Helper()
	all := p.messages()
	if len(all) != 1 || !strings.HasPrefix(all[0].text, start) {
		p.g.t.Fatalf("want one message %q, got %s", start, lines(all))
	}
	return all[0]
}

// gone says whether the stack has closed the connection.
func (p *peerTCP) gone() bool {
	synctest.Wait()
	select {
	case <-p.ours.closed:
		return true
	default:
		return false
	}
}
