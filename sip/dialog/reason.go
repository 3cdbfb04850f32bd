package dialog

import (
	"fmt"
	"strconv"
	"strings"

	"mediasrv/routing/fact"

	"github.com/emiago/sipgo/sip"
)

// reason is the Reason header (RFC 3326) with the Q.850 cause of an end.
func reason(why fact.EndReason) sip.Header {
	if why == fact.EndElsewhere {
		return sip.NewHeader("Reason", `SIP;cause=200;text="Call completed elsewhere"`)
	}
	return sip.NewHeader("Reason", fmt.Sprintf(`Q.850;cause=%d;text="%s"`, why.Cause(), why))
}

// said is what a peer said, for the log.
func said(what string, m sip.Message) string {
	for _, h := range m.GetHeaders("Reason") {
		what += "; " + h.Value()
	}
	return strings.ToValidUTF8(what, "?")
}

// cause is the cause that a message gives by a protocol (Q.850, SIP); 0: none.
func cause(m sip.Message, protocol string) int {
	for _, h := range m.GetHeaders("Reason") {
		name, _, _ := strings.Cut(h.Value(), ";")
		if !strings.EqualFold(strings.TrimSpace(name), protocol) {
			continue
		}
		if n, err := strconv.Atoi(param(h.Value(), "cause")); err == nil {
			return n
		}
	}
	return 0
}

// whyRefused is the reason behind a final response. Gateways refuse much with one status and say in Reason what the telephone network has said
// (ITU-T Q.850); a status that says it by itself stands.
func whyRefused(res *sip.Response) fact.EndReason {
	switch res.StatusCode {
	case sip.StatusTemporarilyUnavailable, sip.StatusInternalServerError, sip.StatusBadGateway, sip.StatusServiceUnavailable,
		sip.StatusGatewayTimeout, sip.StatusRequestTerminated:
		if why := whyCause(cause(res, "Q.850")); why != fact.EndUnset {
			return why
		}
	}
	return FailureOf(res.StatusCode)
}

// whyCause is the reason behind a cause of Q.850; EndUnset: none that says more than the status.
func whyCause(cause int) fact.EndReason {
	switch cause {
	case 17:
		return fact.EndBusy
	case 18, 19:
		return fact.EndNoAnswer
	case 20, 27:
		return fact.EndUnreachable
	case 1, 2, 3, 22, 28:
		return fact.EndUnknownNumber
	case 21, 55, 57:
		return fact.EndRefused
	case 34, 38, 41, 42, 44, 47:
		return fact.EndCongestion
	case 65, 79, 88:
		return fact.EndNotAcceptable
	case 26:
		return fact.EndElsewhere
	}
	return fact.EndUnset
}

// whyCancelled is the reason behind a CANCEL: that the call was taken elsewhere is told to other phones, which then show no missed call.
func whyCancelled(cancel *sip.Request) fact.EndReason {
	if cause(cancel, "SIP") == sip.StatusOK || cause(cancel, "Q.850") == fact.EndElsewhere.Cause() {
		return fact.EndElsewhere
	}
	return fact.EndCallerGone
}
