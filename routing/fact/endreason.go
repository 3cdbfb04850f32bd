package fact

// EndReason says why a call or a leg ended. It is set once; the SIP status, the Q.850 cause (RFC 3326), the CDR and the log
// line all derive from it.
type EndReason uint8

// The reasons. The order is not stored; the names are.
const (
	EndUnset         EndReason = iota
	EndCallerHungUp            // the customer hung up in a call that was answered
	EndCallerGone              // the customer gave up before an answer (CANCEL)
	EndAgentHungUp             // the agent hung up
	EndCompleted               // the script came to its end (message played, longest wait)
	EndLongestWait             // nobody answered within the longest wait
	EndBusy                    // the party is in another call
	EndRefused                 // the party said no
	EndNoAnswer                // it rang out
	EndElsewhere               // answered elsewhere, or the offer was taken back
	EndUnreachable             // no phone registered, or its connection is gone
	EndUnknownNumber           // nothing by that number here
	EndNotAcceptable           // no common codec, or media that we cannot do
	EndCongestion              // no RTP port, no memory: we cannot take it now
	EndLimit                   // a configured limit is reached
	EndShutdown                // the server is shutting down
	EndMediaLost               // no media for too long
	EndTimeout                 // the peer's signalling is gone (no ACK, no answer to a re-INVITE)
	EndTransport               // the message could not be sent
	EndProtocol                // the peer broke the protocol
	EndInternal                // our own fault
	EndCrash                   // found open at a start after a crash
	EndGuestHungUp             // the party that the caller was connected with by a trunk hung up
	EndLoop                    // the call would go back to where it came from
	EndClosed                  // outside the queue's hours
	EndNoKey                   // the caller pressed nothing that the menu knows
	EndBarred                  // the number may not be dialled
	EndNoRoute                 // no trunk leads to the number
	EndLongestCall             // it was longer than it may be
	EndQueueFull               // as many callers wait as may
	EndNoAgents                // nobody is there for the queue
	EndCallback                // the caller has asked to be called back
	EndRemote                  // another failure that the peer reported (see the status it sent)
)

type ending struct {
	name   string
	status int // SIP status before the answer; BYE after it
	phrase string
	cause  int // Q.850
}

var endings = [...]ending{
	EndUnset:         {"unset", 500, "Server Internal Error", 41},
	EndCallerHungUp:  {"caller-hung-up", 487, "Request Terminated", 16},
	EndCallerGone:    {"caller-gone", 487, "Request Terminated", 16},
	EndAgentHungUp:   {"agent-hung-up", 480, "Temporarily Unavailable", 16},
	EndCompleted:     {"completed", 480, "Temporarily Unavailable", 16},
	EndLongestWait:   {"longest-wait", 480, "Temporarily Unavailable", 19},
	EndBusy:          {"busy", 486, "Busy Here", 17},
	EndRefused:       {"refused", 603, "Decline", 21},
	EndNoAnswer:      {"no-answer", 480, "Temporarily Unavailable", 19},
	EndElsewhere:     {"elsewhere", 487, "Request Terminated", 26},
	EndUnreachable:   {"unreachable", 480, "Temporarily Unavailable", 20},
	EndUnknownNumber: {"unknown-number", 404, "Not Found", 1},
	EndNotAcceptable: {"not-acceptable", 488, "Not Acceptable Here", 65},
	EndCongestion:    {"congestion", 503, "Service Unavailable", 42},
	EndLimit:         {"limit", 503, "Service Unavailable", 34},
	EndShutdown:      {"shutdown", 503, "Service Unavailable", 41},
	EndMediaLost:     {"media-lost", 480, "Temporarily Unavailable", 41},
	EndTimeout:       {"timeout", 408, "Request Timeout", 102},
	EndTransport:     {"transport", 503, "Service Unavailable", 38},
	EndProtocol:      {"protocol", 400, "Bad Request", 111},
	EndInternal:      {"internal", 500, "Server Internal Error", 41},
	EndCrash:         {"crash", 500, "Server Internal Error", 41},
	EndGuestHungUp:   {"guest-hung-up", 480, "Temporarily Unavailable", 16},
	EndLoop:          {"loop", 482, "Loop Detected", 25},
	EndClosed:        {"closed", 480, "Temporarily Unavailable", 20},
	EndNoKey:         {"no-key", 480, "Temporarily Unavailable", 16},
	EndBarred:        {"barred", 403, "Forbidden", 52},
	EndNoRoute:       {"no-route", 404, "Not Found", 3},
	EndLongestCall:   {"longest-call", 480, "Temporarily Unavailable", 31},
	EndQueueFull:     {"queue-full", 486, "Busy Here", 17},
	EndNoAgents:      {"no-agents", 480, "Temporarily Unavailable", 20},
	EndCallback:      {"callback", 480, "Temporarily Unavailable", 16},
	EndRemote:        {"remote", 502, "Bad Gateway", 127},
}

// String is the name that CDR and log use.
func (r EndReason) String() string { return r.entry().name }

// Status is the SIP status code and phrase that refuse a call for this reason before it is answered.
func (r EndReason) Status() (int, string) { e := r.entry(); return e.status, e.phrase }

// Cause is the Q.850 cause (ITU-T Q.850) for the Reason header.
func (r EndReason) Cause() int { return r.entry().cause }

func (r EndReason) entry() ending {
	if int(r) < len(endings) {
		return endings[r]
	}
	return endings[EndUnset]
}

// ParseEndReason reads what String wrote; an unknown name is EndUnset.
func ParseEndReason(name string) EndReason {
	for i, e := range endings {
		if e.name == name {
			return EndReason(i)
		}
	}
	return EndUnset
}
