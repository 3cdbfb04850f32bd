package dialog

import (
	"errors"
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

	d.learnAbilities(req)

	offer, err := d.wishes()
	if err == nil && offer != nil {
		d.answer, err = cfg.Session.Answer(offer)
	}
	if err != nil {
		if !errors.Is(err, errTooShort) { // that is answered already
			d.refuse(invite, err)
		}
		d.state, d.over, d.gone = Ended, true, true
		d.forget()
		d.queue.Release()
		return nil, err
	}
	_ = invite.Reply(sip.StatusTrying, "Trying")
	return d, nil
}

// wishes are what the INVITE asks for beyond the bare call: its offer, or an error if there is something that can't be had.
func (d *Dialog) wishes() (offer []byte, err error) {
	req, level := d.invite.Request, d.cfg.Manners.Reliable
	required := has(Tokens(req, "Require"), "100rel")
	switch {
	case level == Off && required:
		return nil, &Refusal{
			Code: sip.StatusBadExtension, Phrase: "Bad Extension", Err: errReliable, Headers: []sip.Header{sip.NewHeader("Unsupported", "100rel")},
		}
	case level == Required && !required && !has(tokens(req, "Supported", "k"), "100rel"):
		return nil, &Refusal{
			Code: sip.StatusExtensionRequired, Phrase: "Extension Required", Err: errReliable, Headers: []sip.Header{sip.NewHeader("Require", "100rel")},
		}
	}
	var ok bool
	if d.demand, ok = d.demanded(d.invite); !ok {
		return nil, errTooShort
	}
	return description(req)
}

var (
	errReliable = errors.New("dialog: reliable provisional responses")
	errTooShort = errors.New("dialog: session interval")
)

// Ring sends 180, or 183 with our SDP if early is set. What waits for a PRACK is waited for.
func (d *Dialog) Ring(early bool) {
	if d.state != Incoming {
		return
	}
	r := &d.prack
	if r.res != nil {
		if !r.final {
			r.then = func() { d.Ring(early) }
		}
		return
	}
	d.stop(d.ringing)
	early = early && d.cfg.Manners.Early != EarlyNever
	reliable := d.acknowledges(early && !r.settled)
	body, offering := d.earlyBody(early, reliable)
	res := d.invite.Response(sip.StatusRinging, "Ringing", nil)
	if early && (body != nil || r.settled) {
		res = d.invite.Response(sip.StatusSessionInProgress, "Session Progress", nil)
		if has(Tokens(d.invite.Request, "P-Early-Media"), "supported") {
			res.AppendHeader(sip.NewHeader("P-Early-Media", "sendrecv"))
		}
	}
	d.dress(res, body)
	if reliable {
		r.settled = r.settled || body != nil && !offering
		d.insist(res, offering)
	}
	if d.invite.Respond(res) != nil {
		d.Lost(fact.EndTransport, "can't send "+res.StartLine())
		return
	}
	d.ringing = d.after(ringAgain, func() { d.Ring(early) })
}

// earlyBody is the SDP of a provisional response: our answer as early media, or our offer if the INVITE had none and the response is the first
// reliable one (RFC 3262, 5).
func (d *Dialog) earlyBody(early, reliable bool) (body []byte, offering bool) {
	switch {
	case d.prack.settled:
		return nil, false
	case d.answer != nil && early:
		return d.answer, false
	case d.answer != nil || !reliable:
		return nil, false
	}
	body, err := d.cfg.Session.Offer()
	if err != nil {
		d.log.Warn("no offer", "err", err)
		return nil, false
	}
	return body, true
}

// Answer sends the 200, again and again until the ACK comes. It waits for the PRACK of what was sent before (RFC 3262, 3).
func (d *Dialog) Answer() {
	if d.state != Incoming {
		return
	}
	if r := &d.prack; r.res != nil {
		r.then, r.final = d.Answer, true
		return
	}
	body, offering := d.answer, false
	switch {
	case d.prack.settled:
		body = nil
	case body == nil:
		var err error
		if body, err = d.cfg.Session.Offer(); err != nil {
			d.log.Warn("no offer", "err", err)
			d.Hangup(fact.EndInternal)
			return
		}
		offering = true
	}
	d.on(Answer)
	d.stop(d.ringing)
	d.accept(d.invite, body, offering, d.demand)
}

// reject refuses the INVITE for a reason.
func (d *Dialog) reject(why fact.EndReason) {
	d.stopInsisting()
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
func (d *Dialog) accept(tx *transaction.Server, body []byte, offering bool, agreed interval) {
	a := &acceptance{tx: tx, seq: tx.Request.CSeq().SeqNo, offering: offering, every: t1}
	a.res = tx.Response(sip.StatusOK, "OK", nil)
	d.grant(a.res, agreed)
	d.dress(a.res, body)
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
		d.stop(a.again)
		d.stop(a.limit)
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
