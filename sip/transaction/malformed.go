package transaction

import (
	"bytes"
	"errors"
	"strconv"

	"github.com/emiago/sipgo/sip"
)

// malformed answers a request that can't be parsed with 400 (RFC 3261, 16.3 and 18.3; RFC 4475), as far as what it takes can be read from its
// text: without a transaction, so that a repetition is answered again. Strangers, responses and ACKs get nothing.
func (t *Table) malformed(flow Flow, data []byte, why error) {
	t.quiet.Warn("a message can't be read", "from", flow.Remote.String(), "err", why)
	if !t.handler.Trusted(flow) {
		return
	}
	t.answer(flow, badRequest(data, why))
}

// badRequest is the text of the answer; nil: it can't be made.
func badRequest(data []byte, why error) []byte {
	line, _, _ := bytes.Cut(data, []byte("\r\n"))
	method, _, ok := bytes.Cut(line, []byte(" "))
	if !ok || len(method) == 0 || len(method) > 32 || bytes.ContainsAny(method, "/:<>\"") || string(method) == "ACK" {
		return nil
	}
	return answerTo(data, statusOf(line, why), newTag())
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
