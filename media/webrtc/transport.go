package webrtc

import (
	"context"
	"crypto/rand"
	"sync"
	"sync/atomic"
)

const (
	maxUfrags = 8  // credentials of one transport that stay answered
	maxPaths  = 32 // source addresses of one transport that are known at a time
)

// Local is what an offer or answer says about a transport.
type Local struct {
	Ufrag       string
	Pwd         string
	Fingerprint string   // "sha-256 AB:CD:…"
	Candidates  []string // values of a=candidate lines: "candidate:1 1 udp …"
}

// remote is what the peer's description says about it.
type remote struct {
	fingerprint fingerprint
	err         error // the fingerprint can't be read
	ufrag       string
}

// Transport is one leg's way to its browser.
type Transport struct {
	ID int // for its owner, who sets it before the peer learns of the transport; the mux doesn't look at it

	mux    *Mux
	ctx    context.Context // ends with Close or failure
	cancel context.CancelFunc
	pipe   *pipe
	told   chan struct{} // a new remote waits to be looked at
	next   *Transport    // in the list of those that the worker hasn't seen yet

	// Owned by the worker.
	started   bool           // the handshake's goroutine runs, or ran
	target    path           // where we send
	consent   bool           // the peer agreed to that within the last 30 s
	lastCheck int64          // ns UTC; 0: none, and nothing is expected
	lastUDP   int64          // when a UDP path was nominated last
	paths     [maxPaths]path // sources of valid checks, a ring
	nextPath  int

	// Shared.
	state       atomic.Uint32
	why         atomic.Pointer[error]
	local       atomic.Pointer[Local]
	remote      atomic.Pointer[remote]
	certificate atomic.Pointer[[]byte] // the peer's, once DTLS is done
	keys        atomic.Pointer[keys]   // nil: no media
	sendTo      atomic.Pointer[path]   // a copy of target, for the handshake; nil: nowhere

	mu     sync.Mutex // guards ufrags
	ufrags []string   // answered ones, oldest first
}

// Local is what an offer or answer has to say about us. Any goroutine.
func (t *Transport) Local() Local { return *t.local.Load() }

// SetRemote tells what the peer's description says: no media flows before the peer's certificate matched fingerprint ("sha-256 AB:CD:…").
// Any goroutine, again at every re-negotiation. A fingerprint that isn't that of the certificate which DTLS showed fails the transport.
func (t *Transport) SetRemote(fingerprint, ufrag string) {
	f, err := parseFingerprint(fingerprint)
	r := &remote{fingerprint: f, err: err, ufrag: ufrag}
	t.remote.Store(r)
	// The handshake stores the certificate before it reads remote: one of the two sees the other's.
	if der := t.certificate.Load(); der != nil && t.keys.Load() != nil {
		if err := r.verify(*der); err != nil {
			t.fail(err)
		}
	}
	select {
	case t.told <- struct{}{}:
	default:
	}
}

// verify compares a certificate with what the description says.
func (r *remote) verify(der []byte) error {
	if r.err != nil {
		return r.err
	}
	if !r.fingerprint.matches(der) {
		return ErrFingerprint
	}
	return nil
}

// Restart makes new credentials (RFC 8445, 9); the last few stay answered, since Chromium keeps checking with them. Any goroutine.
func (t *Transport) Restart() Local {
	var c *credentials
	for c == nil || !t.mux.claim(c) {
		c = &credentials{t: t, ufrag: rand.Text()[:8], pwd: rand.Text()}
	}
	l := Local{
		Ufrag:       c.ufrag,
		Pwd:         c.pwd,
		Fingerprint: t.mux.cert.fingerprint,
		Candidates:  candidates(t.mux.sock.Local(), t.mux.tcp.port(), t.mux.addresses(), t.mux.cfg.PublicAddress),
	}
	t.local.Store(&l)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ufrags = append(t.ufrags, c.ufrag)
	if len(t.ufrags) > maxUfrags {
		t.mux.forget(t.ufrags[0])
		t.ufrags = t.ufrags[1:]
	}
	if t.ctx.Err() != nil {
		t.disown()
	}
	return l
}

// Send protects an RTP packet and sends it; it borrows packet. Worker only; it never waits. ErrNotReady before Connected, ErrLost while the peer is silent,
// rtp.ErrWouldBlock when the socket, or the queue of a TCP connection, is full.
func (t *Transport) Send(packet []byte) error {
	k, err := t.ready()
	if err != nil {
		return err
	}
	sealed, err := k.seal(t.mux, packet)
	if err != nil {
		return err
	}
	if err := t.mux.send(sealed, t.target); err != nil {
		return err
	}
	t.mux.count.sent.Add(1)
	return nil
}

// SendRTCP is Send for a compound RTCP packet.
func (t *Transport) SendRTCP(packet []byte) error {
	k, err := t.ready()
	if err != nil {
		return err
	}
	sealed, err := k.sealControl(t.mux, packet)
	if err != nil {
		return err
	}
	if err := t.mux.send(sealed, t.target); err != nil {
		return err
	}
	t.mux.count.controlSent.Add(1)
	return nil
}

// ready returns the keys if something may be sent.
func (t *Transport) ready() (*keys, error) {
	k := t.keys.Load()
	switch {
	case k == nil && t.ctx.Err() != nil:
		return nil, ErrClosed
	case k == nil:
		return nil, ErrNotReady
	case !t.consent || !t.target.valid():
		return nil, ErrLost
	}
	return k, nil
}

// Close ends the transport. It returns at once; the handshake's goroutine ends behind it. Any goroutine; calling it again does nothing. State stays
// what it was.
func (t *Transport) Close() {
	t.cancel()
	t.keys.Store(nil)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.disown()
}

// disown takes the credentials out of the mux; t.mu is held.
func (t *Transport) disown() {
	for _, u := range t.ufrags {
		t.mux.forget(u)
	}
	t.ufrags = nil
}

// State of the transport. Any goroutine.
func (t *Transport) State() State { return State(t.state.Load()) }

// Err says why the transport failed; nil unless Failed. Any goroutine.
func (t *Transport) Err() error {
	if err := t.why.Load(); err != nil && t.State() == Failed {
		return *err
	}
	return nil
}

// move lets an event change the state.
func (t *Transport) move(e event) {
	for {
		old := t.state.Load()
		next := uint32(State(old).on(e))
		if old == next || t.state.CompareAndSwap(old, next) {
			return
		}
	}
}

// fail ends the transport for a reason; the first one counts, and none after Close.
func (t *Transport) fail(err error) {
	if t.ctx.Err() == nil && t.why.CompareAndSwap(nil, &err) {
		t.move(broken)
	}
	t.Close()
}
