package certify

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"mediasrv/media/rtp"

	"github.com/emiago/sipgo/sip"
)

// call is a call of ours: its dialog and its media.
type call struct {
	agent   *Agent
	id      string
	tag     string // ours
	audio   *audio
	invited request // the INVITE as it was sent last
	invite  *client
	cseq    uint32

	// The dialog, from the first 2xx.
	answered  bool // there was one
	remoteTag string
	remoteTo  string // value of To with its tag
	target    string // the peer's Contact
	routes    []string
	hop       netip.AddrPort
	acks      [][]byte // by which 2xx are acknowledged, the newest last; nil: not yet
	ackOfCSeq uint32
	noAck     bool     // the step doesn't want 2xx to be acknowledged
	others    []string // tags of further 2xx of the first INVITE

	// Our descriptions.
	session uint64
	version int
	lines   string // of the last one, without o=
	keys    []rtp.MasterKey
	theirs  *description // the peer's last one

	// What the peer has asked in the dialog.
	requests []*message
	respond  func(*message) bool // a step's own answers; true: answered
	hisCSeq  uint32
	over     bool // either side has said BYE
}

// how says how a call begins.
type how struct {
	headers  []string
	offer    func(*offer) // changes the usual offer
	bare     bool         // no offer in the INVITE
	short    bool
	hops     string
	from     string // value of From, without its tag
	number   string // another one that the operator named; empty: the test number
	timerSet bool   // 422 is the step's own business
}

// newCall opens the media of a call; Run closes it.
func (a *Agent) newCall() (*call, error) {
	conn, addr, err := a.mediaPort()
	if err != nil {
		return nil, err
	}
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	c := &call{
		agent: a, id: newTag() + "@" + a.shown.String(), tag: newTag(), audio: newAudio(conn, addr), session: binary.BigEndian.Uint64(b[:]) >> 2,
		hop: a.peer,
	}
	if a.trunk.SRTP == "required" {
		c.keys = newKeys()
	}
	a.calls[c.id] = c
	return c, nil
}

func newKeys() []rtp.MasterKey {
	keys := make([]rtp.MasterKey, 0, 3)
	for _, s := range []rtp.Suite{rtp.GCM, rtp.AES80, rtp.AES32} {
		k := rtp.MasterKey{Suite: s}
		_, _ = rand.Read(k.Key[:]) // never fails
		_, _ = rand.Read(k.Salt[:])
		keys = append(keys, k)
	}
	return keys
}

// offered is the usual offer.
func (c *call) offered(change func(*offer)) offer {
	o := offer{addr: c.audio.addr, codecs: c.agent.codecs, events: true, ptime: 20, dir: sendRecv, keys: c.keys}
	if change != nil {
		change(&o)
	}
	return o
}

// describe writes a description; its version rises by one whenever anything has changed (RFC 3264, 8).
func (c *call) describe(lines []string) string {
	text := strings.Join(lines, "\r\n") + "\r\n"
	if text != c.lines {
		c.version++
		c.lines = text
	}
	addr := c.audio.addr.Addr()
	return fmt.Sprintf("v=0\r\no=- %d %d %s %s\r\n", c.session, c.version, network(addr), addr) + text
}

// dial begins a call with INVITE. It doesn't wait; challenges are answered by follow.
func (a *Agent) dial(h how) (*call, error) {
	c, err := a.newCall()
	if err != nil {
		return nil, err
	}
	number := h.number
	if number == "" {
		number = a.number
	}
	from := h.from
	if from == "" {
		from = "<sip:" + escape(a.from) + "@" + a.host + ">"
	}
	uri := a.uri(number)
	c.cseq = 1
	c.invited = request{
		method: "INVITE", uri: uri, callID: c.id, cseq: c.cseq, from: from + ";tag=" + c.tag, to2: "<sip:" + escape(number) + "@" + a.host + ">",
		headers: append([]string{"Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO, NOTIFY"}, h.headers...),
		hops:    h.hops, short: h.short, call: c,
	}
	if !h.bare {
		c.invited.body = c.describe(c.offered(h.offer).lines())
	}
	c.invite = a.ask(c.invited)
	return c, nil
}

// follow waits until the INVITE has a final answer that is no challenge; nil: none came.
func (c *call) follow(ctx context.Context, f *findings, d time.Duration) *message {
	for tries := 0; ; tries++ {
		c.agent.until(ctx, answerIn, func() bool { return len(c.invite.responses) > 0 })
		if len(c.invite.responses) == 0 {
			c.invite.next = time.Time{}
			return nil
		}
		res := c.agent.answer(ctx, c.invite, d)
		if res == nil || res.code() != 401 && res.code() != 407 {
			return res
		}
		if !c.again(f, res, tries) {
			return res
		}
	}
}

// again sends the INVITE with a login; false if that makes no sense.
func (c *call) again(f *findings, res *message, tries int) bool {
	header, ok := c.agent.login(f, res, "INVITE", c.invited.uri, tries)
	if !ok {
		return false
	}
	c.cseq++
	c.invited.cseq = c.cseq
	c.invited.headers = append(slices.DeleteFunc(c.invited.headers, isLogin), header)
	c.invite = c.agent.ask(c.invited)
	return true
}

func isLogin(h string) bool {
	return strings.HasPrefix(h, "Authorization:") || strings.HasPrefix(h, "Proxy-Authorization:")
}

// confirmed says whether a 2xx has made a dialog.
func (c *call) confirmed() bool { return c.answered }

// response keeps the dialog.
func (c *call) response(t *client, m *message) {
	if t.method != "INVITE" || m.code() < 200 || m.code() >= 300 {
		return
	}
	switch {
	case t == c.invite && c.confirmed() && m.toTag() != c.remoteTag:
		c.fork(m)
		return
	case t == c.invite && !c.confirmed():
		c.establish(m)
	default:
		if m.contact() != "" {
			c.target = m.contact()
		}
	}
	if len(c.acks) > 0 && c.ackOfCSeq == t.cseq && !c.noAck {
		c.agent.send(c.acks[len(c.acks)-1], c.hop) // RFC 3261, 13.2.2.4: for every 2xx that comes again
	}
}

// establish makes the dialog of a 2xx (RFC 3261, 12.1.2).
func (c *call) establish(m *message) {
	c.answered = true
	c.remoteTag, c.remoteTo, c.target = m.toTag(), m.To().Value(), m.contact()
	if c.target == "" {
		c.target = c.invited.uri
	}
	c.routes = m.values("Record-Route")
	slices.Reverse(c.routes)
	c.hop = c.nextHop()
}

// nextHop is where requests in the dialog go: the first route or the target if they name an address, else where the INVITE went. On a connection
// there is only one way.
func (c *call) nextHop() netip.AddrPort {
	to := c.target
	if len(c.routes) > 0 {
		to = c.routes[0]
	}
	var uri sip.Uri
	if _, err := sip.ParseAddressValue(to, &uri, nil); err != nil || c.agent.wire.reliable() {
		return c.agent.peer
	}
	addr, err := netip.ParseAddr(strings.Trim(uri.Host, "[]"))
	if err != nil {
		return c.agent.peer
	}
	port := uri.Port
	if port == 0 {
		port = 5060
	}
	if addr == c.agent.shown && port == int(c.agent.wire.local().Port()) {
		return c.agent.peer // a route of our own making
	}
	if addr.IsPrivate() && !c.agent.peer.Addr().IsPrivate() {
		return c.agent.peer // behind NAT; the step call remarks on it
	}
	return netip.AddrPortFrom(addr, uint16(port)) //nolint:gosec // a port
}

// fork acknowledges the 2xx of another party and ends its call (RFC 3261, 13.2.2.4).
func (c *call) fork(m *message) {
	target := m.contact()
	if target == "" {
		target = c.invited.uri
	}
	r := request{
		method: "ACK", uri: target, from: c.invited.from, to2: m.To().Value(), callID: c.id, cseq: c.invite.cseq, to: c.hop, contact: "-", call: c,
	}
	raw, _ := r.bytes(c.agent)
	c.agent.send(raw, c.hop)
	if slices.Contains(c.others, m.toTag()) {
		return
	}
	c.others = append(c.others, m.toTag())
	r.method, r.cseq, r.contact = "BYE", c.invite.cseq+1, ""
	c.agent.ask(r)
}

// ack acknowledges the 2xx of an INVITE; body is our answer if the offer was in it.
func (c *call) ack(t *client, body string) {
	r := c.inDialog("ACK")
	r.cseq, r.body, r.contact = t.cseq, body, "-"
	for _, h := range c.invited.headers { // RFC 3261, 22.3
		if isLogin(h) && t == c.invite {
			r.headers = append(r.headers, h)
		}
	}
	raw, _ := r.bytes(c.agent)
	c.acks, c.ackOfCSeq = append(c.acks, raw), t.cseq
	c.agent.send(raw, c.hop)
}

// inDialog is a request in the dialog, without a CSeq.
func (c *call) inDialog(method string) request {
	return request{
		method: method, uri: c.target, from: c.invited.from, to2: c.remoteTo, callID: c.id, to: c.hop, routes: c.routes, call: c,
	}
}

// ask sends a request in the dialog.
func (c *call) ask(method, body string, headers ...string) *client {
	c.cseq++
	r := c.inDialog(method)
	r.cseq, r.body, r.headers = c.cseq, body, headers
	return c.agent.ask(r)
}

// ringing says that the call has come to somebody: a provisional response beyond 100.
func (c *call) ringing() bool {
	return c.invite.provisional(func(*message) bool { return true }) != nil
}

// end ends the call, in whatever state it is, without looking at how that is answered.
func (c *call) end(ctx context.Context) {
	switch {
	case c.over:
	case c.confirmed():
		if len(c.acks) == 0 {
			c.ack(c.invite, "")
		}
		c.over = true
		c.agent.answer(ctx, c.ask("BYE", "", "Reason: Q.850;cause=16"), 2*time.Second)
	case !c.invite.answered():
		c.giveUp(ctx)
	}
}

// giveUp cancels an INVITE; if a 2xx crosses, the call is ended.
func (c *call) giveUp(ctx context.Context) {
	if len(c.invite.responses) == 0 && !c.agent.until(ctx, answerIn, func() bool { return len(c.invite.responses) > 0 }) {
		c.invite.next = time.Time{}
		return
	}
	c.cancel()
	c.agent.until(ctx, 2*time.Second, c.invite.answered)
	if c.confirmed() {
		c.end(ctx)
	}
}

// cancel sends CANCEL (RFC 3261, 9.1).
func (c *call) cancel() *client {
	r := c.invited
	r.method, r.body, r.headers, r.branch = "CANCEL", "", nil, c.invite.branch
	raw, _ := r.bytes(c.agent)
	r.to = c.invite.to
	t := &client{request: r, branch: r.branch, raw: raw, began: time.Now(), sent: 1}
	t.interval, t.next = t1, t.began.Add(t1)
	if c.agent.wire.reliable() {
		t.next = time.Time{}
	}
	c.agent.clients = append(c.agent.clients, t)
	c.agent.send(raw, t.to)
	return t
}

// talk takes the peer's description and speaks by it.
func (c *call) talk(d *description) {
	m := d.audio()
	if m == nil {
		return
	}
	c.theirs = d
	if len(m.cryptos) > 0 && len(c.keys) > 0 {
		c.unlock(m)
	}
	c.audio.speak(m)
}

// unlock agrees on SRTP's keys (RFC 4568, 5.1.2); false if the answer has none that fits.
func (c *call) unlock(m *mediaLine) bool {
	tag, theirs, ok := parseCrypto(m.cryptos[0])
	if !ok || tag < 1 || tag > len(c.keys) || c.keys[tag-1].Suite != theirs.Suite {
		return false
	}
	p, err := rtp.NewSDES(c.keys[tag-1], theirs)
	if err != nil {
		return false
	}
	c.audio.protect(p)
	return true
}

// status is a response as a sentence has it.
func status(m *message) string {
	if m == nil {
		return "no answer"
	}
	return m.phrase()
}

// cause is what Reason says (RFC 3326), for a sentence; empty: nothing.
func cause(m *message) string {
	if m == nil || m.value("Reason") == "" {
		return ""
	}
	return ", Reason: " + strings.Join(m.values("Reason"), ", ")
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s" }
