package sip

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mediasrv/config"
	"mediasrv/media"
	"mediasrv/media/rtp"
	"mediasrv/routing"
	"mediasrv/routing/fact"
)

// datagram is a packet of the network in memory.
type datagram struct {
	data []byte
	addr net.Addr
	at   time.Time
}

// packets is a net.PacketConn made of channels, so that reading it blocks durably in a bubble.
type packets struct {
	addr   net.Addr
	in     chan datagram
	out    chan datagram
	once   sync.Once
	closed chan struct{}
}

func newPackets(addr string) *packets {
	return &packets{
		addr: net.UDPAddrFromAddrPort(netip.MustParseAddrPort(addr)), in: make(chan datagram, 1000), out: make(chan datagram, 1000),
		closed: make(chan struct{}),
	}
}

func (p *packets) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case d := <-p.in:
		return copy(b, d.data), d.addr, nil
	case <-p.closed:
		return 0, nil, net.ErrClosed
	}
}

func (p *packets) WriteTo(b []byte, a net.Addr) (int, error) {
	select {
	case <-p.closed:
		return 0, net.ErrClosed
	default:
	}
	select {
	case p.out <- datagram{append([]byte(nil), b...), a, time.Now()}:
	default:
	}
	return len(b), nil
}

func (p *packets) Close() error                     { p.once.Do(func() { close(p.closed) }); return nil }
func (p *packets) LocalAddr() net.Addr              { return p.addr }
func (p *packets) SetDeadline(time.Time) error      { return nil }
func (p *packets) SetReadDeadline(time.Time) error  { return nil }
func (p *packets) SetWriteDeadline(time.Time) error { return nil }

// Addresses of the tests' network.
const (
	ourAddr     = "127.0.0.1:5060"
	carrierAddr = "127.0.0.2:5070"
	phoneAddr   = "192.0.2.7:5090"
	strangeAddr = "203.0.113.9:5999"
)

// fakeEnd is an endpoint that remembers.
type fakeEnd struct {
	mu         sync.Mutex
	webrtc     bool
	negotiated []media.Negotiated
	closed     int
	restarts   int
	answered   int
	course     rtp.Course
	digits     string // ways and digits: "e5" is a telephone-event, "t5" a tone
}

func (e *fakeEnd) Course() rtp.Course { return e.course }

func (e *fakeEnd) Answered() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answered++
}

func (e *fakeEnd) SendDigits(digits string) error { return e.dial("e" + digits) }
func (e *fakeEnd) PlayDigits(digits string) error { return e.dial("t" + digits) }

func (e *fakeEnd) dial(what string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.digits += what
	return nil
}

func (e *fakeEnd) ID() media.EndpointID { return 0 }

func (e *fakeEnd) Local() media.Local {
	l := media.Local{Addr: netip.MustParseAddrPort("127.0.0.1:10000"), SSRC: 1, CNAME: "c"}
	if e.webrtc {
		l.Ufrag, l.Pwd = fmt.Sprint("ufrag", e.restarts), "passwordpasswordpassword"
		l.Fingerprint = "sha-256 " + strings.TrimSuffix(strings.Repeat("AB:", 32), ":")
		l.Candidates = []string{"candidate:1 1 UDP 1 127.0.0.1 10000 typ host"}
	}
	return l
}

func (e *fakeEnd) RestartICE() media.Local {
	e.mu.Lock()
	e.restarts++
	e.mu.Unlock()
	return e.Local()
}

func (e *fakeEnd) Negotiate(n media.Negotiated) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.negotiated = append(e.negotiated, n)
}

func (e *fakeEnd) last() media.Negotiated {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.negotiated) == 0 {
		return media.Negotiated{}
	}
	return e.negotiated[len(e.negotiated)-1]
}

func (e *fakeEnd) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed++
}

// fakeRoom is a room with fake endpoints.
type fakeRoom struct {
	mu     sync.Mutex
	ends   []*fakeEnd
	closed bool
	err    error
}

func (r *fakeRoom) endpoint(webrtc bool, _ netip.Addr) (endpoint, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return nil, r.err
	}
	e := &fakeEnd{webrtc: webrtc}
	r.ends = append(r.ends, e)
	return e, nil
}

func (r *fakeRoom) Listen(media.Sink)          {}
func (r *fakeRoom) Set(media.Plan)             {}
func (r *fakeRoom) Swap(_, _ media.EndpointID) {}
func (r *fakeRoom) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}

// rig is a stack in a bubble with its peers.
type rig struct {
	t     *testing.T
	stack *Stack
	net   *packets
	rooms []*fakeRoom
	fail  error // for the next room

	mu     sync.Mutex
	legs   []routing.Leg
	facts  []fact.Invite
	events []routing.LegEvent
	phones map[string]int
	onCall func(leg routing.Leg) // in Handle
}

func testFile() *config.Config {
	return &config.Config{
		Company: config.Company{Country: "JP"},
		Trunks: map[string]*config.Trunk{
			"office": {Name: "office", Kind: "byoc", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Inbound: true, Codecs: []string{"PCMU", "PCMA"}},
			"pbx":    {Name: "pbx", Kind: "byoc", Username: "pbxuser", Password: "pbxsecret", Inbound: true, MaxCalls: 1},
		},
		Numbers: map[string]*config.Number{"+81312345678": {Number: "+81312345678", Queue: "support"}},
		Users: map[string]*config.User{
			"aiko": {Login: "aiko", Name: "Aiko Sato", Agent: true},
			"chen": {Login: "chen", Name: "Chen Li", Agent: true, Phone: &config.Phone{Username: "chenphone", Password: "chensecret"}},
		},
	}
}

// Handle implements Handler.
func (g *rig) Handle(leg routing.Leg, _ routing.Room, in fact.Invite) routing.Sink {
	g.mu.Lock()
	g.legs = append(g.legs, leg)
	g.facts = append(g.facts, in)
	onCall := g.onCall
	g.mu.Unlock()
	switch {
	case onCall != nil:
		onCall(leg)
	case in.User != "": // an agent's phone, which may call nobody here
		leg.Hangup(fact.EndBarred)
	}
	return g.sink
}

// lastInvite is what the handler was given last.
func (g *rig) lastInvite() fact.Invite {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.facts[len(g.facts)-1]
}

// Reachable implements Handler.
func (g *rig) Reachable(user string, phones int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.phones[user] = phones
}

func (g *rig) phonesOf(user string) int {
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.phones[user]
}

func (g *rig) sink(e routing.LegEvent) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.events = append(g.events, e)
}

func (g *rig) leg(n int) *Leg {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	if n >= len(g.legs) {
		g.t.Fatalf("there are %d calls, no number %d", len(g.legs), n)
	}
	l, _ := g.legs[n].(*Leg)
	return l
}

// kinds is what the legs reported.
func (g *rig) kinds() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []string
	for _, e := range g.events {
		switch e.Kind {
		case routing.LegRinging:
			out = append(out, "ringing")
		case routing.LegEarly:
			out = append(out, "early")
		case routing.LegAnswered:
			out = append(out, "answered")
		case routing.LegEnded:
			out = append(out, "ended:"+e.Why.String())
		case routing.LegDigit:
			out = append(out, "digit:"+string(e.Digit))
		case routing.LegHeld:
			out = append(out, fmt.Sprintf("held:%v,%v", e.Sends, e.Takes))
		case routing.LegTransfer:
			out = append(out, "transfer:"+e.To.Number)
		case routing.LegMoved:
			out = append(out, fmt.Sprint("moved:", e.Status))
		case routing.LegReplaced:
			out = append(out, "replaced")
		case routing.LegAsks:
			out = append(out, "asks:"+e.To.Number)
		}
	}
	return strings.Join(out, " ")
}

func (g *rig) wantEvents(want string) {
	g.t.Helper()
	synctest.Wait()
	if got := g.kinds(); got != want {
		g.t.Errorf("events: got %q, want %q", got, want)
	}
}

// inBubble runs a test against a stack that listens on a network in memory. What is left at the end fails the bubble.
func inBubble(t *testing.T, f func(g *rig)) {
	t.Helper()
	runBubble(t, testFile(), f)
}

func runBubble(t *testing.T, file *config.Config, f func(g *rig), with ...func(*Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, file, with...)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- g.stack.Run(ctx) }()
		defer func() {
			cancel()
			if err := <-done; err != nil {
				t.Error("Run:", err)
			}
			if n := g.stack.table.Live(); n != 0 {
				t.Errorf("%d queues are left", n)
			}
		}()
		synctest.Wait()
		f(g)
	})
}

func newRig(t *testing.T, file *config.Config, with ...func(*Config)) *rig {
	t.Helper()
	g := &rig{t: t, net: newPackets(ourAddr), phones: map[string]int{}}
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("SIPLOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	cfg := Config{File: file, Handler: g, Log: log, Packets: []net.PacketConn{g.net}}
	for _, w := range with {
		w(&cfg)
	}
	stack, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	stack.open = stackRooms(g)
	g.stack = stack
	return g
}

// stackRooms opens fake rooms.
func stackRooms(g *rig) func(*slog.Logger) (routing.Room, error) {
	return func(*slog.Logger) (routing.Room, error) {
		if g.fail != nil {
			return nil, g.fail
		}
		r := &fakeRoom{}
		g.rooms = append(g.rooms, r)
		return r, nil
	}
}

// send delivers a message from an address.
func (g *rig) send(from, msg string) {
	g.net.in <- datagram{data: []byte(msg), addr: net.UDPAddrFromAddrPort(netip.MustParseAddrPort(from))}
	synctest.Wait()
}

// got takes all that was sent by now.
func (g *rig) got() []message {
	synctest.Wait()
	var out []message
	for {
		select {
		case d := <-g.net.out:
			out = append(out, message{string(d.data), d.addr.String(), d.at})
		default:
			return out
		}
	}
}

// one takes what was sent and expects one message that begins so.
func (g *rig) one(start string) message {
	g.t.Helper()
	all := g.got()
	if len(all) != 1 || !strings.HasPrefix(all[0].text, start) {
		g.t.Fatalf("want one message %q, got %s", start, lines(all))
	}
	return all[0]
}

// find takes what was sent and expects a message that begins so among it.
func (g *rig) find(start string) message {
	g.t.Helper()
	all := g.got()
	for _, m := range all {
		if strings.HasPrefix(m.text, start) {
			return m
		}
	}
	g.t.Fatalf("want a message %q, got %s", start, lines(all))
	return message{}
}

func (g *rig) none() {
	g.t.Helper()
	if all := g.got(); len(all) > 0 {
		g.t.Errorf("want silence, got %s", lines(all))
	}
}

func lines(all []message) string {
	var out []string
	for _, m := range all {
		out = append(out, m.start())
	}
	return fmt.Sprintf("%q", out)
}

// message is one that we sent.
type message struct {
	text string
	to   string
	at   time.Time
}

func (m message) start() string { s, _, _ := strings.Cut(m.text, "\r\n"); return s }

func (m message) body() string { _, b, _ := strings.Cut(m.text, "\r\n\r\n"); return b }

// header is a header's value; empty if there is none.
func (m message) header(name string) string {
	head, _, _ := strings.Cut(m.text, "\r\n\r\n")
	for _, line := range strings.Split(head, "\r\n")[1:] {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(k, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func (m message) headers(name string) []string {
	head, _, _ := strings.Cut(m.text, "\r\n\r\n")
	var out []string
	for _, line := range strings.Split(head, "\r\n")[1:] {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(k, name) {
			out = append(out, strings.TrimSpace(v))
		}
	}
	return out
}

func tagOf(value string) string {
	_, tag, _ := strings.Cut(value, ";tag=")
	tag, _, _ = strings.Cut(tag, ";")
	return tag
}

func (m message) toTag() string { return tagOf(m.header("To")) }

// ask is a request of a peer's.
type ask struct {
	method  string
	uri     string
	branch  string
	from    string // tag included
	to      string // tag included
	callID  string
	seq     int
	contact string
	extra   string // header lines with \r\n
	kind    string // Content-Type
	body    string
	source  string
	via     string
}

func (a ask) String() string {
	def := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	def(&a.source, carrierAddr)
	def(&a.uri, "sip:+81312345678@127.0.0.1")
	def(&a.from, "<sip:+819012345678@carrier>;tag=ft")
	def(&a.to, "<sip:+81312345678@127.0.0.1>")
	def(&a.callID, "call1")
	def(&a.branch, fmt.Sprintf("z9hG4bK-%s-%d", a.method, a.seq))
	def(&a.contact, "<sip:carrier@"+a.source+">")
	def(&a.via, "UDP "+a.source)
	if a.seq == 0 {
		a.seq = 1
	}
	if !strings.Contains(a.extra, "Max-Forwards") {
		a.extra += "Max-Forwards: 70\r\n"
	}
	if a.body != "" {
		def(&a.kind, "application/sdp")
		a.extra += "Content-Type: " + a.kind + "\r\n"
	}
	return fmt.Sprintf("%s %s SIP/2.0\r\nVia: SIP/2.0/%s;branch=%s;rport\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: %s\r\n%sContent-Length: %d\r\n\r\n%s",
		a.method, a.uri, a.via, a.branch, a.from, a.to, a.callID, a.seq, a.method, a.contact, a.extra, len(a.body), a.body)
}

// desc is a peer's SDP.
func desc(version int, dir, codecs string) string {
	if codecs == "" {
		codecs = "0 8 101"
	}
	return fmt.Sprintf("v=0\r\no=peer 1 %d IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 20000 RTP/AVP %s\r\na=rtpmap:101 telephone-event/8000\r\na=%s\r\n",
		version, codecs, dir)
}

// reply answers a request of ours.
func reply(req message, status, toTag, extra, body string) string {
	to := req.header("To")
	if toTag != "" && !strings.Contains(to, ";tag=") {
		to += ";tag=" + toTag
	}
	if body != "" {
		extra += "Content-Type: application/sdp\r\n"
	}
	var vias strings.Builder
	for _, v := range req.headers("Via") {
		vias.WriteString("Via: " + v + "\r\n")
	}
	return fmt.Sprintf("SIP/2.0 %s\r\n%sFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\n%sContent-Length: %d\r\n\r\n%s",
		status, vias.String(), req.header("From"), to, req.header("Call-ID"), req.header("CSeq"), extra, len(body), body)
}

var carrierUDP = net.UDPAddrFromAddrPort(netip.MustParseAddrPort(carrierAddr))

func contextWithCancel(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithCancel(t.Context())
}
