package dialog

import (
	"errors"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Replaces names a dialog of ours whose place a new INVITE is to take (RFC 3891).
type Replaces struct {
	CallID, LocalTag, RemoteTag string // the tags as we see them
	EarlyOnly                   bool   // only while it rings
}

var errReplaces = errors.New("dialog: Replaces")

// ReplacesOf reads what an INVITE asks for; nil: it has no Replaces. The error knows its status.
func ReplacesOf(req *sip.Request) (*Replaces, error) {
	all := req.GetHeaders("Replaces")
	if len(all) == 0 {
		return nil, nil
	}
	bad := &Refusal{Code: sip.StatusBadRequest, Phrase: "Bad Request (Replaces)", Err: errReplaces}
	if len(all) > 1 || len(req.GetHeaders("Join")) > 0 {
		return nil, bad
	}
	id, params, _ := strings.Cut(all[0].Value(), ";")
	r := &Replaces{CallID: strings.TrimSpace(id)}
	for p := range strings.SplitSeq(params, ";") {
		key, value, _ := strings.Cut(p, "=")
		switch value = strings.TrimSpace(value); strings.ToLower(strings.TrimSpace(key)) {
		case "to-tag":
			r.LocalTag = value
		case "from-tag":
			r.RemoteTag = value
		case "early-only":
			r.EarlyOnly = true
		}
	}
	if r.CallID == "" || r.LocalTag == "" || r.RemoteTag == "" {
		return nil, bad
	}
	return r, nil
}

// Replaceable says how an INVITE is refused that would take the dialog's place (RFC 3891, 3); nil: it isn't. One that rings here can't be replaced: the
// caller has still to be answered.
func (d *Dialog) Replaceable(r *Replaces) error {
	unknown := &Refusal{Code: sip.StatusCallTransactionDoesNotExists, Phrase: "Call/Transaction Does Not Exist", Err: errReplaces}
	switch d.state {
	case Calling, Proceeding:
		if d.calling.forks[r.RemoteTag] == nil {
			return unknown
		}
		return nil
	case Incoming:
		return unknown
	case Accepted, Confirmed:
		switch {
		case d.remote.tag != r.RemoteTag:
			return unknown
		case r.EarlyOnly:
			return &Refusal{Code: sip.StatusBusyHere, Phrase: "Busy Here", Err: errReplaces}
		}
		return nil
	case Cancelling, Closing, Leaving, Ended:
	}
	return ErrOver
}

// ErrOver refuses what would replace a dialog that has ended.
var ErrOver error = &Refusal{Code: sip.StatusGlobalDecline, Phrase: "Decline", Err: errReplaces}
