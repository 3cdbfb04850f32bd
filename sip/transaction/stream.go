package transaction

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
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

// welcome makes a stranger one who belongs.
func (s *stream) welcome() {
	s.mu.Lock()
	s.stranger = false
	s.mu.Unlock()
	s.pool.known(s)
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
