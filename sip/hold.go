package sip

import (
	"mediasrv/routing"
)

var _ routing.Holder = (*Leg)(nil)

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
