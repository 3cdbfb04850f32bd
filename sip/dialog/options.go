package dialog

import (
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// options answers OPTIONS within the dialog (RFC 3261, 11).
func (d *Dialog) options(tx *transaction.Server) {
	res := tx.Response(sip.StatusOK, "OK", nil)
	d.introduce(res)
	for _, h := range Abilities()[1:] { // Allow is the dialog's own
		res.AppendHeader(h)
	}
	_ = tx.Respond(res)
}

// Abilities are the headers that say what we can do.
func Abilities() []sip.Header {
	return []sip.Header{
		sip.NewHeader("Allow", Allow),
		sip.NewHeader("Accept", "application/sdp, application/dtmf-relay, application/dtmf"),
		sip.NewHeader("Server", Agent),
	}
}
