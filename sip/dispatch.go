package sip

import (
	"mediasrv/routing/fact"
	"mediasrv/sip/dialog"
	"mediasrv/sip/transaction"

	"github.com/emiago/sipgo/sip"
)

var _ transaction.Handler = (*Stack)(nil)

// Request implements transaction.Handler.
func (s *Stack) Request(tx *transaction.Server) {
	req := tx.Request
	if tx.InDialog() {
		if l := s.leg(req.CallID().Value(), tx.LocalTag()); l != nil {
			if s.roams(l, tx) {
				l.dialog.Request(tx)
			}
			return
		}
	}
	switch trusted := s.Trusted(tx.Flow); {
	case !trusted && (tx.InDialog() || tx.Fault != nil || req.Method != sip.INVITE && req.Method != sip.REGISTER):
		tx.Drop() // strangers are met with silence
	case tx.InDialog() && req.Method != sip.REGISTER:
		unknownDialog(tx)
	case trusted && refused(tx):
	default:
		s.begins(tx)
	}
}

// refused answers what is refused whoever it is for.
func refused(tx *transaction.Server) bool {
	code, phrase, headers := dialog.Refuse(tx)
	if code != 0 {
		_ = tx.Reply(code, phrase, headers...)
	}
	return code != 0
}

// begins takes a request outside of any dialog.
func (s *Stack) begins(tx *transaction.Server) {
	switch tx.Request.Method {
	case sip.INVITE:
		s.invited(tx)
	case sip.REGISTER:
		s.phones.Register(tx)
	case sip.OPTIONS:
		s.asked(tx)
	default:
		unknownDialog(tx)
	}
}

func unknownDialog(tx *transaction.Server) {
	_ = tx.Reply(sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
}

// Registered implements transaction.Handler.
func (s *Stack) Registered(f transaction.Flow) bool { return s.phones.Who(f) != "" }

// Trusted implements transaction.Handler.
func (s *Stack) Trusted(f transaction.Flow) bool {
	return f.WebSocket() || s.trunks.Allowed(f.Remote.Addr()) || s.links.at(f.Remote.Addr()) || s.phones.Reached(f.Remote)
}

// asked answers OPTIONS: peers use it to see whether we take calls.
func (s *Stack) asked(tx *transaction.Server) {
	if s.draining.Load() {
		_ = tx.Reply(sip.StatusServiceUnavailable, "Service Unavailable", dialog.RetryAfter(retryAfter))
		return
	}
	_ = tx.Reply(sip.StatusOK, "OK", dialog.Abilities()...)
}

// Ack implements transaction.Handler.
func (s *Stack) Ack(req *sip.Request, _ transaction.Flow) {
	if l := s.leg(req.CallID().Value(), transaction.ToTag(req)); l != nil {
		l.dialog.Ack(req)
	}
}

// Cancel implements transaction.Handler.
func (s *Stack) Cancel(invite *transaction.Server, cancel *sip.Request) {
	if l := s.leg(invite.Request.CallID().Value(), invite.LocalTag()); l != nil {
		l.dialog.Cancelled(invite, cancel)
		return
	}
	_ = invite.Reply(sip.StatusRequestTerminated, "Request Terminated")
}

// Stray implements transaction.Handler.
func (s *Stack) Stray(res *sip.Response, _ transaction.Flow) {
	if l := s.leg(res.CallID().Value(), transaction.FromTag(res)); l != nil {
		l.dialog.Again(res)
	}
}

// Closed implements transaction.Handler: the phones that were registered over a connection are gone with it, and calls that ring there
// fail at once. A call that is up goes on: its media may live.
func (s *Stack) Closed(flow transaction.Flow) {
	s.phones.FlowClosed(flow)
	s.mu.Lock()
	var ringing []*Leg
	for _, l := range s.legs {
		if l.flowID == flow.ID {
			ringing = append(ringing, l)
		}
	}
	s.mu.Unlock()
	for _, l := range ringing {
		l.dialog.Do(func() {
			if st := l.dialog.State(); st == dialog.Calling || st == dialog.Proceeding {
				l.dialog.Lost(fact.EndUnreachable, "the phone's connection is closed")
			}
		})
	}
}
