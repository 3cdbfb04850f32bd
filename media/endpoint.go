package media

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"mediasrv/media/codec"
	"mediasrv/media/rtp"
	"mediasrv/media/webrtc"
)

// Why digits can't be sent.
var (
	ErrNoEvents = errors.New("media: the peer takes no telephone-events")
	ErrDigit    = errors.New("media: not a digit")
)

// maxDigits is how many digits one call of SendDigits takes: what fits into the worker's queue.
const maxDigits = 64

// Endpoint is one leg's media. Its methods may be called from any goroutine, and return without waiting for the worker.
type Endpoint struct {
	room   *Room
	id     EndpointID
	key    int32             // its place in the worker's table
	sock   rtp.Socket        // RTP
	secure *webrtc.Transport // WebRTC; one of the two
	closed atomic.Bool

	mu     sync.Mutex // over local and format
	local  Local
	format codec.Format

	// Over which the room's mu is.
	want, tuned tuning        // what its codec needs, and what was made
	armed       rtp.Protector // the latest; nil: there was none
	control     rtp.Socket    // RTCP behind RTP's port; nil: on RTP's port, or there is none

	judged  sync.Mutex // over quality and course; the worker doesn't wait for it, and alone writes them
	quality rtp.Quality
	course  rtp.Course

	meter atomic.Pointer[Meter] // nil: nobody's

	// Owned by the worker.
	*coders               // nil: before an agreement
	live    bool          // in its table
	settled bool          // Negotiate was called
	failed  bool          // reported once
	lost    bool          // the media timeout passed
	quiet   int64         // since when silence counts for the media timeout; 0: it doesn't
	guard   rtp.Protector // SRTP by SDES; nil: none
	reports rtp.Reports
	oneway  rtp.OneWay
	grader  rtp.Grader
	sends   bool           // by the agreement, the peer does
	early   bool           // the call is not answered: the peer need not send yet
	beside  rtp.Socket     // RTCP's, as control
	reply   netip.AddrPort // where RTCP goes
	pinned  bool           // the socket is connected to the peer
	proved  bool           // and the peer was heard since
	deaf    int64          // when a guard was taken away under which nothing was heard; 0: never
	unfit   bool           // it can't be
	srs     uint32         // sender reports of the peer
	in      inbound
	say     outbound
	taps    [MaxTaps]tapped
	tapping int
	events  outbox
	next    *Endpoint // in the worker's list of those that are to be released
}

// Local says where an endpoint can be reached.
type Local struct {
	Addr        netip.AddrPort // RTP: address and port for c= and m=
	SSRC        uint32
	CNAME       string
	Ufrag       string // WebRTC only, from here on
	Pwd         string
	Fingerprint string   // "sha-256 AB:CD:…"
	Candidates  []string // values of a=candidate lines, without "a="
}

// Negotiated is what offer and answer agreed.
type Negotiated struct {
	Format      codec.Format
	Remote      netip.AddrPort // RTP: where SDP says the peer is
	Send        bool           // may we send (our side of sendrecv, sendonly)
	Receive     bool           // does the peer send; the media timeout is off while it doesn't
	Fingerprint string         // WebRTC: the peer's, "sha-256 AB:CD:…"
	Ufrag       string         // WebRTC: the peer's
	Early       bool           // the call is not answered: the peer need not send yet; until Answered, or an agreement without it
	Latch       bool           // RTP: the peer may be behind NAT: latch on the source of its first valid packet
	RTCP        netip.AddrPort // RTP: where the peer takes RTCP; invalid: it hasn't said (then the port behind Remote's)
	Mux         bool           // RTCP comes and goes on RTP's port (RFC 5761); WebRTC: always

	// SRTP by SDES (RFC 4568): both are set, or none. Keys that differ from those before mean a new rtp.Protector.
	SendKey, ReceiveKey *rtp.MasterKey
}

// newEndpoint makes an endpoint with a stream identity of its own (RFC 3550, 5.1), which it keeps for life.
func newEndpoint(r *Room) *Endpoint {
	e := &Endpoint{room: r, local: Local{SSRC: random(), CNAME: r.engine.cname}}
	e.say.ssrc, e.say.seq, e.say.ts = e.local.SSRC, uint16(random()), random()
	e.reports.SSRC = e.local.SSRC
	e.reports.Name(r.engine.cname)
	e.events.of = e
	return e
}

// ID is the endpoint's place in the room's plans.
func (e *Endpoint) ID() EndpointID { return e.id }

// Local is what an offer or answer has to say about us. It doesn't change, but for RestartICE.
func (e *Endpoint) Local() Local {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.local
}

// RestartICE makes new credentials and returns the new Local; the old ones stay answered (Chromium keeps checking with them).
// For an RTP endpoint it does nothing.
func (e *Endpoint) RestartICE() Local {
	if e.secure != nil {
		e.tell(e.secure.Restart())
	}
	return e.Local()
}

// tell takes over what a transport says about itself.
func (e *Endpoint) tell(l webrtc.Local) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.local.Ufrag, e.local.Pwd, e.local.Fingerprint, e.local.Candidates = l.Ufrag, l.Pwd, l.Fingerprint, l.Candidates
}

// Negotiate applies what offer and answer agreed; again at every re-negotiation. A codec that can't be coded, or keys that can't be used, make the endpoint
// report Failed.
func (e *Endpoint) Negotiate(n Negotiated) {
	e.mu.Lock()
	e.format = n.Format
	e.mu.Unlock()
	if e.secure != nil && n.Fingerprint != "" {
		e.secure.SetRemote(n.Fingerprint, n.Ufrag)
	}
	r := e.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ends[e.id] != e {
		return // closed
	}
	c := command{do: negotiate, room: r, end: e, agreed: &n}
	before := e.want
	c.hears = n.Format.Hearing(before.hears).Codec
	e.want = tuning{codec: n.Format.Codec, hears: c.hears, ptime: codec.Ptime(n.Format.Codec, n.Format.Ptime), noise: n.Format.Noise != 0, keys: n.Format.EventRecv == 0}
	err := codecError(n.Format.Codec)
	if err == nil {
		err = r.retune(&c)
	}
	if err == nil {
		err = e.protect(&c)
	}
	if err != nil {
		e.want = before
		c = command{do: fail, room: r, end: e, why: fmt.Errorf("media: negotiate: %w", err)}
	} else {
		e.openControl(&n)
	}
	r.worker.stockKits()
	r.worker.post(c)
}

func codecError(t codec.Type) error {
	if len(codec.Rates(t)) == 0 {
		return fmt.Errorf("%w: %q", codec.ErrUnsupported, t)
	}
	return nil
}

// protect makes the Protector for an agreement's keys; those that it had before go on, even if a time without protection lies between. The caller holds the
// room's mu.
func (e *Endpoint) protect(c *command) error {
	n := c.agreed
	if e.secure != nil || n.SendKey == nil || n.ReceiveKey == nil {
		return nil
	}
	guard, err := rtp.Rekey(e.armed, *n.SendKey, *n.ReceiveKey)
	if err != nil {
		return err
	}
	e.armed, c.guard = guard, guard
	return nil
}

// openControl opens the port for RTCP behind RTP's, if it is not to be on the same one. If another program has it, there is no RTCP: no call fails for that.
// The caller holds the room's mu.
func (e *Endpoint) openControl(n *Negotiated) {
	if e.secure != nil || n.Mux || e.control != nil {
		return
	}
	if sock, err := e.room.engine.listenBehind(e.sock.Local()); err == nil {
		e.control = sock
		e.room.worker.post(command{do: useControl, room: e.room, end: e, sock: sock})
	}
}

// SendDigits sends digits (0-9 * # A-D) to the peer as telephone-events (RFC 4733), 100 ms each, 100 ms apart.
// The errors are ErrDigit, ErrNoEvents and ErrClosed; nothing is sent then.
func (e *Endpoint) SendDigits(digits string) error {
	e.mu.Lock()
	events := e.format.EventSend
	e.mu.Unlock()
	if !e.closed.Load() && events == 0 {
		return fmt.Errorf("media: send digits: %w", ErrNoEvents)
	}
	return e.dial(digits, false)
}

// PlayDigits sends digits as tones in the voice (ITU-T Q.23), as long as SendDigits, for peers that have no telephone-events. The errors are ErrDigit and
// ErrClosed; nothing is sent then.
func (e *Endpoint) PlayDigits(digits string) error { return e.dial(digits, true) }

func (e *Endpoint) dial(digits string, tones bool) error {
	switch {
	case e.closed.Load():
		return fmt.Errorf("media: send digits: %w", ErrClosed)
	case len(digits) > maxDigits:
		return fmt.Errorf("media: send digits: %d at once, at most %d: %w", len(digits), maxDigits, ErrDigit)
	}
	for i := range len(digits) {
		if _, ok := rtp.Code(digits[i]); !ok {
			return fmt.Errorf("media: send digits: %q: %w", digits[i], ErrDigit)
		}
	}
	e.room.worker.post(command{do: dial, room: e.room, end: e, digits: digits, tones: tones})
	return nil
}

// Close removes the endpoint from its room and frees its port (which rests 30 s). Calling it again does nothing.
func (e *Endpoint) Close() {
	if !e.closed.Swap(true) {
		e.room.remove(e)
	}
}

// apply takes over an agreement, on the worker.
func (e *Endpoint) apply(c *command, now int64) {
	n := c.agreed
	e.guard = c.guard
	e.settled = true
	e.say.format = n.Format
	e.in.keypad.Rate = n.Format.EventRate
	if e.sock != nil {
		e.unpin()
	}
	e.in.latch.Expect(n.Remote, n.Latch, now)
	e.agreeControl(n)
	e.receiveAs(n.Format.Hearing(c.hears))
	e.say.send, e.say.marker = n.Send, true
	e.sends, e.early = n.Receive, n.Early
	e.expect(now)
	e.room.plumb(now)
}

// receiveAs takes over what the peer sends, on the worker.
func (e *Endpoint) receiveAs(f codec.Format) {
	e.in.format = f
	e.reports.Expect(f.RecvPT, f.Codec.ClockRate(), e.say.format.Codec.ClockRate(), rtp.ModelOf(f.Codec))
}

// follow makes the coders for another codec that the peer has begun to send; it was agreed that it may (RFC 3264, 6.1).
func (e *Endpoint) follow(hears codec.Type) {
	r := e.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ends[e.id] != e || e.want.codec == codec.None {
		return // closed, or refused
	}
	c, before := command{do: hear, room: r, end: e, hears: hears}, e.want
	e.want.hears = hears
	if err := r.retune(&c); err != nil {
		e.want = before
		r.log.Warn("media: the peer's codec can't be decoded", "endpoint", e.id, "codec", hears, "error", err)
		return
	}
	r.worker.post(c)
}

// Answered says that the call is up: from now on the peer has to send, if that was agreed.
func (e *Endpoint) Answered() { e.room.worker.post(command{do: answered, room: e.room, end: e}) }

// answered carries it out, on the worker.
func (e *Endpoint) answered(now int64) {
	e.early = false
	e.expect(now)
}

// expect decides whether silence counts, for the media timeout and as one-way audio.
func (e *Endpoint) expect(now int64) {
	must := e.sends && !e.early
	e.oneway.Expect(e.say.send && e.settled, must, now)
	switch {
	case !must:
		e.quiet = 0
	case e.quiet == 0:
		e.quiet = now
	}
}

// expired says whether the media timeout has passed.
func (e *Endpoint) expired(now int64, after time.Duration) bool {
	return e.quiet != 0 && !e.lost && !e.failed && now-e.quiet >= int64(after)
}
