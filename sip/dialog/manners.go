package dialog

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Level says how much something is wanted.
type Level uint8

// The levels.
const (
	Off       Level = iota // not done
	Supported              // done with those who want it
	Required               // nothing goes without it
)

// EarlyMedia says when the peer may be heard before the answer.
type EarlyMedia uint8

// When early media is heard.
const (
	EarlyAlways     EarlyMedia = iota // unless the peer says that it isn't meant to be
	EarlyAuthorized                   // if P-Early-Media says so (RFC 5009)
	EarlyNever
)

// Manners are what a peer is offered and asked for beyond the bare call. The zero value is the least.
type Manners struct {
	Reliable    Level // provisional responses (RFC 3262)
	LateOffer   bool  // our INVITE has no SDP: the peer offers
	Early       EarlyMedia
	Timer       Timer
	Refer       bool          // REFER is obeyed
	LongestRing time.Duration // of a call out; 0: whatever the owner says
	LongestCall time.Duration // from the answer on; 0: whatever the owner says
}

// Timer is the session timer (RFC 4028).
type Timer struct {
	Expires   time.Duration // what we ask for; 0: nothing
	Min       time.Duration // less is refused; 0: the timer is unknown to us
	Refresher Refresher     // whom we ask to refresh
}

// Refresher is a side of a dialog.
type Refresher uint8

// Who refreshes.
const (
	AnyRefresher Refresher = iota
	WeRefresh
	TheyRefresh
)

// abilities are what a peer has said that it can do.
type abilities struct {
	allow     map[sip.RequestMethod]bool // nil: it hasn't said
	supported map[string]bool
}

// learnAbilities takes the Allow and Supported of any message of the peer's.
func (d *Dialog) learnAbilities(m sip.Message) {
	if all := Tokens(m, "Allow"); len(all) > 0 {
		d.peer.allow = map[sip.RequestMethod]bool{}
		for _, name := range all {
			d.peer.allow[sip.RequestMethod(strings.ToUpper(name))] = true
		}
	}
	for _, name := range tokens(m, "Supported", "k") {
		if d.peer.supported == nil {
			d.peer.supported = map[string]bool{}
		}
		d.peer.supported[strings.ToLower(name)] = true
	}
}

// Allows says whether the peer has said that it takes a method.
func (d *Dialog) Allows(method sip.RequestMethod) bool { return d.peer.allow[method] }

// tokens are the comma-separated values of a header that has a compact form.
func tokens(m sip.Message, name, compact string) []string {
	return append(Tokens(m, name), Tokens(m, compact)...)
}

func has(list []string, name string) bool {
	for _, t := range list {
		if strings.EqualFold(t, name) {
			return true
		}
	}
	return false
}

// supported is the value of Supported in what we send.
func (d *Dialog) supported() string {
	all := []string{"replaces"}
	if d.cfg.Manners.Reliable != Off {
		all = append(all, "100rel")
	}
	if d.cfg.Manners.Timer.Min > 0 {
		all = append(all, "timer")
	}
	if d.cfg.Manners.Refer {
		all = append(all, "norefersub")
	}
	return strings.Join(all, ", ")
}

// allow is what this dialog understands; it is true.
func (d *Dialog) allow() string {
	all := Allow
	if d.cfg.Manners.Reliable != Off {
		all += ", PRACK"
	}
	if d.cfg.Manners.Refer {
		all += ", REFER"
	}
	if d.cfg.Manners.Refer || d.moving != nil {
		all += ", NOTIFY"
	}
	return all
}

// headed is what headers are appended to.
type headed interface{ AppendHeader(h sip.Header) }

// introduce says what we can do.
func (d *Dialog) introduce(m headed) {
	m.AppendHeader(sip.NewHeader("Allow", d.allow()))
	m.AppendHeader(sip.NewHeader("Supported", d.supported()))
}

// seconds reads the number that a header's value begins with: delta-seconds, or a part of one of its parameters.
func seconds(value string) (time.Duration, bool) {
	value, _, _ = strings.Cut(value, ";")
	n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 32)
	return time.Duration(n) * time.Second, err == nil //nolint:gosec // 32 bits
}

// value is that of a header with a compact form; empty: there is none.
func value(m sip.Message, name, compact string) string {
	for _, n := range []string{name, compact} {
		if all := m.GetHeaders(n); n != "" && len(all) > 0 {
			return strings.TrimSpace(all[0].Value())
		}
	}
	return ""
}
