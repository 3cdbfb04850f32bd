package transaction

import (
	"errors"
	"fmt"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Receive takes a message from the transport. It doesn't block; messages of one Call-ID are handled in the order of the calls.
func (t *Table) Receive(flow Flow, msg sip.Message) {
	id := msg.CallID()
	if id == nil || msg.Via() == nil || msg.CSeq() == nil || msg.From() == nil || msg.To() == nil {
		return // can be neither matched nor answered
	}
	var q *Queue
	switch m := msg.(type) {
	case *sip.Response:
		if q = t.holdIfAny(id.Value()); q == nil {
			return
		}
		q.offer(func() { q.response(flow, m) })
	case *sip.Request:
		switch {
		case m.IsAck():
			q = t.holdIfAny(id.Value())
		case t.Live() < maxQueues:
			q = t.Hold(id.Value())
		}
		if q == nil {
			return
		}
		q.offer(func() { q.request(flow, m) })
	default:
		return
	}
	q.Release()
}

func (q *Queue) request(flow Flow, req *sip.Request) {
	switch req.Method {
	case sip.ACK:
		q.ack(flow, req)
	case sip.CANCEL:
		q.cancel(flow, req)
	default:
		if s := q.servers[serverKey(req, req.Method)]; s != nil {
			s.repeated(req)
			return
		}
		if req.IsInvite() && q.accepted[serverKey(req, req.Method)] {
			return // its dialog repeats the 2xx
		}
		s, err := q.serve(flow, req, newTag())
		if err != nil {
			return
		}
		s.Fault = check(req)
		if q.merged(s) {
			_ = s.Reply(sip.StatusLoopDetected, "Loop Detected")
			return
		}
		q.table.handler.Request(s)
	}
}

// ack absorbs the ACK of a non-2xx (RFC 3261, 17.2.1) and passes on that of a 2xx.
func (q *Queue) ack(flow Flow, req *sip.Request) {
	if s := q.servers[serverKey(req, sip.INVITE)]; s != nil && s.status >= 300 {
		s.acknowledged(req)
		return
	}
	if check(req) == nil {
		q.table.handler.Ack(req, flow)
	}
}

// cancel answers CANCEL (RFC 3261, 9.2): 200 with the INVITE's own To tag, or 481. A repeated one gets the same answer without a
// transaction of its own, since that of the INVITE is remembered.
func (q *Queue) cancel(flow Flow, req *sip.Request) {
	invite := q.servers[serverKey(req, sip.INVITE)]
	tag, code, phrase := newTag(), sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist"
	if invite != nil {
		tag, code, phrase = invite.LocalTag(), sip.StatusOK, "OK"
	}
	if !req.To().Params.Has("tag") {
		req.To().Params.Add("tag", tag)
	}
	s := &Server{Request: req, Flow: flow, Queue: q}
	if conn, err := flow.answer(); err == nil {
		_ = conn.WriteMsg(s.Response(code, phrase, nil))
		_, _ = conn.TryClose()
	}
	if invite != nil && invite.status < 200 {
		q.table.handler.Cancel(invite, req)
	}
}

// merged finds the same request by another way (RFC 3261, 8.2.2.2).
func (q *Queue) merged(s *Server) bool {
	if tag, _ := s.Request.To().Params.Get("tag"); tag != s.made {
		return false // in a dialog
	}
	for _, o := range q.servers {
		if o != s && o.made != "" && o.Request.Method == s.Request.Method && o.Request.CSeq().SeqNo == s.Request.CSeq().SeqNo &&
			FromTag(o.Request) == FromTag(s.Request) {
			return true
		}
	}
	return false
}

func (q *Queue) response(flow Flow, res *sip.Response) {
	key, err := sip.ClientTxKeyMake(res)
	if err != nil {
		return
	}
	if c := q.clients[key]; c != nil {
		c.receive(res)
		return
	}
	if res.IsSuccess() && res.CSeq().MethodName == sip.INVITE {
		q.table.handler.Stray(res, flow)
	}
}

// serverKey is what a request, its repetitions, its ACK and its CANCEL have in common (RFC 3261, 17.2.3).
func serverKey(req *sip.Request, method sip.RequestMethod) string {
	via := req.Via()
	branch, _ := via.Params.Get("branch")
	if strings.HasPrefix(branch, sip.RFC3261BranchMagicCookie) && len(branch) > len(sip.RFC3261BranchMagicCookie) {
		return fmt.Sprint(branch, "|", via.Host, ":", via.Port, "|", method)
	}
	return fmt.Sprint("2543|", via.Value(), "|", FromTag(req), "|", req.CSeq().SeqNo, "|", method)
}

// Mistakes of a request that can still be answered.
var (
	errNoFromTag  = errors.New("no tag in From")
	errCSeqMethod = errors.New("another method in CSeq")
	errVersion    = errors.New("not SIP/2.0")
	errLength     = errors.New("body is shorter than Content-Length")
)

// check says what is wrong with a request that can be answered at all.
func check(req *sip.Request) error {
	switch {
	case FromTag(req) == "":
		return errNoFromTag
	case !strings.EqualFold(string(req.CSeq().MethodName), string(req.Method)):
		return errCSeqMethod
	case !strings.EqualFold(req.SipVersion, "SIP/2.0"):
		return errVersion
	}
	if l := req.ContentLength(); l != nil && int(*l) > len(req.Body()) {
		return errLength
	}
	return nil
}

// FromTag is the tag of the From header, or nothing.
func FromTag(m sip.Message) string {
	if f := m.From(); f != nil {
		tag, _ := f.Params.Get("tag")
		return tag
	}
	return ""
}

// ToTag is the tag of the To header, or nothing.
func ToTag(m sip.Message) string {
	if to := m.To(); to != nil {
		tag, _ := to.Params.Get("tag")
		return tag
	}
	return ""
}
