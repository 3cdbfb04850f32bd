package dialog

import (
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// asked answers OPTIONS within the dialog (RFC 3261, 11).
func (d *Dialog) asked(tx *transaction.Server) {
	_ = tx.Reply(sip.StatusOK, "OK", Abilities()...)
}

// Abilities are the headers that say what we can do.
func Abilities() []sip.Header {
	return []sip.Header{
		sip.NewHeader("Allow", Allow),
		sip.NewHeader("Accept", "application/sdp, application/dtmf-relay, application/dtmf"),
		sip.NewHeader("Server", Agent),
	}
}
