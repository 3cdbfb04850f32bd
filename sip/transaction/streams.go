package transaction

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Limits of a listener's connections.
const (
	strangersAtOnce  = 512 // connections of those who have not yet shown that they belong
	strangersPerHost = 16
	knownPerHost     = 256
	dialTimeout      = 5 * time.Second
	keepAliveIdle    = 30 * time.Second // the kernel's, for peers that vanish without a word
)

// way is what tells connections apart: accepted ones have the peer's address only.
type way struct {
	remote      netip.AddrPort
	trunk, host string
}

// streams is a listener's connections, those of peers and our own.
type streams struct {
	listener *Listener
	ln       net.Listener
	dialer   Dialer
	secrets  Secrets         // nil: plain TCP
	ctx      context.Context //nolint:containedctx // it ends with the listener
	cancel   context.CancelFunc
	running  sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	all     map[*stream]struct{}
	ways    map[way]*stream
	aliases map[netip.AddrPort]*stream
	dialing map[way]*dialing
	perHost map[netip.Addr]int   // accepted
	unknown map[*stream]struct{} // strangers'
}

// dialing is a connection that is being made; all who want it wait for the same.
type dialing struct {
	done chan struct{}
	s    *stream
	err  error
}

func newStreams(l *Listener, ln net.Listener, dial Dialer, secrets Secrets) *streams {
	p := &streams{
		listener: l, ln: ln, dialer: dial, secrets: secrets, all: map[*stream]struct{}{}, ways: map[way]*stream{},
		aliases: map[netip.AddrPort]*stream{}, dialing: map[way]*dialing{}, perHost: map[netip.Addr]int{}, unknown: map[*stream]struct{}{},
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	if p.dialer == nil {
		p.dialer = func(ctx context.Context, local net.Addr, remote netip.AddrPort) (net.Conn, error) {
			d := net.Dialer{LocalAddr: local}
			return d.DialContext(ctx, "tcp", remote.String())
		}
	}
	return p
}

// serve accepts until the listener is closed. It never waits for a peer.
func (p *streams) serve() error {
	for {
		c, err := p.ln.Accept()
		if err != nil {
			if p.ctx.Err() == nil && temporary(err) {
				select { // out of descriptors: others go on
				case <-time.After(100 * time.Millisecond):
				case <-p.ctx.Done():
				}
				continue
			}
			return err
		}
		if remote, ok := addrPort(c.RemoteAddr()); ok {
			p.accept(c, remote)
		} else {
			_ = c.Close()
		}
	}
}

func temporary(err error) bool {
	t, ok := err.(interface{ Temporary() bool }) //nolint:errorlint // net.Listener returns it bare
	return ok && t.Temporary()
}

func (p *streams) accept(c net.Conn, remote netip.AddrPort) {
	alive(c)
	s := newStream(p, c, remote, way{remote: remote})
	l := p.listener
	s.stranger = !l.admits(remote, nil)
	if !p.enter(s) {
		_ = c.Close()
		return
	}
	p.running.Go(func() {
		if p.secrets != nil {
			if err := s.handshake(p.ctx, p.secrets); err != nil {
				if !s.isStranger() {
					l.table.log.Warn("a TLS connection from a known address failed", "from", remote.String(), "why", SayTLS(err))
				}
				s.end(err)
				return
			}
		}
		p.running.Go(s.pump)
		s.read()
	})
}

// alive lets the kernel find peers that vanish.
func alive(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: keepAliveIdle, Interval: keepAliveIdle / 3, Count: 3})
	}
}

// enter takes a connection in, if there is room for it.
func (p *streams) enter(s *stream) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	host := s.remote.Addr()
	switch {
	case p.closed:
		return false
	case s.stranger && (len(p.unknown) >= strangersAtOnce || p.perHost[host] >= strangersPerHost):
		return false
	case p.perHost[host] >= knownPerHost:
		return false
	}
	if s.stranger {
		p.unknown[s] = struct{}{}
	}
	p.perHost[host]++
	p.all[s] = struct{}{}
	p.ways[s.way] = s
	return true
}

// known notes that a stranger is none any more.
func (p *streams) known(s *stream) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.unknown, s)
}

// gone forgets a connection that ends.
func (p *streams) gone(s *stream) {
	p.mu.Lock()
	_, there := p.all[s]
	if there {
		delete(p.all, s)
		delete(p.unknown, s)
		if p.ways[s.way] == s {
			delete(p.ways, s.way)
		}
		for a, o := range p.aliases {
			if o == s {
				delete(p.aliases, a)
			}
		}
		if !s.dialled {
			if p.perHost[s.remote.Addr()]--; p.perHost[s.remote.Addr()] <= 0 {
				delete(p.perHost, s.remote.Addr())
			}
		}
	}
	p.mu.Unlock()
	if there && !s.dialled {
		p.listener.table.handler.Closed(s.flow())
	}
}

// find is the connection of a flow that is there; nil: none.
func (p *streams) find(f Flow) *stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.ways[way{f.Remote, f.Trunk, f.Host}]; s != nil {
		return s
	}
	s := p.aliases[f.Remote]
	if s != nil && p.secrets != nil && (s.trunk == "" || f.Trunk != "" && s.trunk != f.Trunk) {
		return nil // RFC 5923, 8: only whose certificate was verified may be called back by an alias
	}
	return s
}

// alias makes a connection the way to the address that its peer listens on, unless there is another that lives.
func (p *streams) alias(at netip.AddrPort, s *stream) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, there := p.all[s]; there && p.aliases[at] == nil {
		p.aliases[at] = s
	}
}

// dial opens the connection of a flow, or waits for one who does. It blocks for dialTimeout at most.
func (p *streams) dial(ctx context.Context, f Flow) (*stream, error) {
	w := way{f.Remote, f.Trunk, f.Host}
	p.mu.Lock()
	if s := p.ways[w]; s != nil {
		p.mu.Unlock()
		return s, nil
	}
	d := p.dialing[w]
	if d == nil {
		if p.closed {
			p.mu.Unlock()
			return nil, net.ErrClosed
		}
		d = &dialing{done: make(chan struct{})}
		p.dialing[w] = d
		p.running.Go(func() { p.open(d, w, f) })
	}
	p.mu.Unlock()
	select {
	case <-d.done:
		return d.s, d.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *streams) open(d *dialing, w way, f Flow) {
	ctx, cancel := context.WithTimeout(p.ctx, dialTimeout)
	s, err := p.connect(ctx, w, f)
	cancel()
	p.mu.Lock()
	delete(p.dialing, w)
	if err == nil && p.closed {
		_ = s.conn.Close()
		err = net.ErrClosed
	}
	if err != nil {
		d.err = err
	} else {
		d.s = s
		p.all[s], p.ways[w] = struct{}{}, s
		p.running.Go(s.pump)
		p.running.Go(s.read)
	}
	p.mu.Unlock()
	close(d.done)
}

func (p *streams) connect(ctx context.Context, w way, f Flow) (*stream, error) {
	c, err := p.dialer(ctx, p.local(), f.Remote)
	if err != nil {
		return nil, err
	}
	alive(c)
	s := newStream(p, c, f.Remote, w)
	s.dialled = true
	if p.secrets == nil {
		return s, nil
	}
	cfg, err := p.secrets.Client(f)
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	secure := tls.Client(c, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = c.Close()
		p.listener.table.log.Warn("no TLS with a server", "trunk", f.Trunk, "host", f.Host, "address", f.Remote.String(), "why", SayTLS(err))
		return nil, err
	}
	s.conn, s.trunk = secure, f.Trunk
	return s, nil
}

// local is the address that connections are made from: the listener's own, any port of it.
func (p *streams) local() net.Addr {
	a, ok := p.listener.addr.(*net.TCPAddr)
	if !ok || a.IP == nil || a.IP.IsUnspecified() {
		return nil
	}
	return &net.TCPAddr{IP: a.IP, Zone: a.Zone}
}

func (p *streams) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.all)
}

// close ends the listener and every connection, what was sent before is written first, and waits for their goroutines.
func (p *streams) close() {
	p.mu.Lock()
	p.closed = true
	all := make([]*stream, 0, len(p.all))
	for s := range p.all {
		all = append(all, s)
	}
	p.mu.Unlock()
	_ = p.ln.Close()
	p.cancel()
	for _, s := range all {
		s.finish(0)
	}
	p.running.Wait()
}

// shut ends the connections that an address has opened.
func (p *streams) shut(addr netip.Addr) {
	p.mu.Lock()
	var out []*stream
	for s := range p.all {
		if !s.dialled && s.remote.Addr() == addr {
			out = append(out, s)
		}
	}
	p.mu.Unlock()
	for _, s := range out {
		s.end(errDropped)
	}
}
