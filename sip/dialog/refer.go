package dialog

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// Transfer is what a peer asks for by REFER (RFC 3515).
type Transfer struct {
	To       sip.Uri // without its headers
	Replaces string  // value of the header that the new INVITE is to have (RFC 3891); empty: none
	By       string  // value of Referred-By (RFC 3892); empty: it wasn't said
}

// referral is a REFER of the peer's that is being obeyed.
type referral struct {
	id    uint32 // its CSeq, which names the subscription
	quiet bool   // no NOTIFY is wanted (RFC 4488)
}

// moving is a REFER of ours.
type moving struct {
	accepted bool
	told     bool // how it ends
	limit    *time.Timer
}

// referLimit is how long a transfer of ours may take.
const referLimit = 60 * time.Second

var errReferTo = errors.New("dialog: Refer-To")

// referred answers REFER. Unless the peer may, it is refused: what it asks for is dialled at our cost.
func (d *Dialog) referred(tx *transaction.Server) {
	switch {
	case !d.cfg.Manners.Refer:
		_ = tx.Reply(sip.StatusGlobalDecline, "Decline")
		return
	case d.state != Confirmed:
		_ = tx.Reply(sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return
	case d.referral != nil:
		_ = tx.Reply(sip.StatusRequestPending, "Request Pending")
		return
	}
	t, err := transferOf(tx.Request)
	if err != nil {
		d.refuse(tx, err)
		return
	}
	r := &referral{id: tx.Request.CSeq().SeqNo, quiet: strings.EqualFold(value(tx.Request, "Refer-Sub", ""), "false")}
	d.referral = r
	res := tx.Response(sip.StatusAccepted, "Accepted", nil)
	if r.quiet {
		res.AppendHeader(sip.NewHeader("Refer-Sub", "false"))
	}
	_ = tx.Respond(d.dress(res, nil))
	d.notify(sip.StatusTrying)
	d.cfg.Owner.Transfer(t)
}

// transferOf reads a REFER: one Refer-To, with a number or an address.
func transferOf(req *sip.Request) (Transfer, error) {
	bad := func(code int, phrase string) error { return &Refusal{Code: code, Phrase: phrase, Err: errReferTo} }
	all := append(req.GetHeaders("Refer-To"), req.GetHeaders("r")...)
	if len(all) != 1 {
		return Transfer{}, bad(sip.StatusBadRequest, "Bad Request (Refer-To)")
	}
	text := strings.TrimSpace(all[0].Value())
	if _, rest, ok := strings.Cut(text, "<"); ok {
		text, _, _ = strings.Cut(rest, ">")
	}
	scheme, rest, _ := strings.Cut(text, ":")
	switch strings.ToLower(scheme) {
	case "sip", "sips":
	case "tel":
		number, _, _ := strings.Cut(rest, ";")
		return Transfer{To: sip.Uri{Scheme: "tel", User: number}, By: value(req, "Referred-By", "b")}, nil
	default:
		return Transfer{}, bad(416, "Unsupported URI Scheme")
	}
	t := Transfer{By: value(req, "Referred-By", "b")}
	if err := sip.ParseUri(text, &t.To); err != nil || t.To.Host == "" {
		return Transfer{}, bad(sip.StatusBadRequest, "Bad Request (Refer-To)")
	}
	for _, h := range t.To.Headers {
		if strings.EqualFold(h.K, "Replaces") {
			t.Replaces = unescape(h.V)
		}
	}
	t.To.Headers = nil
	return t, nil
}

// Transferred tells the peer how the transfer goes that it has asked for: a final status ends it.
func (d *Dialog) Transferred(status int) {
	if d.referral == nil {
		return
	}
	d.notify(status)
	if status >= 200 {
		d.referral = nil
	}
}

// notify sends NOTIFY with the status line of the new call (RFC 3515, 2.4.5).
func (d *Dialog) notify(status int) {
	r := d.referral
	if r.quiet || d.state != Confirmed {
		return
	}
	req := d.request(sip.NOTIFY, nil)
	req.AppendHeader(sip.NewHeader("Event", fmt.Sprintf("refer;id=%d", r.id)))
	state := "active;expires=60"
	if status >= 200 {
		state = "terminated;reason=noresource"
	}
	req.AppendHeader(sip.NewHeader("Subscription-State", state))
	kind := sip.ContentTypeHeader("message/sipfrag;version=2.0")
	req.AppendHeader(&kind)
	req.SetBody(fmt.Appendf(nil, "SIP/2.0 %d %s\r\n", status, fragment(status)))
	d.sendAuthorized(req, 0, func(res *sip.Response, err error) {
		if err == nil && res.StatusCode == sip.StatusCallTransactionDoesNotExists {
			r.quiet = true // the peer wants no more of them
		}
	})
}

func fragment(status int) string {
	switch {
	case status == sip.StatusTrying:
		return "Trying"
	case status == sip.StatusRinging:
		return "Ringing"
	case status < 300:
		return "OK"
	}
	return phraseOf(status)
}

// Move asks the peer to call somebody else instead of us (REFER). The owner hears by Moved how that goes: a final status, or 0 if the peer doesn't do it.
func (d *Dialog) Move(to sip.Uri) {
	if d.state != Confirmed || d.moving != nil {
		d.cfg.Owner.Moved(0)
		return
	}
	m := &moving{}
	d.moving = m
	req := d.request(sip.REFER, nil)
	req.AppendHeader(sip.NewHeader("Refer-To", "<"+to.String()+">"))
	req.AppendHeader(sip.NewHeader("Referred-By", "<"+d.local.uri.String()+">"))
	m.limit = d.after(referLimit, func() { d.moved(m, 0) })
	d.sendAuthorized(req, 0, func(res *sip.Response, err error) {
		switch {
		case err != nil:
			d.moved(m, 0)
		case !res.IsSuccess():
			d.moved(m, res.StatusCode)
		case strings.EqualFold(value(res, "Refer-Sub", ""), "false"): // nobody will say more
			d.moved(m, sip.StatusOK)
		default:
			m.accepted = true
		}
	})
}

func (d *Dialog) moved(m *moving, status int) {
	if m.told {
		return
	}
	m.told = true
	d.stop(m.limit)
	d.moving = nil
	if !d.over {
		d.cfg.Owner.Moved(status)
	}
}

// notified takes NOTIFY of a transfer of ours; it may come before the 202.
func (d *Dialog) notified(tx *transaction.Server) {
	event, _, _ := strings.Cut(value(tx.Request, "Event", "o"), ";")
	m := d.moving
	if !strings.EqualFold(strings.TrimSpace(event), "refer") || m == nil {
		_ = tx.Reply(sip.StatusCallTransactionDoesNotExists, "Subscription Does Not Exist")
		return
	}
	_ = tx.Respond(d.dress(tx.Response(sip.StatusOK, "OK", nil), nil))
	status := 0
	_, _ = fmt.Sscanf(string(tx.Request.Body()), "SIP/2.0 %d", &status)
	state, _, _ := strings.Cut(value(tx.Request, "Subscription-State", ""), ";")
	if status >= 200 || strings.EqualFold(strings.TrimSpace(state), "terminated") {
		d.moved(m, status)
	}
}

// unescape reads %-escapes of a URI's header.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		var c byte
		if s[i] == '%' && i+2 < len(s) {
			if n, err := fmt.Sscanf(s[i+1:i+3], "%02x", &c); n == 1 && err == nil && c >= ' ' && c < 0x7f {
				b.WriteByte(c)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
