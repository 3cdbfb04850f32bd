package dialog

import (
	"math/rand/v2"
	"time"

	"mediasrv/routing/fact"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// reinvited answers a re-INVITE (RFC 3261, 14.2): with an offer, or without (then the offer is ours and the answer comes in the ACK).
func (d *Dialog) reinvited(tx *transaction.Server) {
	switch {
	case d.state == Incoming || d.state == Calling || d.state == Proceeding:
		later(tx)
		return
	case d.ours != nil || d.accepted != nil:
		_ = tx.Reply(sip.StatusRequestPending, "Request Pending")
		return
	case d.state != Confirmed:
		_ = tx.Reply(sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return
	}
	agreed, ok := d.demanded(tx)
	if !ok {
		return
	}
	offer, err := description(tx.Request)
	var body []byte
	switch {
	case err != nil:
	case offer != nil:
		body, err = d.cfg.Session.Answer(offer)
	default:
		body, err = d.cfg.Session.Offer()
	}
	if err != nil {
		d.refuse(tx, err) // the session stays as it was
		return
	}
	d.learn(tx.Request.Contact())
	d.accept(tx, body, offer == nil, agreed)
}

// reinvite is a re-INVITE of ours.
type reinvite struct {
	tx    *transaction.Client
	same  bool        // it only refreshes the session
	late  bool        // the peer offers
	limit *time.Timer // since a provisional response: until it is cancelled, or given up
}

// Reinvite offers the session again: after our side of it has changed. If that can't be now, it is done as soon as it can; at a glare (491) after the
// time that RFC 3261, 14.1 gives each side. If the peer refuses, the session stays as it was.
func (d *Dialog) Reinvite() {
	d.due = true
	d.negotiate()
}

// negotiate sends the re-INVITE that is due, if nothing else is under way.
func (d *Dialog) negotiate() {
	if d.due && d.retry == nil && d.state == Confirmed && !d.busy() {
		d.due = false
		d.reoffer(false)
	}
}

// busy says whether an INVITE within the dialog is under way.
func (d *Dialog) busy() bool { return d.ours != nil || d.accepted != nil }

// reoffer sends a re-INVITE; same: one that changes nothing.
func (d *Dialog) reoffer(same bool) {
	r := &reinvite{same: same, late: same && d.cfg.Manners.LateOffer}
	var offer []byte
	var err error
	switch {
	case r.late:
	case same:
		offer, err = d.cfg.Session.Again()
	default:
		offer, err = d.cfg.Session.Offer()
	}
	if err != nil {
		d.log.Warn("no offer", "err", err)
		return
	}
	req := d.request(sip.INVITE, offer)
	d.timing(req)
	d.sendReinvite(r, req, 0)
}

func (d *Dialog) sendReinvite(r *reinvite, req *sip.Request, tries int) {
	d.ours = r
	var tx *transaction.Client
	tx = d.queue.Send(req, d.flow, func(res *sip.Response, err error) {
		if d.ours != r || r.tx != tx {
			if err == nil && res.IsSuccess() {
				d.Again(res)
			}
			return
		}
		if err == nil && res.IsProvisional() {
			d.bound(r)
			return
		}
		d.ours = nil
		d.stop(r.limit)
		switch {
		case d.state != Confirmed: // the call is over, or about to be
			if err == nil && res.IsSuccess() {
				d.ack(res, nil)
			}
		case err != nil:
			d.Lost(fact.EndTimeout, err.Error())
		case res.IsSuccess():
			d.reinviteAccepted(r, res)
		default:
			d.reinviteRefused(r, req, res, tries)
		}
	})
	r.tx = tx
}

// bound cancels a re-INVITE that has no final answer for as long as any other request would wait, and gives it up after as long again.
func (d *Dialog) bound(r *reinvite) {
	if r.limit != nil {
		return
	}
	r.limit = d.after(timeout, func() {
		d.sendCancel(r.tx, fact.EndTimeout)
		r.limit = d.after(timeout, r.tx.Give)
	})
}

func (d *Dialog) reinviteAccepted(r *reinvite, res *sip.Response) {
	d.learnAbilities(res)
	d.learn(res.Contact())
	body, err := description(res)
	var answer []byte
	switch {
	case err != nil:
	case body == nil:
		err = errNoAnswer
	case r.late:
		answer, err = d.cfg.Session.Answer(body)
	default:
		err = d.cfg.Session.Accept(body)
	}
	d.ack(res, answer)
	if err != nil {
		if d.on(Hangup) {
			d.bye(fact.EndNotAcceptable)
			d.end(fact.EndNotAcceptable, err.Error())
		}
		return
	}
	d.granted(res)
	d.negotiate()
}

func (d *Dialog) reinviteRefused(r *reinvite, req *sip.Request, res *sip.Response, tries int) {
	next := d.authorize(req, res, tries)
	if next == nil {
		next = d.longer(req, res, tries)
	}
	if next != nil {
		d.sendReinvite(&reinvite{same: r.same, late: r.late}, next, tries+1)
		return
	}
	d.log.Info("re-INVITE refused", "status", res.StatusCode)
	switch {
	case res.StatusCode == sip.StatusCallTransactionDoesNotExists:
		d.Lost(fact.EndTimeout, res.StartLine())
	case r.same:
		d.refreshLater(res)
		d.negotiate()
	case res.StatusCode == sip.StatusRequestPending:
		d.renegotiate(glareWait(d.caller))
	case res.StatusCode == sip.StatusInternalServerError && value(res, "Retry-After", "") != "": // the peer's own INVITE is under way (RFC 3261, 14.2)
		wait, _ := seconds(value(res, "Retry-After", ""))
		d.renegotiate(min(wait, 10*time.Second))
	default: // the session stays as it was (RFC 3261, 14.1); so it does at 408, which somebody on the way has said
		d.negotiate()
	}
}

// renegotiate tries again after a while.
func (d *Dialog) renegotiate(wait time.Duration) {
	d.due = true
	d.retry = d.after(wait, func() {
		d.retry = nil
		d.negotiate()
	})
}

// glareWait is 2.1-4 s for the owner of the Call-ID, 0-2 s for the other, in steps of 10 ms.
func glareWait(owner bool) time.Duration {
	if owner {
		return 2100*time.Millisecond + 10*time.Millisecond*time.Duration(rand.IntN(191)) //nolint:gosec // no secret
	}
	return 10 * time.Millisecond * time.Duration(rand.IntN(201)) //nolint:gosec // no secret
}
