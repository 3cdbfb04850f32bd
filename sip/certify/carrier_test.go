package certify

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// carrier is a correct SIP peer, written for the tests alone, in which one fault at a time can be switched on.
type carrier struct {
	lan   *lan
	sock  *socket
	fault string
	login bool // calls and registrations need one

	do      chan func()
	done    chan struct{}
	running sync.WaitGroup

	// Owned by loop.
	legs    map[string]*leg
	sent    map[string]string // last response by branch and method
	nonces  map[string]bool
	dialled []string
	blame   []string // what the caller does wrong
	bound   int      // seconds of the registration
}

// Times of a call at the carrier.
const (
	progressAfter = 100 * time.Millisecond
	ringAfter     = 400 * time.Millisecond
	answerAfter   = 1500 * time.Millisecond
)

func newCarrier(l *lan, at netip.AddrPort, fault string) *carrier {
	pc, err := l.ListenPacket(at)
	if err != nil {
		panic(err)
	}
	c := &carrier{
		lan: l, sock: pc.(*socket), fault: fault, do: make(chan func(), 1000), done: make(chan struct{}),
		legs: map[string]*leg{}, sent: map[string]string{}, nonces: map[string]bool{},
	}
	c.running.Go(c.loop)
	c.running.Go(c.read)
	return c
}

func (c *carrier) close() {
	_ = c.sock.Close()
	close(c.done)
	c.running.Wait()
}

func (c *carrier) loop() {
	defer func() {
		for _, l := range c.legs {
			l.end()
		}
	}()
	for {
		select {
		case f := <-c.do:
			f()
		case <-c.done:
			return
		}
	}
}

func (c *carrier) post(f func()) {
	select {
	case c.do <- f:
	case <-c.done:
	}
}

func (c *carrier) after(d time.Duration, f func()) { time.AfterFunc(d, func() { c.post(f) }) }

func (c *carrier) read() {
	buf := make([]byte, 65535)
	for {
		n, addr, err := c.sock.ReadFrom(buf)
		if err != nil {
			return
		}
		msg, err := sip.ParseMessage(slices.Clone(buf[:n]))
		if err != nil || c.has("compact headers not read") && strings.Contains(string(buf[:n]), "\r\nv:") ||
			c.has("large INVITE lost") && strings.Contains(string(buf[:n]), "X-Padding") {
			continue
		}
		m := &message{Message: msg, at: time.Now(), from: netip.MustParseAddrPort(addr.String())}
		c.post(func() { c.receive(m) })
	}
}

// complain notes what the caller does wrong; a correct caller gives no reason.
func (c *carrier) complain(text string, args ...any) {
	c.blame = append(c.blame, fmt.Sprintf(text, args...))
}

func (c *carrier) has(fault string) bool { return c.fault == fault }

func (c *carrier) receive(m *message) {
	id := m.CallID().Value()
	l := c.legs[id]
	if m.method() == "" {
		if l != nil {
			l.refreshed(m)
		}
		return
	}
	key := m.branch() + m.method()
	if before, ok := c.sent[key]; ok && m.method() != "ACK" {
		if c.has("second call of a repeated INVITE") && m.method() == "INVITE" && l != nil && l.acked && m.toTag() == "" {
			c.sent[key] = ""
			l.end()
			delete(c.legs, id)
			c.invite(m)
			return
		}
		if before != "" {
			c.write(m, before)
		}
		return
	}
	c.sent[key] = ""
	switch {
	case m.toTag() != "" && l == nil && m.method() != "ACK":
		c.reply(m, 481, "Call/Transaction Does Not Exist")
	case l != nil && m.toTag() != "":
		l.request(m)
	case m.method() == "CANCEL":
		c.cancel(l, m)
	case m.method() == "INVITE":
		c.invite(m)
	case m.method() == "OPTIONS":
		c.options(m)
	case m.method() == "REGISTER":
		c.register(m)
	case m.method() != "ACK":
		c.reply(m, 405, "Method Not Allowed", allowed)
	}
}

const allowed = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO"

func (c *carrier) options(m *message) {
	switch {
	case c.has("OPTIONS unanswered"):
	case c.has("Max-Forwards ignored") && m.value("Max-Forwards") == "0": // it is sent on and on
	case m.value("Max-Forwards") == "0":
		c.reply(m, 483, "Too Many Hops")
	default:
		c.reply(m, 200, "OK", allowed, "Supported: timer, 100rel")
	}
}

func (c *carrier) register(m *message) {
	if !c.authorized(m) {
		return
	}
	expires := m.number("Expires")
	switch {
	case expires > 0 && expires < 60 && c.has("423 without Min-Expires"):
		c.reply(m, 423, "Interval Too Brief")
	case expires > 0 && expires < 60:
		c.reply(m, 423, "Interval Too Brief", "Min-Expires: 60")
	case expires == 0 && !c.has("unregister ignored"):
		c.bound = 0
		c.reply(m, 200, "OK")
	default:
		c.bound = expires
		c.reply(m, 200, "OK", fmt.Sprintf("Contact: %s;expires=%d", m.values("Contact")[0], max(expires, 60)))
	}
}

// authorized challenges what has no login.
func (c *carrier) authorized(m *message) bool {
	if !c.login {
		return true
	}
	value := m.header("Authorization")
	nonce := nonceOf(value)
	if value == "" || !c.nonces[nonce] || c.has("stale nonce loop") {
		stale := ""
		if value != "" {
			stale = ", stale=true"
		}
		fresh := fmt.Sprintf("n%d", len(c.nonces))
		c.nonces[fresh] = true
		c.reply(m, 401, "Unauthorized", `WWW-Authenticate: Digest realm="carrier", nonce="`+fresh+`", qop="auth", algorithm=MD5`+stale)
		return false
	}
	p := func(k string) string { return paramOf(value, k) }
	sum := func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }
	want := sum(sum("user:carrier:secret") + ":" + nonce + ":" + p("nc") + ":" + p("cnonce") + ":" + p("qop") + ":" + sum(m.method()+":"+p("uri")))
	req := m.Message.(*sip.Request)
	if p("response") != want || p("uri") != req.Recipient.String() {
		c.reply(m, 403, "Forbidden")
		return false
	}
	return true
}

func (c *carrier) write(to *message, text string) {
	_, _ = c.sock.WriteTo([]byte(text), netAddr(to.from))
}

// reply answers a request.
func (c *carrier) reply(m *message, code int, phrase string, headers ...string) {
	c.replyTag(m, code, phrase, "", "", headers...)
}

func (c *carrier) replyTag(m *message, code int, phrase, tag, body string, headers ...string) {
	lines := []string{fmt.Sprintf("SIP/2.0 %d %s", code, phrase)}
	via := m.header("Via")
	if c.has("rport empty") {
		lines = append(lines, "Via: "+via)
	} else {
		lines = append(lines, "Via: "+strings.Replace(via, ";rport", fmt.Sprintf(";rport=%d;received=%s", m.from.Port(), m.from.Addr()), 1))
	}
	to := m.To().Value()
	if m.toTag() == "" && code > 100 {
		if tag == "" {
			tag = "t" + m.branch()[8:16]
		}
		if !c.has("no To tag") {
			to += ";tag=" + tag
		}
	}
	cseq := m.CSeq().Value()
	if c.has("wrong CSeq in answers in the call") && m.toTag() != "" {
		n, method := m.cseq()
		cseq = fmt.Sprintf("%d %s", n+1, method)
	}
	lines = append(lines, "From: "+m.From().Value(), "To: "+to, "Call-ID: "+m.CallID().Value(), "CSeq: "+cseq)
	lines = append(lines, headers...)
	if body != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	text := strings.Join(append(lines, fmt.Sprintf("Content-Length: %d", len(body))), "\r\n") + "\r\n\r\n" + body
	c.sent[m.branch()+m.method()] = text
	c.write(m, text)
}

func (c *carrier) contact() string { return "Contact: <sip:carrier@" + c.sock.at.String() + ">" }

func (c *carrier) cancel(l *leg, m *message) {
	if l == nil || l.confirmed {
		c.reply(m, 481, "Call/Transaction Does Not Exist")
		return
	}
	c.replyTag(m, 200, "OK", l.tag, "")
	if !c.has("no 487 after CANCEL") {
		c.replyTag(l.invited, 487, "Request Terminated", l.tag, "", `Reason: Q.850;cause=16`)
	}
	l.end()
	delete(c.legs, l.id)
}
