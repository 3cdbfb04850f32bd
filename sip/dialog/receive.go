package dialog

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// Allow is what every dialog understands.
const Allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO"

// Agent names us in User-Agent and Server.
const Agent = "mediasrv"

// Request takes a request within the dialog: one whose To tag is ours.
func (d *Dialog) Request(tx *transaction.Server) {
	req := tx.Request
	if code, phrase, headers := Refuse(tx); code != 0 {
		_ = tx.Reply(code, phrase, headers...)
		return
	}
	f, known := d.sender(transaction.FromTag(req))
	if d.gone || !known {
		_ = tx.Reply(sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return
	}
	last, seen := &d.lastHis, &d.hisSeen
	if f != nil {
		last, seen = &f.lastHis, &f.hisSeen
	}
	if seq := req.CSeq().SeqNo; *seen && seq <= *last { // RFC 3261, 12.2.2
		_ = tx.Reply(sip.StatusInternalServerError, "Out of Order")
		return
	}
	*last, *seen = req.CSeq().SeqNo, true
	d.learnAbilities(req)
	d.serve(tx, f)
}

// sender finds whom a request is from: the peer, or while our INVITE has no answer one of the phones that ring.
func (d *Dialog) sender(tag string) (f *fork, known bool) {
	if d.calling == nil || d.state != Calling && d.state != Proceeding && d.state != Cancelling {
		return nil, d.remote.tag == "" || d.remote.tag == tag
	}
	f = d.calling.forks[tag]
	return f, f != nil
}

// serve does what a request asks for.
func (d *Dialog) serve(tx *transaction.Server, f *fork) {
	switch tx.Request.Method { //nolint:exhaustive // the others are refused
	case sip.INVITE:
		d.reinvited(tx)
	case sip.UPDATE:
		d.updated(tx, f)
	case sip.BYE:
		d.byed(tx)
	case sip.OPTIONS:
		d.options(tx)
	case sip.INFO:
		d.informed(tx)
	case sip.PRACK:
		if d.cfg.Manners.Reliable == Off {
			d.unknown(tx)
			return
		}
		d.pracked(tx)
	case sip.REFER:
		d.referred(tx)
	case sip.NOTIFY:
		d.notified(tx)
	default:
		d.unknown(tx)
	}
}

func (d *Dialog) unknown(tx *transaction.Server) {
	_ = tx.Reply(sip.StatusMethodNotAllowed, "Method Not Allowed", sip.NewHeader("Allow", d.allow()))
}

// Refuse says how a request is refused whoever it is for: malformed (400), method unknown (405, 501), Require unknown (420),
// Max-Forwards used up (483). 0: it isn't.
func Refuse(tx *transaction.Server) (code int, phrase string, headers []sip.Header) {
	req := tx.Request
	if tx.Fault != nil {
		return tx.Fault.Code, tx.Fault.Phrase, nil
	}
	switch req.Method {
	case sip.INVITE, sip.UPDATE, sip.BYE, sip.OPTIONS, sip.INFO, sip.REGISTER, sip.PRACK:
	case sip.REFER, sip.NOTIFY, sip.SUBSCRIBE, sip.MESSAGE, sip.PUBLISH:
		if inside := req.Method == sip.REFER || req.Method == sip.NOTIFY; !inside || !tx.InDialog() {
			return sip.StatusMethodNotAllowed, "Method Not Allowed", []sip.Header{sip.NewHeader("Allow", Allow)}
		}
	default:
		return sip.StatusNotImplemented, "Not Implemented", []sip.Header{sip.NewHeader("Allow", Allow)}
	}
	if tx.InDialog() && req.Method == sip.REGISTER {
		return sip.StatusMethodNotAllowed, "Method Not Allowed", []sip.Header{sip.NewHeader("Allow", Allow)}
	}
	if need := unknownOptions(req); len(need) > 0 {
		return sip.StatusBadExtension, "Bad Extension", []sip.Header{sip.NewHeader("Unsupported", strings.Join(need, ", "))}
	}
	if mf := req.MaxForwards(); mf != nil && *mf == 0 && req.Method != sip.OPTIONS {
		return sip.StatusTooManyHops, "Too Many Hops", nil
	}
	return 0, "", nil
}

// unknownOptions are the extensions that a request requires and that nobody here has. Whether this dialog has the others is its own business.
func unknownOptions(req *sip.Request) []string {
	return slices.DeleteFunc(Tokens(req, "Require"), func(name string) bool { return has([]string{"100rel", "timer", "norefersub", "replaces"}, name) })
}

// Tokens are the comma-separated values of all headers of a name.
func Tokens(m sip.Message, name string) []string {
	var out []string
	for _, h := range m.GetHeaders(name) {
		for t := range strings.SplitSeq(h.Value(), ",") {
			if t = strings.TrimSpace(t); t != "" {
				out = append(out, t)
			}
		}
	}
	return out
}

// description is the SDP of a message: nil if it has no body; an error (415) if the body is something else.
func description(m interface {
	Body() []byte
	ContentType() *sip.ContentTypeHeader
},
) ([]byte, error) {
	if len(m.Body()) == 0 {
		return nil, nil
	}
	ct := m.ContentType()
	if ct == nil {
		return m.Body(), nil
	}
	kind, _, _ := strings.Cut(strings.ToLower(string(*ct)), ";")
	if strings.TrimSpace(kind) != "application/sdp" {
		return nil, &Refusal{Code: sip.StatusUnsupportedMediaType, Phrase: "Unsupported Media Type", Err: errors.New("dialog: body is " + kind)}
	}
	return m.Body(), nil
}

// refuse answers with what an error asks for.
func (d *Dialog) refuse(tx *transaction.Server, err error) {
	code, phrase := RefusalOf(err)
	var headers []sip.Header
	if r, ok := errors.AsType[*Refusal](err); ok {
		headers = slices.Clone(r.Headers)
	}
	if code == sip.StatusUnsupportedMediaType {
		headers = append(headers, sip.NewHeader("Accept", "application/sdp"))
	}
	d.log.Info("sip refused", "method", tx.Request.Method.String(), "status", code, "err", err)
	_ = tx.Reply(code, phrase, headers...)
}

// RefusalOf is the SIP status of an error of Session.
func RefusalOf(err error) (code int, phrase string) {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Code, r.Phrase
	}
	return sip.StatusNotAcceptableHere, "Not Acceptable Here"
}

// later is 500 with the Retry-After that RFC 3261, 14.2 asks for.
func later(tx *transaction.Server) {
	_ = tx.Reply(sip.StatusInternalServerError, "Server Internal Error", RetryAfter(rand.IntN(11)))
}

// RetryAfter is the header.
func RetryAfter(seconds int) sip.Header {
	return sip.NewHeader("Retry-After", strconv.Itoa(seconds))
}
