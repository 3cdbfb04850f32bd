package webrtc

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"mediasrv/media/rtp"

	"github.com/pion/rtcp"
	pion "github.com/pion/rtp"
	"github.com/pion/stun/v3"
)

const (
	maxDrain  = 2048                    // datagrams of one Drain: a flood must not keep the worker from its clock
	maxErrors = 64                      // socket errors (an ICMP answer is one) that one Drain steps over
	lostAfter = int64(30 * time.Second) // without a valid check (RFC 7675, 5.1 says 30 s)
)

// Config is what a Mux needs to know beside its socket.
type Config struct {
	PublicAddress netip.Addr // offered beside the interfaces' own addresses; invalid: none
}

// Mux is one worker's shared WebRTC port.
type Mux struct {
	sock rtp.Socket
	cert *Certificate
	cfg  Config
	log  *slog.Logger

	// Owned by the worker.
	live     []*Transport
	sources  map[path]*Transport
	streams  []*stream
	buf      [maxDatagram]byte
	sealed   [maxDatagram]byte
	header   pion.Header
	control  rtcp.Header
	request  stun.Message
	response stun.Message

	// Shared.
	credentials sync.Map                  // ufrag → *credentials; only STUN looks into it
	added       atomic.Pointer[Transport] // a list of transports that the worker hasn't seen yet
	arrived     atomic.Pointer[stream]    // a list of TCP connections that the worker hasn't seen yet
	interfaces  atomic.Pointer[interfaces]
	tcp         *acceptor // nil: none; set before the first Add
	handshakes  sync.WaitGroup
	count       counters
}

// NewMux makes a mux over sock; it starts nothing. The creator closes sock after Close.
func NewMux(sock rtp.Socket, cert *Certificate, cfg Config, log *slog.Logger) *Mux {
	return &Mux{sock: sock, cert: cert, cfg: cfg, log: log, sources: map[path]*Transport{}}
}

// Add makes a transport with credentials of its own. Any goroutine may call it.
func (m *Mux) Add() *Transport {
	t := &Transport{mux: m, told: make(chan struct{}, 1)}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	t.pipe = newPipe(t.ctx.Done(), m.sock.Local(), func(b []byte) {
		if to := t.sendTo.Load(); to != nil {
			_ = m.send(b, *to) // DTLS repeats what is lost
		}
	})
	t.Restart()
	for {
		t.next = m.added.Load()
		if m.added.CompareAndSwap(t.next, t) {
			return t
		}
	}
}

// Drain reads all waiting datagrams (at most maxDrain) and frames of TCP connections, and calls deliver for every valid RTP and RTCP packet (rtp.IsRTCP tells
// which), decrypted; deliver borrows packet. Worker only; it neither blocks nor allocates per packet. now is in ns UTC.
func (m *Mux) Drain(now int64, deliver func(t *Transport, packet []byte)) {
	m.drainStreams(now, deliver)
	failures := 0
	for range maxDrain {
		n, from, err := m.sock.Recv(m.buf[:])
		switch {
		case err == nil:
			m.input(now, m.buf[:n], path{addr: from}, deliver)
		case errors.Is(err, rtp.ErrWouldBlock):
			return
		default:
			if failures++; failures == maxErrors {
				return
			}
		}
	}
}

// input tells datagrams and frames apart by their first byte (RFC 7983).
func (m *Mux) input(now int64, b []byte, from path, deliver func(t *Transport, packet []byte)) {
	if len(b) < 2 || len(b) == maxDatagram { // a full buffer was cut off
		m.count.malformed.Add(1)
		return
	}
	switch first := b[0]; {
	case first < 4:
		m.check(now, b, from)
	case first >= 20 && first < 64:
		m.record(b, from)
	case first >= 128 && first < 192:
		m.media(b, from, deliver)
	default:
		m.count.malformed.Add(1)
	}
}

// record hands a DTLS record to its transport's handshake.
func (m *Mux) record(b []byte, from path) {
	t := m.sources[from]
	switch {
	case t == nil:
		m.count.strangers.Add(1)
	case !wellFormed(b):
		m.count.malformed.Add(1)
	case !t.pipe.push(b):
		m.count.overflowed.Add(1)
	}
}

// wellFormed says whether a datagram begins with a DTLS 1.0 or 1.2 record (RFC 6347, 4.1) that can't be noise, since noise would end the handshake with a
// fatal alert: application data (there are no data channels), and a plain change of cipher that isn't one.
func wellFormed(b []byte) bool {
	const header = 13
	if len(b) <= header || b[1] != 0xfe || b[2] != 0xff && b[2] != 0xfd || int(b[11])<<8|int(b[12]) > len(b)-header {
		return false
	}
	plain := b[3] == 0 && b[4] == 0 // epoch 0
	switch b[0] {
	case 20: // change_cipher_spec
		return !plain || b[11] == 0 && b[12] == 1 && b[13] == 1
	case 21, 22: // alert, handshake
		return true
	}
	return false
}

// media decrypts an SRTP or SRTCP packet (told apart by RFC 5761, 4) in place.
func (m *Mux) media(b []byte, from path, deliver func(t *Transport, packet []byte)) {
	t := m.sources[from]
	if t == nil {
		m.count.strangers.Add(1)
		return
	}
	k := t.keys.Load()
	if k == nil {
		m.count.early.Add(1)
		return
	}
	if b[1] >= 192 && b[1] < 224 {
		report, ok := k.openControl(m, b)
		if !ok {
			m.count.refused.Add(1)
			return
		}
		m.count.control.Add(1)
		deliver(t, report)
		return
	}
	packet, ok := k.open(m, b)
	if !ok {
		m.count.refused.Add(1)
		return
	}
	m.count.packets.Add(1)
	deliver(t, packet)
}

// Tick looks for transports that went silent, and forgets closed and failed ones. Worker only, about every 100 ms. now is in ns UTC.
func (m *Mux) Tick(now int64) {
	for t := m.added.Swap(nil); t != nil; {
		next := t.next
		t.next = nil
		m.live = append(m.live, t)
		t = next
	}
	kept := m.live[:0]
	for _, t := range m.live {
		if t.ctx.Err() != nil { // closed or failed
			m.unlearn(t)
			continue
		}
		t.watch(now)
		kept = append(kept, t)
	}
	clear(m.live[len(kept):])
	m.live = kept
}

// watch notices silence. It is expected to end once the peer has a description of ours and we have its.
func (t *Transport) watch(now int64) {
	switch {
	case t.lastCheck == 0 && t.remote.Load() != nil:
		t.lastCheck = now
	case t.lastCheck != 0 && now-t.lastCheck > lostAfter:
		t.consent = false // nothing is sent any more, DTLS included (RFC 7675, 5.1)
		t.sendTo.Store(nil)
		t.move(silent)
	}
}

// claim registers credentials; false if the ufrag is taken.
func (m *Mux) claim(c *credentials) bool {
	_, taken := m.credentials.LoadOrStore(c.ufrag, c)
	return !taken
}

func (m *Mux) forget(ufrag string) { m.credentials.Delete(ufrag) }

// Close closes every transport and waits until their goroutines have ended. After the worker's last Drain and Tick.
func (m *Mux) Close() {
	for t := m.added.Swap(nil); t != nil; t = t.next {
		m.live = append(m.live, t)
	}
	for _, t := range m.live {
		t.Close()
	}
	m.handshakes.Wait() // before the connections end: the last records say goodbye
	m.tcp.close()
	m.live, m.streams = nil, nil
	clear(m.sources)
}
