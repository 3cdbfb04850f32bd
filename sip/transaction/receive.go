package transaction

import (
	"fmt"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// strangersShare is how many Call-IDs one address that isn't trusted may keep alive.
const strangersShare = 64

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
		q.offer(func(time.Time) { q.response(flow, m) })
	case *sip.Request:
		if m.IsAck() {
			q = t.holdIfAny(id.Value())
		} else {
			q = t.holdFor(id.Value(), flow)
		}
		if q == nil {
			return
		}
		q.offer(func(at time.Time) { q.request(flow, m, at) })
	default:
		return
	}
	q.Release()
}

// holdFor is Hold for a request of a peer's; nil: it has its share of what can live at once.
func (t *Table) holdFor(callID string, flow Flow) *Queue {
	if q := t.holdIfAny(callID); q != nil {
		return q
	}
	share := maxQueues / 2
	if !t.handler.Trusted(flow) {
		share = strangersShare
	}
	from := flow.Remote.Addr()
	t.mu.Lock()
	if len(t.queues) >= maxQueues || t.sources[from] >= share {
		t.mu.Unlock()
		return nil
	}
	t.mu.Unlock()
	q := t.Hold(callID)
	t.mu.Lock()
	if !q.source.IsValid() {
		q.source = from
		t.sources[from]++
	}
	t.mu.Unlock()
	return q
}

func (q *Queue) request(flow Flow, req *sip.Request, at time.Time) {
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
		s.Fault, s.Arrived = check(req), at
		if q.merged(s) || req.IsInvite() && q.table.ours(req) {
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
	if conn := backOf(q.table, flow, req); conn != nil {
		_ = conn.WriteMsg(s.Response(code, phrase, nil))
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

// ours says whether a request is one of our own that has come back to us: some Via of it is that of an INVITE of ours that still waits
// (RFC 3261, 16.3, 4).
func (t *Table) ours(req *sip.Request) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, h := range req.GetHeaders("Via") {
		if via, ok := h.(*sip.ViaHeader); ok {
			branch, _ := via.Params.Get("branch")
			if _, is := t.branches[branch]; is {
				return true
			}
		}
	}
	return false
}

func (t *Table) asks(branch string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.branches[branch] = struct{}{}
}

func (t *Table) asked(branch string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.branches, branch)
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
