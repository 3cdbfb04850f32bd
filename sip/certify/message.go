package certify

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// message is a request or response of the peer.
type message struct {
	sip.Message
	at   time.Time
	from netip.AddrPort
}

func (m *message) code() int {
	if r, ok := m.Message.(*sip.Response); ok {
		return r.StatusCode
	}
	return 0
}

// accepts says whether it is a 2xx.
func (m *message) accepts() bool { return m.code() >= 200 && m.code() < 300 }

func (m *message) phrase() string {
	if r, ok := m.Message.(*sip.Response); ok {
		return strconv.Itoa(r.StatusCode) + " " + r.Reason
	}
	return ""
}

func (m *message) method() string {
	if r, ok := m.Message.(*sip.Request); ok {
		return string(r.Method)
	}
	return ""
}

func (m *message) toTag() string   { return transaction.ToTag(m.Message) }
func (m *message) fromTag() string { return transaction.FromTag(m.Message) }

func (m *message) cseq() (n uint32, method string) {
	if c := m.CSeq(); c != nil {
		return c.SeqNo, string(c.MethodName)
	}
	return 0, ""
}

func (m *message) branch() string {
	if v := m.Via(); v != nil {
		b, _ := v.Params.Get("branch")
		return b
	}
	return ""
}

// contact is the URI of the Contact; empty if there is none.
func (m *message) contact() string {
	var c *sip.ContactHeader
	switch msg := m.Message.(type) {
	case *sip.Request:
		c = msg.Contact()
	case *sip.Response:
		c = msg.Contact()
	}
	if c == nil {
		return ""
	}
	return c.Address.String()
}

// compact is the short name of a header that sipgo leaves as it came (RFC 3261, 7.3.3).
func compact(name string) string {
	switch name {
	case "Supported":
		return "k"
	case "Session-Expires":
		return "x"
	case "Content-Encoding":
		return "e"
	case "Subject":
		return "s"
	}
	return ""
}

// values are a header's, with lists taken apart at commas outside of quotes and angle brackets.
func (m *message) values(name string) []string {
	var out []string
	for _, n := range []string{name, compact(name)} {
		if n == "" {
			continue
		}
		for _, h := range m.GetHeaders(n) {
			out = append(out, split(h.Value())...)
		}
	}
	return out
}

// split takes a list apart.
func split(text string) []string {
	var out []string
	quoted, angle, from := false, false, 0
	for i, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == ',' && !angle:
			out = append(out, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	if last := strings.TrimSpace(text[from:]); last != "" {
		out = append(out, last)
	}
	return out
}

// header is the value of the first header of a name, as it came.
func (m *message) header(name string) string {
	if h := m.GetHeaders(name); len(h) > 0 {
		return h[0].Value()
	}
	return ""
}

// value is the first of a header's values.
func (m *message) value(name string) string {
	if v := m.values(name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// lists says whether a header such as Allow or Supported names something.
func (m *message) lists(name, what string) bool {
	for _, v := range m.values(name) {
		if strings.EqualFold(v, what) {
			return true
		}
	}
	return false
}

// number reads a header of a number with parameters, such as Session-Expires; -1 if there is none.
func (m *message) number(name string) int {
	v, _, _ := strings.Cut(m.value(name), ";")
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil {
		return -1
	}
	return n
}

// param is a parameter of a header's first value.
func (m *message) param(name, key string) string {
	for _, p := range after(m.value(name)) {
		if k, v, _ := strings.Cut(strings.TrimSpace(p), "="); strings.EqualFold(k, key) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// description is the SDP of the message; nil if it has none.
func (m *message) description() *description {
	if m == nil || len(m.Body()) == 0 {
		return nil
	}
	if t := m.header("Content-Type"); t != "" && !strings.HasPrefix(strings.ToLower(t), "application/sdp") {
		return nil
	}
	return parseDescription(string(m.Body()))
}

// after are the parameters behind a header's value.
func after(value string) []string {
	if i := strings.LastIndexByte(value, '>'); i >= 0 {
		value = value[i+1:]
	}
	_, rest, ok := strings.Cut(value, ";")
	if !ok {
		return nil
	}
	return strings.Split(rest, ";")
}
