package sip

import (
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

// phoneCallsOut takes a call of an agent's phone that is in none of ours: whom it names is called for the agent, if that may be.
func (s *Stack) phoneCallsOut(tx *transaction.Server, user string) {
	log := s.log.With("sip", tx.Request.CallID().Value())
	room, err := s.open(log)
	if err != nil {
		log.Info("call refused: no room for its media", "err", err)
		refuse(tx, sip.StatusServiceUnavailable, "Service Unavailable", dialog.RetryAfter(retryAfter))
		return
	}
	l := s.beside(tx, nil, user, &Leg{room: room}, nil)
	if l == nil {
		room.Close()
		return
	}
	whom := plainUser(tx.Request.Recipient.User)
	l.log.Info("an agent's phone calls out", "user", user, "whom", whom)
	l.sink = s.handler.Handle(l, room, fact.Invite{User: user, Dialled: whom, SIPID: l.sipID})
}
