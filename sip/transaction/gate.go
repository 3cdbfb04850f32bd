package transaction

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// Limits for connections of strangers, who have not yet shown that they belong.
const (
	strangerPatience = 10 * time.Second // to say the first thing
	strangersAtOnce  = 256
)

// gate accepts TCP connections and closes those whose first bytes aren't admitted. Accept never waits for a peer.
type gate struct {
	net.Listener
	listener *Listener

	mu        sync.Mutex
	strangers int
}

func (g *gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from, ok := addrPort(c.RemoteAddr())
		if !ok {
			_ = c.Close()
			continue
		}
		gc := &gatedConn{Conn: c, gate: g, from: from, stranger: !g.listener.admits(from, nil)}
		if gc.stranger && !g.enter() {
			_ = c.Close()
			continue
		}
		if gc.stranger {
			_ = c.SetReadDeadline(time.Now().Add(strangerPatience))
		}
		return gc, nil
	}
}

func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.strangers >= strangersAtOnce {
		return false
	}
	g.strangers++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	g.strangers--
	g.mu.Unlock()
}

// gatedConn is read by one goroutine; stranger belongs to it until Close.
type gatedConn struct {
	net.Conn
	gate *gate
	from netip.AddrPort

	mu       sync.Mutex
	stranger bool
	closed   bool
}

func (c *gatedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil || n == 0 {
		return n, err
	}
	c.mu.Lock()
	stranger := c.stranger
	c.mu.Unlock()
	if !stranger {
		return n, nil
	}
	if !c.gate.listener.admits(c.from, b[:n]) {
		return 0, net.ErrClosed
	}
	c.welcome()
	return n, c.SetReadDeadline(time.Time{})
}

func (c *gatedConn) welcome() {
	c.mu.Lock()
	was := c.stranger
	c.stranger = false
	c.mu.Unlock()
	if was {
		c.gate.leave()
	}
}

func (c *gatedConn) Close() error {
	c.welcome()
	c.mu.Lock()
	first := !c.closed
	c.closed = true
	c.mu.Unlock()
	err := c.Conn.Close()
	if first {
		l := c.gate.listener
		l.table.handler.Closed(l.Flow(c.from))
	}
	return err
}
