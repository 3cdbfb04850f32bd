package certify

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"mediasrv/config"
	"mediasrv/media/codec"
	"mediasrv/sip/resolve"

	"github.com/emiago/sipgo/sip"
)

// Timers of RFC 3261, 17.
const (
	t1     = 500 * time.Millisecond
	t2     = 4 * time.Second
	timerB = 64 * t1
)

// How long steps wait.
const (
	answerIn   = 8 * time.Second         // for the answer to a request; Timer F would be 32 s
	ringFor    = 45 * time.Second        // for somebody to answer the test call
	hearIn     = 2 * time.Second         // for the first packet of audio
	listenFor  = 1500 * time.Millisecond // to measure audio
	betweenFor = 200 * time.Millisecond  // between two steps, so that the other side is done with the last one
)

// Agent is the user agent. All of it belongs to the goroutine of Run.
type Agent struct {
	file   *config.Config
	trunk  *config.Trunk
	number string // as it is dialled
	from   string // user of the From
	host   string // of the trunk, for URIs
	port   int    // 0: none in URIs
	peer   netip.AddrPort
	via    string  // udp, tcp, tls
	others []place // where else calls may go
	shows  *shown  // our certificate; nil: the network of a test
	net    Network
	wire   *wire
	own    netip.Addr // that sockets are bound to
	shown  netip.Addr // that the peer reaches
	codecs []codec.Type
	opt    Options

	began         time.Time
	nextPort      int
	nonces        map[string]int // how often each has been used
	lastChallenge int            // 401 or 407

	remarked map[string]bool // what was said of messages

	// Of the step that runs.
	trace    []Message
	linted   findings
	clients  []*client
	calls    map[string]*call
	answered map[string][]byte // our answers by branch and method, for requests that come again

	// What earlier steps have learnt.
	allows   map[string]bool // nil: not known
	supports map[string]bool
	probed   bool            // OPTIONS was answered
	talked   bool            // a call was answered
	tried    map[string]bool // steps
}

// transport is the name in Via.
func (a *Agent) transport() string {
	switch {
	case !a.wire.reliable():
		return "UDP"
	case a.via == resolve.TLS:
		return "TLS"
	}
	return "TCP"
}

// lookAgain is how often until asks whether audio has come, which wakes nobody.
const lookAgain = 20 * time.Millisecond

// until lets everything happen until something has, or the time is over; it says which. It is the only place where a step waits.
func (a *Agent) until(ctx context.Context, d time.Duration, done func() bool) bool {
	deadline := time.Now().Add(d)
	for {
		a.drain() // what has come already stops what would be repeated
		if done() {
			return true
		}
		now := time.Now()
		next := a.repeat(now)
		if next.IsZero() || deadline.Before(next) {
			next = deadline
		}
		if soon := now.Add(lookAgain); soon.Before(next) && a.listening() {
			next = soon
		}
		if !now.Before(deadline) || ctx.Err() != nil {
			return false
		}
		timer := time.NewTimer(next.Sub(now))
		select {
		case m := <-a.wire.in:
			a.receive(m)
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// drain takes what has come.
func (a *Agent) drain() {
	for {
		select {
		case m := <-a.wire.in:
			a.receive(m)
		default:
			return
		}
	}
}

// listening says whether a call has audio.
func (a *Agent) listening() bool { return len(a.calls) > 0 }

// pause lets time pass.
func (a *Agent) pause(ctx context.Context, d time.Duration) {
	a.until(ctx, d, func() bool { return false })
}

func (a *Agent) receive(in arrival) {
	a.trace = append(a.trace, Message{At: in.at.Sub(a.began), Peer: in.from.String(), Text: mask(string(in.raw))})
	if in.msg == nil {
		a.remark(Wrong, "RFC 3261, 7", "sent something that is no SIP message: %v", in.err)
		return
	}
	if in.msg.CallID() == nil || in.msg.CSeq() == nil || in.msg.Via() == nil || in.msg.From() == nil || in.msg.To() == nil {
		a.remark(Wrong, "RFC 3261, 8.1.1", "sent a message without one of To, From, CSeq, Call-ID and Via")
		return
	}
	m := &message{Message: in.msg, at: in.at, from: in.from}
	if _, ok := in.msg.(*sip.Response); ok {
		a.response(m)
	} else {
		a.request(m)
	}
}

// send puts bytes on the wire and into the trace.
func (a *Agent) send(raw []byte, to netip.AddrPort) {
	a.trace = append(a.trace, Message{At: time.Since(a.began), Sent: true, Peer: to.String(), Text: mask(string(raw))})
	if err := a.wire.write(raw, to); err != nil {
		a.remark(Wrong, "RFC 3261, 18", "can't be sent to: %v", err)
	}
}

// client is a client transaction: a request, repeated as RFC 3261 says until it is answered, and every response to it, repeated ones too.
type client struct {
	request   // as it was sent
	branch    string
	raw       []byte
	began     time.Time
	sent      int // how often
	next      time.Time
	interval  time.Duration
	responses []*message
}

// final is the first final response; nil: none yet.
func (c *client) final() *message {
	for _, m := range c.responses {
		if m.code() >= 200 {
			return m
		}
	}
	return nil
}

// provisional is the first response of 101 to 199 that fits; nil: none.
func (c *client) provisional(fits func(*message) bool) *message {
	for _, m := range c.responses {
		if m.code() > 100 && m.code() < 200 && fits(m) {
			return m
		}
	}
	return nil
}

func (c *client) answered() bool { return c.final() != nil }

// repeat sends again what is due (Timers A and E) and says when the next is.
func (a *Agent) repeat(now time.Time) (next time.Time) {
	for _, c := range a.clients {
		if c.next.IsZero() {
			continue
		}
		if !now.Before(c.next) {
			a.send(c.raw, c.to)
			c.sent++
			if c.interval *= 2; c.method != "INVITE" && c.interval > t2 {
				c.interval = t2
			}
			if c.next = now.Add(c.interval); c.next.Sub(c.began) > timerB {
				c.next = time.Time{}
				continue
			}
		}
		if next.IsZero() || c.next.Before(next) {
			next = c.next
		}
	}
	return next
}

// ask sends a request and returns its transaction.
func (a *Agent) ask(r request) *client {
	if !r.to.IsValid() {
		r.to = a.peer
	}
	raw, branch := r.bytes(a)
	c := &client{request: r, branch: branch, raw: raw, began: time.Now(), sent: 1}
	a.clients = append(a.clients, c)
	a.send(raw, c.to)
	if !a.wire.reliable() {
		c.interval, c.next = t1, c.began.Add(t1)
	}
	return c
}

// answer waits for a request's final response; nil: none came.
func (a *Agent) answer(ctx context.Context, c *client, d time.Duration) *message {
	a.until(ctx, d, c.answered)
	c.next = time.Time{}
	return c.final()
}

// response gives a response to its transaction.
func (a *Agent) response(m *message) {
	c := a.match(m)
	if c == nil {
		if _, method := m.cseq(); method == "INVITE" && m.code() >= 200 && a.calls[m.CallID().Value()] != nil {
			a.remark(Odd, "RFC 3261, 17.1.3", "a response (%s) belongs to no request of ours: its Via has another branch", m.phrase())
		}
		return
	}
	a.lintResponse(c, m)
	c.responses = append(c.responses, m)
	if c.method == "INVITE" || m.code() >= 200 {
		c.next = time.Time{}
	}
	if c.method == "INVITE" && m.code() >= 300 {
		a.acknowledge(c, m)
	}
	if c.call != nil {
		c.call.response(c, m)
	}
}

// match finds the request that a response belongs to (RFC 3261, 17.1.3). CANCEL has the INVITE's branch; a response whose CSeq names another method is
// taken by its branch alone.
func (a *Agent) match(m *message) *client {
	_, method := m.cseq()
	var found *client
	for _, c := range a.clients {
		if c.branch != m.branch() {
			continue
		}
		if c.method == method {
			return c
		}
		if found == nil {
			found = c
		}
	}
	return found
}

// acknowledge sends the ACK of a failure, by the transaction of its INVITE (RFC 3261, 17.1.1.3).
func (a *Agent) acknowledge(c *client, res *message) {
	r := c.request
	r.method, r.body, r.headers, r.contact, r.branch, r.to2 = "ACK", "", nil, "-", c.branch, res.To().Value()
	raw, _ := r.bytes(a)
	a.send(raw, c.to)
}

// learn notes what the peer says it can do.
func (a *Agent) learn(m *message) {
	if m == nil {
		return
	}
	if list := m.values("Allow"); len(list) > 0 {
		a.allows = setOf(list)
	}
	if list := m.values("Supported"); len(list) > 0 {
		a.supports = setOf(list)
	}
}

func setOf(list []string) map[string]bool {
	set := map[string]bool{}
	for _, x := range list {
		set[strings.ToLower(x)] = true
	}
	return set
}

// silentOn says that the peer lists its methods and this one isn't among them.
func (a *Agent) silentOn(method string) bool {
	return a.allows != nil && !a.allows[strings.ToLower(method)]
}
