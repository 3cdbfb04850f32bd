package certify

import (
	"slices"
	"strings"
	"testing"
)

// faults are what can be wrong with the carrier, and the step that has to say so.
func faults() map[string]string {
	return map[string]string{
		"OPTIONS unanswered":                 "options",
		"rport empty":                        "options",
		"no To tag":                          "options",
		"423 without Min-Expires":            "register",
		"unregister ignored":                 "register",
		"stale nonce loop":                   "register",
		"no 100 Trying":                      "call",
		"200 without Contact":                "call",
		"two 200s":                           "call",
		"payload type changed in the answer": "call",
		"telephone-event moved":              "call",
		"no telephone-event":                 "dtmf",
		"digits mangled":                     "dtmf",
		"no audio":                           "media",
		"ptime 40":                           "media",
		"RTP from another port":              "media",
		"RTP clock stands still":             "media",
		"silence suppression":                "media",
		"packets lost":                       "media",
		"183 without SDP":                    "early",
		"BYE unanswered":                     "bye",
		"wrong CSeq in answers in the call":  "call",
		"no 487 after CANCEL":                "cancel",
		"hold answered with sendrecv":        "hold",
		"inactive answered with recvonly":    "hold",
		"hold is never taken back":           "hold",
		"BYE on hold":                        "hold",
		"audio goes on in hold":              "hold",
		"no audio after hold":                "hold",
		"o= version not raised":              "hold",
		"o= version raised by two":           "hold",
		"offerless INVITE refused":           "offerless",
		"offerless re-INVITE refused":        "offerless",
		"codec change refused":               "codec",
		"codec change agreed but not done":   "codec",
		"m-line dropped":                     "lines",
		"UPDATE dropped":                     "update",
		"PRACK unanswered":                   "100rel",
		"reliable 183 without RSeq":          "100rel",
		"reliable 183 not repeated":          "100rel",
		"422 without Min-SE":                 "timer",
		"Session-Expires ignored":            "timer",
		"no refresh by the refresher":        "timer",
		"tags swapped in requests":           "timer",
		"200 not repeated":                   "lost-ack",
		"200 repeated after ACK":             "lost-ack",
		"second call of a repeated INVITE":   "lost-ack",
		"glare unanswered":                   "glare",
		"Record-Route reversed":              "routes",
		"Record-Route dropped":               "routes",
		"large INVITE lost":                  "large",
		"compact headers not read":           "compact",
		"unknown method unanswered":          "methods",
		"Max-Forwards ignored":               "hops",
		"anonymous refused":                  "identity",
	}
}

// Each fault, alone in an otherwise correct peer, is found by the step that it belongs to.
func TestFaults(t *testing.T) {
	found := 0
	for fault, step := range faults() {
		t.Run(strings.ReplaceAll(fault, " ", "_"), func(t *testing.T) {
			r, _, _ := try(t, fault, step == "register", "options", "register", "call", step) // without a call or a probe that succeeds the others try nothing
			var accused []string
			for _, s := range r.Results {
				if s.Level == Odd || s.Level == Wrong {
					accused = append(accused, s.Step)
				}
			}
			if !slices.Contains(accused, step) {
				t.Errorf("not found by %s; accused: %v", step, accused)
				return
			}
			found++
			for _, s := range r.Results {
				if s.Step == step {
					for _, f := range s.Findings {
						if f.Level == Odd || f.Level == Wrong {
							t.Logf("%s: %s (also accused: %v)", f.Level, f.Text, accused)
						}
					}
				}
			}
		})
	}
	t.Logf("%d of %d faults found", found, len(faults()))
}
