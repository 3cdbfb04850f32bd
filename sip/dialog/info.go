package dialog

import (
	"fmt"
	"strings"

	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// informed takes INFO (RFC 6086): digits as application/dtmf-relay ("Signal=5") and application/dtmf ("5").
func (d *Dialog) informed(tx *transaction.Server) {
	kind := ""
	if ct := tx.Request.ContentType(); ct != nil {
		kind, _, _ = strings.Cut(strings.ToLower(string(*ct)), ";")
		kind = strings.TrimSpace(kind)
	}
	body := string(tx.Request.Body())
	if kind != "application/dtmf-relay" && kind != "application/dtmf" {
		if body == "" {
			_ = tx.Reply(sip.StatusOK, "OK")
			return
		}
		_ = tx.Reply(sip.StatusUnsupportedMediaType, "Unsupported Media Type", sip.NewHeader("Accept", "application/dtmf-relay, application/dtmf"))
		return
	}
	digit, ok := infoDigit(kind, body)
	if !ok {
		_ = tx.Reply(sip.StatusBadRequest, "Bad Request (no digit)")
		return
	}
	_ = tx.Reply(sip.StatusOK, "OK")
	if d.state.Live() {
		d.cfg.Owner.Digit(digit)
	}
}

func infoDigit(kind, body string) (byte, bool) {
	value := strings.TrimSpace(body)
	if kind == "application/dtmf-relay" {
		value = ""
		for line := range strings.SplitSeq(body, "\n") {
			key, v, ok := strings.Cut(line, "=")
			if ok && strings.EqualFold(strings.TrimSpace(key), "signal") {
				value = strings.TrimSpace(v)
			}
		}
	}
	value = strings.ToUpper(value)
	switch value { // some phones send the RFC 4733 event number
	case "10":
		return '*', true
	case "11":
		return '#', true
	}
	if len(value) == 1 && strings.Contains("0123456789*#ABCD", value) {
		return value[0], true
	}
	return 0, false
}

// Press sends a digit by INFO, after those that are under way.
func (d *Dialog) Press(digit byte) {
	d.digits = append(d.digits, digit)
	if len(d.digits) == 1 {
		d.pressNext()
	}
}

func (d *Dialog) pressNext() {
	if len(d.digits) == 0 || d.state != Confirmed {
		d.digits = nil
		return
	}
	req := d.request(sip.INFO, nil)
	kind := sip.ContentTypeHeader("application/dtmf-relay")
	req.AppendHeader(&kind)
	req.SetBody(fmt.Appendf(nil, "Signal=%c\r\nDuration=100\r\n", d.digits[0]))
	d.sendAuthorized(req, 0, func(*sip.Response, error) {
		if len(d.digits) > 0 {
			d.digits = d.digits[1:]
		}
		d.pressNext()
	})
}
