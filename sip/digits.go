package sip

import (
	"errors"

	"mediasrv/media/rtp"
	"mediasrv/routing"

	"github.com/emiago/sipgo/sip"
)

var _ routing.Presser = (*Leg)(nil)

var errDigit = errors.New("sip: digits are 0-9 * # A-D")

// SendDigits implements routing.Presser: as the trunk's `dtmf` says, or by telephone-events, SIP INFO or tones, the first that the far end can.
func (l *Leg) SendDigits(digits string) error {
	for i := range len(digits) {
		if _, ok := rtp.Code(digits[i]); !ok {
			return errDigit
		}
	}
	l.dialog.Do(func() { l.press(digits) })
	return nil
}

func (l *Leg) press(digits string) {
	way := "auto"
	if l.trunk != nil {
		way = l.trunk.Dialogs.DTMF
	}
	events := l.session.last.Format.EventSend != 0
	var err error
	switch {
	case way == "info" || way != "inband" && !events && l.dialog.Allows(sip.INFO):
		for i := range len(digits) {
			l.dialog.Press(digits[i])
		}
	case events && way != "inband":
		err = l.end.SendDigits(digits)
	case way != "rfc4733":
		err = l.end.PlayDigits(digits)
	}
	if err != nil {
		l.log.Info("digits could not be sent", "err", err)
	}
}
