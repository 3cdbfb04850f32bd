package certify

import (
	"fmt"
	"strings"
)

// request takes a request of the peer: lint looks at it, the step may answer it, else it gets the proper answer.
func (a *Agent) request(m *message) {
	key := m.branch() + " " + m.method()
	if before := a.answered[key]; before != nil {
		a.send(before, m.from)
		return
	}
	c := a.calls[m.CallID().Value()]
	a.lintRequest(c, m)
	if m.method() == "ACK" {
		return
	}
	if c == nil || !c.confirmed() {
		a.stranger(m)
		return
	}
	c.requests = append(c.requests, m)
	if c.respond != nil && c.respond(m) {
		return
	}
	c.serve(m)
}

// stranger answers a request that belongs to no call.
func (a *Agent) stranger(m *message) {
	switch {
	case m.method() == "OPTIONS":
		a.reply(m, 200, "OK", "")
	case m.method() == "NOTIFY" || m.toTag() != "":
		a.reply(m, 481, "Call/Transaction Does Not Exist", "")
	case m.method() == "INVITE":
		a.reply(m, 486, "Busy Here", "")
	default:
		a.reply(m, 405, "Method Not Allowed", "")
	}
}

// serve answers a request in the dialog.
func (c *call) serve(m *message) {
	a := c.agent
	switch m.method() {
	case "BYE":
		c.over = true
		a.reply(m, 200, "OK", "")
	case "INVITE", "UPDATE":
		if contact := m.contact(); contact != "" {
			c.target = contact
		}
		var headers []string
		if m.value("Session-Expires") != "" {
			headers = append(headers, "Require: timer", "Session-Expires: "+m.value("Session-Expires"))
		}
		d := m.description()
		switch {
		case d != nil:
			a.reply(m, 200, "OK", c.describe(c.offered(nil).answer(d)), headers...)
			c.talk(d)
		case m.method() == "INVITE":
			a.reply(m, 200, "OK", c.describe(c.offered(nil).lines()), headers...)
		default:
			a.reply(m, 200, "OK", "", headers...)
		}
	case "INFO", "NOTIFY", "OPTIONS", "MESSAGE":
		a.reply(m, 200, "OK", "")
	case "REFER":
		a.reply(m, 403, "Forbidden", "")
	default:
		a.reply(m, 405, "Method Not Allowed", "")
	}
}

// reply answers a request, and the same again if it comes again.
func (a *Agent) reply(m *message, code int, phrase, body string, headers ...string) {
	lines := []string{fmt.Sprintf("SIP/2.0 %d %s", code, phrase)}
	for _, name := range []string{"Via", "Record-Route"} {
		for _, h := range m.GetHeaders(name) {
			lines = append(lines, name+": "+h.Value())
		}
	}
	to := m.To().Value()
	if m.toTag() == "" {
		to += ";tag=" + newTag()
	}
	n, method := m.cseq()
	lines = append(lines, "From: "+m.From().Value(), "To: "+to, "Call-ID: "+m.CallID().Value(), fmt.Sprintf("CSeq: %d %s", n, method),
		"Contact: "+a.contact(), "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO, NOTIFY", "Supported: timer, 100rel", "Server: "+agentName)
	lines = append(lines, headers...)
	if body != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	lines = append(lines, fmt.Sprintf("Content-Length: %d", len(body)))
	raw := []byte(strings.Join(lines, "\r\n") + "\r\n\r\n" + body)
	a.answered[m.branch()+" "+m.method()] = raw
	a.send(raw, m.from)
}
