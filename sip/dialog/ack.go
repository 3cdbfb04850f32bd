package dialog

import (
	"mediasrv/routing/fact"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// Ack takes the ACK of a 2xx: of the first INVITE or of a re-INVITE.
func (d *Dialog) Ack(req *sip.Request) {
	a := d.accepted
	if a == nil || req.CSeq().SeqNo != a.seq || transaction.FromTag(req) != d.remote.tag {
		return // repeated, or of nothing
	}
	d.stopRepeating()
	var failed error
	if a.offering {
		failed = d.answered(req)
	}
	was := d.state
	d.on(GotAck)
	switch {
	case was == Closing:
		d.bye(d.why)
	case failed != nil:
		d.log.Info("the answer in ACK is refused", "err", failed)
		d.on(Hangup)
		d.bye(fact.EndProtocol)
		d.end(fact.EndProtocol, "ACK: "+failed.Error())
	case was == Accepted:
		d.stands()
		d.cfg.Owner.Answered()
	}
	d.negotiate()
}

// answered takes the answer of an ACK (RFC 3261, 13.2.1: there must be one if the 200 had the offer).
func (d *Dialog) answered(req *sip.Request) error {
	answer, err := description(req)
	if err != nil {
		return err
	}
	if answer == nil {
		return errNoAnswer
	}
	return d.cfg.Session.Accept(answer)
}

// ack acknowledges a 2xx to an INVITE of ours, with our answer if the 2xx has the offer, and does so again for each repetition.
func (d *Dialog) ack(res *sip.Response, answer []byte) {
	key := ackKey(res)
	req := d.acks[key]
	if req == nil {
		req = d.build(sip.ACK, res.CSeq().SeqNo, answer)
		d.acks[key] = req
	}
	d.queue.Write(req, d.flow)
}

func ackKey(res *sip.Response) string {
	return res.CSeq().Value() + "|" + transaction.ToTag(res)
}

// Again takes a 2xx whose transaction is gone.
func (d *Dialog) Again(res *sip.Response) {
	if req := d.acks[ackKey(res)]; req != nil {
		d.queue.Write(req, d.flow)
		return
	}
	if d.calling != nil && res.CSeq().MethodName == sip.INVITE && res.CSeq().SeqNo <= d.calling.seq {
		d.endFork(res, transaction.ToTag(res)) // of another fork, or of a hop that was given up
	}
}
