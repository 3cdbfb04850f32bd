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
	d.accept(tx, body, offer == nil)
}

// reinvite is a re-INVITE of ours.
type reinvite struct {
	tx *transaction.Client
}

// Reinvite offers the session again: after our side of it has changed. At a glare (491) it is tried again after the time that RFC 3261, 14.1
// gives each side.
func (d *Dialog) Reinvite() {
	if d.state != Confirmed || d.ours != nil {
		return
	}
	if d.accepted != nil {
		d.retry = d.after(t1, d.Reinvite)
		return
	}
	offer, err := d.cfg.Session.Offer()
	if err != nil {
		d.log.Warn("no offer", "err", err)
		return
	}
	d.sendReinvite(d.request(sip.INVITE, offer), 0)
}

func (d *Dialog) sendReinvite(req *sip.Request, tries int) {
	r := &reinvite{}
	d.ours = r
	r.tx = d.queue.Send(req, d.flow, func(res *sip.Response, err error) {
		if d.ours != r {
			if err == nil && res.IsSuccess() {
				d.Again(res)
			}
			return
		}
		switch {
		case err != nil:
			d.ours = nil
			d.Lost(fact.EndTimeout, err.Error())
		case res.IsProvisional():
		case res.IsSuccess():
			d.ours = nil
			d.reinviteAccepted(res)
		default:
			d.ours = nil
			d.reinviteRefused(req, res, tries)
		}
	})
}

func (d *Dialog) reinviteAccepted(res *sip.Response) {
	d.learn(res.Contact())
	d.ack(res)
	answer, err := description(res)
	if err == nil && answer == nil {
		err = errNoAnswer
	}
	if err == nil {
		err = d.cfg.Session.Accept(answer)
	}
	if err != nil && d.on(Hangup) {
		d.bye(fact.EndNotAcceptable)
		d.end(fact.EndNotAcceptable, err.Error())
	}
}

func (d *Dialog) reinviteRefused(req *sip.Request, res *sip.Response, tries int) {
	if next := d.authorize(req, res, tries); next != nil {
		d.sendReinvite(next, tries+1)
		return
	}
	switch res.StatusCode {
	case sip.StatusRequestPending:
		d.retry = d.after(glareWait(d.invite == nil), d.Reinvite)
	case sip.StatusCallTransactionDoesNotExists, sip.StatusRequestTimeout:
		d.Lost(fact.EndTimeout, res.StartLine())
	default: // the session stays as it was
		d.log.Info("re-INVITE refused", "status", res.StatusCode)
	}
}

// glareWait is 2.1-4 s for the owner of the Call-ID, 0-2 s for the other, in steps of 10 ms.
func glareWait(owner bool) time.Duration {
	if owner {
		return 2100*time.Millisecond + 10*time.Millisecond*time.Duration(rand.IntN(191)) //nolint:gosec // no secret
	}
	return 10 * time.Millisecond * time.Duration(rand.IntN(201)) //nolint:gosec // no secret
}
