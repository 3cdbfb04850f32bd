package dialog

import (
	"mediasrv/routing/fact"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// Hangup ends the dialog in whatever state it is: refuses, cancels, or says BYE. Calling it again does nothing.
func (d *Dialog) Hangup(why fact.EndReason) {
	was := d.state
	if !d.on(Hangup) {
		return
	}
	d.why = why
	switch was {
	case Incoming:
		d.reject(why)
	case Proceeding:
		d.cancel(why)
	case Confirmed:
		d.bye(why)
	case Calling, Accepted: // CANCEL waits for a provisional response, BYE for the ACK
	case Cancelling, Closing, Leaving, Ended:
	}
	d.end(why, "")
	d.settle()
}

// Refuse is Hangup with a SIP status for an INVITE that isn't answered yet.
func (d *Dialog) Refuse(why fact.EndReason, status int) {
	if d.state == Incoming {
		d.status = status
	}
	d.Hangup(why)
}

// bye sends BYE; the state is Leaving.
func (d *Dialog) bye(why fact.EndReason) {
	d.stopRepeating()
	req := d.request(sip.BYE, nil)
	req.AppendHeader(reason(why))
	d.sendAuthorized(req, 0, func(*sip.Response, error) {
		d.on(ByeDone)
		d.settle()
	})
}

// byed answers BYE. It crosses anything: our BYE, our 200, our CANCEL.
func (d *Dialog) byed(tx *transaction.Server) {
	_ = tx.Reply(sip.StatusOK, "OK")
	tx.Retire()
	was := d.state
	if !d.on(GotBye) {
		return
	}
	if m := d.moving; m != nil && m.accepted { // it has gone where we sent it
		d.moved(m, sip.StatusOK)
	}
	if was == Incoming { // RFC 3261, 15.1.2
		_ = d.invite.Reply(sip.StatusRequestTerminated, "Request Terminated")
	}
	d.end(fact.EndCallerHungUp, said("BYE", tx.Request))
	d.settle()
}

// Lost ends a dialog whose peer is gone: its connection closed.
func (d *Dialog) Lost(why fact.EndReason, text string) {
	was := d.state
	if !d.on(Lost) {
		if was == Calling || was == Proceeding {
			d.Hangup(why)
			if d.flow.Gone() && d.calling.tx != nil {
				d.calling.tx.Give()
			}
		}
		return
	}
	switch was {
	case Incoming:
		d.reject(why)
	case Confirmed:
		d.bye(why)
	default:
	}
	d.end(why, text)
	d.settle()
}
