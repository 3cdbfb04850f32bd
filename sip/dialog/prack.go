package dialog

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// reliable is the provisional responses of ours that the peer acknowledges (RFC 3262, 3): one at a time.
type reliable struct {
	every    time.Duration
	seq      uint32        // RSeq of the last one
	res      *sip.Response // waits for its PRACK; nil: none does
	offering bool          // there is an offer of ours in it; the answer comes in the PRACK
	settled  bool          // offer and answer have been exchanged
	final    bool          // then is the 200
	again    *time.Timer
	limit    *time.Timer
	then     func() // what is sent next: ringing, or the 200
}

// acknowledges says whether a provisional response must be, or should be, reliable.
func (d *Dialog) acknowledges(description bool) bool {
	switch d.cfg.Manners.Reliable {
	case Required:
		return true
	case Supported:
		req := d.invite.Request
		return has(Tokens(req, "Require"), "100rel") || description && has(tokens(req, "Supported", "k"), "100rel")
	case Off:
	}
	return false
}

// insist makes a provisional response reliable: it is repeated, from T1 on doubling, until its PRACK comes. After 64*T1 the INVITE is refused.
func (d *Dialog) insist(res *sip.Response, offering bool) {
	r := &d.prack
	if r.seq == 0 {
		r.seq = rand.Uint32N(1<<30) + 1 //nolint:gosec // no secret (RFC 3262, 3)
	} else {
		r.seq++
	}
	res.AppendHeader(sip.NewHeader("Require", "100rel"))
	res.AppendHeader(sip.NewHeader("RSeq", strconv.FormatUint(uint64(r.seq), 10)))
	r.res, r.offering, r.every = res, offering, t1
	r.again = d.after(r.every, d.repeatProvisional)
	r.limit = d.after(timeout, func() { d.Refuse(fact.EndTimeout, sip.StatusGatewayTimeout) })
}

func (d *Dialog) repeatProvisional() {
	r := &d.prack
	if r.res == nil || d.state != Incoming {
		return
	}
	_ = d.invite.Respond(r.res)
	r.every *= 2
	r.again = d.after(r.every, d.repeatProvisional)
}

// stopInsisting forgets the response that waits for its PRACK.
func (d *Dialog) stopInsisting() {
	r := &d.prack
	d.stop(r.again)
	d.stop(r.limit)
	r.res, r.again, r.limit = nil, nil, nil
}

// pracked takes PRACK: it may bring the answer to our offer, or a new offer.
func (d *Dialog) pracked(tx *transaction.Server) {
	r := &d.prack
	if d.state != Incoming || r.res == nil || !d.acknowledged(tx.Request) {
		_ = tx.Reply(sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return
	}
	answer, err := d.negotiated(tx.Request)
	failed := r.offering && err != nil
	d.stopInsisting()
	if err != nil {
		d.refuse(tx, err)
	} else {
		_ = tx.Respond(d.dress(tx.Response(sip.StatusOK, "OK", nil), answer))
	}
	if failed { // there is no session, and there won't be
		d.Hangup(fact.EndNotAcceptable)
		return
	}
	r.settled = r.settled || r.offering
	r.offering = false
	if then := r.then; then != nil {
		r.then = nil
		then()
	}
}

// negotiated takes the SDP of a PRACK: the answer to our offer, or an offer, which gets an answer.
func (d *Dialog) negotiated(prack *sip.Request) (answer []byte, err error) {
	body, err := description(prack)
	switch r := &d.prack; {
	case err != nil:
		return nil, err
	case r.offering && body == nil:
		return nil, &Refusal{Code: sip.StatusBadRequest, Phrase: "Bad Request (no answer)", Err: errNoAnswer}
	case r.offering:
		return nil, d.cfg.Session.Accept(body)
	case body == nil:
		return nil, nil
	case !r.settled:
		return nil, &Refusal{Code: sip.StatusNotAcceptableHere, Phrase: "Not Acceptable Here (offer before the answer)", Err: errNoAnswer}
	}
	return d.cfg.Session.Answer(body)
}

// acknowledged says whether a PRACK is that of the response which waits for it: RAck is "RSeq CSeq method".
func (d *Dialog) acknowledged(req *sip.Request) bool {
	f := strings.Fields(value(req, "RAck", ""))
	cseq := d.invite.Request.CSeq()
	return len(f) == 3 && f[0] == strconv.FormatUint(uint64(d.prack.seq), 10) && f[1] == strconv.FormatUint(uint64(cseq.SeqNo), 10) &&
		strings.EqualFold(f[2], string(sip.INVITE))
}

// fresh says whether a provisional response is to be looked at: an unreliable one is, a reliable one if it is the next in its order (RFC 3262, 4).
func (f *fork) fresh(res *sip.Response) (reliable, fresh bool) {
	if !has(Tokens(res, "Require"), "100rel") {
		return false, true
	}
	n, err := strconv.ParseUint(value(res, "RSeq", ""), 10, 32)
	if err != nil || n == 0 {
		return false, true
	}
	if f.rseq != 0 && uint32(n) != f.rseq+1 {
		return true, false
	}
	f.rseq = uint32(n)
	return true, true
}

// acknowledge sends PRACK, to the Contact of the provisional response.
func (d *Dialog) acknowledge(f *fork, invite *sip.Response, answer []byte) {
	req, flow := d.within(f, func() *sip.Request { return d.request(sip.PRACK, answer) })
	req.AppendHeader(sip.NewHeader("RAck", strconv.FormatUint(uint64(f.rseq), 10)+" "+strconv.FormatUint(uint64(invite.CSeq().SeqNo), 10)+" INVITE"))
	d.sendBy(req, flow, 0, func(res *sip.Response, err error) {
		if err != nil || !res.IsSuccess() {
			d.log.Info("PRACK was refused", "err", err)
		}
	})
}
