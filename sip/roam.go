package sip

import (
	"mediasrv/routing"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

var _ routing.Returner = (*Leg)(nil)

// Returns implements routing.Returner: browsers come back by themselves.
func (l *Leg) Returns() bool { return l.browser }

// roams takes a request that a browser sends by another connection than before: its network has changed. The dialog goes on by the new connection,
// if the phone of the same user has registered there. false: the request is refused, and answered. On the dialog's queue.
func (s *Stack) roams(l *Leg, tx *transaction.Server) bool {
	if !l.browser || !tx.Flow.WebSocket() || tx.Flow.ID == l.dialog.Flow().ID {
		return true
	}
	if s.phones.Who(tx.Flow) != l.party.User {
		refuse(tx, sip.StatusForbidden, "Forbidden (register first)")
		return false
	}
	s.mu.Lock()
	l.flowID = tx.Flow.ID
	s.mu.Unlock()
	l.dialog.Follow(tx.Flow)
	l.log.Info("the browser has another connection", "flow", tx.Flow.ID, "from", tx.Flow.Remote.String())
	return true
}

// again is the header by which a browser's phone knows that it is to answer by itself: its user is in the call, and comes back to it.
func again(c routing.Caller) []sip.Header {
	if !c.Again {
		return nil
	}
	return []sip.Header{sip.NewHeader("X-Mediasrv-Again", "yes")}
}
