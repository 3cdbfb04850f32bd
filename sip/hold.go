package sip

import (
	"strings"

	"mediasrv/routing"
	"mediasrv/sip/dialog"
	"mediasrv/sip/identity"

	"github.com/emiago/sipgo/sip"
)

var (
	_ routing.Holder     = (*Leg)(nil)
	_ routing.Referrer   = (*Leg)(nil)
	_ routing.Transferee = (*Leg)(nil)
)

// Hold implements routing.Holder (RFC 3264, 8.4).
func (l *Leg) Hold(sends, takes bool) {
	l.dialog.Do(func() {
		if l.session.direct(sends, takes) {
			l.log.Info("media is directed", "sends", sends, "takes", takes)
			l.dialog.Reinvite()
		}
	})
}

// held tells the handler that the far end holds the call, or has come back.
func (l *Leg) held(sends, takes bool) {
	l.log.Info("far end directs its media", "sends", sends, "takes", takes)
	owner{l}.emit(routing.LegEvent{Kind: routing.LegHeld, Sends: sends, Takes: takes})
}

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

// Transfer implements dialog.Owner: the far end wants the other party to be connected with somebody behind the same trunk.
func (o owner) Transfer(t dialog.Transfer) {
	o.log.Info("the far end asks for a transfer", "to", t.To.User, "by", t.By)
	if o.trunk == nil || t.To.User == "" || t.Replaces != "" && o.ours(t.Replaces) {
		o.dialog.Transferred(sip.StatusGlobalDecline)
		return
	}
	o.emit(routing.LegEvent{Kind: routing.LegTransfer, To: &routing.Target{
		Trunk: o.trunk.Name, Number: t.To.User, Codecs: o.trunk.Codecs, Replaces: t.Replaces, ReferredBy: t.By,
	}})
}

// ours says whether a Replaces names a call that we are in: then the party to be connected with is not behind the trunk, but here.
func (o owner) ours(replaces string) bool {
	id, params, _ := strings.Cut(replaces, ";")
	for p := range strings.SplitSeq(params, ";") {
		if _, tag, ok := strings.Cut(p, "="); ok && o.stack.leg(strings.TrimSpace(id), strings.TrimSpace(tag)) != nil {
			return true
		}
	}
	return false
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
