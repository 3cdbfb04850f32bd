package transaction

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// malformed answers a request that can't be parsed with 400 (RFC 3261, 16.3 and 18.3; RFC 4475), as far as what it takes can be read from its
// text: without a transaction, so that a repetition is answered again. Strangers, responses and ACKs get nothing.
func (t *Table) malformed(flow Flow, data []byte, why error) {
	t.quiet.Warn("a message can't be read", "from", flow.Remote.String(), "err", why)
	if !t.handler.Trusted(flow) {
		return
	}
	answer := badRequest(data, why)
	if answer == nil {
		return
	}
	conn, err := flow.answer()
	if err != nil {
		return
	}
	if raw, ok := conn.(interface{ write([]byte) error }); ok {
		_ = raw.write(answer)
	}
}

// badRequest is the text of the answer; nil: it can't be made.
func badRequest(data []byte, why error) []byte {
	line, _, _ := bytes.Cut(data, []byte("\r\n"))
	method, _, ok := bytes.Cut(line, []byte(" "))
	if !ok || len(method) == 0 || len(method) > 32 || bytes.ContainsAny(method, "/:<>\"") || string(method) == "ACK" {
		return nil
	}
	var out strings.Builder
	out.WriteString("SIP/2.0 " + statusOf(line, why) + "\r\n")
	seen := map[string]bool{}
	for name, value := range headers(data) {
		full, wanted := copied[name]
		if !wanted || full != "Via" && seen[full] {
			continue
		}
		seen[full] = true
		if full == "To" && !bytes.Contains(bytes.ToLower(value), []byte(";tag=")) {
			value = append(bytes.Clone(value), ";tag="+newTag()...)
		}
		out.WriteString(full + ": " + string(value) + "\r\n")
	}
	if len(seen) != 5 || out.Len() > maxHead {
		return nil
	}
	out.WriteString("Content-Length: 0\r\n\r\n")
	return []byte(out.String())
}

// statusOf is 400, or 505 for another version of SIP, or 416 for a Request-URI that isn't ours to read.
func statusOf(line []byte, why error) string {
	version := line[bytes.LastIndexByte(line, ' ')+1:]
	if bytes.HasPrefix(version, []byte("SIP/")) && string(version) != "SIP/2.0" {
		return strconv.Itoa(sip.StatusVersionNotSupported) + " Version Not Supported"
	}
	if scheme, _, ok := bytes.Cut(line[bytes.IndexByte(line, ' ')+1:], []byte(":")); ok && isScheme(scheme) {
		switch string(bytes.ToLower(scheme)) {
		case "sip", "sips", "tel":
		default:
			return strconv.Itoa(unsupportedScheme) + " Unsupported URI Scheme"
		}
	}
	return strconv.Itoa(sip.StatusBadRequest) + " Bad Request (" + reasonOf(why) + ")"
}

// isScheme says whether bytes can be the scheme of a URI (RFC 3986, 3.1).
func isScheme(b []byte) bool {
	return len(b) > 0 && len(b) < 64 && len(bytes.Trim(bytes.ToLower(b), "abcdefghijklmnopqrstuvwxyz0123456789+-.")) == 0
}

// copied are the headers of a response that are the request's own (RFC 3261, 8.2.6.2).
var copied = map[string]string{
	"via": "Via", "v": "Via", "from": "From", "f": "From", "to": "To", "t": "To", "call-id": "Call-ID", "i": "Call-ID", "cseq": "CSeq",
}

// reasonOf is an error as it may stand in a reason phrase: short, one line, nothing of the peer's own text.
func reasonOf(err error) string {
	if errors.Is(err, sip.ErrParseReadBodyIncomplete) {
		return "the body is shorter than Content-Length"
	}
	for _, known := range []error{errHeadTooLong, errTooLong, errNoLength, errBadLength, errTwoLengths} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "it can't be read"
}
