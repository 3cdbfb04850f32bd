package webrtc

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"mediasrv/media/rtp"
)

const (
	framesIn  = 8                // of one connection that wait for the worker; then TCP slows the peer down
	framesOut = 16               // that wait for a slow peer: 320 ms of a voice; then they are dropped
	proofTime = 10 * time.Second // for the first valid check
	idleTime  = time.Minute      // without a frame; browsers check every few seconds
	writeTime = 30 * time.Second // for one frame
	flushTime = time.Second      // for what is queued when a connection ends: DTLS's goodbye
)

// stream is one connection of a passive TCP candidate (RFC 6544). Its reader and its writer are goroutines; the worker meets them only at channels that never
// make it wait: buffers go round between in and inFree, and between out and outFree.
type stream struct {
	conn   net.Conn
	from   netip.AddrPort
	in     chan []byte
	inFree chan []byte
	out    chan []byte
	free   chan []byte // for out
	gone   chan struct{}
	once   sync.Once
	proven atomic.Bool // a valid check came by it; set by the worker
	next   *stream     // in the list of those that the worker hasn't seen yet
}

func newStream(conn net.Conn, from netip.AddrPort) *stream {
	s := &stream{
		conn: conn, from: from, gone: make(chan struct{}),
		in: make(chan []byte, framesIn), inFree: make(chan []byte, framesIn),
		out: make(chan []byte, framesOut), free: make(chan []byte, framesOut),
	}
	fill(s.inFree, maxFrame)
	fill(s.free, frameHeader+maxFrame)
	return s
}

// fill puts buffers of one slab into a channel.
func fill(c chan<- []byte, size int) {
	slab := make([]byte, cap(c)*size)
	for i := range cap(c) {
		c <- slab[i*size : (i+1)*size : (i+1)*size]
	}
}

// end lets the connection end; it returns at once. Any goroutine.
func (s *stream) end() {
	s.once.Do(func() {
		close(s.gone)
		s.hurry()
	})
}

// hurry lets a write that waits for a slow peer give up soon.
func (s *stream) hurry() { _ = s.conn.SetWriteDeadline(time.Now().Add(flushTime)) }

func (s *stream) ended() bool {
	select {
	case <-s.gone:
		return true
	default:
		return false
	}
}

// send queues a frame; it borrows b and never waits. Any goroutine.
func (s *stream) send(m *Mux, b []byte) error {
	if s.ended() {
		return ErrClosed
	}
	select {
	case buf := <-s.free:
		n := putFrame(buf, b)
		if n == 0 {
			s.free <- buf
			return ErrPacket
		}
		s.out <- buf[:n] // can't wait: there are as many places as buffers
		return nil
	default:
		m.count.slow.Add(1)
		return rtp.ErrWouldBlock
	}
}

// write sends what is queued until the end, and then closes the connection, which ends read.
func (s *stream) write() {
	defer s.conn.Close() //nolint:errcheck // nothing is left to be done
	defer s.end()
	for {
		select {
		case b := <-s.out:
			if !s.put(b) {
				return
			}
		case <-s.gone:
			for range len(s.out) {
				if !s.put(<-s.out) {
					return
				}
			}
			return
		}
	}
}

// put writes a frame and frees its buffer.
func (s *stream) put(b []byte) bool {
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTime))
	if s.ended() {
		s.hurry()
	}
	_, err := s.conn.Write(b)
	s.free <- b[:cap(b)]
	return err == nil
}

// read hands the peer's frames to the worker, until the connection ends, is silent for too long, or says something that no peer of ours would.
func (s *stream) read(m *Mux) {
	defer s.end()
	f := newFramer(s.conn)
	_ = s.conn.SetReadDeadline(time.Now().Add(proofTime))
	for {
		var b []byte
		select {
		case b = <-s.inFree:
		case <-s.gone:
			return
		}
		n, err := s.await(f, b)
		switch {
		case errors.Is(err, errFrame):
			m.count.malformed.Add(1)
			return
		case err != nil:
			return
		case b[0] > 3 && !s.proven.Load(): // only checks are expected of a stranger
			m.count.strangers.Add(1)
			return
		}
		s.in <- b[:n] // can't wait, as above
	}
}

// await reads a frame. Silence ends it: soon before the first valid check, later after it.
func (s *stream) await(f framer, b []byte) (int, error) {
	for {
		proven := s.proven.Load()
		if proven {
			_ = s.conn.SetReadDeadline(time.Now().Add(idleTime))
		}
		n, err := f.next(b)
		if errors.Is(err, os.ErrDeadlineExceeded) && !proven && s.proven.Load() {
			continue // the check came while we waited
		}
		return n, err
	}
}

// drain takes the frames that wait, not more than there are places: the rest has to wait for the next pass. Worker only.
func (s *stream) drain(m *Mux, now int64, deliver func(t *Transport, packet []byte)) {
	for range framesIn {
		select {
		case b := <-s.in:
			m.input(now, b, path{s.from, s}, deliver)
			s.inFree <- b[:cap(b)]
		default:
			return
		}
	}
}
