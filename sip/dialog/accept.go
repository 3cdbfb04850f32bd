package dialog

import (
	"time"

	"mediasrv/routing/fact"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// ringAgain is how often a provisional response is repeated, so that proxies keep the call (RFC 3261, 13.3.1.1).
const ringAgain = time.Minute

// Receive begins a dialog as UAS. The offer is answered at once, so a caller without a common codec is refused before anything rings; the
// answer is sent with Ring or Answer. After an error the INVITE is refused and there is no dialog.
func Receive(cfg Config, invite *transaction.Server) (*Dialog, error) {
	req := invite.Request
	d := newDialog(cfg, req.CallID().Value())
	d.state = Incoming
	d.invite = invite
	to, from := req.To(), req.From()
	d.local = party{name: to.DisplayName, uri: *to.Address.Clone(), tag: invite.LocalTag()}
	d.remote = party{name: from.DisplayName, uri: *from.Address.Clone(), tag: transaction.FromTag(req)}
	d.lastHis, d.hisSeen = req.CSeq().SeqNo, true
	d.flow = invite.Flow
	d.routes = recordRoutes(req, false)
	d.target = d.remote.uri
	d.learn(req.Contact())

	offer, err := description(req)
	if err == nil && offer != nil {
		d.answer, err = cfg.Session.Answer(offer)
	}
	if err != nil {
		d.refuse(invite, err)
		d.state, d.over, d.gone = Ended, true, true
		d.forget()
		d.queue.Release()
		return nil, err
	}
	_ = invite.Reply(sip.StatusTrying, "Trying")
	return d, nil
}

// Ring sends 180, or 183 with our answer if early is set and there was an offer.
func (d *Dialog) Ring(early bool) {
	if d.state != Incoming {
		return
	}
	d.stopRinging()
	res := d.invite.Response(sip.StatusRinging, "Ringing", nil)
	if early && d.answer != nil {
		res = d.invite.Response(sip.StatusSessionInProgress, "Session Progress", nil)
		d.dress(res, d.answer)
	} else {
		d.dress(res, nil)
	}
	if d.invite.Respond(res) != nil {
		d.Lost(fact.EndTransport, "can't send "+res.StartLine())
		return
	}
	d.ringing = d.after(ringAgain, func() { d.Ring(early) })
}

func (d *Dialog) stopRinging() {
	if d.ringing != nil {
		d.ringing.Stop()
	}
}

// Answer sends the 200, again and again until the ACK comes.
func (d *Dialog) Answer() {
	if d.state != Incoming {
		return
	}
	body, offering := d.answer, false
	if body == nil {
		var err error
		if body, err = d.cfg.Session.Offer(); err != nil {
			d.log.Warn("no offer", "err", err)
			d.Hangup(fact.EndInternal)
			return
		}
		offering = true
	}
	d.on(Answer)
	d.stopRinging()
	d.accept(d.invite, body, offering)
}

// reject refuses the INVITE for a reason.
func (d *Dialog) reject(why fact.EndReason) {
	code, phrase := why.Status()
	if d.status != 0 && d.status != code {
		code, phrase = d.status, phraseOf(d.status)
	}
	res := d.invite.Response(code, phrase, nil)
	res.AppendHeader(reason(why))
	res.AppendHeader(sip.NewHeader("Server", Agent))
	if code == sip.StatusServiceUnavailable {
		res.AppendHeader(RetryAfter(10))
	}
	_ = d.invite.Respond(res)
}

// acceptance is a 2xx that waits for its ACK (RFC 3261, 13.3.1.4).
type acceptance struct {
	tx       *transaction.Server
	res      *sip.Response
	seq      uint32
	offering bool // the answer comes in the ACK
	every    time.Duration
	again    *time.Timer
	limit    *time.Timer
}

// accept sends a 2xx to an INVITE and repeats it until its ACK, at T1 doubling to T2; after 64*T1 the dialog is ended with BYE.
func (d *Dialog) accept(tx *transaction.Server, body []byte, offering bool) {
	a := &acceptance{tx: tx, seq: tx.Request.CSeq().SeqNo, offering: offering, every: t1}
	a.res = d.dress(tx.Response(sip.StatusOK, "OK", nil), body)
	d.accepted = a
	if tx.Respond(a.res) != nil {
		d.stopRepeating()
		d.Lost(fact.EndTransport, "can't send 200")
		return
	}
	a.limit = d.after(timeout, func() { d.noAck(a) })
	a.again = d.after(a.every, func() { d.repeat(a) })
}

func (d *Dialog) repeat(a *acceptance) {
	if d.accepted != a {
		return
	}
	_ = a.tx.Respond(a.res)
	a.every = min(2*a.every, t2)
	a.again = d.after(a.every, func() { d.repeat(a) })
}

func (d *Dialog) stopRepeating() {
	if a := d.accepted; a != nil {
		d.accepted = nil
		if a.again != nil {
			a.again.Stop()
		}
		if a.limit != nil {
			a.limit.Stop()
		}
	}
}

func (d *Dialog) noAck(a *acceptance) {
	if d.accepted != a {
		return
	}
	d.stopRepeating()
	if d.on(AckLost) {
		d.bye(fact.EndTimeout)
		d.end(fact.EndTimeout, "no ACK")
	}
}
