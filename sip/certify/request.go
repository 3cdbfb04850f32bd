package certify

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// agentName is what we call ourselves.
const agentName = "mediasrv-certify"

// request is a request as a step wants it; what is empty gets its usual value.
type request struct {
	method      string
	uri         string
	from, to2   string // values of From and To, with tags
	callID      string
	cseq        uint32
	hops        string // Max-Forwards; empty: 70
	contact     string // value; "-": none
	routes      []string
	headers     []string // further ones, "Name: value"
	body        string   // SDP
	contentType string
	short       bool // compact header names, and folded lines
	branch      string
	to          netip.AddrPort
	call        *call
}

func newBranch() string { return "z9hG4bK" + rand.Text()[:20] }
func newTag() string    { return rand.Text()[:12] }

// bytes writes the request.
func (r *request) bytes(a *Agent) (raw []byte, branch string) {
	branch = r.branch
	if branch == "" {
		branch = newBranch()
	}
	hops := r.hops
	if hops == "" {
		hops = "70"
	}
	lines := []string{
		"Via: SIP/2.0/" + a.transport() + " " + a.sentBy() + ";branch=" + branch + ";rport",
		"Max-Forwards: " + hops,
	}
	for _, route := range r.routes {
		lines = append(lines, "Route: "+route)
	}
	lines = append(lines, "From: "+r.from, "To: "+r.to2, "Call-ID: "+r.callID, fmt.Sprintf("CSeq: %d %s", r.cseq, r.method))
	if r.contact != "-" {
		contact := r.contact
		if contact == "" {
			contact = a.contact()
		}
		lines = append(lines, "Contact: "+contact)
	}
	lines = append(lines, "User-Agent: "+agentName)
	lines = append(lines, r.headers...)
	if r.body != "" {
		kind := r.contentType
		if kind == "" {
			kind = "application/sdp"
		}
		lines = append(lines, "Content-Type: "+kind)
	}
	lines = append(lines, "Content-Length: "+strconv.Itoa(len(r.body)))
	if r.short {
		lines = shorten(lines)
	}
	return []byte(r.method + " " + r.uri + " SIP/2.0\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n" + r.body), branch
}

// shorten writes header names in their compact form (RFC 3261, 7.3.3), spells others in small letters, and folds a line (7.3.1).
func shorten(lines []string) []string {
	names := map[string]string{
		"Via": "v", "From": "f", "To": "t", "Call-ID": "i", "Contact": "m", "Content-Type": "c", "Content-Length": "l", "Supported": "k",
	}
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		short, ok := names[name]
		switch {
		case ok:
			l = short + ":" + value
		case name == "User-Agent":
			l = "user-agent :\r\n\t" + value
		default:
			l = strings.ToLower(name) + " : " + value
		}
		out = append(out, l)
	}
	return out
}

// sentBy is our address in Via and Contact.
func (a *Agent) sentBy() string { return netip.AddrPortFrom(a.shown, a.wire.local().Port()).String() }

// contact is the value of our Contact.
func (a *Agent) contact() string {
	uri := "sip:" + escape(a.from) + "@" + a.sentBy()
	if a.wire.reliable() {
		uri += ";transport=" + strings.ToLower(a.transport())
	}
	return "<" + uri + ">"
}

// at is the trunk's host in URIs.
func (a *Agent) at() string {
	if a.port != 0 {
		return fmt.Sprintf("%s:%d", a.host, a.port)
	}
	return a.host
}

func (a *Agent) uri(user string) string {
	uri := "sip:"
	if user != "" {
		uri += escape(user) + "@"
	}
	uri += a.at()
	if a.wire.reliable() {
		uri += ";transport=" + strings.ToLower(a.transport())
	}
	return uri
}

// escape makes text the user of a SIP URI (RFC 3261, 25.1).
func escape(user string) string {
	var b strings.Builder
	for _, c := range []byte(user) {
		if strings.IndexByte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()&=+$,?/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// lone is a request outside of calls.
func (a *Agent) lone(method, uri string) request {
	return request{
		method: method, uri: uri, callID: newTag() + "@" + a.shown.String(), cseq: 1,
		from: "<sip:" + escape(a.from) + "@" + a.host + ">;tag=" + newTag(), to2: "<" + uri + ">",
	}
}
