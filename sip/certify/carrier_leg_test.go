package certify

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

func netAddr(a netip.AddrPort) net.Addr { return net.UDPAddrFromAddrPort(a) }

// leg is a call at the carrier. Everything of it is owned by the carrier's loop, but its speaker.
type leg struct {
	c         *carrier
	id, tag   string
	invited   *message
	cseq      uint32 // of the other side
	own       uint32 // ours
	confirmed bool
	acked     bool
	over      bool
	busy      bool // a re-INVITE isn't answered yet
	waiting   *message

	reliable []string // provisional responses that wait for PRACK
	rseq     int
	version  int
	last     string // description
	theirs   *description
	speak    *speaker
}

func (c *carrier) invite(m *message) {
	number := m.Message.(*sip.Request).Recipient.User
	c.dialled = append(c.dialled, number)
	if !c.has("no 100 Trying") {
		c.reply(m, 100, "Trying")
	}
	if !c.authorized(m) {
		return
	}
	expires := m.number("Session-Expires")
	switch {
	case number == "busy":
		c.reply(m, 486, "Busy Here", "Reason: Q.850;cause=17")
		return
	case number == "nobody":
		c.reply(m, 404, "Not Found", "Reason: Q.850;cause=1")
		return
	case m.value("Require") != "" && !m.lists("Require", "100rel"):
		c.reply(m, 420, "Bad Extension", "Unsupported: "+m.value("Require"))
		return
	case expires > 0 && expires < 120 && c.has("422 without Min-SE"):
		c.reply(m, 422, "Session Interval Too Small")
		return
	case expires > 0 && expires < 120:
		c.reply(m, 422, "Session Interval Too Small", "Min-SE: 120")
		return
	case c.has("offerless INVITE refused") && len(m.Body()) == 0:
		c.reply(m, 488, "Not Acceptable Here")
		return
	case c.has("anonymous refused") && m.value("Privacy") != "":
		c.reply(m, 403, "Forbidden")
		return
	}
	l := &leg{c: c, id: m.CallID().Value(), tag: fmt.Sprintf("leg%d", len(c.dialled)), invited: m, own: 100}
	l.cseq, _ = m.cseq()
	if before := c.legs[l.id]; before != nil {
		before.end()
	}
	c.legs[l.id] = l
	l.speak = newSpeaker(c)
	if l.theirs = m.description(); l.theirs != nil {
		l.last = l.answer(l.theirs)
	} else {
		l.last = l.offer()
	}
	l.ring()
}

// ring lets a phone ring and be answered.
func (l *leg) ring() {
	c := l.c
	early := l.last
	if c.has("183 without SDP") || len(l.invited.Body()) == 0 {
		early = ""
	}
	first := progressAfter
	if c.has("no 100 Trying") {
		first = 900 * time.Millisecond
	}
	c.after(first, func() { l.provisional(183, "Session Progress", early); l.speakIf(early != "") })
	c.after(first+ringAfter, func() {
		if len(l.reliable) == 0 {
			l.provisional(180, "Ringing", "")
		} else {
			l.waiting = l.invited
		}
	})
	c.after(first+answerAfter, l.answered)
}

func (l *leg) speakIf(early bool) {
	if early && !l.over {
		l.speak.to(l)
	}
}

func (l *leg) provisional(code int, phrase, body string) {
	if l.over || l.confirmed {
		return
	}
	headers := append(l.routes(), l.c.contact(), allowed)
	if !l.invited.lists("Supported", "100rel") {
		l.c.replyTag(l.invited, code, phrase, l.tag, body, headers...)
		return
	}
	l.rseq++
	rseq := fmt.Sprintf("RSeq: %d", l.rseq)
	if !l.c.has("reliable 183 without RSeq") {
		headers = append(headers, rseq)
	}
	headers = append(headers, "Require: 100rel")
	l.c.replyTag(l.invited, code, phrase, l.tag, body, headers...)
	text := l.c.sent[l.invited.branch()+"INVITE"]
	l.reliable = append(l.reliable, text)
	l.repeatReliable(text, t1)
}

func (l *leg) repeatReliable(text string, wait time.Duration) {
	if l.c.has("reliable 183 not repeated") {
		return
	}
	l.c.after(wait, func() {
		if slices.Contains(l.reliable, text) && !l.over && wait < 32*time.Second {
			l.c.write(l.invited, text)
			l.repeatReliable(text, 2*wait)
		}
	})
}

func (l *leg) prack(m *message) {
	if l.c.has("PRACK unanswered") {
		return
	}
	if len(l.reliable) == 0 {
		l.c.reply(m, 481, "Call/Transaction Does Not Exist")
		return
	}
	l.c.reply(m, 200, "OK")
	l.reliable = l.reliable[1:]
	if l.waiting != nil {
		l.waiting = nil
		l.provisional(180, "Ringing", "")
	}
}

// answered sends the 200, and again until it is acknowledged.
func (l *leg) answered() {
	if l.over || l.confirmed {
		return
	}
	if len(l.reliable) > 0 || l.waiting != nil {
		l.c.after(200*time.Millisecond, l.answered)
		return
	}
	l.confirmed = true
	headers := append(l.routes(), allowed, "Supported: timer, 100rel")
	if !l.c.has("200 without Contact") {
		headers = append(headers, l.c.contact())
	}
	headers = append(headers, l.timer(l.invited)...)
	l.c.replyTag(l.invited, 200, "OK", l.tag, l.last, headers...)
	l.repeat200(l.c.sent[l.invited.branch()+"INVITE"], t1)
	l.speak.to(l)
	if l.c.has("two 200s") {
		l.c.after(20*time.Millisecond, func() {
			first := l.c.sent[l.invited.branch()+"INVITE"]
			l.c.write(l.invited, strings.Replace(first, "tag="+l.tag, "tag=other", 1))
		})
	}
}

func (l *leg) repeat200(text string, wait time.Duration) {
	if l.c.has("200 not repeated") {
		return
	}
	l.c.after(wait, func() {
		if !l.over && (!l.acked || l.c.has("200 repeated after ACK")) && wait < 16*time.Second {
			l.c.write(l.invited, text)
			l.repeat200(text, min(2*wait, t2))
		}
	})
}

// routes are the Record-Route headers of the INVITE.
func (l *leg) routes() []string {
	var out []string
	for _, h := range l.invited.GetHeaders("Record-Route") {
		out = append(out, "Record-Route: "+h.Value())
	}
	switch {
	case l.c.has("Record-Route reversed"):
		slices.Reverse(out)
	case l.c.has("Record-Route dropped"):
		out = nil
	}
	if len(out) > 0 { // and two proxies of our own
		out = append([]string{"Record-Route: " + l.proxy("p2") + ", " + l.proxy("p1")}, out...)
	}
	return out
}

func (l *leg) proxy(name string) string { return "<sip:" + name + "@" + l.c.sock.at.String() + ";lr>" }

// obeys looks whether a request in the call goes by our proxies (RFC 3261, 12.2.1.1), and offers in order.
func (l *leg) obeys(m *message) {
	if len(l.invited.GetHeaders("Record-Route")) > 0 && strings.Join(m.values("Route"), ", ") != l.proxy("p1")+", "+l.proxy("p2") {
		l.c.complain("%s goes by %q", m.method(), m.values("Route"))
	}
	d := m.description()
	if d == nil {
		return
	}
	switch before := l.theirs; {
	case before == nil || body(before) == body(d) && before.version == d.version:
	case d.session != before.session || d.version != before.version+1:
		l.c.complain("%s has version %d after %d", m.method(), d.version, before.version)
	}
	l.theirs = d
}

// timer answers a session timer and begins to refresh if that is ours.
func (l *leg) timer(m *message) []string {
	expires := m.number("Session-Expires")
	if expires < 0 || l.c.has("Session-Expires ignored") {
		return nil
	}
	who := m.param("Session-Expires", "refresher")
	if who == "" {
		who = "uac"
	}
	if who == "uas" && m == l.invited && !l.c.has("no refresh by the refresher") {
		l.c.after(time.Duration(expires)*time.Second/2, l.refresh)
	}
	headers := []string{fmt.Sprintf("Session-Expires: %d;refresher=%s", expires, who)}
	if who == "uac" {
		headers = append(headers, "Require: timer")
	}
	return headers
}

func (l *leg) refresh() {
	if l.over {
		return
	}
	from, to := l.invited.To().Value()+";tag="+l.tag, l.invited.From().Value()
	if l.c.has("tags swapped in requests") {
		from, to = to, from
	}
	l.own++
	text := strings.Join([]string{
		"UPDATE " + l.invited.contact() + " SIP/2.0", "Via: SIP/2.0/UDP " + l.c.sock.at.String() + ";branch=" + newBranch() + ";rport", "Max-Forwards: 70",
		"From: " + from, "To: " + to, "Call-ID: " + l.id, fmt.Sprintf("CSeq: %d UPDATE", l.own), l.c.contact(),
		"Supported: timer", "Session-Expires: 120;refresher=uac", "Content-Length: 0", "", "",
	}, "\r\n")
	l.c.write(l.invited, text)
}

// refreshed takes the answer to our refresh.
func (l *leg) refreshed(m *message) {
	if m.code() >= 300 {
		l.end()
	}
}

func (l *leg) request(m *message) {
	n, _ := m.cseq()
	if m.fromTag() == l.invited.fromTag() && m.toTag() == l.tag && l.confirmed {
		l.obeys(m)
	}
	if m.method() == "ACK" {
		l.acked = true
		if d := m.description(); d != nil {
			l.speak.follow(d)
		}
		return
	}
	if m.fromTag() != l.invited.fromTag() || m.toTag() != l.tag {
		if m.method() == "BYE" { // of the other party of a fork
			l.c.reply(m, 200, "OK")
		}
		return
	}
	if n <= l.cseq {
		l.c.reply(m, 500, "Server Internal Error")
		return
	}
	l.cseq = n
	switch m.method() {
	case "BYE":
		if !l.c.has("BYE unanswered") {
			l.c.reply(m, 200, "OK")
		}
		l.end()
		if !l.c.has("old calls not known") {
			delete(l.c.legs, l.id)
		}
	case "PRACK":
		l.prack(m)
	case "INVITE":
		l.reinvite(m)
	case "UPDATE":
		l.update(m)
	case "INFO", "OPTIONS":
		l.c.reply(m, 200, "OK")
	default:
		if l.c.has("unknown method unanswered") {
			return
		}
		l.c.reply(m, 405, "Method Not Allowed", allowed)
	}
}

func (l *leg) reinvite(m *message) {
	switch {
	case l.busy && l.c.has("glare unanswered"):
		return
	case l.busy:
		l.c.reply(m, 500, "Server Internal Error", "Retry-After: 3")
		return
	case l.c.has("BYE on hold") && m.description() != nil && m.description().audio().dir == sendOnly:
		l.bye()
		return
	case l.c.has("codec change refused") && m.description() != nil && len(m.description().audio().formats) == 2:
		l.c.reply(m, 488, "Not Acceptable Here")
		return
	case l.c.has("offerless re-INVITE refused") && m.description() == nil:
		l.c.reply(m, 400, "Bad Request")
		return
	}
	l.busy = true
	l.c.reply(m, 100, "Trying")
	l.c.after(50*time.Millisecond, func() {
		l.busy = false
		if l.over {
			return
		}
		l.acked = false
		if d := m.description(); d != nil {
			l.last = l.answer(d)
			l.speak.follow(d)
		} else {
			l.last = l.offer()
		}
		headers := append(l.timer(m), l.c.contact(), allowed)
		l.c.replyTag(m, 200, "OK", l.tag, l.last, headers...)
	})
}

func (l *leg) bye() {
	l.own++
	l.c.write(l.invited, strings.Join([]string{
		"BYE " + l.invited.contact() + " SIP/2.0", "Via: SIP/2.0/UDP " + l.c.sock.at.String() + ";branch=" + newBranch() + ";rport", "Max-Forwards: 70",
		"From: " + l.invited.To().Value() + ";tag=" + l.tag, "To: " + l.invited.From().Value(), "Call-ID: " + l.id,
		fmt.Sprintf("CSeq: %d BYE", l.own), "Content-Length: 0", "", "",
	}, "\r\n"))
	l.end()
}

func (l *leg) update(m *message) {
	d := m.description()
	switch {
	case l.c.has("UPDATE dropped"):
		return
	case d == nil:
		l.c.reply(m, 200, "OK", append(l.timer(m), l.c.contact(), allowed)...)
		return
	}
	l.last = l.answer(d)
	l.speak.follow(d)
	l.c.replyTag(m, 200, "OK", l.tag, l.last, l.c.contact(), allowed)
}

func (l *leg) end() {
	if !l.over {
		l.over = true
		l.speak.stop()
	}
}
