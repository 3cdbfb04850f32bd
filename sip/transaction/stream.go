package transaction

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Limits of a connection.
const (
	writeTimeout = 5 * time.Second  // a peer that reads nothing is let go
	mostPending  = 1 << 20          // bytes that wait to be written; more, and it is let go
	patience     = 10 * time.Second // for a stranger's first message, and for each begun message's end
	afterLogin   = 30 * time.Second // for a stranger's further messages
	idleLimit    = 10 * time.Minute // without a message, unless somebody at the address has a call or a registration
	pingEvery    = 30 * time.Second // connections that we opened (RFC 5626, 4.4.1)
	pongWithin   = 10 * time.Second // of peers that have answered one before
	watchEvery   = time.Second
	farewell     = time.Second // from a stream that can't be read any more to its end
)

var (
	errSlow    = errors.New("transaction: the peer reads no more")
	errSilent  = errors.New("no message in time")
	errNoPong  = errors.New("no answer to keep-alive")
	errDropped = errors.New("a stranger's words")
	errBroken  = errors.New("the stream has no borders any more")
)

// stream is one TCP or TLS connection (Conn). Two goroutines serve it: one reads, one writes and watches the clock.
type stream struct {
	pool    *streams
	conn    net.Conn
	remote  netip.AddrPort
	way     way
	dialled bool
	trunk   string        // that its TLS certificate was verified for
	wake    chan struct{} // capacity 1: there is something to write
	done    chan struct{}
	over    sync.Once

	mu       sync.Mutex
	pending  []byte    // to be written
	leave    time.Time // when the connection ends, after what was written; zero: not
	stranger bool
	spoke    bool      // a message has come
	begun    time.Time // of the connection, then of its last message
	partial  time.Time // since when a message isn't whole; zero: none
	pinged   time.Time // when a keep-alive went out that wasn't answered; zero: none
	pongs    bool      // the peer answers keep-alives
	why      error     // of the end
	waiters  map[int]func()
	next     int
}

var _ Conn = (*stream)(nil)

func newStream(pool *streams, conn net.Conn, remote netip.AddrPort, w way) *stream {
	return &stream{
		pool: pool, conn: conn, remote: remote, way: w, wake: make(chan struct{}, 1), done: make(chan struct{}),
		begun: time.Now(), waiters: map[int]func(){},
	}
}

// read cuts what comes into messages until the connection ends.
func (s *stream) read() {
	defer s.end(nil)
	buf := make([]byte, 16<<10)
	var f framer
	for {
		n, err := s.conn.Read(buf)
		if n > 0 {
			f.feed(buf[:n])
			switch err := s.pieces(&f); {
			case errors.Is(err, errBroken):
				s.finish(farewell)
				<-s.done
				return
			case err != nil:
				s.end(err)
				return
			}
		}
		if err != nil {
			s.end(err)
			return
		}
	}
}

func (s *stream) pieces(f *framer) error {
	for {
		kind, data, err := f.next(s.waitsForPong())
		switch kind {
		case nothingYet:
			s.note(f.partial())
			return nil
		case ping:
			if s.isStranger() {
				continue // no sign of life before we know it
			}
			_ = s.write([]byte("\r\n"))
		case pong:
			s.ponged()
		case broken:
			if s.isStranger() && !s.pool.listener.admits(s.remote, data) {
				return errDropped
			}
			s.pool.listener.table.malformed(s.flow(), data, err)
			return errBroken
		case message:
			if s.isStranger() && !s.admitted(data) {
				return errDropped
			}
			s.heard(data)
			s.pool.listener.message(s.flow(), data)
		}
	}
}

// admitted says whether a stranger's message may come in, and whether it still is a stranger.
func (s *stream) admitted(data []byte) bool {
	l := s.pool.listener
	if !l.admits(s.remote, data) {
		return false
	}
	if l.table.knows(s.remote.Addr()) || l.table.handler.Trusted(s.flow()) {
		s.welcome()
	}
	return true
}

// welcome makes a stranger one who belongs.
func (s *stream) welcome() {
	s.mu.Lock()
	s.stranger = false
	s.mu.Unlock()
	s.pool.known(s)
}

// heard notes a message; one that asks for it makes the connection the way back (RFC 5923, 5: alias), for its own address only.
func (s *stream) heard(data []byte) {
	s.mu.Lock()
	s.begun, s.spoke = time.Now(), true
	s.mu.Unlock()
	if port := aliasPort(data); port != 0 {
		s.pool.alias(netip.AddrPortFrom(s.remote.Addr(), port), s)
	}
}

// aliasPort is the port of the first Via, if it asks for connection reuse.
func aliasPort(data []byte) uint16 {
	for name, value := range headers(data) {
		if name != "via" && name != "v" {
			continue
		}
		first, _, _ := strings.Cut(string(value), ",")
		by, params, _ := strings.Cut(first, ";")
		has := false
		for p := range strings.SplitSeq(params, ";") {
			has = has || strings.EqualFold(strings.TrimSpace(p), "alias")
		}
		if !has {
			return 0
		}
		fields := strings.Fields(by)
		if len(fields) == 0 {
			return 0
		}
		at := fields[len(fields)-1]
		colon := strings.LastIndexByte(at, ':')
		if colon < 0 || strings.HasSuffix(at, "]") {
			if strings.Contains(strings.ToUpper(by), "TLS") {
				return 5061
			}
			return 5060
		}
		port, err := strconv.ParseUint(at[colon+1:], 10, 16)
		if err != nil {
			return 0
		}
		return uint16(port)
	}
	return 0
}

func (s *stream) flow() Flow {
	l := s.pool.listener
	f := l.Flow(s.remote)
	if s.dialled {
		f = l.Secure(s.remote, s.way.trunk, s.way.host)
	}
	return f
}

func (s *stream) isStranger() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stranger
}

func (s *stream) waitsForPong() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.pinged.IsZero()
}

func (s *stream) ponged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.pinged.IsZero() {
		s.pinged, s.pongs = time.Time{}, true
	}
}

// note remembers since when a message isn't whole.
func (s *stream) note(partial bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !partial:
		s.partial = time.Time{}
	case s.partial.IsZero():
		s.partial = time.Now()
	}
}

// pump sends what waits and watches the clock until the connection ends.
func (s *stream) pump() {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	nextPing := time.Now().Add(pingEvery)
	for {
		select {
		case <-s.wake:
			s.mu.Lock()
			data, leave := s.pending, s.leave
			s.pending = nil
			s.mu.Unlock()
			if err := s.put(data); err != nil || !leave.IsZero() && !time.Now().Before(leave) {
				s.end(err)
				return
			}
		case now := <-tick.C:
			if err := s.late(now); err != nil {
				s.end(err)
				return
			}
			if s.dialled && !now.Before(nextPing) {
				nextPing = now.Add(pingEvery)
				s.mu.Lock()
				if s.pinged.IsZero() || !s.pongs {
					s.pinged = now
				}
				s.mu.Unlock()
				if err := s.put([]byte("\r\n\r\n")); err != nil {
					s.end(err)
					return
				}
			}
		case <-s.done:
			return
		}
	}
}

func (s *stream) put(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	_, err := s.conn.Write(data)
	return err
}

// late says why the connection has to end now.
func (s *stream) late(now time.Time) error {
	s.mu.Lock()
	partial, begun, stranger, spoke, leave := s.partial, s.begun, s.stranger, s.spoke, s.leave
	deaf := s.pongs && !s.pinged.IsZero() && now.Sub(s.pinged) >= pongWithin
	s.mu.Unlock()
	limit := limitOf(stranger, spoke)
	switch {
	case !leave.IsZero() && !now.Before(leave):
		return errBroken
	case deaf:
		return errNoPong
	case !partial.IsZero() && now.Sub(partial) >= patience:
		return errSilent
	case now.Sub(begun) < limit:
		return nil
	case stranger && s.pool.listener.table.handler.Trusted(s.flow()): // it has registered since
		s.welcome()
		return nil
	case !stranger && s.busy():
		return nil
	}
	return errSilent
}

// limitOf is how long nothing may be said.
func limitOf(stranger, spoke bool) time.Duration {
	switch {
	case stranger && spoke:
		return afterLogin
	case stranger:
		return patience
	}
	return idleLimit
}

// busy says whether somebody needs the connection though nothing is said.
func (s *stream) busy() bool {
	l := s.pool.listener
	return l.table.knows(s.remote.Addr()) || l.table.handler.Registered(s.flow())
}

// write gives bytes to the pump. It doesn't block.
func (s *stream) write(data []byte) error {
	select {
	case <-s.done:
		return ErrFlowGone
	default:
	}
	s.mu.Lock()
	full := len(s.pending)+len(data) > mostPending
	if !full {
		s.pending = append(s.pending, data...)
	}
	s.mu.Unlock()
	if full {
		s.end(errSlow)
		return errSlow
	}
	s.signal()
	return nil
}

func (s *stream) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// finish ends the connection after a time, in which answers that are on their way are still written.
func (s *stream) finish(after time.Duration) {
	s.mu.Lock()
	s.leave = time.Now().Add(after)
	s.mu.Unlock()
	s.signal()
}

// end closes the connection once. Any goroutine may call it.
func (s *stream) end(why error) {
	s.over.Do(func() {
		s.mu.Lock()
		s.why = why
		waiters := s.waiters
		s.waiters = nil
		s.mu.Unlock()
		s.pool.gone(s)
		close(s.done)
		_ = s.conn.Close()
		for _, f := range waiters {
			f()
		}
	})
}

// onGone calls f once when the connection ends, unless the returned function is called before.
func (s *stream) onGone(f func()) (forget func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiters == nil {
		go f() // it has ended already
		return func() {}
	}
	s.next++
	id := s.next
	s.waiters[id] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.waiters, id)
	}
}

// handshake is the server's side of TLS.
func (s *stream) handshake(ctx context.Context, secrets Secrets) error {
	cfg, err := secrets.Server(s.remote.Addr())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	secure := tls.Server(s.conn, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		return err
	}
	s.conn = secure
	s.trunk = secrets.Verified(s.remote.Addr(), secure.ConnectionState())
	return nil
}

// WriteMsg implements sip.Connection. It doesn't block.
func (s *stream) WriteMsg(msg sip.Message) error { return s.write([]byte(msg.String())) }

// LocalAddr implements sip.Connection.
func (s *stream) LocalAddr() net.Addr { return s.pool.listener.addr }

// Ref implements sip.Connection; the connection's life doesn't depend on it.
func (s *stream) Ref(int) int { return 1 }

// TryClose implements sip.Connection; see Ref.
func (s *stream) TryClose() (int, error) { return 1, nil }

// Close implements sip.Connection.
func (s *stream) Close() error { s.end(nil); return nil }

// Gone implements Conn.
func (s *stream) Gone() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}
