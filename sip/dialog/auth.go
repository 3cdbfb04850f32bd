package dialog

import (
	"mediasrv/sip/digest"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// challenges is how many are answered in a row: 401 and 407 in a chain, each stale once.
const challenges = 4

// authorize makes the request again with the login that the response asks for; nil if that can't be done.
func (d *Dialog) authorize(req *sip.Request, res *sip.Response, tries int) *sip.Request {
	if d.cfg.Login == nil || tries >= challenges {
		return nil
	}
	name, header := "WWW-Authenticate", "Authorization"
	switch res.StatusCode {
	case sip.StatusUnauthorized:
	case sip.StatusProxyAuthRequired:
		name, header = "Proxy-Authenticate", "Proxy-Authorization"
	default:
		return nil
	}
	var offered []string
	for _, h := range res.GetHeaders(name) {
		offered = append(offered, h.Value())
	}
	if !d.logins.Challenged(header, offered, req.GetHeader(header) != nil) {
		return nil
	}
	return d.afresh(req)
}

// afresh is a request once more, as a new transaction.
func (d *Dialog) afresh(req *sip.Request) *sip.Request {
	next := req.Clone()
	next.RemoveHeader("Via")
	next.PrependHeader(d.via())
	if d.cfg.Login != nil {
		d.logIn(next)
	}
	d.lastOur++
	next.CSeq().SeqNo = d.lastOur
	next.SetDestination("")
	return next
}

// logIn puts what was asked for so far into a request, with a rising nc.
func (d *Dialog) logIn(req *sip.Request) {
	for _, header := range []string{"Authorization", "Proxy-Authorization"} {
		for req.RemoveHeader(header) {
			continue
		}
	}
	for _, c := range d.logins.Credentials(digest.Ask{
		Method: string(req.Method), URI: req.Recipient.String(), Username: d.cfg.Login.Username, Password: d.cfg.Login.Password,
	}) {
		req.AppendHeader(sip.NewHeader(c.Header, c.Value))
	}
}

// sendAuthorized sends a request within the dialog, answers a challenge, and reports the last answer.
func (d *Dialog) sendAuthorized(req *sip.Request, tries int, done func(*sip.Response, error)) {
	d.sendBy(req, d.flow, tries, done)
}

// sendBy is sendAuthorized by a flow that isn't the dialog's.
func (d *Dialog) sendBy(req *sip.Request, flow transaction.Flow, tries int, done func(*sip.Response, error)) {
	d.queue.Send(req, flow, func(res *sip.Response, err error) {
		switch {
		case err != nil:
			done(nil, err)
		case res.IsProvisional():
		default:
			if next := d.authorize(req, res, tries); next != nil {
				d.sendBy(next, flow, tries+1, done)
				return
			}
			done(res, nil)
		}
	})
}
