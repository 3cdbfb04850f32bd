package webrtc

import (
	"net/netip"
	"time"
)

// udpHolds is how long a nominated UDP path is kept against nominations of TCP ones: peers that nominate every pair (RFC 5245's aggressive way) would
// otherwise make the media jump between the two.
const udpHolds = int64(3 * time.Second)

// path is where datagrams of a peer come from and go to: a source address of the mux's UDP socket, or a TCP connection.
type path struct {
	addr netip.AddrPort
	conn *stream // nil: UDP
}

func (p path) valid() bool { return p.addr.IsValid() }

// send sends a datagram, or a frame of a TCP connection; it borrows b and never waits. Any goroutine. rtp.ErrWouldBlock if it found no place.
func (m *Mux) send(b []byte, to path) error {
	if to.conn != nil {
		return to.conn.send(m, b)
	}
	return m.sock.Send(b, to.addr)
}

// learn makes from a source of t. A transport knows maxPaths of them, and forgets the oldest that isn't in use.
func (m *Mux) learn(t *Transport, from path) {
	if from.conn != nil {
		from.conn.proven.Store(true)
	}
	if m.sources[from] == t {
		return
	}
	if t.paths[t.nextPath] == t.target && t.target.valid() {
		t.nextPath = (t.nextPath + 1) % maxPaths
	}
	m.drop(t, t.paths[t.nextPath])
	t.paths[t.nextPath] = from
	t.nextPath = (t.nextPath + 1) % maxPaths
	m.sources[from] = t
}

// unlearn forgets the sources of a transport.
func (m *Mux) unlearn(t *Transport) {
	for _, from := range t.paths {
		m.drop(t, from)
	}
}

// drop forgets a source of a transport and ends its connection.
func (m *Mux) drop(t *Transport, from path) {
	if m.sources[from] != t {
		return
	}
	delete(m.sources, from)
	if from.conn != nil {
		from.conn.end()
	}
}

// cut forgets a connection that has ended: the next valid check says where to send.
func (m *Mux) cut(gone path) {
	t := m.sources[gone]
	if t == nil {
		return
	}
	delete(m.sources, gone)
	for i, p := range t.paths {
		if p == gone {
			t.paths[i] = path{}
		}
	}
	if t.target == gone {
		t.target = path{}
		t.sendTo.Store(nil)
	}
}

// prefers says whether a nominated path takes the place of the one in use.
func (t *Transport) prefers(now int64, from path) bool {
	if from.conn == nil {
		t.lastUDP = now
		return true
	}
	return t.target.conn != nil || t.lastUDP == 0 || now-t.lastUDP > udpHolds
}

// moveTo sends to another path of the peer from now on.
func (t *Transport) moveTo(to path) {
	if t.target == to && t.sendTo.Load() != nil {
		return
	}
	t.target = to
	shared := to // so that only a change allocates
	t.sendTo.Store(&shared)
}
