package config

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Dialogs is how calls with a trunk are held together: what the far end is offered and asked for beyond the bare call.
type Dialogs struct {
	Reliable    string // provisional responses (RFC 3262): off, supported, required
	Offer       string // of calls out: early (in the INVITE) or late (the far end offers)
	EarlyMedia  string // always, authorized (RFC 5009), never
	Timer       SessionTimer
	Ptime       time.Duration // of packets that we would like to get, 10-60 ms
	DTMF        string        // rfc4733, info, inband, auto
	Refer       bool          // REFER of the far end is obeyed
	SendRefer   bool          // calls that would go back to the trunk are handed to it by REFER
	LongestRing time.Duration // of a call out
	LongestCall time.Duration // 0: no limit
}

// SessionTimer is how dead sessions are found (RFC 4028).
type SessionTimer struct {
	Expires   time.Duration // what we ask for; 0: we don't ask
	Min       time.Duration // less is refused
	Refresher string        // whom we ask to refresh: any, us, them
}

func reliableKeys() *shape { return oneOf([]string{"off", "supported", "required"}) }

func timerKeys() *shape {
	s := of(
		field{key: "expires", what: durationIn(90*time.Second, day), std: "30m", about: "After so long without a refresh a session is dead."},
		field{key: "min", what: durationIn(90*time.Second, day), std: "90s", about: "What asks for less is refused (422)."},
		field{key: "refresher", what: oneOf([]string{"any", "us", "them"}), std: "any", about: "Who is to refresh: `us`, `them`, or `any`: whom the far end names."},
	)
	s.expects = "off, or {expires: DURATION, min: DURATION, refresher: any, us or them}"
	s.scalar = oneOf([]string{"off"}).scalar
	return s
}

func transferKeys() *shape {
	return of(
		field{key: "refer", what: yesNo(), std: "false", about: "Is a REFER of the far end obeyed? It dials at our cost, so carriers are refused (603). One with Replaces between two of its own calls with us joins these."},
		field{key: "send", what: yesNo(), std: "false", about: "Are calls that would go back to the trunk that they came from handed to it by REFER? If it refuses they are bridged."},
	)
}

func packetTime() *shape {
	return &shape{
		expects: "10ms, 20ms, 30ms, 40ms, 50ms or 60ms",
		schema:  map[string]any{"pattern": `^[1-6]0ms$`},
		scalar: func(_ *checker, n *node) (any, error) {
			digits, ok := strings.CutSuffix(n.text, "ms")
			ms, err := strconv.Atoi(digits)
			if !ok || err != nil || ms < 10 || ms > 60 || ms%10 != 0 {
				return nil, errPacketTime
			}
			return time.Duration(ms) * time.Millisecond, nil
		},
	}
}

var errPacketTime = errors.New("is no packet length that can be had")

// dialogFields are the keys of a trunk that Dialogs is read from, but for those of its limits.
func dialogFields() []field {
	return []field{
		{key: "reliable_provisional", what: reliableKeys(), std: "supported", about: "Ringing and early media that are acknowledged (100rel, PRACK): `supported` for those who ask for it, and for early media with those who can; `required` of everybody."},
		{key: "session_timer", what: timerKeys(), about: "Finds calls whose far end is gone without a word. `off`: we don't ask for it, but do what the far end asks."},
		{key: "early_media", what: oneOf([]string{"always", "authorized", "never"}), std: "always", about: "Is the far end heard before the answer? `always`, unless it says that it must not be; `authorized`: if it says so (P-Early-Media); `never`: callers hear ringing."},
		{key: "offer", what: oneOf([]string{"early", "late"}), std: "early", about: "Calls out say what media we have, or with `late` let the far end offer."},
		{key: "ptime", what: packetTime(), std: "20ms", about: "Length of the packets that we ask for; we send what the far end asks for."},
		{key: "dtmf", what: oneOf([]string{"auto", "rfc4733", "info", "inband"}), std: "auto", about: "How digits are sent: `rfc4733` (telephone-event), `info` (SIP INFO), `inband` (tones); `auto`: the first of them that the far end can. All three are understood."},
		{key: "transfer", what: transferKeys(), about: "Transfers by REFER."},
	}
}

func longestRing() field {
	return field{key: "longest_ring", what: durationIn(5*time.Second, 10*time.Minute), std: "45s", about: "How long a phone behind the trunk may ring."}
}

func longestCall() field {
	return field{key: "longest_call", what: durationIn(0, 7*day), std: "12h", about: "Then a call is ended; `0s`: never."}
}

// dialogs reads a trunk's Dialogs.
func (b *builder) dialogs(t *node) Dialogs {
	d := Dialogs{
		Reliable:    val(t.get("reliable_provisional"), "supported"),
		Offer:       val(t.get("offer"), "early"),
		EarlyMedia:  val(t.get("early_media"), "always"),
		Ptime:       val(t.get("ptime"), 20*time.Millisecond),
		DTMF:        val(t.get("dtmf"), "auto"),
		Refer:       val(t.get("transfer", "refer"), false),
		SendRefer:   val(t.get("transfer", "send"), false),
		LongestRing: val(t.get("limits", "longest_ring"), 45*time.Second),
		LongestCall: val(t.get("limits", "longest_call"), 12*time.Hour),
	}
	timer := t.get("session_timer")
	off := timer != nil && timer.kind == scalar
	d.Timer = SessionTimer{
		Expires:   val(timer.get("expires"), 30*time.Minute),
		Min:       val(timer.get("min"), 90*time.Second),
		Refresher: val(timer.get("refresher"), "any"),
	}
	if off {
		d.Timer.Expires = 0
	}
	if d.Timer.Expires != 0 && d.Timer.Min > d.Timer.Expires {
		at := timer.get("min")
		if at == nil {
			at = timer.get("expires")
		}
		b.wrong(at, "is longer than expires: "+spell(d.Timer.Min)+" against "+spell(d.Timer.Expires))
	}
	return d
}
