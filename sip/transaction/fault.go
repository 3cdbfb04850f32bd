package transaction

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

const unsupportedScheme = 416

// Fault is what is wrong with a request that can be answered at all, and the status of the answer.
type Fault struct {
	Code   int
	Phrase string
}

func (f Fault) Error() string { return f.Phrase }

func bad(what string) *Fault { return &Fault{sip.StatusBadRequest, "Bad Request (" + what + ")"} }

// check looks at what every request must have (RFC 3261, 8.1.1 and 8.2).
func check(req *sip.Request) *Fault {
	switch {
	case !strings.EqualFold(req.SipVersion, "SIP/2.0"):
		return &Fault{sip.StatusVersionNotSupported, "Version Not Supported"}
	case !strings.EqualFold(string(req.CSeq().MethodName), string(req.Method)):
		return bad("another method in CSeq")
	}
	if twice := repeated(req); twice != "" {
		return bad("two " + twice)
	}
	if via := req.Via(); !strings.EqualFold(via.ProtocolName, "SIP") || via.Host == "" {
		return bad("Via")
	}
	switch scheme := strings.ToLower(req.Recipient.Scheme); {
	case scheme != "sip" && scheme != "sips" && scheme != "tel":
		return &Fault{unsupportedScheme, "Unsupported URI Scheme"}
	case len(req.Recipient.Headers) > 0:
		return bad("headers in the Request-URI") // RFC 3261, 19.1.1
	}
	return nil
}

// repeated is a header that a request may have once only (RFC 3261, 7.3.1), but has several times; empty: none.
func repeated(req *sip.Request) string {
	var from, to, id, seq, length, hops int
	for _, h := range req.Headers() {
		switch h.(type) {
		case *sip.FromHeader:
			from++
		case *sip.ToHeader:
			to++
		case *sip.CallIDHeader:
			id++
		case *sip.CSeqHeader:
			seq++
		case *sip.ContentLengthHeader:
			length++
		case *sip.MaxForwardsHeader:
			hops++
		}
	}
	for _, c := range []struct {
		n    int
		name string
	}{{from, "From"}, {to, "To"}, {id, "Call-ID"}, {seq, "CSeq"}, {length, "Content-Length"}, {hops, "Max-Forwards"}} {
		if c.n > 1 {
			return c.name
		}
	}
	return ""
}
