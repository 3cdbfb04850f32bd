package sip

import (
	"net/url"
	"strings"

	"mediasrv/routing"
	"mediasrv/sip/dialog"
	"mediasrv/sip/identity"

	"github.com/emiago/sipgo/sip"
)

var (
	_ routing.Referrer   = (*Leg)(nil)
	_ routing.Transferee = (*Leg)(nil)
)

// Refers implements routing.Referrer.
func (l *Leg) Refers() bool { return l.trunk != nil && l.trunk.Dialogs.SendRefer }

// Refer implements routing.Referrer.
func (l *Leg) Refer(number string) {
	l.dialog.Do(func() {
		host := l.dialog.Flow().Remote
		l.dialog.Move(sip.Uri{Scheme: "sip", User: identity.Escape(number), Host: host.Addr().String(), Port: int(host.Port())})
	})
}

// Transferred implements routing.Transferee.
func (l *Leg) Transferred(status int) { l.dialog.Do(func() { l.dialog.Transferred(status) }) }

// Transfer implements dialog.Owner: the far end wants the other party to be connected with somebody behind the same trunk, or, an agent's phone, with whomever
// the file lets the agent give a call to; or with who is in another call of its own with us (RFC 3891).
func (o owner) Transfer(t dialog.Transfer) {
	to := o.target(t)
	if to == nil {
		o.log.Info("a transfer is declined: it leads to no call that the far end is in, or nowhere", "to", t.To.User, "by", t.By)
		o.dialog.Transferred(sip.StatusGlobalDecline)
		return
	}
	o.log.Info("the far end asks for a transfer", "to", t.To.User, "leg", string(to.Leg), "by", t.By)
	o.emit(routing.LegEvent{Kind: routing.LegTransfer, To: to})
}

// target is where a transfer leads; nil: nowhere.
func (o owner) target(t dialog.Transfer) *routing.Target {
	to := &routing.Target{Number: plainUser(t.To.User), ReferredBy: t.By}
	switch other := o.ours(t.Replaces); {
	case other != nil && other.dialog == o.dialog:
		return nil
	case other != nil && other.belongs(o.trunk, o.party.User):
		to.Leg = other.id
	case other != nil, to.Number == "":
		return nil
	case o.trunk != nil:
		to.Number, to.Trunk, to.Codecs, to.Replaces = t.To.User, o.trunk.Name, o.trunk.Codecs, t.Replaces
	case o.party.User == "" || t.Replaces != "": // a call that isn't ours
		return nil
	}
	return to
}

// plainUser is the user part of a URI as people write it, without parameters.
func plainUser(user string) string {
	user, _, _ = strings.Cut(user, ";")
	if plain, err := url.PathUnescape(user); err == nil {
		return plain
	}
	return user
}

// ours is the call of ours that a Replaces names; nil: none. Then the party to be connected with is not behind the trunk, but here.
func (o owner) ours(replaces string) *Leg {
	id, params, _ := strings.Cut(replaces, ";")
	for p := range strings.SplitSeq(params, ";") {
		if _, tag, ok := strings.Cut(p, "="); ok {
			if l := o.stack.leg(strings.TrimSpace(id), strings.TrimSpace(tag)); l != nil {
				return l
			}
		}
	}
	return nil
}

// Moved implements dialog.Owner.
func (o owner) Moved(status int) { o.emit(routing.LegEvent{Kind: routing.LegMoved, Status: status}) }

// transferHeaders are those of a call that a transfer asks for.
func transferHeaders(to routing.Target) []sip.Header {
	var all []sip.Header
	if to.Replaces != "" {
		all = append(all, sip.NewHeader("Replaces", identity.Quote(to.Replaces)), sip.NewHeader("Require", "replaces"))
	}
	if to.ReferredBy != "" {
		all = append(all, sip.NewHeader("Referred-By", oneLine(to.ReferredBy)))
	}
	return all
}

// oneLine makes a peer's text safe for a header.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}
