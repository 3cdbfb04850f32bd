package certify

import (
	"slices"
	"strings"
)

// remark is a finding on a message whatever the step is about. Each is said once in a run, by the step that saw it first.
func (a *Agent) remark(level Level, rfc, text string, args ...any) {
	if !a.remarked[text] {
		a.remarked[text] = true
		a.linted.add(level, rfc, text, args...)
	}
}

// lintResponse looks at what every response has to be.
func (a *Agent) lintResponse(c *client, m *message) {
	n, method := m.cseq()
	if n != c.cseq || method != c.method {
		a.remark(Wrong, "RFC 3261, 8.2.6.2", "answers with another CSeq than the request's: %s %d got %s with CSeq: %s", c.method, c.cseq, m.phrase(), m.CSeq().Value())
	}
	if m.code() > 100 && m.toTag() == "" {
		a.remark(Wrong, "RFC 3261, 8.2.6.2", "%s to %s has no tag in To", m.phrase(), c.method)
	}
	if tag := tagOf(c.from); m.fromTag() != tag {
		a.remark(Wrong, "RFC 3261, 8.2.6.2", "%s to %s has another From tag than the request", m.phrase(), c.method)
	}
	a.lintVia(c, m)
	if c.call != nil {
		a.lintDialogResponse(c, m)
	}
}

// lintVia looks at the way back.
func (a *Agent) lintVia(c *client, m *message) {
	if len(m.GetHeaders("Via")) > 1 {
		a.remark(Wrong, "RFC 3261, 16.7", "%s to %s has more than one Via", m.phrase(), c.method)
	}
	via := m.Via()
	if port, has := via.Params.Get("rport"); has && port == "" && m.code() > 100 && !a.wire.reliable() {
		a.remark(Odd, "RFC 3581, 4", "doesn't fill in rport: behind NAT its answers would be lost")
	}
}

// lintDialogResponse looks at responses in and to calls.
func (a *Agent) lintDialogResponse(c *client, m *message) {
	if c.method == "INVITE" && m.contact() == "" && m.toTag() != "" {
		switch {
		case m.accepts():
			a.remark(Wrong, "RFC 3261, 12.1.1", "its 200 to INVITE has no Contact: requests in the call have no address")
		case m.code() > 100 && m.code() < 200:
			a.remark(Odd, "RFC 3261, 12.1.1", "%s to INVITE has no Contact: nothing can be sent in the early dialog", m.phrase())
		}
	}
	a.lintTag(c, m)
}

// lintTag holds the To tag of a response against its dialog's.
func (a *Agent) lintTag(c *client, m *message) {
	dialog := c.call
	first := c == dialog.invite
	switch {
	case first && m.accepts() && dialog.confirmed() && m.toTag() != dialog.remoteTag:
		a.remark(Odd, "RFC 3261, 13.2.2.4", "two parties answered one call (200 with two To tags): the second one was ended with BYE")
	case !first && dialog.confirmed() && c.method != "CANCEL" && m.code() > 100 && m.toTag() != "" && m.toTag() != dialog.remoteTag &&
		!slices.Contains(dialog.others, m.toTag()):
		a.remark(Wrong, "RFC 3261, 12.2.2", "%s to %s in the call has another To tag than the call", m.phrase(), c.method)
	}
}

// lintRequest looks at what every request of the peer has to be.
func (a *Agent) lintRequest(c *call, m *message) {
	if len(m.GetHeaders("Max-Forwards")) == 0 {
		a.remark(Odd, "RFC 3261, 8.1.1", "its %s has no Max-Forwards", m.method())
	}
	n, method := m.cseq()
	if !strings.EqualFold(method, m.method()) {
		a.remark(Wrong, "RFC 3261, 8.1.1.5", "its %s has another method in CSeq: %s", m.method(), method)
	}
	if c == nil || !c.confirmed() {
		return
	}
	if m.toTag() != c.tag || m.fromTag() != c.remoteTag && !slices.Contains(c.others, m.fromTag()) {
		a.remark(Wrong, "RFC 3261, 12.2.1.1", "its %s has other tags than the call that it is in", m.method())
	}
	if m.method() == "ACK" {
		return
	}
	if n <= c.hisCSeq {
		a.remark(Wrong, "RFC 3261, 12.2.1.1", "its %s doesn't raise CSeq: %d after %d", m.method(), n, c.hisCSeq)
	}
	c.hisCSeq = max(c.hisCSeq, n)
	if (m.method() == "INVITE" || m.method() == "UPDATE") && m.contact() == "" {
		a.remark(Wrong, "RFC 3261, 12.2.1.1", "its %s has no Contact", m.method())
	}
}

// tagOf is the tag in a header's value.
func tagOf(value string) string {
	for _, p := range after(value) {
		if tag, ok := strings.CutPrefix(strings.TrimSpace(p), "tag="); ok {
			return tag
		}
	}
	return ""
}
