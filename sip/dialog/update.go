package dialog

import (
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// updated answers UPDATE (RFC 3311): with an offer, or without (a target refresh only).
func (d *Dialog) updated(tx *transaction.Server) {
	offer, err := description(tx.Request)
	if err != nil {
		d.refuse(tx, err)
		return
	}
	if offer == nil {
		d.learn(tx.Request.Contact())
		_ = tx.Respond(d.dress(tx.Response(sip.StatusOK, "OK", nil), nil))
		return
	}
	switch {
	case d.state == Incoming: // the answer to the INVITE's offer is not yet reliably there (RFC 3311, 5.2)
		later(tx)
		return
	case d.ours != nil || d.accepted != nil && d.accepted.offering || d.state == Calling || d.state == Proceeding:
		_ = tx.Reply(sip.StatusRequestPending, "Request Pending")
		return
	}
	answer, err := d.cfg.Session.Answer(offer)
	if err != nil {
		d.refuse(tx, err)
		return
	}
	d.learn(tx.Request.Contact())
	_ = tx.Respond(d.dress(tx.Response(sip.StatusOK, "OK", nil), answer))
}
