package dialog

import (
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// updated answers UPDATE (RFC 3311): with an offer, or without (a target refresh, and one of the session's timer). f is the early dialog that it is in;
// nil: the dialog.
func (d *Dialog) updated(tx *transaction.Server, f *fork) {
	offer, err := description(tx.Request)
	if err != nil {
		d.refuse(tx, err)
		return
	}
	if offer != nil && d.crosses(tx, f) {
		return
	}
	agreed, ok := d.demanded(tx)
	if !ok {
		return
	}
	var answer []byte
	if offer != nil {
		if f != nil {
			d.turn(f)
		}
		if answer, err = d.cfg.Session.Answer(offer); err != nil {
			d.refuse(tx, err)
			return
		}
	}
	res := tx.Response(sip.StatusOK, "OK", nil)
	if f == nil {
		d.learn(tx.Request.Contact())
		d.grant(res, agreed)
	} else if c := tx.Request.Contact(); usable(c) {
		f.target = *c.Address.Clone()
		f.flow = hop(f.flow, f.target, f.routes)
	}
	_ = tx.Respond(d.dress(res, answer))
}

// crosses answers an UPDATE whose offer comes while another one has no answer (RFC 3311, 5.2): 491 if that is ours, 500 if it is the peer's.
func (d *Dialog) crosses(tx *transaction.Server, f *fork) bool {
	switch {
	case d.state == Incoming && d.prack.offering, f != nil && !f.settled,
		d.ours != nil, d.accepted != nil && d.accepted.offering:
		_ = tx.Reply(sip.StatusRequestPending, "Request Pending")
	case d.state == Incoming && !d.prack.settled: // the INVITE's offer has no reliable answer yet
		later(tx)
	case !d.state.Live():
		_ = tx.Reply(sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
	default:
		return false
	}
	return true
}
