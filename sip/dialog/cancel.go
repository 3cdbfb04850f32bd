package dialog

import (
	"mediasrv/routing/fact"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// cancel sends CANCEL (RFC 3261, 9.1): the INVITE's own Request-URI, Via, Route and hop, not those of an early dialog. If no final response
// follows for 64*T1 the INVITE is given up.
func (d *Dialog) cancel(why fact.EndReason) {
	o := d.calling
	if o.cancelled {
		return
	}
	o.cancelled = true
	d.sendCancel(o.tx, why)
	o.patience = d.after(timeout, func() {
		if d.state == Cancelling {
			o.tx.Give()
		}
	})
}

// sendCancel cancels an INVITE of ours.
func (d *Dialog) sendCancel(tx *transaction.Client, why fact.EndReason) {
	invite := tx.Request
	req := sip.NewRequest(sip.CANCEL, *invite.Recipient.Clone())
	req.AppendHeader(invite.Via().Clone())
	sip.CopyHeaders("Route", invite, req)
	maxForwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&maxForwards)
	req.AppendHeader(sip.HeaderClone(invite.From()))
	req.AppendHeader(sip.HeaderClone(invite.To()))
	req.AppendHeader(sip.HeaderClone(invite.CallID()))
	req.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	req.AppendHeader(reason(why))
	req.AppendHeader(sip.NewHeader("User-Agent", Agent))
	req.SetBody(nil)
	d.queue.Send(req, tx.Flow, func(*sip.Response, error) {})
}

// Cancelled takes the peer's CANCEL of the INVITE; the CANCEL itself is answered.
func (d *Dialog) Cancelled(invite *transaction.Server, cancel *sip.Request) {
	if invite != d.invite {
		_ = invite.Reply(sip.StatusRequestTerminated, "Request Terminated") // a re-INVITE
		return
	}
	if !d.on(GotCancel) {
		return
	}
	_ = d.invite.Reply(sip.StatusRequestTerminated, "Request Terminated")
	d.end(whyCancelled(cancel), said("CANCEL", cancel))
	d.settle()
}
