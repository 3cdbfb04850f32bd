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
		d.slim()
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

// acked is an ACK of ours, as far as it can't be made again from the dialog.
type acked struct {
	seq    uint32
	tag    string // of the phone that answered
	branch string
	answer []byte
}

// acksKept is for how many 2xx we know our ACK: they come again for 32 s at most, and re-INVITEs follow each other more slowly than that.
const acksKept = 4

// ack acknowledges a 2xx to an INVITE of ours, with our answer if the 2xx has the offer, and does so again for each repetition.
func (d *Dialog) ack(res *sip.Response, answer []byte) {
	if d.acknowledgeAgain(res) {
		return
	}
	req := d.build(sip.ACK, res.CSeq().SeqNo, answer)
	branch, _ := req.Via().Params.Get("branch")
	if len(d.acks) == acksKept {
		d.acks = d.acks[1:]
	}
	d.acks = append(d.acks, acked{res.CSeq().SeqNo, transaction.ToTag(res), branch, answer})
	d.queue.Write(req, d.flow)
}

// acknowledgeAgain sends the ACK of a repeated 2xx; false: it is not a repeated one.
func (d *Dialog) acknowledgeAgain(res *sip.Response) bool {
	seq, tag := res.CSeq().SeqNo, transaction.ToTag(res)
	for _, a := range d.acks {
		if a.seq == seq && a.tag == tag {
			req := d.build(sip.ACK, seq, a.answer)
			req.Via().Params.Add("branch", a.branch)
			d.queue.Write(req, d.flow)
			return true
		}
	}
	return false
}

// Again takes a 2xx whose transaction is gone.
func (d *Dialog) Again(res *sip.Response) {
	if d.acknowledgeAgain(res) {
		return
	}
	if d.calling != nil && res.CSeq().MethodName == sip.INVITE && res.CSeq().SeqNo <= d.calling.seq {
		d.endFork(res, transaction.ToTag(res)) // of another fork, or of a hop that was given up
	}
}
